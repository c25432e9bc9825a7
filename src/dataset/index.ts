/** What are the questions? Opens a dataset in whatever format it comes. */
import { createReadStream, statSync } from 'node:fs'
import { basename, extname } from 'node:path'
import { errorCode, UserError } from '../lib/errors.ts'
import { type TextBytes, textBytes } from './bytes.ts'
import { readCsv } from './csv.ts'
import { readJson } from './json.ts'
import { readJsonl } from './jsonl.ts'
import { displayPath, FORMAT_BY_EXTENSION, locateDataset } from './locate.ts'
import type { Dataset, DatasetFormat, Row } from './types.ts'

export interface DatasetRequest {
  /** As typed: a path, a name in one of `datasetsDirs` (with or without extension), or "-" for standard input. */
  readonly path: string
  /** Null: by the extension; for standard input and pipes by the first character. */
  readonly format: DatasetFormat | null
  readonly cwd: string
  /** Folders of datasets, absolute or relative to `cwd`; the first that has the name wins. */
  readonly datasetsDirs: readonly string[]
  readonly stdin: AsyncIterable<Uint8Array | string>
}

/**
 * Finds and opens a dataset; the header of a CSV file is read here already. Throws UserError when there is no such file or
 * its beginning is wrong.
 */
export async function openDataset(request: DatasetRequest): Promise<Dataset> {
  const source = sourceOf(request)
  const bytes = textBytes(source.bytes, source.file)
  try {
    const { format, chunks } =
      source.format === null ? await sniffed(bytes.chunks) : { format: source.format, chunks: bytes.chunks }
    const { columns, rows } = await READERS[format](chunks, source.file)
    return dataset(source, { format, columns, rows, bytes })
  } catch (error) {
    letGo(bytes)
    throw error
  }
}

interface Source {
  readonly name: string
  readonly file: string
  readonly path: string | null
  readonly format: DatasetFormat | null
  readonly bytes: AsyncIterable<Uint8Array | string>
}

function sourceOf({ path: typed, format, cwd, datasetsDirs, stdin }: DatasetRequest): Source {
  if (typed === '-') return { name: 'stdin', file: 'stdin', path: null, format, bytes: stdin }
  const path = locateDataset(typed, cwd, datasetsDirs)
  const file = displayPath(path, cwd)
  const extension = extname(path)
  return {
    name: basename(path, extension),
    file,
    path,
    format: format ?? formatOf(path, extension, file),
    bytes: fileBytes(path, file),
  }
}

function formatOf(path: string, extension: string, file: string): DatasetFormat | null {
  const format = FORMAT_BY_EXTENSION[extension.toLowerCase()]
  // A pipe such as /dev/fd/63 has no name of its own: its content tells the format.
  if (format !== undefined || !statSync(path).isFile()) return format ?? null
  const found = extension === '' ? 'no extension' : `the extension "${extension}"`
  const expected = Object.keys(FORMAT_BY_EXTENSION).join(', ')
  throw new UserError(`${file}: the name has ${found}, expected one of ${expected}. Export or rename the file.`)
}

async function* fileBytes(path: string, file: string): AsyncGenerator<Buffer, void> {
  try {
    yield* createReadStream(path) as AsyncIterable<Buffer>
  } catch (error) {
    const code = errorCode(error)
    if (code === undefined) throw error
    throw new UserError(`${file}: cannot be read (${code}). Check that the file exists and that you may read it.`)
  }
}

/** The format that the first character tells; the chunks looked at are given out again. */
async function sniffed(
  chunks: TextBytes['chunks'],
): Promise<{ format: DatasetFormat; chunks: AsyncGenerator<Buffer, void> }> {
  const seen: Buffer[] = []
  let first = ''
  while (first === '') {
    const next = await chunks.next()
    if (next.done) break
    seen.push(next.value)
    first = next.value.toString('latin1').trim().charAt(0)
  }
  const format = first === '{' ? 'jsonl' : first === '[' ? 'json' : 'csv'
  async function* again(): AsyncGenerator<Buffer, void> {
    try {
      yield* seen
      yield* chunks
    } finally {
      await chunks.return()
    }
  }
  return { format, chunks: again() }
}

interface Reading {
  readonly columns: readonly string[] | null
  readonly rows: AsyncGenerator<Row, void>
}

const READERS: Readonly<
  Record<DatasetFormat, (chunks: AsyncGenerator<Buffer, void>, file: string) => Reading | Promise<Reading>>
> = {
  csv: (chunks, file) => readCsv(chunks, { file, delimiter: ',' }),
  tsv: (chunks, file) => readCsv(chunks, { file, delimiter: '\t' }),
  jsonl: (chunks, file) => ({ columns: null, rows: readJsonl(chunks, file) }),
  json: (chunks, file) => ({ columns: null, rows: readJson(chunks, file) }),
}

function dataset(
  { name, file, path }: Source,
  { format, columns, rows, bytes }: Reading & { format: DatasetFormat; bytes: TextBytes },
): Dataset {
  return {
    name,
    file,
    path,
    format,
    columns,
    rows: () => rows,
    sha256: () => bytes.sha256(),
    close: async () => {
      await rows.return()
      letGo(bytes)
    },
  }
}

/** Not awaited: a generator that waits for a silent pipe cannot end before the pipe speaks. */
function letGo({ chunks }: TextBytes): void {
  chunks.return().catch(() => undefined)
}
