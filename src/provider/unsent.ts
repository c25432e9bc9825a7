/** What would be asked of an endpoint that nobody asks? Its requests are made, to find what was answered before. */
import { encodeEmbeddingRequest, encodeRequest } from './encode.ts'
import type { Provider, ProviderProfile } from './types.ts'

/** A provider that makes requests and sends none. `identity` as a connected one would have it. */
export function unsent(profile: ProviderProfile, identity: string): Provider {
  const refuse = (): Promise<never> => Promise.reject(new Error(`nothing is sent to ${profile.name}`))
  return {
    identity,
    encode: (request) => encodeRequest(request, profile.capabilities),
    complete: refuse,
    encodeEmbedding: encodeEmbeddingRequest,
    embed: refuse,
    close: async () => {},
  }
}
