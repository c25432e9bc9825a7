/** Who can answer, and over which wire? The list of endpoints, and how one is connected. */
import { UserError } from '../lib/errors.ts'
import { didYouMean } from '../lib/suggest.ts'
import { openConnections } from './connections.ts'
import { encodeRequest } from './encode.ts'
import { type Endpoint, type Environment, requestUrl } from './endpoint.ts'
import { BODY_CAP_BYTES, type Wire, post } from './http.ts'
import * as registry from './registry.ts'
import type { Provider, ProviderProfile } from './types.ts'

export { OWNED_FIELDS } from './encode.ts'
export { addressForRecords, type Endpoint, type Environment, requestUrl, resolveEndpoint } from './endpoint.ts'

const profiles: readonly ProviderProfile[] = Object.values(registry)

/** What may follow --provider, in alphabetical order. */
export function providerNames(): string[] {
  return profiles.map(({ name }) => name)
}

/** The profile of a name. @throws UserError for an unknown one */
export function findProfile(name: string): ProviderProfile {
  const profile = profiles.find((candidate) => candidate.name === name)
  if (profile) return profile
  const names = providerNames()
  throw new UserError(`--provider ${name}: no such provider.${didYouMean(name, names)} Known: ${names.join(', ')}.`)
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
}

/**
 * Connects an endpoint; nothing is sent yet. Deadlines are the caller's: it aborts the signal of an attempt, with
 * a ProviderError of kind `timeout` as the reason.
 *
 * @throws UserError for an address or a header that cannot be used
 */
export function connect(options: ConnectOptions): Provider {
  const { profile, apiKey, apiKeyEnv, concurrency, env } = options
  const url = requestUrl(options.baseUrl, apiKey)
  const headers = requestHeaders(options)
  const dispatcher = openConnections(url, concurrency, env)
  const wire: Wire = {
    url,
    origin: url.origin,
    path: url.pathname + url.search,
    name: profile.name === 'simulator' ? 'the simulator' : url.host,
    headers,
    dispatcher,
    apiKey,
    apiKeyEnv,
    bodyCapBytes: options.bodyCapBytes ?? BODY_CAP_BYTES,
  }
  return {
    identity: identityOf(profile, url),
    encode: (request) => encodeRequest(request, profile.capabilities),
    complete: (body, signal) => post(wire, body, signal),
    close: () => dispatcher.destroy(),
  }
}

/** The simulator listens on another port each time, which changes none of its answers. */
function identityOf(profile: ProviderProfile, url: URL): string {
  return profile.name === 'simulator' ? profile.name : `${profile.name} ${url.href.replace('/chat/completions', '')}`
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
