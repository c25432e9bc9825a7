/** Mistral's own API: strict about unknown fields, so nothing optional is sent (openrouter.md section 11). */
import type { ProviderProfile } from './types.ts'

export const mistral = {
  name: 'mistral',
  summary: 'Mistral, https://api.mistral.ai',
  baseUrl: 'https://api.mistral.ai/v1',
  baseUrlEnv: null,
  apiKeyEnv: 'MISTRAL_API_KEY',
  apiKeyRequired: true,
  // Usage comes in the last chunk unasked; `stream_options` is not in the schema, which forbids extra fields.
  capabilities: { askStreamUsage: false, maxTokensField: 'max_tokens', seedField: 'random_seed', jsonSchema: true },
  headers: () => ({}),
} as const satisfies ProviderProfile
