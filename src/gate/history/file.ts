/**
 * results/history.csv: read by people and programs, committed by a nightly job, and written by every run at its end.
 *
 * A run adds all its lines in one write. One that was gone on with replaces its own lines of the same scoring: then the file is
 * written anew beside the old one, and renamed. A lock file keeps runs that end at the same moment apart.
 */
import { closeSync, fstatSync, ftruncateSync, openSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { CsvError, parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import { RESULTS } from '../../journal/find-run.ts'
import { writeAtomically } from '../../lib/atomic-file.ts'
import type { Clock } from '../../lib/clock.ts'
import { asWriteError, errorCode, UserError, WriteError } from '../../lib/errors.ts'
import { oneLine, plural } from '../../lib/text.ts'
import { writeAll } from '../../lib/write-all.ts'
import { HISTORY_COLUMNS, readLine } from './columns.ts'
import type { HistoryLine } from './types.ts'

const HEADER = HISTORY_COLUMNS.map(({ name }) => name)

export function historyPath(cwd: string): string {
  return join(resolve(cwd, RESULTS), 'history.csv')
}

/** All lines, in their order; none when there is no file. Throws UserError, with file and line, at what is no history. */
export function readHistory(cwd: string): HistoryLine[] {
  const path = historyPath(cwd)
  const shown = relative(cwd, path)
  const [header, ...rows] = rowsOf(textOf(path, shown), shown)
  requireHeader(header, shown)
  return rows.map(({ cells, line }) => {
    const width = header?.cells.length
    if (cells.length !== width) {
      throw new UserError(`${shown}:${line}: ${plural(cells.length, 'field')}, the header has ${width}. ${FIX}`)
    }
    const read = readLine(cells)
    if ('problem' in read) throw new UserError(`${shown}:${line}: ${oneLine(read.problem, 300)}. ${FIX}`)
    return read
  })
}

const FIX = 'Mend or remove that line, or restore the file from a copy.'

function textOf(path: string, shown: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return ''
    throw new UserError(`${shown}: cannot be read (${errorCode(error)}).`, { cause: error })
  }
}

/** A row of the file. */
interface Row {
  readonly cells: readonly string[]
  /** Line of the file, from 1. */
  readonly line: number
}

/** A later version may have added columns at the end. */
function requireHeader(header: Row | undefined, shown: string): void {
  if (header === undefined || HEADER.every((name, index) => header.cells[index] === name)) return
  throw new UserError(
    `${shown}:1: this is no history of Assay: expected a header that begins with ${HEADER.slice(0, 4).join(',')}, found ` +
      `"${oneLine(header.cells.join(','), 120)}". Move the file away; the next run begins a new one.`,
  )
}

function rowsOf(text: string, shown: string): Row[] {
  try {
    const parsed = parse(text, {
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
    }) as unknown as {
      readonly record: string[]
      readonly info: { readonly lines: number }
    }[]
    return parsed.map(({ record, info }) => ({ cells: record, line: info.lines }))
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const line = typeof error['lines'] === 'number' ? error['lines'] : 1
    throw new UserError(`${shown}:${line}: no CSV: ${oneLine(error.message, 200)}. ${FIX}`, { cause: error })
  }
}

/** Adds the lines of one run, or replaces those that it has of the same scoring. Throws UserError and WriteError. */
export async function writeHistory(lines: readonly HistoryLine[], cwd: string, clock: Clock): Promise<void> {
  const [first] = lines
  if (first === undefined) return
  const path = historyPath(cwd)
  const release = await lock(`${path}.lock`, clock)
  try {
    const shown = relative(cwd, path)
    const text = textOf(path, shown)
    const rows = rowsOf(text, shown)
    // A row that is damaged is told by whoever reads the file: the figures of this run are not to be lost for it.
    requireHeader(rows[0], shown)
    const width = rows[0]?.cells.length ?? HEADER.length
    const own = lines.map((line) =>
      padded(
        HISTORY_COLUMNS.map(({ cell }) => cell(line)),
        width,
      ),
    )
    const isOwn = ({ cells }: Row): boolean => cells[RUN_ID] === first.runId && cells[SCORING] === first.scoring
    if (rows.some(isOwn)) {
      const kept = rows.filter((row) => !isOwn(row)).map(({ cells }) => cells)
      await writeAtomically(path, [stringify([...kept, ...own])])
    } else {
      const block = stringify(rows.length === 0 ? [HEADER, ...own] : own)
      append(path, text === '' || text.endsWith('\n') ? block : `\n${block}`)
    }
  } finally {
    release()
  }
}

const RUN_ID = HEADER.indexOf('run_id')
const SCORING = HEADER.indexOf('scoring')

function padded(cells: readonly string[], width: number): string[] {
  return [...cells, ...Array<string>(Math.max(0, width - cells.length)).fill('')]
}

/** All of it, or nothing: half a line would be damage. */
function append(path: string, block: string): void {
  try {
    const file = openSync(path, 'a')
    const before = fstatSync(file).size
    try {
      writeAll(file, Buffer.from(block))
    } catch (error) {
      ftruncateSync(file, before)
      throw error
    } finally {
      closeSync(file)
    }
  } catch (error) {
    throw asWriteError(path, error)
  }
}

/** Writing takes milliseconds: a lock of this age was left behind by a process that was killed. */
const STALE_MS = 10_000
const WAIT_MS = 20
const MOST_WAITS = 1_000

/** Resolves with what gives it back. */
async function lock(path: string, clock: Clock): Promise<() => void> {
  for (let waits = 0; waits < MOST_WAITS; waits++) {
    try {
      closeSync(openSync(path, 'wx'))
      return () => rmSync(path, { force: true })
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw asWriteError(path, error)
    }
    const since = statSync(path, { throwIfNoEntry: false })?.mtimeMs
    if (since !== undefined && clock.wallTime().getTime() - since > STALE_MS) rmSync(path, { force: true })
    else await clock.sleep(WAIT_MS)
  }
  throw new WriteError(`${path}: another process holds this lock. When no run is ending, remove the file.`)
}
