/** What makes a run repeatable: written before the first request. */
import { execFile } from 'node:child_process'
import { basename, isAbsolute, relative } from 'node:path'
import { promisify } from 'node:util'
import { withoutFolders } from '../config/scorers.ts'
import type { EndpointChoice, Settings } from '../config/types.ts'
import { findRun } from '../journal/find-run.ts'
import type { Manifest, ManifestPrice, ManifestScoring } from '../journal/types.ts'
import { canonicalJson, sha256 } from '../lib/hash.ts'
import { formatUsd, perMillion } from '../lib/usd.ts'
import { VERSION } from '../lib/version.ts'
import { countTrials } from '../plan/trials.ts'
import type { PromptTemplate } from '../prompt/types.ts'
import { addressForRecords } from '../provider/index.ts'
import { scoringKey } from './defaults.ts'
import type { ModelPlan } from './models.ts'
import type { Prepared } from './prepare.ts'

const run = promisify(execFile)

/** Everything of the manifest but its name: the run id is derived from it. */
export type ManifestDraft = Omit<Manifest, 'runId' | 'startedAt'>

export async function draftManifest(prepared: Prepared, settings: Settings, cwd: string): Promise<ManifestDraft> {
  const { endpoint, judging } = settings
  const isSimulated = (choice: EndpointChoice): boolean => choice.profile.name === 'simulator'
  const placeOf = (choice: EndpointChoice): Manifest['provider'] => ({
    name: choice.profile.name,
    // The simulator's port is different each time and means nothing.
    baseUrl: isSimulated(choice) ? 'simulator' : baseUrlOf(choice),
  })
  return {
    formatVersion: 1,
    assayVersion: VERSION,
    nodeVersion: process.version,
    gitCommit: await gitCommit(cwd),
    simulated:
      [
        endpoint,
        ...(prepared.judges.length > 0 ? [judging.endpoint] : []),
        ...(judging.embeddings === null || prepared.embeddings === null ? [] : [judging.embeddings.endpoint]),
      ].some(isSimulated) || isReplayOfSimulated(settings, cwd),
    settings: settingsAsUsed(settings),
    dataset: {
      name: prepared.dataset.name,
      format: prepared.dataset.format,
      sha256: prepared.dataset.sha256,
      samples: prepared.shape.samples,
      version: prepared.dataset.version,
    },
    prompts: prepared.prompts.map((prompt) => ({ name: prompt.name, id: prompt.id, text: promptText(prompt) })),
    provider: placeOf(endpoint),
    judges: prepared.judges.length === 0 ? null : { models: judging.models, ...placeOf(judging.endpoint) },
    embeddings:
      judging.embeddings === null || prepared.embeddings === null
        ? null
        : { models: [judging.embeddings.model], ...placeOf(judging.embeddings.endpoint) },
    prices: [...prepared.models, ...prepared.judges, ...(prepared.embeddings ? [prepared.embeddings] : [])].map(
      manifestPrice,
    ),
    scorers: prepared.scoring.scorers.map(({ label }) => label),
    trials: countTrials(prepared.shape),
    seed: settings.seed,
    flags: flagsToKeep(settings.flags, cwd),
    resumes: [],
    scorings: [],
  }
}

interface ScoringParts {
  readonly at: Date
  readonly key: string
  readonly prepared: Prepared
  readonly judging: Settings['judging']
}

/** Answers stay simulated however often they are scored. */
function isReplayOfSimulated({ replay }: Settings, cwd: string): boolean {
  return replay !== null && 'run' in replay && findRun(replay.run, cwd, '--replay-run').manifest.simulated
}

/** What a pass of scorers is known by. */
export function scoringOf(
  pass: number,
  { scorers, judges, settings }: ManifestDraft,
  { at, key, prepared, judging }: ScoringParts,
): ManifestScoring {
  const { weight, threshold, combine } = settings
  const codeUnknown = prepared.scoring.scorers.filter(({ fingerprint }) => fingerprint === null)
  return {
    pass,
    at: at.toISOString(),
    key,
    codeUnknown: codeUnknown.map(({ label }) => label),
    knownKey: scoringKey(prepared, judging, () => 'unknown'),
    scorers,
    judges: judges?.models ?? [],
    weight,
    threshold,
    combine,
  }
}

/** Flags that are for one session alone; and the config file, since a manifest is data and must name no code to run. */
const NOT_KEPT = new Set(['out', 'resume', 'retryFailed', 'allowChange', 'json', 'quiet', 'config'])

/** Flags whose value may carry a secret in its query. */
const BASE_URLS = new Set(['baseUrl', 'judgeBaseUrl', 'embeddingBaseUrl'])

/** What a resume takes as typed. Paths become relative to the folder that they are typed in; an address with a secret stays out. */
export function flagsToKeep(flags: Settings['flags'], cwd: string): Record<string, unknown> {
  const kept = Object.entries(flags).filter(
    ([key, value]) => !NOT_KEPT.has(key) && !(BASE_URLS.has(key) && isSecret(String(value))),
  )
  return Object.fromEntries(kept.map(([key, value]) => [key, relativePaths(key, value, cwd)]))
}

function isSecret(baseUrl: string): boolean {
  return addressForRecords(baseUrl) !== baseUrl.replace(/\/+$/, '')
}

/** Values that are paths: of some settings, and what begins with an at sign. Of code the name is enough: a resume runs none. */
function relativePaths(key: string, value: unknown, cwd: string): unknown {
  if (Array.isArray(value)) return value.map((item) => relativePaths(key, item, cwd))
  if (typeof value !== 'string') return value
  if (key === 'scorer') return withoutFolders(value)
  const isPath = key === 'dataset' || key === 'baseline'
  const [at, path] = isPath ? ['', value] : ['@', value.slice(1)]
  return (isPath || value.startsWith('@')) && isAbsolute(path) ? `${at}${relative(cwd, path)}` : value
}

/**
 * UTC time, dataset name and six characters of the manifest's hash: sorts by time, and tells runs apart, those of one second by the
 * milliseconds in the hash.
 */
export function runIdOf(draft: ManifestDraft, startedAt: Date): string {
  const time = startedAt.toISOString().replace(/[-:]/g, '').replace(/\.\d+/, '')
  const name = draft.dataset.name.replace(/[^A-Za-z0-9_-]+/g, '-').slice(0, 40)
  return `${time}-${name}-${sha256(`${startedAt.toISOString()}\n${canonicalJson(draft)}`).slice(0, 6)}`
}

function baseUrlOf({ address }: EndpointChoice): string {
  return address === null ? '' : addressForRecords(address.baseUrl)
}

/**
 * Settings that decide the answers and what is made of them, by config key and as a config file would have them; null:
 * not set. Paths, keys and ports name a machine and stay out; prompts, prices, scorers and seed have places of their own.
 */
function settingsAsUsed({ dataset, endpoint, policy, ...settings }: Settings): Record<string, unknown> {
  return {
    id: dataset.idColumn,
    expected: dataset.expectedColumn,
    expectedSeparator: dataset.expectedSeparator,
    where: dataset.where.map(({ column, value }) => `${column}=${value}`),
    offset: dataset.offset,
    limit: dataset.limit,
    sample: dataset.sample,
    shard: dataset.shard === null ? null : `${dataset.shard.number}/${dataset.shard.count}`,
    slice: dataset.slice,
    cluster: dataset.clusterColumn,
    keep: dataset.keep,
    model: settings.models,
    system: settings.system?.source ?? null,
    param: endpoint.params,
    maxTokens: endpoint.maxTokens,
    temperature: endpoint.temperature,
    stream: endpoint.stream,
    simulator: endpoint.profile.name === 'simulator' ? { ...endpoint.simulator, prices: undefined } : undefined,
    concurrency: policy.isAdaptive ? 'auto' : policy.concurrency,
    rpm: policy.requestsPerMinute,
    tpm: policy.tokensPerMinute,
    giveUpAfter: `${policy.giveUpAfterMs}ms`,
    retries: policy.retries,
    timeout: `${policy.attemptTimeoutMs}ms`,
    trialTimeout: `${policy.trialTimeoutMs}ms`,
    epochs: settings.epochs,
    maxCost: settings.maxCostUsd === null ? null : formatUsd(settings.maxCostUsd),
    cache: settings.cache,
    weight: Object.fromEntries(settings.composition.weights ?? []),
    threshold: Object.fromEntries(settings.composition.thresholds ?? []),
    combine: combineAsTyped(settings.composition),
    reducer: settings.reducers.map(({ name }) => name),
    human: settings.human,
    replayColumn: settings.replay !== null && 'column' in settings.replay ? settings.replay.column : null,
    replayRun: settings.replay !== null && 'run' in settings.replay ? settings.replay.run : null,
    judge: settings.judging.models,
    judgePanel: settings.judging.panel,
    judgeMaxTokens: settings.judging.maxTokens,
    allowSelfJudge: settings.judging.allowSelf,
    embeddingModel: settings.judging.embeddings?.model ?? null,
    failUnder: settings.failUnder,
    // Where it was is a matter of this machine.
    baseline: settings.gate.baselines.map((asked) => (isAbsolute(asked) ? basename(asked) : asked)),
    maxDrop: settings.gate.maxDrop,
    metric: settings.gate.metrics.map(({ name, margin }) => `${name}=${margin}`),
    alpha: settings.gate.alpha,
    alarmOn: settings.gate.alarmOn,
    sequential: settings.gate.sequential,
    inconclusive: settings.gate.inconclusive,
    maxFailed: settings.maxFailed,
    timings: settings.timings,
  }
}

function combineAsTyped({ combine }: Settings['composition']): string {
  if (combine === undefined) return 'all'
  return combine.mode === 'weighted' ? `weighted:${combine.threshold}` : combine.mode
}

function manifestPrice({ slug, price }: ModelPlan): ManifestPrice {
  const shown = (usd: bigint | null | undefined): string | null => (usd == null ? null : formatUsd(perMillion(usd)))
  return {
    model: slug,
    inputUsdPerMillion: shown(price?.promptUsd),
    outputUsdPerMillion: shown(price?.completionUsd),
    cacheReadUsdPerMillion: shown(price?.cacheReadUsd),
    source: price?.source ?? 'unknown',
    asOf: price?.asOf ?? null,
  }
}

/** Stands before the column of a prompt whose messages are in the dataset. */
export const MESSAGES_IN = 'the messages in column '

function promptText({ body }: PromptTemplate): string {
  switch (body.kind) {
    case 'text':
      return body.template.source
    case 'messages':
      return JSON.stringify(
        body.messages.map(({ role, content, fields }) => ({ role, content: content.source, ...fields })),
      )
    case 'column':
      return `${MESSAGES_IN}${body.column}`
  }
}

/** The commit that is checked out in the folder; null outside of any repository. */
export async function gitCommit(cwd: string): Promise<string | null> {
  try {
    const { stdout } = await run('git', ['rev-parse', 'HEAD'], { cwd, timeout: 2_000 })
    return stdout.trim()
  } catch {
    // No git, or no repository: a run does not need one.
    return null
  }
}
