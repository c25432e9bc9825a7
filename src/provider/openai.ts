/** OpenAI itself: reasoning models refuse `max_tokens`, and streams report usage only when asked (openrouter.md section 11). */
import type { ProviderProfile } from './types.ts'

export const openai = {
  name: 'openai',
  summary: 'OpenAI, https://api.openai.com',
  baseUrl: 'https://api.openai.com/v1',
  baseUrlEnv: 'OPENAI_BASE_URL',
  apiKeyEnv: 'OPENAI_API_KEY',
  apiKeyRequired: true,
  capabilities: { askStreamUsage: true, maxTokensField: 'max_completion_tokens', seedField: 'seed', jsonSchema: true },
  headers: (env) => ({
    ...(env['OPENAI_ORG_ID'] ? { 'OpenAI-Organization': env['OPENAI_ORG_ID'] } : {}),
    ...(env['OPENAI_PROJECT_ID'] ? { 'OpenAI-Project': env['OPENAI_PROJECT_ID'] } : {}),
  }),
} as const satisfies ProviderProfile
