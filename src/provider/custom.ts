/** Any server that speaks OpenAI's chat completions: vLLM, llama.cpp, Ollama, LM Studio, Azure, a gateway. */
import type { ProviderProfile } from './types.ts'

export const custom = {
  name: 'custom',
  summary: 'any OpenAI-compatible server, named with --base-url',
  baseUrl: null,
  baseUrlEnv: null,
  // A key of another service must not go to whatever address was typed: --api-key-env names this server's own.
  apiKeyEnv: null,
  apiKeyRequired: false,
  capabilities: { askStreamUsage: true, maxTokensField: 'max_tokens', seedField: 'seed', jsonSchema: true },
  headers: () => ({}),
} as const satisfies ProviderProfile
