/** Datasets written to a fresh folder, and what reading them gives. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { openDataset } from '../../src/dataset/index.ts'
import { type SampleOptions, toSamples } from '../../src/dataset/sample.ts'
import type { DatasetFormat, Row, Sample } from '../../src/dataset/types.ts'
import { UserError } from '../../src/lib/errors.ts'

/** Runs with a folder that holds the files, and removes it afterwards. */
export async function withFiles<T>(
  files: Readonly<Record<string, string | Uint8Array>>,
  use: (folder: string) => Promise<T> | T,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-dataset-'))
  try {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), content)
    }
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Bytes as a stream, cut into pieces of `pieceBytes` so that every boundary is met. */
export function stdinOf(content: string | Uint8Array, pieceBytes = 1): Readable {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  const pieces = Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, index) =>
    bytes.subarray(index * pieceBytes, (index + 1) * pieceBytes),
  )
  return Readable.from(pieces, { objectMode: false })
}

export function openIn(cwd: string, path: string): ReturnType<typeof openDataset> {
  return openDataset({ path, format: null, cwd, datasetsDirs: ['datasets'], stdin: Readable.from([]) })
}

/** Everything a stream gives; Array.fromAsync came with Node 22. */
export async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of stream) all.push(item)
  return all
}

/** All rows of a file named `name` with this content. */
export async function rowsOfFile(name: string, content: string | Uint8Array): Promise<Row[]> {
  return withFiles({ [name]: content }, async (folder) => collect((await openIn(folder, name)).rows()))
}

/** All rows of standard input, fed in small pieces. */
export async function rowsOfStdin(
  content: string | Uint8Array,
  { format = null, pieceBytes = 1 }: { format?: DatasetFormat | null; pieceBytes?: number } = {},
): Promise<Row[]> {
  const dataset = await openDataset({
    path: '-',
    format,
    cwd: '/',
    datasetsDirs: ['datasets'],
    stdin: stdinOf(content, pieceBytes),
  })
  return collect(dataset.rows())
}

export const SAMPLE_OPTIONS: SampleOptions = {
  file: 'qa.csv',
  idColumn: null,
  expectedColumn: null,
  expectedSeparator: null,
  usedColumns: ['question'],
  assertionTypes: {
    equals: { scorer: 'exact', argument: null },
    contains: { scorer: 'includes', argument: null },
    icontains: { scorer: 'includes', argument: 'ignore-case' },
    'contains-any': { scorer: 'includes', argument: null },
    'contains-all': { scorer: 'includes-all', argument: null },
    'is-json': { scorer: 'json', argument: null },
    'llm-rubric': { scorer: 'rubric', argument: null },
    regex: { scorer: 'regex', argument: null },
    similar: { scorer: 'embedding', argument: null },
    latency: { scorer: 'latency', argument: '{number}ms' },
    levenshtein: { scorer: 'edits', argument: '{number=5}' },
  },
}

/** Samples of rows given as cells; the first stands on line 2, as below a header. */
export async function samplesOf(
  cells: readonly Readonly<Record<string, unknown>>[],
  options: Partial<SampleOptions> = {},
): Promise<Sample[]> {
  const rows = Readable.from(cells.map((row, index) => ({ line: index + 2, cells: row })))
  return collect(toSamples(rows, { ...SAMPLE_OPTIONS, ...options }))
}

/** The message of the UserError that the action ends with. */
export async function refusal(action: () => unknown): Promise<string> {
  try {
    await action()
  } catch (error) {
    if (error instanceof UserError) return error.message
    throw error
  }
  throw new Error('expected a UserError, nothing was thrown')
}
