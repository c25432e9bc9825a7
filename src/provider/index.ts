/** Who can answer, and over which wire? The list of endpoints, and how one is connected. */
import { UserError } from '../lib/errors.ts'
import { didYouMean } from '../lib/suggest.ts'
import { openConnections } from './connections.ts'
import { complete } from './chat.ts'
import { embed } from './embeddings.ts'
import { encodeEmbeddingRequest, encodeRequest } from './encode.ts'
import {
  EMBEDDING_FLAGS,
  type Endpoint,
  type EndpointFlags,
  type Environment,
  MODEL_FLAGS,
  requestUrl,
} from './endpoint.ts'
import { BODY_CAP_BYTES, type Wire } from './http.ts'
import * as registry from './registry.ts'
import type { Provider, ProviderProfile } from './types.ts'
import { unsent } from './unsent.ts'

export { OWNED_FIELDS } from './encode.ts'
export {
  addressForRecords,
  EMBEDDING_FLAGS,
  type Endpoint,
  type EndpointFlags,
  type Environment,
  JUDGE_FLAGS,
  MODEL_FLAGS,
  requestUrl,
  resolveEndpoint,
} from './endpoint.ts'
export { refusesSchema } from './refused-schema.ts'

const profiles: readonly ProviderProfile[] = Object.values(registry)

/** What may follow --provider, in alphabetical order. */
export function providerNames(): string[] {
  return profiles.map(({ name }) => name)
}

/** The profile of a name, typed after `flag`. @throws UserError for an unknown one */
export function findProfile(name: string, flag = '--provider'): ProviderProfile {
  const profile = profiles.find((candidate) => candidate.name === name)
  if (profile) return profile
  const names = providerNames()
  throw new UserError(`${flag} ${name}: no such provider.${didYouMean(name, names)} Known: ${names.join(', ')}.`)
}

export interface ConnectOptions extends Endpoint {
  readonly profile: ProviderProfile
  /** Most attempts at a time, which is also the number of connections. */
  readonly concurrency: number
  /** Proxies and the profile's header settings are read from here. */
  readonly env: Environment
  /** Headers that win over the profile's. */
  readonly extraHeaders?: Readonly<Record<string, string>>
  /** Largest body that is read; 32 MiB when left out. */
  readonly bodyCapBytes?: number
  /** What hints name; those of the models under evaluation when left out. Of embeddings they name those of embeddings. */
  readonly flags?: EndpointFlags
}

/**
 * Connects an endpoint; nothing is sent yet. Deadlines are the caller's: it aborts the signal of an attempt, with
 * a ProviderError of kind `timeout` as the reason.
 *
 * @throws UserError for an address or a header that cannot be used
 */
export function connect(options: ConnectOptions): Provider {
  const { profile, apiKey, apiKeyEnv, concurrency, env, flags = MODEL_FLAGS } = options
  const url = requestUrl(options.baseUrl, apiKey, flags)
  const headers = requestHeaders(options)
  const dispatcher = openConnections(url, concurrency, env)
  const wire: Wire = {
    ...placeOf(url),
    name: profile.name === 'simulator' ? 'the simulator' : url.host,
    headers,
    dispatcher,
    apiKey,
    apiKeyEnv,
    bodyCapBytes: options.bodyCapBytes ?? BODY_CAP_BYTES,
    flags,
  }
  const embeddingsUrl = requestUrl(options.baseUrl, apiKey, EMBEDDING_FLAGS, '/embeddings')
  const embeddingsWire: Wire = { ...wire, ...placeOf(embeddingsUrl), flags: EMBEDDING_FLAGS }
  return {
    identity: identityOf(profile, url),
    encode: (request) => encodeRequest(request, profile.capabilities),
    complete: (body, signal) => complete(wire, body, signal),
    encodeEmbedding: encodeEmbeddingRequest,
    embed: (body, signal) => embed(embeddingsWire, body, signal),
    close: () => dispatcher.destroy(),
  }
}

function placeOf(url: URL): Pick<Wire, 'url' | 'origin' | 'path'> {
  return { url, origin: url.origin, path: url.pathname + url.search }
}

/** The simulator listens on another port each time, which changes none of its answers. */
function identityOf(profile: ProviderProfile, url: URL): string {
  return profile.name === 'simulator' ? profile.name : `${profile.name} ${url.href.replace('/chat/completions', '')}`
}

/** An endpoint that is not asked, for the keys of its answers. `address` null: it has none (the simulator, recorded outputs). */
export function unconnected(profile: ProviderProfile, address: Pick<Endpoint, 'baseUrl'> | null): Provider {
  return unsent(profile, address === null ? profile.name : identityOf(profile, requestUrl(address.baseUrl, null)))
}

function requestHeaders({ profile, apiKey, env, extraHeaders }: ConnectOptions): Record<string, string> {
  const headers: Record<string, string> = {}
  const all = {
    'content-type': 'application/json',
    // The text is small, and decompression would sit between the bytes and their stamps.
    'accept-encoding': 'identity',
    'user-agent': 'assay',
    ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }),
    ...profile.headers(env),
    ...extraHeaders,
  }
  for (const [name, value] of Object.entries(all)) {
    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
      throw new UserError(`The header ${name} holds a character that HTTP cannot carry. Use plain ASCII.`)
    }
    headers[name.toLowerCase()] = value
  }
  return headers
}
