/** OpenRouter: one key for many upstream providers (openrouter.md sections 1 and 2). */
import type { ProviderProfile } from './types.ts'

export const openrouter = {
  name: 'openrouter',
  summary: 'OpenRouter, https://openrouter.ai: many models behind one key',
  baseUrl: 'https://openrouter.ai/api/v1',
  baseUrlEnv: 'OPENROUTER_BASE_URL',
  apiKeyEnv: 'OPENROUTER_API_KEY',
  apiKeyRequired: true,
  capabilities: { askStreamUsage: false, maxTokensField: 'max_tokens', seedField: 'seed', jsonSchema: true },
  headers: (env) => ({
    // A hit of the response cache replays an old answer with zero tokens and zero cost: no measurement may use it.
    'X-OpenRouter-Cache': 'false',
    'X-OpenRouter-Title': env['OPENROUTER_APP_TITLE'] || 'Assay',
    // The referer alone lists an app in the public rankings, so it is sent only when asked for.
    ...(env['OPENROUTER_HTTP_REFERER'] ? { 'HTTP-Referer': env['OPENROUTER_HTTP_REFERER'] } : {}),
    ...(env['OPENROUTER_APP_CATEGORIES'] ? { 'X-OpenRouter-Categories': env['OPENROUTER_APP_CATEGORIES'] } : {}),
  }),
} as const satisfies ProviderProfile
