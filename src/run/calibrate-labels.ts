/** What do people say of the answers? Labels from a column of the dataset itself, or from a file that was filled in. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { openDataset } from '../dataset/index.ts'
import type { Sample } from '../dataset/types.ts'
import type { TrialRecord } from '../journal/types.ts'
import { findColumn, requireColumn } from '../lib/columns.ts'
import { UserError } from '../lib/errors.ts'
import { key128 } from '../lib/hash.ts'
import { didYouMean } from '../lib/suggest.ts'
import { oneLine, plural } from '../lib/text.ts'
import { cellOf } from '../prompt/render.ts'
import { HUMAN_WORDS, parseHuman } from '../stats/human.ts'
import { LabelTable, type LabelTally } from './calibrate-label-table.ts'

/** One answer of the run. */
export interface AnswerPlace {
  readonly sample: Sample
  readonly prompt: string
  readonly model: string
  readonly epoch: number
}

/** An answer as the run's journal has it, with the id of its sample. */
export type RecordedAnswer = Pick<TrialRecord, 'sample' | 'prompt' | 'model' | 'epoch' | 'output'>

/** A column by its name; whether anybody has asked for it decides what is said when it is not there. */
export interface LabelColumn {
  readonly name: string
  readonly isTyped: boolean
}

/** Labels by answer. */
export interface HumanLabels {
  /** Where they stand, for the reader: "column human of labels.csv". */
  readonly source: string
  /** To be called with every answer before the first `of`: a label is about the output beside it. Of two answers the last holds. */
  see(answer: RecordedAnswer): void
  /** Null: nobody has labelled it, or another output was labelled. Throws UserError at a cell that is no label. */
  of(place: AnswerPlace): boolean | null
  /** Throws UserError when there was no such column. */
  finish(): LabelTally
}

const NOTHING_LEFT_OUT: LabelTally = { unmatched: 0, compared: 0, differing: 0, example: null, unchecked: 0 }

/** Null: empty, so not labelled. `where` is the place of the cell, `file:line`. Throws UserError. */
function readLabel(cell: string, where: string, column: string): boolean | null {
  const label = parseHuman(cell)
  if (label !== undefined) return label
  throw new UserError(
    `${where}: column ${oneLine(column, 60)} holds "${oneLine(cell, 60)}"; expected ${HUMAN_WORDS}, or nothing where nobody has looked.`,
  )
}

/**
 * The run's own dataset, as the run folder keeps it. `file` is how messages name it, `withoutLabels` what to say where there
 * is no such column and none was asked for.
 */
export function columnLabels(
  { name: column, isTyped }: LabelColumn,
  { file, withoutLabels }: Readonly<Record<'file' | 'withoutLabels', string>>,
): HumanLabels {
  let isThere = false
  let columns: readonly string[] = []
  return {
    source: `column ${oneLine(column, 60)} of the dataset`,
    see: () => {},
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
      if (!isThere && !isTyped) throw new UserError(withoutLabels)
      if (!isThere) requireColumn(columns, column, { file, flag: '--human' })
      return NOTHING_LEFT_OUT
    },
  }
}

/** How many prompts, models and epochs a run has: where there are several, a label has to say which it means. */
export type RunShape = Readonly<Record<'prompt' | 'model' | 'epoch', number>>

export interface LabelFile {
  /** As typed. */
  readonly path: string
  readonly column: LabelColumn
  readonly cwd: string
  readonly stdin: AsyncIterable<Uint8Array | string>
  readonly interrupt: AbortSignal
}

/** Of the whole file only a few bytes a label stay. Throws UserError when a column is missing, or a label contradicts another. */
export async function fileLabels(
  { path, column: asked, cwd, stdin, interrupt }: LabelFile,
  shape: RunShape,
): Promise<HumanLabels> {
  if (path !== '-' && !existsSync(resolve(cwd, path))) {
    throw new UserError(`--labels ${oneLine(path, 200)}: no such file. Give the path of the file that was labelled.`)
  }
  const dataset = await openDataset({ path, format: null, cwd, datasetsDirs: [], stdin })
  const table = new LabelTable()
  const { file } = dataset
  let places: LabelColumns | undefined
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
      const output = places.output === undefined ? undefined : cells[places.output]
      if (!table.add(key, label, output === undefined || output === null ? undefined : textOf(output))) {
        throw new UserError(
          `${file}:${line}: this answer is labelled ${label ? 'pass' : 'fail'} here and ${label ? 'fail' : 'pass'} in an earlier line. Keep one of them.`,
        )
      }
    }
  } finally {
    await dataset.close()
  }
  const { label: column, prompt: byPrompt, model: byModel, epoch: byEpoch } = places as LabelColumns
  const keyAt = (sample: string, { prompt, model, epoch }: Omit<RecordedAnswer, 'sample' | 'output'>): string =>
    keyOf(sample, byPrompt ? prompt : '', byModel ? model : '', byEpoch ? String(epoch) : undefined)
  return {
    source: `column ${oneLine(column, 60)} of ${oneLine(file, 120)}`,
    see: (answer) => table.see(keyAt(answer.sample, answer), answer.output),
    of: (place) => table.take(keyAt(place.sample.id, place), place.sample.id),
    finish: () => table.tally(),
  }
}

/** Which column says what; undefined: the file does not say, and one value alone can be meant. */
interface LabelColumns {
  readonly label: string
  readonly sample: string
  readonly prompt: string | undefined
  readonly model: string | undefined
  readonly epoch: string | undefined
  readonly output: string | undefined
}

function columnsOf(columns: readonly string[], asked: LabelColumn, file: string, shape: RunShape): LabelColumns {
  const which = (name: keyof RunShape): string | undefined => {
    const column = findColumn(columns, name)
    if (column !== undefined || shape[name] === 1) return column
    throw new UserError(
      `${file}: no column ${name}, and the run has ${plural(shape[name], name)}: which answers do the labels belong to? ` +
        'Label a copy of results.csv, which has that column.',
    )
  }
  return {
    label: labelColumnOf(columns, asked, file),
    sample: requireColumn(columns, 'sample_id', { file, flag: 'a labelled file needs the column' }),
    prompt: which('prompt'),
    model: which('model'),
    epoch: which('epoch'),
    output: findColumn(columns, 'output'),
  }
}

function labelColumnOf(columns: readonly string[], { name, isTyped }: LabelColumn, file: string): string {
  if (isTyped) return requireColumn(columns, name, { file, flag: '--human' })
  const found = findColumn(columns, name)
  if (found !== undefined) return found
  throw new UserError(
    `${file}: no column ${oneLine(name, 60)}.${didYouMean(name, columns)} Add it, with true or false in the rows that people have ` +
      'looked at; a column of another name is given by --human.',
  )
}

function textOf(cell: unknown): string {
  return typeof cell === 'string' ? cell : cell === null || cell === undefined ? '' : JSON.stringify(cell)
}

function keyOf(sample: string, prompt: string, model: string, epoch: string | undefined): string {
  return key128(`label\n${JSON.stringify([sample, prompt, model, epoch ?? ''])}`)
}
