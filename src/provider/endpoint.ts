/** Where is the endpoint, and with which key? What the user and the environment say → an address that is safe to use. */
import { UserError } from '../lib/errors.ts'
import type { ProviderProfile } from './types.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export interface Endpoint {
  readonly baseUrl: string
  readonly apiKey: string | null
  /** Environment variable of the key, for messages; null when none is read. */
  readonly apiKeyEnv: string | null
}

/** The flags that name an endpoint and its model, for messages. */
export interface EndpointFlags {
  readonly model: string
  readonly baseUrl: string
  readonly apiKeyEnv: string
  /** What asks the simulator in its place. */
  readonly simulator: string
}

/** Of the models under evaluation. */
export const MODEL_FLAGS: EndpointFlags = {
  model: '--model',
  baseUrl: '--base-url',
  apiKeyEnv: '--api-key-env',
  simulator: '--simulate',
}

/** Of the models that judge. */
export const JUDGE_FLAGS: EndpointFlags = {
  model: '--judge',
  baseUrl: '--judge-base-url',
  apiKeyEnv: '--judge-api-key-env',
  simulator: '--judge-provider simulator',
}

/** Of the model that makes embeddings. */
export const EMBEDDING_FLAGS: EndpointFlags = {
  model: '--embedding-model',
  baseUrl: '--embedding-base-url',
  apiKeyEnv: '--embedding-api-key-env',
  simulator: '--embedding-provider simulator',
}

/** What can be asked of an endpoint, by its path below the base URL. */
export type ApiPath = '/chat/completions' | '/embeddings'

/**
 * Address and key of a profile: what was typed over the environment over the profile's own.
 *
 * @throws UserError when the address is missing, the key's variable has no name that one can have, or a required key is not set
 */
export function resolveEndpoint(
  profile: ProviderProfile,
  env: Environment,
  typed: { readonly baseUrl?: string | undefined; readonly apiKeyEnv?: string | undefined } = {},
  flags = MODEL_FLAGS,
): Endpoint {
  const baseUrl = typed.baseUrl || (profile.baseUrlEnv && env[profile.baseUrlEnv]) || profile.baseUrl
  if (!baseUrl) {
    throw new UserError(
      `Provider "${profile.name}" has no address of its own. Give one: ${flags.baseUrl} http://127.0.0.1:8000/v1.`,
    )
  }
  if (typed.apiKeyEnv && !/^[A-Za-z_]\w*$/.test(typed.apiKeyEnv)) {
    // Not repeated: it may be the key itself.
    throw new UserError(
      `${flags.apiKeyEnv}: what follows is no name of an environment variable. Put the key into a variable and give the ` +
        `variable's name, e.g. ${flags.apiKeyEnv} MY_API_KEY.`,
    )
  }
  const apiKeyEnv = typed.apiKeyEnv || profile.apiKeyEnv
  const apiKey = (apiKeyEnv && env[apiKeyEnv]?.trim()) || null
  if (apiKey === null && (profile.apiKeyRequired || typed.apiKeyEnv)) {
    throw new UserError(
      `Provider "${profile.name}" needs an API key, but the environment variable ${apiKeyEnv} is not set. ` +
        `Set it, name another variable with ${flags.apiKeyEnv}, or try without a key: ${flags.simulator}.`,
    )
  }
  return { baseUrl, apiKey, apiKeyEnv }
}

/**
 * The address that requests are posted to: the base, one slash, the path; a query stays (dated Azure endpoints).
 *
 * @throws UserError when it is no http(s) address, holds a password, or would carry the key in the clear off this machine
 */
export function requestUrl(
  baseUrl: string,
  apiKey: string | null,
  flags = MODEL_FLAGS,
  path: ApiPath = '/chat/completions',
): URL {
  if (!/^https?:\/\//i.test(baseUrl) || !URL.canParse(baseUrl)) {
    throw new UserError(
      `${flags.baseUrl} ${withoutSecrets(baseUrl)}: expected an address such as https://openrouter.ai/api/v1.`,
    )
  }
  const url = new URL(baseUrl)
  if (url.username || url.password) {
    throw new UserError(
      `${flags.baseUrl} for ${url.host} holds a user name or password. Put the key into an environment variable.`,
    )
  }
  if (url.protocol === 'http:' && apiKey !== null && !isLoopback(url)) {
    throw new UserError(
      `${flags.baseUrl} http://${url.host}: the API key would travel unencrypted. Use https://, or unset the key's ` +
        'environment variable when the server needs none.',
    )
  }
  url.hash = ''
  url.pathname = url.pathname.replace(/\/+$/, '').replace(/\/(?:chat\/completions|embeddings)$/, '') + path
  return url
}

/**
 * An address as files may show it: origin, path and the names of the query's parameters, since a value may be a key. That
 * of `api-version` is kept: it decides what the server does.
 */
export function addressForRecords(baseUrl: string): string {
  const { origin, pathname, searchParams } = new URL(baseUrl)
  const query = Array.from(searchParams, ([name, value]) => (name === 'api-version' ? `${name}=${value}` : name))
  return `${origin}${pathname.replace(/\/+$/, '')}${query.length === 0 ? '' : `?${query.join('&')}`}`
}

/** A text that may be no address at all, without what stands where a password or a query would. */
function withoutSecrets(written: string): string {
  return written.replace(/^([a-z]+:\/\/)?.*@/is, '$1…@').replace(/[?#].*$/s, '?…')
}

/** True when the address never leaves this machine. */
export function isLoopback({ hostname }: URL): boolean {
  return /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/i.test(hostname)
}
