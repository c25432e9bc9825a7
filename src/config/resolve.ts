/** Checked values → settings as used: defaults, files that flags point to, and everything that depends on two of them. */
import { readFileSync } from 'node:fs'
import { basename, extname, resolve as resolvePath } from 'node:path'
import { parseShard } from '../dataset/select.ts'
import { DEFAULT_MODEL } from '../lib/default-model.ts'
import { errorCode, UserError } from '../lib/errors.ts'
import { oneLine } from '../lib/text.ts'
import { parseUsdPerMillion } from '../lib/usd.ts'
import type { PriceRow } from '../plan/types.ts'
import { messagesPrompt, readTemplate, textPrompt } from '../prompt/parse.ts'
import type { PromptTemplate, Template } from '../prompt/types.ts'
import { parseReducer, type Reducer } from '../stats/reducer.ts'
import { endpointSettings } from './endpoint.ts'
import { gateSettings } from './gate.ts'
import { judgingSettings } from './judging.ts'
import type { ReporterName } from '../report/index.ts'
import type { ReadConfig } from './options.ts'
import { resolveScorers } from './scorers.ts'
import { parseCombine, parseThresholds, parseWeights } from '../score/index.ts'
import type { DatasetSettings, EndpointSettings, ReplaySettings, Settings, Surroundings } from './types.ts'

/** `--concurrency auto` never has more in flight. */
const MOST_ADAPTIVE_CONCURRENCY = 256

export async function resolveSettings(config: ReadConfig, surroundings: Surroundings): Promise<Settings> {
  refuseWithoutResume(config)
  const system =
    config.system === undefined
      ? null
      : readTemplate(textOrFile(config.system, '--system', surroundings.cwd).text, '--system')
  const prices = new Map(
    uniqueKeys(config.price ?? [], '--price').map(([model, price]) => [model, handPrice(model, String(price))]),
  )
  const endpoint = endpointSettings(config, surroundings, prices)
  const scorers = await resolveScorers(config.scorer ?? ['exact'], {
    cwd: surroundings.cwd,
    env: withoutKeys(surroundings.env, config),
  })
  const replay = replaySettings(config, endpoint)
  return {
    flags: surroundings.flags,
    dataset: datasetSettings(config),
    prompts: config.prompt === undefined ? null : promptsOf(config.prompt, system, surroundings.cwd),
    system,
    models: unique(modelsOf(config, replay, surroundings), '--model'),
    endpoint,
    policy: {
      concurrency: config.concurrency === 'auto' ? MOST_ADAPTIVE_CONCURRENCY : (config.concurrency ?? 8),
      isAdaptive: config.concurrency === 'auto',
      requestsPerMinute: config.rpm ?? null,
      tokensPerMinute: config.tpm ?? null,
      retries: config.retries ?? 5,
      attemptTimeoutMs: config.timeout ?? 60_000,
      trialTimeoutMs: config.trialTimeout ?? 600_000,
      giveUpAfterMs: config.giveUpAfter ?? 300_000,
    },
    epochs: config.epochs ?? 1,
    maxCostUsd: config.maxCost ?? null,
    prices,
    scorers,
    scorersAsked: config.scorer !== undefined,
    composition: {
      combine: parseCombine(config.combine ?? 'all'),
      weights: parseWeights(config.weight ?? [], scorers),
      thresholds: parseThresholds(config.threshold ?? [], scorers),
    },
    reducers: reducersOf(config),
    judging: judgingSettings(config, scorers, endpoint, surroundings),
    replay,
    human: humanColumn(config, replay),
    failUnder: config.failUnder ?? null,
    gate: gateSettings(config),
    maxFailed: config.maxFailed ?? 0.05,
    outDir: config.out ?? null,
    resume: config.resume ?? null,
    scoreOnly: surroundings.scoresOnly,
    takesKeptSamples: false,
    retryFailed: config.retryFailed ?? false,
    allowChange: config.allowChange ?? false,
    cache: config.cache ?? false,
    seed: config.seed ?? 0,
    timings: config.timings ?? true,
    json: config.json ?? false,
    quiet: config.quiet ?? false,
    reporters: reportersOf(config),
    open: config.open ?? false,
  }
}

/** What was asked for beside the reports that every run has. */
export function reportersOf({ reporter = [], excel = false, open = false }: ReadConfig): readonly ReporterName[] {
  return [...new Set([...(excel ? (['excel'] as const) : []), ...reporter, ...(open ? (['html'] as const) : [])])]
}

/** The environment of commands that score: the variables that are named as keys are none of their business. */
function withoutKeys(env: Surroundings['env'], config: ReadConfig): Surroundings['env'] {
  const keys = new Set([config.apiKeyEnv, config.judgeApiKeyEnv, config.embeddingApiKeyEnv])
  return Object.fromEntries(Object.entries(env).filter(([name]) => !keys.has(name)))
}

function refuseWithoutResume({ resume, retryFailed, allowChange }: ReadConfig): void {
  if (resume !== undefined) return
  const flag = retryFailed === true ? '--retry-failed' : allowChange === true ? '--allow-change' : undefined
  if (flag === undefined) return
  throw new UserError(
    `${flag} says how to go on with a run, and no --resume names one. Add --resume latest, or leave it out.`,
  )
}

/** Throws UserError at a reducer that these epochs can give no value. */
function reducersOf({ reducer = [], epochs = 1 }: ReadConfig): Reducer[] {
  const reducers = reducer.map(parseReducer)
  unique(
    reducers.map(({ name }) => name),
    '--reducer',
  )
  const tooFew = reducers.find(({ minimumEpochs }) => minimumEpochs > epochs)
  if (tooFew === undefined) return reducers
  throw new UserError(
    `--reducer ${tooFew.name} needs at least ${tooFew.minimumEpochs} epochs of every sample, found --epochs ${epochs}. Ask more often, or take a smaller number.`,
  )
}

/** Names the model in reports when nobody says who gave the recorded outputs. */
const REPLAYED_MODEL = 'recorded'

/** The config file names the model that is usually asked: recorded outputs are another's, unless the command says so. */
function modelsOf({ model }: ReadConfig, replay: ReplaySettings | null, { flags }: Surroundings): readonly string[] {
  if (replay !== null && 'column' in replay && !Object.hasOwn(flags, 'model')) return [REPLAYED_MODEL]
  return model ?? [DEFAULT_MODEL]
}

/** Where the recorded outputs are. Throws UserError when the provider and its settings do not fit together. */
function replaySettings(
  { replayColumn, replayRun, epochs = 1 }: ReadConfig,
  { profile }: EndpointSettings,
): ReplaySettings | null {
  const asked = replayColumn !== undefined ? '--replay-column' : replayRun !== undefined ? '--replay-run' : undefined
  if (profile.name !== 'replay') {
    if (asked === undefined) return null
    throw new UserError(
      `${asked} says where recorded outputs are; nobody is asked for them then. Add --provider replay.`,
    )
  }
  if (replayColumn !== undefined && replayRun !== undefined) {
    throw new UserError('--replay-column and --replay-run both say where the outputs are. Leave one out.')
  }
  if (replayColumn !== undefined) {
    if (epochs > 1) {
      throw new UserError(
        `--epochs ${epochs}: the column "${replayColumn}" holds one output for each row, and the others would be copies of it. Leave --epochs out.`,
      )
    }
    return { column: replayColumn }
  }
  if (replayRun !== undefined) return { run: replayRun }
  throw new UserError(
    '--provider replay scores outputs that exist already. Say where they are: --replay-column output (a column of the dataset), or --replay-run results/<run>.',
  )
}

/** People have judged given outputs: verdicts say nothing of answers that are asked for anew. */
function humanColumn({ human }: ReadConfig, replay: ReplaySettings | null): string | null {
  if (human === undefined || (replay !== null && 'column' in replay)) return human ?? null
  throw new UserError(
    '--human names verdicts on outputs that stand in the dataset, and these are asked for anew. Take it with --provider replay --replay-column; ' +
      'for answers of a run, label its results.csv and use assay calibrate.',
  )
}

function datasetSettings(config: ReadConfig): DatasetSettings {
  if (config.dataset === undefined) {
    throw new UserError(
      '--dataset is missing. Give a path, a name under datasets/, or - for standard input, e.g. --dataset qa.csv.',
    )
  }
  return {
    path: config.dataset,
    format: config.format ?? null,
    idColumn: config.id ?? null,
    expectedColumn: config.expected ?? null,
    expectedSeparator: config.expectedSeparator ?? null,
    slice: config.slice ?? [],
    clusterColumn: config.cluster ?? null,
    keep: config.keep ?? [],
    where: (config.where ?? []).map(([column, value]) => ({ column, value: String(value) })),
    offset: config.offset ?? 0,
    limit: config.limit ?? null,
    sample: config.sample ?? null,
    shard: config.shard === undefined ? null : parseShard(config.shard),
  }
}

function promptsOf(written: readonly string[], system: Template | null, cwd: string): PromptTemplate[] {
  const names = new Set<string>()
  const prompts = written.map((prompt, index) => {
    const { text, file } = textOrFile(prompt, '--prompt', cwd)
    const wanted =
      file === null ? (written.length === 1 ? 'prompt' : `prompt-${index + 1}`) : basename(file, extname(file))
    const name = freeName(wanted, names)
    return file !== null && extname(file) === '.json'
      ? messagesPrompt(name, text, file, system)
      : textPrompt(name, text, system)
  })
  // Two trials that ask the same would be one.
  const first = prompts.findIndex(({ id }, index) => prompts.findIndex((other) => other.id === id) !== index)
  if (first >= 0)
    throw new UserError(`--prompt ${oneLine(written[first] ?? '', 60)}: the same prompt is given twice. Leave one out.`)
  return prompts
}

/** `@file` stands for the content of the file, `@@` for a text that starts with an at sign. */
function textOrFile(written: string, flag: string, cwd: string): { text: string; file: string | null } {
  if (written.startsWith('@@')) return { text: written.slice(1), file: null }
  if (!written.startsWith('@')) return { text: written, file: null }
  const file = written.slice(1)
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(resolvePath(cwd, file))), file }
  } catch (error) {
    const code = errorCode(error)
    const problem =
      code === 'ENOENT' ? 'no such file' : code === 'EISDIR' ? 'a folder, not a file' : 'not readable as UTF-8 text'
    throw new UserError(`${flag} @${file}: ${problem}. For a text that starts with an at sign write @@.`, {
      cause: error,
    })
  }
}

/** Price given by hand: in/out or in/out/cached, USD per million tokens. */
function handPrice(model: string, written: string): PriceRow {
  const parts = written.split('/').map((part) => parseUsdPerMillion(part))
  const [promptUsd, completionUsd, cacheReadUsd] = parts
  const wrong = parts.some((part) => part === undefined || part < 0n)
  if (promptUsd === undefined || completionUsd === undefined || wrong || parts.length > 3) {
    throw new UserError(
      `--price ${model}=${written}: expected USD per million tokens as in/out or in/out/cached, e.g. ${model}=0.2/0.6.`,
    )
  }
  if (cacheReadUsd !== undefined && cacheReadUsd > promptUsd) {
    throw new UserError(
      `--price ${model}=${written}: a cached token would cost more than one that is read anew. Expected in/out/cached, in this order.`,
    )
  }
  return {
    model,
    promptUsd,
    completionUsd,
    cacheReadUsd: cacheReadUsd ?? null,
    cacheWriteUsd: null,
    reasoningUsd: null,
    requestUsd: null,
    source: 'given by hand',
    asOf: null,
  }
}

function freeName(wanted: string, taken: Set<string>): string {
  let name = wanted
  for (let copy = 2; taken.has(name); copy++) name = `${wanted}-${copy}`
  taken.add(name)
  return name
}

/** A key that is given twice would silently lose one of its values. */
function uniqueKeys(pairs: readonly [string, unknown][], flag: string): readonly [string, unknown][] {
  unique(
    pairs.map(([key]) => key),
    flag,
  )
  return pairs
}

function unique(values: readonly string[], flag: string): readonly string[] {
  const repeated = values.find((value, index) => values.indexOf(value) !== index)
  if (repeated !== undefined) throw new UserError(`${flag} ${repeated} is given twice. Leave one out.`)
  return values
}
