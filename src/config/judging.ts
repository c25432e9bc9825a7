/** Who judges, and who makes embeddings? An endpoint of their own, else that of the models. */
import { UserError } from '../lib/errors.ts'
import { EMBEDDING_FLAGS, findProfile, JUDGE_FLAGS, requestUrl, resolveEndpoint } from '../provider/index.ts'
import type { ProviderProfile } from '../provider/types.ts'
import type { ParsedScorer } from '../score/types.ts'
import { defaultProvider } from './endpoint.ts'
import { flagOf, type ReadConfig } from './options.ts'
import type { EndpointChoice, EndpointSettings, JudgingSettings, Surroundings } from './types.ts'

/** Settings of one role, as typed. */
interface Asked {
  /** Of its flags: `judge` of --judge-base-url. */
  readonly role: 'judge' | 'embedding'
  readonly provider: string | undefined
  readonly baseUrl: string | undefined
  readonly apiKeyEnv: string | undefined
}

/** Throws UserError where a scorer asks a model that nobody has named, and at an address that cannot be used. */
export function judgingSettings(
  config: ReadConfig,
  scorers: readonly ParsedScorer[],
  models: EndpointSettings,
  surroundings: Surroundings,
): JudgingSettings {
  const judges = config.judge ?? []
  refuseMissing(scorers, judges.length > 0, config.embeddingModel !== undefined)
  refuseTwice(judges)
  refuseIdle(config, surroundings)
  const { judgeProvider, judgeBaseUrl, judgeApiKeyEnv } = config
  const { embeddingModel, embeddingProvider, embeddingBaseUrl, embeddingApiKeyEnv } = config
  const endpoint = (asked: Asked): EndpointChoice => endpointOf(asked, config, models, surroundings)
  return {
    models: judges,
    panel: config.judgePanel ?? 'majority',
    maxTokens: config.judgeMaxTokens ?? 1_024,
    allowSelf: config.allowSelfJudge ?? false,
    endpoint:
      judges.length === 0
        ? models
        : endpoint({
            role: 'judge',
            provider: judgeProvider,
            baseUrl: judgeBaseUrl,
            apiKeyEnv: judgeApiKeyEnv,
          }),
    embeddings:
      embeddingModel === undefined
        ? null
        : {
            model: embeddingModel,
            endpoint: endpoint({
              role: 'embedding',
              provider: embeddingProvider,
              baseUrl: embeddingBaseUrl,
              apiKeyEnv: embeddingApiKeyEnv,
            }),
          },
  }
}

/** Known before the dataset is read: without its model the scorer could score nothing. */
function refuseMissing(scorers: readonly ParsedScorer[], hasJudge: boolean, hasEmbeddings: boolean): void {
  for (const { label, scorer } of scorers) {
    if (scorer.asks === 'judge' && !hasJudge) {
      throw new UserError(
        `--scorer ${label} asks a judge, and none is named. Name a model, e.g. --judge openai/gpt-4o-mini; it should not be one of those that are judged.`,
      )
    }
    if (scorer.asks === 'embeddings' && !hasEmbeddings) {
      throw new UserError(
        `--scorer ${label} compares embeddings, and no model makes them. Name one, e.g. --embedding-model text-embedding-3-small.`,
      )
    }
  }
}

/** Where nobody is named, a typed endpoint or key for them would be left aside without a word. A config file may keep its own. */
function refuseIdle({ judge, embeddingModel }: ReadConfig, { flags }: Surroundings): void {
  const idle = [
    ...(judge === undefined ? (['judgeProvider', 'judgeBaseUrl', 'judgeApiKeyEnv'] as const) : []),
    ...(embeddingModel === undefined ? (['embeddingProvider', 'embeddingBaseUrl', 'embeddingApiKeyEnv'] as const) : []),
  ].find((key) => flags[key] !== undefined)
  if (idle === undefined) return
  const role = idle.startsWith('judge') ? '--judge' : '--embedding-model'
  throw new UserError(
    `--${flagOf(idle)} says where models are asked that ${role} names, and there is no ${role}. Give it, or leave this out.`,
  )
}

/** It would be asked once, and its one opinion would be two votes. */
function refuseTwice(judges: readonly string[]): void {
  const repeated = judges.find((judge, index) => judges.indexOf(judge) !== index)
  if (repeated !== undefined) throw new UserError(`--judge ${repeated} is given twice. Leave one out.`)
}

function endpointOf(
  { role, provider, baseUrl, apiKeyEnv }: Asked,
  config: ReadConfig,
  models: EndpointSettings,
  surroundings: Surroundings,
): EndpointChoice {
  const flag = `--${role}-provider`
  const isOwn = provider !== undefined || baseUrl !== undefined
  if (!isOwn && models.profile.name !== 'replay') {
    if (apiKeyEnv !== undefined) {
      throw new UserError(
        `--${role}-api-key-env names a key, and the endpoint is that of the models. Give ${flag} or --${role}-base-url too.`,
      )
    }
    if (!surroundings.scoresOnly) return models
    return choiceOf(role, models.profile, { baseUrl: config.baseUrl, apiKeyEnv: config.apiKeyEnv }, surroundings)
  }
  const name = provider ?? (baseUrl !== undefined ? 'custom' : defaultProvider(flag, surroundings))
  const profile = findProfile(name, flag)
  if (profile.name !== 'replay') return choiceOf(role, profile, { baseUrl, apiKeyEnv }, surroundings)
  throw new UserError(`${flag} replay: recorded outputs judge nothing. Name an endpoint that answers.`)
}

/** Checked here already, so that a wrong address is known before the dataset is read. */
function choiceOf(
  role: Asked['role'],
  profile: ProviderProfile,
  typed: Pick<Asked, 'baseUrl' | 'apiKeyEnv'>,
  { env, sendsNothing }: Surroundings,
): EndpointChoice {
  if (profile.name === 'simulator' || sendsNothing) return { profile, address: null }
  const flags = role === 'judge' ? JUDGE_FLAGS : EMBEDDING_FLAGS
  const address = resolveEndpoint(profile, env, typed, flags)
  requestUrl(address.baseUrl, address.apiKey, flags)
  return { profile, address }
}
