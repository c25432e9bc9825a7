/** Nobody is asked: outputs that exist already stand for the answers. */
import type { ProviderProfile } from './types.ts'

export const replay = {
  name: 'replay',
  summary: 'Outputs that exist already, from a column of the dataset or an earlier run; nothing is sent',
  baseUrl: null,
  baseUrlEnv: null,
  apiKeyEnv: null,
  apiKeyRequired: false,
  capabilities: { askStreamUsage: false, maxTokensField: 'max_tokens', seedField: 'seed', jsonSchema: true },
  headers: () => ({}),
} as const satisfies ProviderProfile
