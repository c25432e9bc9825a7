/** The simulator on loopback: OpenRouter's contract without a key, a bill or a network. */
import type { ProviderProfile } from './types.ts'

export const simulator = {
  name: 'simulator',
  summary: 'a simulated endpoint on this machine: no key, no cost, no real model',
  // Its port is known only once it listens.
  baseUrl: null,
  baseUrlEnv: null,
  apiKeyEnv: null,
  apiKeyRequired: false,
  capabilities: { askStreamUsage: false, maxTokensField: 'max_tokens', seedField: 'seed', jsonSchema: true },
  headers: () => ({}),
} as const satisfies ProviderProfile
