/** rows → the script elements that hold them, a block at a time. */
import { deflateRawSync } from 'node:zlib'
import type { ReportedRun, ResultRow } from '../../types.ts'
import { embeddedJson } from '../markup.ts'
import { columnsOf, type FilledColumn } from './columns.ts'
import { Flips } from './flips.ts'
import type { Cells, CellsBlock, RowsFoot, RowsHead } from './format.ts'
import { Texts } from './texts.ts'

/** Small enough to be read in a moment, large enough to compress well. */
const ROWS_IN_BLOCK = 500

/** A block with long texts ends earlier. */
const CHARACTERS_IN_BLOCK = 2 ** 21

/** What browsers still handle with ease: further rows are left to results.csv. */
export const ROWS_LIMITS = { rows: 250_000, bytes: 2 ** 27 }

/** All rows as script elements; `seen` is called with every row, also with those beyond the limits. */
export function* rowBlocks(
  run: ReportedRun,
  seen: (row: ResultRow) => void,
  limits: typeof ROWS_LIMITS = ROWS_LIMITS,
): Generator<string> {
  const flips = new Flips(run)
  const columns = columnsOf(run, flips)
  const head: RowsHead = {
    columns: columns.map(({ cell: _cell, ...column }) => column),
    keep: run.keep,
    changed: flips.counts,
  }
  yield jsonElement('rows-head', head)
  let planned = 0
  let rows = 0
  let bytes = 0
  let block = new Block(run, columns, flips)
  for (const row of run.rows()) {
    planned += 1
    seen(row)
    if (rows >= limits.rows || bytes >= limits.bytes) continue
    block.add(row)
    rows += 1
    if (!block.isFull) continue
    const text = block.elements()
    bytes += text.length
    block = new Block(run, columns, flips)
    yield text
  }
  if (!block.isEmpty) yield block.elements()
  const foot: RowsFoot = { rows, planned }
  yield jsonElement('rows-foot', foot)
}

/** JSON that the script reads by its id; a browser does not run it. */
export function jsonElement(id: string, value: unknown): string {
  return `<script type="application/json" id="${id}">${embeddedJson(value)}</script>\n`
}

/** Rows that are compressed together. */
class Block {
  readonly #columns: readonly FilledColumn[]
  readonly #ids: string[] = []
  readonly #cells: readonly ColumnCells[]
  readonly #texts: Texts

  constructor(run: ReportedRun, columns: readonly FilledColumn[], flips: Flips) {
    this.#columns = columns
    this.#cells = columns.map(({ kind }) => (kind === 'category' ? new Categories() : new Numbers()))
    this.#texts = new Texts(run, flips)
  }

  get isEmpty(): boolean {
    return this.#ids.length === 0
  }

  get isFull(): boolean {
    return this.#ids.length >= ROWS_IN_BLOCK || this.#texts.characters >= CHARACTERS_IN_BLOCK
  }

  add(row: ResultRow): void {
    this.#ids.push(row.sample.id)
    for (const [index, { cell }] of this.#columns.entries()) this.#cells[index]?.add(cell(row))
    this.#texts.add(row)
  }

  elements(): string {
    const cells: CellsBlock = { ids: this.#ids, cells: this.#cells.map((one) => one.cells()) }
    return packedElement('rows-cells', cells) + packedElement('rows-texts', this.#texts.block())
  }
}

/** Cells of one column, as they are collected. */
interface ColumnCells {
  add(cell: string): void
  cells(): Cells
}

class Numbers implements ColumnCells {
  readonly #numbers: (number | null)[] = []

  add(cell: string): void {
    this.#numbers.push(cell === '' ? null : Number(cell))
  }

  cells(): Cells {
    return this.#numbers
  }
}

class Categories implements ColumnCells {
  readonly #places = new Map<string, number>()
  readonly #codes: number[] = []

  add(cell: string): void {
    const place = this.#places.get(cell) ?? this.#places.size
    this.#places.set(cell, place)
    this.#codes.push(place)
  }

  cells(): Cells {
    return { values: [...this.#places.keys()], codes: this.#codes }
  }
}

/** Base64 holds no character that could end the element. */
function packedElement(name: string, value: CellsBlock | ReturnType<Texts['block']>): string {
  const packed = deflateRawSync(JSON.stringify(value)).toString('base64')
  return `<script type="text/plain" class="${name}">${packed}</script>\n`
}
