/** Who is asked, where, and with which key. */
import { UserError } from '../lib/errors.ts'
import { jsonErrorPlace } from '../lib/json-syntax.ts'
import { oneLine } from '../lib/text.ts'
import { parseJson } from '../lib/json.ts'
import { type Endpoint, findProfile, OWNED_FIELDS, requestUrl, resolveEndpoint } from '../provider/index.ts'
import type { PriceRow } from '../plan/types.ts'
import type { ProviderProfile } from '../provider/types.ts'
import type { ReadConfig } from './options.ts'
import { simulatorOptions } from './simulator.ts'
import type { EndpointSettings, Surroundings } from './types.ts'

/** Providers without an address of their own: one is started for the run, the other asks nobody. */
const ASKED_NOWHERE = new Set(['simulator', 'replay'])

export function endpointSettings(
  config: ReadConfig,
  surroundings: Surroundings,
  prices: ReadonlyMap<string, PriceRow>,
): EndpointSettings {
  const profile = findProfile(providerName(config, surroundings))
  return {
    profile,
    address:
      ASKED_NOWHERE.has(profile.name) || surroundings.sendsNothing ? null : addressOf(profile, config, surroundings),
    params: paramsOf(config),
    maxTokens: config.maxTokens ?? 1_024,
    temperature: config.temperature ?? null,
    stream: config.stream ?? true,
    simulator: simulatorOptions(config.simulator ?? [], prices),
  }
}

/** Checked here already, so that a wrong address is known before the dataset is read. */
function addressOf(
  profile: ProviderProfile,
  { baseUrl, apiKeyEnv }: ReadConfig,
  { env, scoresOnly }: Surroundings,
): Endpoint {
  // The models are not asked: their address alone decides what was answered, and no key is needed.
  if (scoresOnly) return resolveEndpoint({ ...profile, apiKeyEnv: null, apiKeyRequired: false }, env, { baseUrl })
  const endpoint = resolveEndpoint(profile, env, { baseUrl, apiKeyEnv })
  requestUrl(endpoint.baseUrl, endpoint.apiKey)
  return endpoint
}

/** The flag decides, then the file, then whether a key is at hand. A base URL without a name is just that: custom. */
function providerName(config: ReadConfig, { env, flags, sendsNothing }: Surroundings): string {
  const isAsked = config.simulate === true || (Object.hasOwn(flags, 'provider') && config.provider === 'simulator')
  if (isAsked && config.baseUrl !== undefined) {
    throw new UserError(
      'the simulator (--simulate, --provider simulator) is started for the run and has no --base-url. To ask one that runs already, give its --base-url alone.',
    )
  }
  if (config.simulate === true && Object.hasOwn(flags, 'provider') && config.provider !== 'simulator') {
    throw new UserError(`--simulate and --provider ${config.provider} contradict each other. Leave one out.`)
  }
  if (isAsked) return 'simulator'
  const name = config.provider ?? (env['OPENROUTER_API_KEY'] ? 'openrouter' : 'simulator')
  if (name === 'simulator' && config.baseUrl !== undefined) return 'custom'
  return name === 'simulator' ? simulatorUnlessCi('--provider', '--simulate', { env, sendsNothing }) : name
}

/** Who is asked when nobody is named: OpenRouter when its key is there, else the simulator. */
export function defaultProvider(flag: string, { env, sendsNothing }: Surroundings): string {
  if (env['OPENROUTER_API_KEY']) return 'openrouter'
  return simulatorUnlessCi(flag, `${flag} simulator`, { env, sendsNothing })
}

/** Nobody looks at a banner in CI: there the simulator has to be asked for by name. */
function simulatorUnlessCi(
  flag: string,
  byName: string,
  { env, sendsNothing }: Pick<Surroundings, 'env' | 'sendsNothing'>,
): string {
  if (!env['CI'] || env['CI'] === 'false' || sendsNothing) return 'simulator'
  throw new UserError(
    `CI is set and no endpoint is named. Set OPENROUTER_API_KEY (or ${flag} and its key) for real answers, or ask for simulated ones with ${byName}.`,
  )
}

function paramsOf(config: ReadConfig): Record<string, unknown> {
  const params: Record<string, unknown> = {}
  for (const [key, value] of config.param ?? []) {
    if (OWNED_FIELDS.includes(key)) {
      throw new UserError(
        `--param ${key}: this field has a setting of its own (--model, --max-tokens, --temperature, --seed, --no-stream).`,
      )
    }
    if (Object.hasOwn(params, key)) throw new UserError(`--param ${key} is given twice. Leave one out.`)
    params[key] = typeof value === 'string' ? jsonOrText(key, value) : value
  }
  return params
}

/** What is no JSON is text; what begins like an object or a list and is neither is a slip, not a text. */
function jsonOrText(key: string, written: string): unknown {
  const json = parseJson(written)
  if (json !== undefined) return json.value
  if (!/^\s*[{[]/.test(written)) return written
  throw new UserError(
    `--param ${key}: no valid JSON from ${jsonErrorPlace(written)} (line:column) on: ${oneLine(written, 60)}`,
  )
}
