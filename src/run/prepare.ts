/** Everything that can be known, and can go wrong, before anything is sent: dataset, prompts, models, prices, selection. */
import { fileURLToPath } from 'node:url'
import type { DatasetSettings, Settings } from '../config/types.ts'
import { findColumn, requireColumn } from '../lib/columns.ts'
import { openDataset } from '../dataset/index.ts'
import { toSamples } from '../dataset/sample.ts'
import { pick, selectWhileReading } from '../dataset/select.ts'
import { createSpool } from '../dataset/spool.ts'
import type { Dataset, Row, Sample, Spool } from '../dataset/types.ts'
import { UserError } from '../lib/errors.ts'
import { plural } from '../lib/text.ts'
import { findModel } from '../plan/catalogue.ts'
import type { PlanShape } from '../plan/trials.ts'
import type { PriceRow } from '../plan/types.ts'
import { columnPrompt, requiredColumns, textPrompt } from '../prompt/parse.ts'
import type { PromptTemplate, Template } from '../prompt/types.ts'
import { promptfooTypes, type TrialScorerOptions } from '../score/index.ts'
import { SampleCheck } from './sample-check.ts'
import { openStaging, type Staging } from './staging.ts'

/** One model of the run, with what is known of it. */
export interface ModelPlan {
  readonly slug: string
  /** Null = unknown: costs then come from the provider's reports alone. */
  readonly price: PriceRow | null
  /** Null = unknown, unchecked. */
  readonly contextTokens: number | null
}

export interface Prepared {
  readonly dataset: {
    readonly name: string
    readonly file: string
    readonly format: string
    /** Null when reading stopped before the end (--limit). */
    readonly sha256: string | null
  }
  readonly prompts: readonly PromptTemplate[]
  readonly models: readonly ModelPlan[]
  readonly scoring: TrialScorerOptions
  /** A sample by its position among the selected ones, in dataset order. */
  readonly sampleAt: (position: number) => Sample
  readonly shape: PlanShape
  /** Positions in the order in which they are sent. */
  readonly order: Uint32Array
  /** The spool, until it moves into the run folder. */
  readonly stagedPath: string
  readonly notes: readonly string[]
  /** Closes the spool, and removes it unless it has been moved into a run folder. */
  close(): void
}

export interface PrepareOptions {
  readonly cwd: string
  readonly stdin: AsyncIterable<Uint8Array | string>
  /** Aborted: reading ends with the signal's reason. */
  readonly interrupt: AbortSignal
}

/** The datasets that come with Assay: found by name from any folder. */
const OWN_DATASETS = fileURLToPath(new URL('../../datasets', import.meta.url))

/** Columns that hold the prompt when none is given, the first that exists; `messages` holds a JSON conversation. */
const PROMPT_COLUMNS = ['prompt', 'question', 'input', 'messages']

/** Reads and checks the whole dataset. Throws UserError with every kind of problem found; leaves nothing behind then. */
export async function prepare(settings: Settings, { cwd, stdin, interrupt }: PrepareOptions): Promise<Prepared> {
  const staging = openStaging(settings.outDir, cwd)
  try {
    const dataset = await openDataset({
      path: settings.dataset.path,
      format: settings.dataset.format,
      cwd,
      datasetsDirs: ['datasets', OWN_DATASETS],
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
  const prompts = settings.prompts ?? [defaultPrompt(columns, settings.system, dataset.file)]
  for (const column of settings.dataset.keep) requireColumn(columns, column, { file: dataset.file, flag: '--keep' })
  for (const column of settings.dataset.slice) requireColumn(columns, column, { file: dataset.file, flag: '--slice' })
  const usedColumns = [...new Set(prompts.flatMap(requiredColumns))]
  const scoring = scoringFor(columns, settings)
  const check = new SampleCheck({ file: dataset.file, prompts, scoring })
  const spool = await fillSpool(rows, { dataset, settings, usedColumns, stagedPath: staging.path, check, interrupt })
  try {
    const selection = selected(spool, settings.dataset, dataset.file)
    const models = settings.models.map((slug) => modelPlan(slug, settings))
    refuseUnpriced(models, settings)
    return {
      dataset: { name: dataset.name, file: dataset.file, format: dataset.format, sha256: dataset.sha256() },
      prompts,
      models,
      scoring,
      ...selection,
      shape: {
        samples: selection.order.length,
        prompts: prompts.length,
        models: models.length,
        epochs: settings.epochs,
      },
      stagedPath: staging.path,
      notes:
        scoring.scorers.length === 0 && !check.anyAssertions
          ? ['no expected answers in the dataset: nothing is scored']
          : [],
      close: () => {
        spool.close()
        staging.remove()
      },
    }
  } catch (error) {
    spool.close()
    throw error
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

function defaultPrompt(columns: readonly string[], system: Template | null, file: string): PromptTemplate {
  const column = PROMPT_COLUMNS.map((name) => findColumn(columns, name)).find((name) => name !== undefined)
  if (column === undefined) {
    throw new UserError(
      `${file}: none of the columns ${PROMPT_COLUMNS.join(', ')} exists, and no --prompt says what to ask. ` +
        `Give one, e.g. --prompt "{{${columns[0]}}}". The columns are ${columns.join(', ')}.`,
    )
  }
  return column.toLowerCase() === 'messages'
    ? columnPrompt(column, column, system)
    : textPrompt(column, `{{${column}}}`, system)
}

/** The default scorer needs expected answers; asked for by name, it insists on them. */
function scoringFor(columns: readonly string[], { scorers, scorersAsked, dataset }: Settings): TrialScorerOptions {
  if (scorersAsked) return { scorers, isExplicit: true }
  const hasExpected =
    dataset.expectedColumn !== null || ['expected', 'answer'].some((name) => findColumn(columns, name) !== undefined)
  return { scorers: hasExpected ? scorers : [], isExplicit: false }
}

interface SpoolInputs {
  readonly dataset: Dataset
  readonly settings: Settings
  readonly usedColumns: readonly string[]
  readonly stagedPath: string
  readonly check: SampleCheck
  readonly interrupt: AbortSignal
}

async function fillSpool(
  rows: AsyncIterable<Row>,
  { dataset, settings, usedColumns, stagedPath, check, interrupt }: SpoolInputs,
): Promise<Spool> {
  const { idColumn, expectedColumn, expectedSeparator, where, offset, limit } = settings.dataset
  const samples = toSamples(rows, {
    file: dataset.file,
    idColumn,
    expectedColumn,
    expectedSeparator,
    usedColumns,
    assertionTypes: Object.fromEntries(promptfooTypes()),
  })
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

/** `--sample` and `--shard` over what was read; positions count the selected samples alone. */
function selected(
  spool: Spool,
  { sample, shard, where, offset }: DatasetSettings,
  file: string,
): Pick<Prepared, 'sampleAt' | 'order'> {
  const picked = pick(spool.order(), { sample, shard })
  if (picked.length === 0) {
    const conditions = where.map(({ column, value }) => `${column}=${value}`).join(' and ')
    throw new UserError(
      spool.count > 0
        ? `${file}: --shard leaves none of ${plural(spool.count, 'row')}. Give fewer shards than rows.`
        : offset > 0
          ? `${file}: --offset ${offset} passes over every row${conditions === '' ? '' : ` that has ${conditions}`}. Give a smaller one.`
          : `${file}: no row has ${conditions}. Check the spelling of the value: it must be equal to the cell.`,
    )
  }
  const inDatasetOrder = picked.slice().sort()
  const positions = new Map<number, number>()
  if (picked.length < spool.count) inDatasetOrder.forEach((index, position) => positions.set(index, position))
  const order = positions.size === 0 ? picked : picked.map((index) => positions.get(index) ?? 0)
  return { sampleAt: (position) => spool.read(inDatasetOrder[position] ?? 0), order }
}

function modelPlan(slug: string, { prices, endpoint }: Settings): ModelPlan {
  const row = findModel(slug, endpoint.profile.name)
  return { slug, price: prices.get(slug) ?? row?.price ?? null, contextTokens: row?.contextTokens ?? null }
}

/** A budget is kept only where the most that an attempt can cost is known. */
function refuseUnpriced(models: readonly ModelPlan[], { maxCostUsd, endpoint }: Settings): void {
  if (maxCostUsd !== null && Object.hasOwn(endpoint.params, 'models')) {
    throw new UserError(
      '--param models lets another model answer at its own price, so the budget (--max-cost) cannot be kept. Leave one out: --max-cost none.',
    )
  }
  const unpriced = models.filter(({ price }) => price === null).map(({ slug }) => slug)
  if (maxCostUsd === null || unpriced.length === 0) return
  throw new UserError(
    `--max-cost: ${unpriced.join(', ')} has no known price, so the budget cannot be kept. ` +
      `Give one in USD per million tokens, e.g. --price ${unpriced[0]}=0.2/0.6, or run without a budget: --max-cost none.`,
  )
}
