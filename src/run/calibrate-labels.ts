/** What do people say of the answers? Labels from a column of the dataset itself, or from a file that was filled in. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { openDataset } from '../dataset/index.ts'
import type { Sample } from '../dataset/types.ts'
import { findColumn, requireColumn } from '../lib/columns.ts'
import { UserError } from '../lib/errors.ts'
import { key128 } from '../lib/hash.ts'
import { KeyTable } from '../lib/key-table.ts'
import { oneLine, plural } from '../lib/text.ts'
import { cellOf } from '../prompt/render.ts'
import { HUMAN_WORDS, parseHuman } from '../stats/human.ts'

/** One answer of the run. */
export interface AnswerPlace {
  readonly sample: Sample
  readonly prompt: string
  readonly model: string
  readonly epoch: number
}

/** Labels by answer. */
export interface HumanLabels {
  /** Where they stand, for the reader: "column human of labels.csv". */
  readonly source: string
  /** Null: nobody has labelled it. Throws UserError at a cell that is no label. */
  of(place: AnswerPlace): boolean | null
  /** Throws UserError when there was no such column; returns how many labels no answer has asked for. */
  finish(): number
}

/** Null: empty, so not labelled. `where` is the place of the cell, `file:line`. Throws UserError. */
function readLabel(cell: string, where: string, column: string): boolean | null {
  const label = parseHuman(cell)
  if (label !== undefined) return label
  throw new UserError(
    `${where}: column ${oneLine(column, 60)} holds "${oneLine(cell, 60)}"; expected ${HUMAN_WORDS}, or nothing where nobody has looked.`,
  )
}

/** The run's own dataset, as the run folder keeps it. `file` is how messages name it. */
export function columnLabels(column: string, file: string): HumanLabels {
  let isThere = false
  let columns: readonly string[] = []
  return {
    source: `column ${oneLine(column, 60)} of the dataset`,
    of: ({ sample }) => {
      const cell = cellOf(sample.vars, column)
      if (cell === undefined) {
        if (columns.length === 0) columns = Object.keys(sample.vars)
        return null
      }
      isThere = true
      return readLabel(cell, `${file}:${sample.line}`, column)
    },
    finish: () => {
      if (!isThere) requireColumn(columns, column, { file, flag: '--human' })
      return 0
    },
  }
}

/** How many prompts, models and epochs a run has: where there are several, a label has to say which it means. */
export type RunShape = Readonly<Record<'prompt' | 'model' | 'epoch', number>>

export interface LabelFile {
  /** As typed. */
  readonly path: string
  readonly column: string
  readonly cwd: string
  readonly stdin: AsyncIterable<Uint8Array | string>
  readonly interrupt: AbortSignal
}

const FAIL = 0
const PASS = 1
/** Added to a label that an answer has asked for. */
const FOUND = 2

/** Of the whole file only 24 bytes a label stay. Throws UserError when a column is missing, or a label contradicts another. */
export async function fileLabels(
  { path, column: asked, cwd, stdin, interrupt }: LabelFile,
  shape: RunShape,
): Promise<HumanLabels> {
  if (path !== '-' && !existsSync(resolve(cwd, path))) {
    throw new UserError(`--labels ${oneLine(path, 200)}: no such file. Give the path of the file that was labelled.`)
  }
  const dataset = await openDataset({ path, format: null, cwd, datasetsDirs: [], stdin })
  const table = new KeyTable()
  const { file } = dataset
  let places: LabelColumns | undefined
  let found = 0
  try {
    for await (const { line, cells } of dataset.rows()) {
      interrupt.throwIfAborted()
      places ??= columnsOf(dataset.columns ?? Object.keys(cells), asked, file, shape)
      const cell = (column: string | undefined): string => (column === undefined ? '' : textOf(cells[column]))
      const label = readLabel(cell(places.label), `${file}:${line}`, places.label)
      if (label === null) continue
      if (cell(places.sample).trim() === '') {
        throw new UserError(
          `${file}:${line}: a label without a ${places.sample}. Fill it in: it says which answer is meant.`,
        )
      }
      const key = keyOf(
        cell(places.sample),
        cell(places.prompt),
        cell(places.model),
        places.epoch && cell(places.epoch).trim(),
      )
      const value = label ? PASS : FAIL
      const earlier = table.get(key)
      if (earlier !== undefined && earlier !== value) {
        throw new UserError(
          `${file}:${line}: this answer is labelled ${label ? 'pass' : 'fail'} here and ${label ? 'fail' : 'pass'} in an earlier line. Keep one of them.`,
        )
      }
      table.set(key, value)
    }
  } finally {
    await dataset.close()
  }
  const { label: column, prompt: byPrompt, model: byModel, epoch: byEpoch } = places as LabelColumns
  return {
    source: `column ${oneLine(column, 60)} of ${oneLine(file, 120)}`,
    of: ({ sample, prompt, model, epoch }) => {
      const key = keyOf(sample.id, byPrompt ? prompt : '', byModel ? model : '', byEpoch ? String(epoch) : undefined)
      const value = table.get(key)
      if (value === undefined) return null
      if (value < FOUND) {
        found += 1
        table.set(key, value + FOUND)
      }
      return value % FOUND === PASS
    },
    finish: () => table.size - found,
  }
}

/** Which column says what; undefined: the file does not say, and one value alone can be meant. */
interface LabelColumns {
  readonly label: string
  readonly sample: string
  readonly prompt: string | undefined
  readonly model: string | undefined
  readonly epoch: string | undefined
}

function columnsOf(columns: readonly string[], asked: string, file: string, shape: RunShape): LabelColumns {
  const which = (name: keyof RunShape): string | undefined => {
    const column = findColumn(columns, name)
    if (column !== undefined || shape[name] === 1) return column
    throw new UserError(
      `${file}: no column ${name}, and the run has ${plural(shape[name], name)}: which answers do the labels belong to? ` +
        'Label a copy of results.csv, which has that column.',
    )
  }
  return {
    label: requireColumn(columns, asked, { file, flag: '--human' }),
    sample: requireColumn(columns, 'sample_id', { file, flag: 'a labelled file needs the column' }),
    prompt: which('prompt'),
    model: which('model'),
    epoch: which('epoch'),
  }
}

function textOf(cell: unknown): string {
  return typeof cell === 'string' ? cell : cell === null || cell === undefined ? '' : JSON.stringify(cell)
}

function keyOf(sample: string, prompt: string, model: string, epoch: string | undefined): string {
  return key128(`label\n${JSON.stringify([sample, prompt, model, epoch ?? ''])}`)
}
