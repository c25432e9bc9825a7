/** What makes a run repeatable: written before the first request. */
import { execFile } from 'node:child_process'
import { isAbsolute, relative } from 'node:path'
import { promisify } from 'node:util'
import type { EndpointSettings, Settings } from '../config/types.ts'
import type { Manifest, ManifestPrice } from '../journal/types.ts'
import { canonicalJson, sha256 } from '../lib/hash.ts'
import { formatUsd, perMillion } from '../lib/usd.ts'
import { VERSION } from '../lib/version.ts'
import { countTrials } from '../plan/trials.ts'
import type { PromptTemplate } from '../prompt/types.ts'
import { addressForRecords } from '../provider/index.ts'
import type { ModelPlan } from './models.ts'
import type { Prepared } from './prepare.ts'

const run = promisify(execFile)

/** Everything of the manifest but its name: the run id is derived from it. */
export type ManifestDraft = Omit<Manifest, 'runId' | 'startedAt'>

export async function draftManifest(prepared: Prepared, settings: Settings, cwd: string): Promise<ManifestDraft> {
  const { endpoint } = settings
  const simulated = endpoint.profile.name === 'simulator'
  return {
    formatVersion: 1,
    assayVersion: VERSION,
    nodeVersion: process.version,
    gitCommit: await gitCommit(cwd),
    simulated,
    settings: settingsAsUsed(settings),
    dataset: {
      name: prepared.dataset.name,
      format: prepared.dataset.format,
      sha256: prepared.dataset.sha256,
      samples: prepared.shape.samples,
    },
    prompts: prepared.prompts.map((prompt) => ({ name: prompt.name, id: prompt.id, text: promptText(prompt) })),
    // The simulator's port is different each time and means nothing.
    provider: { name: endpoint.profile.name, baseUrl: simulated ? 'simulator' : baseUrlOf(endpoint) },
    prices: prepared.models.map(manifestPrice),
    scorers: prepared.scoring.scorers.map(({ label }) => label),
    trials: countTrials(prepared.shape),
    seed: settings.seed,
    flags: flagsToKeep(settings.flags, cwd),
    resumes: [],
  }
}

/** Flags that are for one session alone; and the config file, since a manifest is data and must name no code to run. */
const NOT_KEPT = new Set(['out', 'resume', 'retryFailed', 'allowChange', 'json', 'quiet', 'config'])

/** What a resume takes as typed. Paths become relative to the folder that they are typed in; an address with a secret stays out. */
function flagsToKeep(flags: Settings['flags'], cwd: string): Record<string, unknown> {
  const kept = Object.entries(flags).filter(
    ([key, value]) => !NOT_KEPT.has(key) && !(key === 'baseUrl' && isSecret(String(value))),
  )
  return Object.fromEntries(kept.map(([key, value]) => [key, relativePaths(key, value, cwd)]))
}

function isSecret(baseUrl: string): boolean {
  return addressForRecords(baseUrl) !== baseUrl.replace(/\/+$/, '')
}

/** Values that are paths: of some settings, and what begins with an at sign. */
function relativePaths(key: string, value: unknown, cwd: string): unknown {
  if (Array.isArray(value)) return value.map((item) => relativePaths(key, item, cwd))
  if (typeof value !== 'string') return value
  const isPath = key === 'dataset'
  const [at, path] = isPath ? ['', value] : ['@', value.slice(1)]
  return (isPath || value.startsWith('@')) && isAbsolute(path) ? `${at}${relative(cwd, path)}` : value
}

/** UTC time, dataset name and six characters of the manifest's hash: sorts by time, tells the runs of a day apart. */
export function runIdOf(draft: ManifestDraft, startedAt: Date): string {
  const time = startedAt.toISOString().replace(/[-:]/g, '').replace(/\.\d+/, '')
  const name = draft.dataset.name.replace(/[^A-Za-z0-9_-]+/g, '-').slice(0, 40)
  return `${time}-${name}-${sha256(canonicalJson(draft)).slice(0, 6)}`
}

function baseUrlOf({ address }: EndpointSettings): string {
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
    failUnder: settings.failUnder,
    maxFailed: settings.maxFailed,
  }
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

function promptText({ body }: PromptTemplate): string {
  switch (body.kind) {
    case 'text':
      return body.template.source
    case 'messages':
      return JSON.stringify(body.messages.map(({ role, content }) => ({ role, content: content.source })))
    case 'column':
      return `the messages in column ${body.column}`
  }
}

async function gitCommit(cwd: string): Promise<string | null> {
  try {
    const { stdout } = await run('git', ['rev-parse', 'HEAD'], { cwd, timeout: 2_000 })
    return stdout.trim()
  } catch {
    // No git, or no repository: a run does not need one.
    return null
  }
}
