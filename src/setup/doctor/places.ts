/** Which endpoints would a run ask? Each is asked once what costs nothing, all at the same time. */
import type { ReadConfig } from '../../config/options.ts'
import { endpointSettings } from '../../config/endpoint.ts'
import type { EndpointChoice, Settings, Surroundings } from '../../config/types.ts'
import type { Clock } from '../../lib/clock.ts'
import { messageOf, UserError } from '../../lib/errors.ts'
import { forPeople } from '../../provider/errors.ts'
import {
  connect,
  EMBEDDING_FLAGS,
  type Endpoint,
  type EndpointFlags,
  JUDGE_FLAGS,
  MODEL_FLAGS,
  requestUrl,
  resolveEndpoint,
} from '../../provider/index.ts'
import { startSimulatorProcess } from '../../run/simulator-process.ts'
import { ask } from './ask.ts'
import type { Place, Reply } from './types.ts'

/** What is needed to ask. */
export interface Asker {
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly isOffline: boolean
}

interface Role extends Pick<Place, 'role' | 'flags' | 'models'> {
  readonly choice: EndpointChoice
  readonly typed: { readonly baseUrl?: string | undefined; readonly apiKeyEnv?: string | undefined }
}

/** Judges and embeddings have a place of their own only where they have an endpoint of their own. */
export function placesOf(config: ReadConfig, settings: Settings, surroundings: Surroundings, asker: Asker): Place[] {
  const { judging, endpoint, models } = settings
  const { judge, embedding } = {
    judge: config.judgeProvider !== undefined || config.judgeBaseUrl !== undefined,
    embedding: config.embeddingProvider !== undefined || config.embeddingBaseUrl !== undefined,
  }
  const roles: readonly Role[] = [
    {
      role: 'models',
      flags: MODEL_FLAGS,
      models: judge ? models : [...new Set([...models, ...judging.models])],
      choice: endpoint,
      typed: config,
    },
    ...(judge && judging.models.length > 0
      ? [
          {
            role: 'judges' as const,
            flags: JUDGE_FLAGS,
            models: judging.models,
            choice: judging.endpoint,
            typed: { baseUrl: config.judgeBaseUrl, apiKeyEnv: config.judgeApiKeyEnv },
          },
        ]
      : []),
    ...(embedding && judging.embeddings !== null
      ? [
          {
            role: 'embeddings' as const,
            flags: EMBEDDING_FLAGS,
            // Lists of models seldom name those that make embeddings.
            models: [],
            choice: judging.embeddings.endpoint,
            typed: { baseUrl: config.embeddingBaseUrl, apiKeyEnv: config.embeddingApiKeyEnv },
          },
        ]
      : []),
  ]
  return roles.flatMap((role) => {
    const { name } = role.choice.profile
    if (name === 'replay') return []
    return [name === 'simulator' ? simulated(role, config, surroundings, asker) : remote(role, surroundings, asker)]
  })
}

function simulated(role: Role, config: ReadConfig, surroundings: Surroundings, asker: Asker): Place {
  const problem =
    role.role === 'models'
      ? refusalOf(() => void endpointSettings(config, { ...surroundings, sendsNothing: false }, new Map()))
      : null
  const { profile } = role.choice
  return {
    ...role,
    profile,
    isSimulator: true,
    name: 'the simulator',
    url: null,
    problem,
    apiKeyEnv: null,
    hasKey: false,
    listing: asker.isOffline || problem !== null ? null : askSimulator(surroundings, asker),
    account: null,
    shown: (text) => forPeople(text, { apiKey: null }),
  }
}

async function askSimulator({ env }: Surroundings, { clock, signal }: Asker): Promise<Reply> {
  try {
    const simulator = await startSimulatorProcess({})
    try {
      return await ask({ url: new URL(`${simulator.url}/models`), headers: {}, env, clock, signal })
    } finally {
      await simulator.close()
    }
  } catch (error) {
    return { kind: 'failed', reason: messageOf(error), fix: 'Install Assay again, or build it: npm run build.' }
  }
}

function remote(role: Role, { env }: Surroundings, { clock, signal, isOffline }: Asker): Place {
  const { choice, typed, flags } = role
  const { profile } = choice
  const { endpoint, problem } = endpointOf(profile, env, typed, flags)
  const apiKey = endpoint?.apiKey ?? null
  const url = endpoint === null ? null : requestUrl(endpoint.baseUrl, apiKey, flags)
  const asked = (path: string): Promise<Reply> | null => {
    if (url === null || isOffline) return null
    const target = new URL(url)
    target.pathname = target.pathname.replace(/\/chat\/completions$/, path)
    const headers = {
      accept: 'application/json',
      'user-agent': 'assay',
      ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }),
      ...profile.headers(env),
    }
    return ask({ url: target, headers, env, clock, signal })
  }
  return {
    ...role,
    profile,
    isSimulator: false,
    name: url?.host ?? 'an endpoint without an address',
    url,
    problem,
    apiKeyEnv: typed.apiKeyEnv || profile.apiKeyEnv,
    hasKey: apiKey !== null,
    listing: asked('/models'),
    // Elsewhere the list of models is behind the key; OpenRouter shows it to anyone.
    account: profile.name === 'openrouter' && apiKey !== null ? asked('/key') : null,
    shown: (text) => forPeople(text, { apiKey }),
  }
}

/** Where the key is what is wrong, the address can still be asked without it. */
function endpointOf(
  profile: EndpointChoice['profile'],
  env: Surroundings['env'],
  typed: Role['typed'],
  flags: EndpointFlags,
): { endpoint: Endpoint | null; problem: string | null } {
  const usable = (choice: EndpointChoice['profile'], own: Role['typed']): Endpoint => {
    const endpoint = resolveEndpoint(choice, env, own, flags)
    // Refuses an address or a header that cannot be used; nothing is sent. Proxies have a check of their own.
    void connect({ ...endpoint, profile: choice, concurrency: 1, env: withoutProxies(env), flags }).close()
    return endpoint
  }
  try {
    return { endpoint: usable(profile, typed), problem: null }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    const keyless = { ...profile, apiKeyEnv: null, apiKeyRequired: false }
    const address = { baseUrl: typed.baseUrl }
    const isUsable = refusalOf(() => void usable(keyless, address)) === null
    return { endpoint: isUsable ? usable(keyless, address) : null, problem: error.message }
  }
}

function withoutProxies(env: Surroundings['env']): Surroundings['env'] {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^https?_proxy$/i.test(name)))
}

/** The message of a UserError; null when there is none. */
function refusalOf(attempt: () => void): string | null {
  try {
    attempt()
    return null
  } catch (error) {
    if (error instanceof UserError) return error.message
    throw error
  }
}
