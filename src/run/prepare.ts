/** Everything that can be known, and can go wrong, before anything is sent: dataset, prompts, models, prices, selection. */
import { fileURLToPath } from 'node:url'
import type { Settings } from '../config/types.ts'
import { findColumn, requireColumn } from '../lib/columns.ts'
import { openDataset } from '../dataset/index.ts'
import { toSamples } from '../dataset/sample.ts'
import { selectWhileReading } from '../dataset/select.ts'
import { createSpool, openSpool } from '../dataset/spool.ts'
import type { Dataset, Row, Sample, Spool } from '../dataset/types.ts'
import type { Manifest } from '../journal/types.ts'
import { UserError } from '../lib/errors.ts'
import { plural } from '../lib/text.ts'
import { countTrials, type PlanShape } from '../plan/trials.ts'
import { requiredColumns } from '../prompt/parse.ts'
import type { PromptTemplate } from '../prompt/types.ts'
import { promptfooTypes, type TrialScorerOptions } from '../score/index.ts'
import { defaultPrompt, scoringFor } from './defaults.ts'
import { type ModelPlan, planJudges, planModels } from './models.ts'
import { SampleCheck } from './sample-check.ts'
import { selected, versionOf, type Whole, wholeOf } from './selection.ts'
import { selfJudges } from './self-judges.ts'
import { openStaging, type Staging } from './staging.ts'

export interface Prepared {
  readonly dataset: {
    readonly name: string
    readonly file: string
    readonly format: string
    /** Null when reading stopped before the end (--limit). */
    readonly sha256: string | null
    /** Hash of the selected samples. */
    readonly version: string
  }
  readonly prompts: readonly PromptTemplate[]
  readonly models: readonly ModelPlan[]
  /** Models that scorers ask; empty, and null, when none does, whoever is named. */
  readonly judges: readonly ModelPlan[]
  readonly embeddings: ModelPlan | null
  readonly scoring: TrialScorerOptions
  /** Rows ask for scorers of their own. */
  readonly hasAssertions: boolean
  /** A sample by its position among the selected ones, in dataset order. */
  readonly sampleAt: (position: number) => Sample
  readonly shape: PlanShape
  /** What a shard is a part of, in dataset order; of a run that is none its own samples. */
  readonly whole: Whole
  /** No prompt has more tokens. */
  readonly promptTokensAtMost: number
  /** Positions in the order in which they are sent. */
  readonly order: Uint32Array
  /** The spool, until it moves into the run folder; null: it is there already. */
  readonly stagedPath: string | null
  readonly notes: readonly string[]
  /** Closes the spool, and removes it unless it has been moved into a run folder. */
  close(): void
}

export interface PrepareOptions {
  readonly cwd: string
  readonly stdin: AsyncIterable<Uint8Array | string>
  /** Aborted: reading ends with the signal's reason. */
  readonly interrupt: AbortSignal
  /** Absolute path of the folder where the samples wait for their run folder; null when there will be no run. */
  readonly stagingParent: string | null
  /** Samples of an earlier session, where a dataset that came over standard input stands for itself no longer. */
  readonly keptSamples?: KeptSamples | null
  /** Runs when the process ends before the preparation or the run has. */
  readonly onLeave: (action: () => void) => void
}

export interface KeptSamples {
  readonly path: string
  /** As the manifest of that session has it. */
  readonly dataset: Manifest['dataset']
}

/** The datasets that come with Assay: found by name from any folder. */
const OWN_DATASETS = fileURLToPath(new URL('../../datasets', import.meta.url))

/** Where a dataset is looked for that is named without a folder. */
export const DATASET_FOLDERS: readonly string[] = ['datasets', OWN_DATASETS]

/** Reads and checks the whole dataset. Throws UserError with every kind of problem found; leaves nothing behind then. */
export async function prepare(
  settings: Settings,
  { cwd, stdin, interrupt, stagingParent, keptSamples = null, onLeave }: PrepareOptions,
): Promise<Prepared> {
  if (keptSamples !== null) return prepareKept(keptSamples, settings, interrupt)
  const staging = openStaging(stagingParent)
  onLeave(() => staging.remove())
  try {
    const dataset = await openDataset({
      path: settings.dataset.path,
      format: settings.dataset.format,
      cwd,
      datasetsDirs: DATASET_FOLDERS,
      stdin,
    })
    try {
      return await prepareDataset(dataset, settings, staging, interrupt)
    } finally {
      await dataset.close()
    }
  } catch (error) {
    staging.remove()
    throw error
  }
}

async function prepareDataset(
  dataset: Dataset,
  settings: Settings,
  staging: Staging,
  interrupt: AbortSignal,
): Promise<Prepared> {
  const { columns, rows } = await withColumns(dataset)
  const asking = askingOf(columns, settings, dataset.file)
  const spool = await fillSpool(rows, { dataset, settings, asking, stagedPath: staging.path, interrupt })
  const about = { name: dataset.name, file: dataset.file, format: dataset.format, sha256: dataset.sha256() }
  return orClose(spool, () => planned(spool, about, asking, settings, staging))
}

/** The same from the samples that an earlier session has kept. */
async function prepareKept(
  { path, dataset }: KeptSamples,
  settings: Settings,
  interrupt: AbortSignal,
): Promise<Prepared> {
  const spool = await openSpool(path, { seed: settings.seed }, interrupt)
  return orClose(spool, () => {
    const about = { name: dataset.name, file: 'samples.jsonl', format: dataset.format, sha256: dataset.sha256 }
    const asking = askingOf(Object.keys(spool.read(0).vars), settings, about.file)
    for (let position = 0; position < spool.count; position++) asking.check.look(spool.read(position))
    asking.check.finish()
    return planned(spool, about, asking, settings, null)
  })
}

function orClose<T>(spool: Spool, use: () => T): T {
  try {
    return use()
  } catch (error) {
    spool.close()
    throw error
  }
}

/** What is made of every sample, as the columns and the settings say. */
interface Asking {
  readonly prompts: readonly PromptTemplate[]
  readonly scoring: TrialScorerOptions
  readonly check: SampleCheck
  /** What a sample without an id column is known by. */
  readonly usedColumns: readonly string[]
}

function askingOf(columns: readonly string[], settings: Settings, file: string): Asking {
  const prompts = settings.prompts ?? [defaultPrompt(columns, settings, file)]
  if (settings.replay !== null && 'column' in settings.replay) {
    requireColumn(columns, settings.replay.column, { file, flag: '--replay-column' })
  }
  if (settings.human !== null) requireColumn(columns, settings.human, { file, flag: '--human' })
  for (const column of settings.dataset.keep) requireColumn(columns, column, { file, flag: '--keep' })
  for (const column of settings.dataset.slice) requireColumn(columns, column, { file, flag: '--slice' })
  const { clusterColumn } = settings.dataset
  if (clusterColumn !== null) requireColumn(columns, clusterColumn, { file, flag: '--cluster' })
  const scoring = scoringFor(columns, settings)
  const check = new SampleCheck({
    file,
    prompts,
    scoring,
    isAsked: settings.replay === null,
    isBudgeted: settings.replay === null && settings.maxCostUsd !== null,
    replay: settings.replay,
    human: settings.human,
    judging: settings.judging,
  })
  return { prompts, scoring, check, usedColumns: usedColumns(prompts, columns, settings) }
}

/** What the prompts are made of; where a recorded output has no prompt, all that is not about this one output. */
function usedColumns(
  prompts: readonly PromptTemplate[],
  columns: readonly string[],
  { replay, human }: Settings,
): readonly string[] {
  const inPrompts = [...new Set(prompts.flatMap(requiredColumns).map((name) => findColumn(columns, name) ?? name))]
  if (inPrompts.length > 0 || replay === null) return inPrompts
  const ofOutput = new Set(['column' in replay ? replay.column : null, human])
  return columns.filter((column) => !ofOutput.has(column))
}

/** The plan over the samples. `staging` null: they are in their run folder already. */
function planned(
  spool: Spool,
  dataset: Omit<Prepared['dataset'], 'version'>,
  { prompts, scoring, check }: Asking,
  settings: Settings,
  staging: Staging | null,
): Prepared {
  const selection = selected(spool, settings.dataset, dataset.file)
  const whole = wholeOf(spool, settings.dataset, selection)
  const models = planModels(settings)
  const asked = new Set([...check.asks, ...scoring.scorers.map(({ scorer }) => scorer.asks)])
  const judging = planJudges(settings, asked)
  const shape: PlanShape = {
    samples: selection.order.length,
    prompts: prompts.length,
    models: models.length,
    epochs: settings.epochs,
  }
  refuseTooMany(shape)
  return {
    dataset: { ...dataset, version: versionOf(spool, settings) },
    prompts,
    models,
    ...judging,
    scoring,
    hasAssertions: check.anyAssertions,
    ...selection,
    shape,
    whole,
    promptTokensAtMost: check.promptTokensAtMost,
    stagedPath: staging?.path ?? null,
    notes: [
      ...(scoring.scorers.length === 0 && !check.anyAssertions
        ? ['no expected answers in the dataset: nothing is scored']
        : []),
      ...(asked.has('judge') ? selfJudges(settings) : []),
    ],
    close: () => {
      spool.close()
      staging?.remove()
    },
  }
}

/** The columns as the header or the first row names them; the first row is given out again. */
async function withColumns(dataset: Dataset): Promise<{ columns: readonly string[]; rows: AsyncIterable<Row> }> {
  const iterator = dataset.rows()[Symbol.asyncIterator]()
  const first = await iterator.next()
  async function* again(): AsyncGenerator<Row, void> {
    for (let row = first; row.done !== true; row = await iterator.next()) yield row.value
  }
  return { columns: dataset.columns ?? (first.done === true ? [] : Object.keys(first.value.cells)), rows: again() }
}

interface SpoolInputs {
  readonly dataset: Dataset
  readonly settings: Settings
  readonly asking: Asking
  readonly stagedPath: string
  readonly interrupt: AbortSignal
}

async function fillSpool(
  rows: AsyncIterable<Row>,
  { dataset, settings, asking, stagedPath, interrupt }: SpoolInputs,
): Promise<Spool> {
  const { idColumn, expectedColumn, expectedSeparator, where, offset, limit } = settings.dataset
  const samples = toSamples(rows, {
    file: dataset.file,
    idColumn,
    expectedColumn,
    expectedSeparator,
    usedColumns: asking.usedColumns,
    ...(settings.replay !== null && 'column' in settings.replay ? { pairColumns: asking.usedColumns } : {}),
    assertionTypes: Object.fromEntries(promptfooTypes()),
  })
  const { check } = asking
  const spool = createSpool(stagedPath, { seed: settings.seed })
  try {
    for await (const sample of selectWhileReading(samples, { where, offset, limit }, dataset.file)) {
      interrupt.throwIfAborted()
      check.look(sample)
      spool.add(sample)
    }
    check.finish()
  } catch (error) {
    spool.abandon()
    throw error
  }
  return spool.finish()
}

/** Trials are numbered with 32 bits. */
function refuseTooMany(shape: PlanShape): void {
  const trials = countTrials(shape)
  if (trials < 2 ** 32) return
  const factors = [
    plural(shape.samples, 'sample'),
    plural(shape.prompts, 'prompt'),
    plural(shape.models, 'model'),
    plural(shape.epochs, 'epoch'),
  ]
  throw new UserError(
    `${factors.join(' × ')} make ${plural(trials, 'trial')}, more than the ${(2 ** 32 - 1).toLocaleString('en-US')} of one run. ` +
      'Take fewer rows (--limit, --sample, --shard) or fewer --epochs.',
  )
}
