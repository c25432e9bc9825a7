/** The rows of the page in memory: short values as columns of numbers, long texts in blocks that come later. */
import type { CellsBlock, RowColumn, RowKey, RowsFoot, RowsHead, RowTexts, TextsBlock } from '../../rows/format.ts'
import { inflated } from './inflate.ts'

/** The rows as they lie in the page. */
export interface PackedRows {
  readonly head: RowsHead
  readonly foot: RowsFoot
  readonly cells: readonly string[]
  /** Each is taken once. */
  readonly texts: readonly (() => string)[]
}

/** Values of a column that are told apart by their names. */
export interface Categories {
  readonly values: readonly string[]
  /** Place of each row's value. */
  readonly codes: Uint32Array
}

/** A text, and how long it was before it was cut. */
export interface StoredText {
  readonly text: string
  readonly length: number
}

/** A row's texts, found in its block. */
export interface FoundTexts {
  readonly row: RowTexts
  readonly at: (place: number | null | undefined) => StoredText
}

export class RowStore {
  readonly head: RowsHead
  readonly foot: RowsFoot
  readonly ids: readonly string[]
  /** First row of each block. */
  readonly starts: readonly number[]
  readonly #numbers = new Map<string, Float64Array>()
  readonly #categories = new Map<string, Categories>()
  readonly #packed: PackedRows['texts']
  readonly #blocks: (TextsBlock | undefined)[]
  readonly #loading = new Map<number, Promise<TextsBlock>>()

  private constructor({ head, foot, texts }: PackedRows, blocks: readonly CellsBlock[]) {
    this.head = head
    this.foot = foot
    this.#packed = texts
    this.#blocks = texts.map(() => undefined)
    this.ids = blocks.flatMap(({ ids }) => ids)
    this.starts = startsOf(blocks)
    for (const [index, { name, kind }] of head.columns.entries()) {
      const cells = blocks.map((block) => block.cells[index] ?? [])
      if (kind === 'category') this.#categories.set(name, joinedCategories(cells, this.count))
      else this.#numbers.set(name, joinedNumbers(cells, this.count))
    }
  }

  /** Reads the short values of all rows. */
  static async open(packed: PackedRows): Promise<RowStore> {
    const blocks = (await Promise.all(packed.cells.map(inflated))) as CellsBlock[]
    return new RowStore(packed, blocks)
  }

  get count(): number {
    return this.ids.length
  }

  get blockCount(): number {
    return this.#packed.length
  }

  column(name: string): RowColumn | undefined {
    return this.head.columns.find((column) => column.name === name)
  }

  /** Undefined where the page has no such column of numbers. NaN stands for what is unknown. */
  numbers(name: string): Float64Array | undefined {
    return this.#numbers.get(name)
  }

  categories(name: string): Categories | undefined {
    return this.#categories.get(name)
  }

  /** Whether rows differ in that column. */
  varies(name: string): boolean {
    const categories = this.#categories.get(name)
    if (categories !== undefined) return categories.values.length > 1
    const numbers = this.#numbers.get(name)
    return numbers?.some((value) => value !== numbers[0]) ?? false
  }

  numberOf(name: string, row: number): number | null {
    const value = this.#numbers.get(name)?.[row]
    return value === undefined || Number.isNaN(value) ? null : value
  }

  /** Empty where it is unknown. */
  valueOf(name: string, row: number): string {
    const column = this.#categories.get(name)
    return column?.values[column.codes[row] ?? 0] ?? ''
  }

  keyOf(row: number): RowKey {
    return {
      id: this.ids[row] ?? '',
      epoch: String(this.numberOf('epoch', row) ?? ''),
      model: this.valueOf('model', row),
      prompt: this.valueOf('prompt', row),
    }
  }

  /** The row of a link; what the link leaves open may be anything. Undefined where there is none. */
  find(key: Partial<RowKey>): number | undefined {
    const wanted = Object.entries(key) as [keyof RowKey, string][]
    const id = wellFormed(key.id ?? '')
    for (const [row, own] of this.ids.entries()) {
      if (wellFormed(own) !== id) continue
      const found = this.keyOf(row)
      if (wanted.every(([part, value]) => wellFormed(found[part]) === wellFormed(value))) return row
    }
    return undefined
  }

  blockOf(row: number): number {
    let [low, high] = [0, this.starts.length - 1]
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((this.starts[middle] ?? 0) <= row) low = middle
      else high = middle - 1
    }
    return low
  }

  /** Undefined until its block has been loaded. */
  texts(row: number): FoundTexts | undefined {
    const index = this.blockOf(row)
    const block = this.#blocks[index]
    const texts = block?.rows[row - (this.starts[index] ?? 0)]
    return block === undefined || texts === undefined ? undefined : { row: texts, at: textsIn(block) }
  }

  /** Reads the texts of a block, once. */
  load(index: number): Promise<TextsBlock> {
    let loading = this.#loading.get(index)
    if (loading === undefined) {
      loading = inflated(this.#packed[index]?.() ?? '').then((value) => (this.#blocks[index] = value as TextsBlock))
      this.#loading.set(index, loading)
    }
    return loading
  }
}

function textsIn({ texts, cut }: TextsBlock): FoundTexts['at'] {
  return (place) => {
    const text = texts[place ?? 0] ?? ''
    return { text, length: cut.find(([index]) => index === place)?.[1] ?? text.length }
  }
}

function startsOf(blocks: readonly CellsBlock[]): number[] {
  let next = 0
  return blocks.map(({ ids }) => {
    const start = next
    next += ids.length
    return start
  })
}

type CellsOf = CellsBlock['cells']

function joinedNumbers(blocks: CellsOf, count: number): Float64Array {
  const joined = new Float64Array(count).fill(NaN)
  let row = 0
  for (const cells of blocks) {
    if (!Array.isArray(cells)) continue
    for (const cell of cells as (number | null)[]) joined[row++] = cell ?? NaN
  }
  return joined
}

function joinedCategories(blocks: CellsOf, count: number): Categories {
  const places = new Map<string, number>()
  const codes = new Uint32Array(count)
  let row = 0
  for (const cells of blocks) {
    if (!('codes' in cells)) continue
    const own = cells.values.map((value) => {
      const place = places.get(value) ?? places.size
      places.set(value, place)
      return place
    })
    for (const code of cells.codes) codes[row++] = own[code] ?? 0
  }
  return { values: [...places.keys()], codes }
}

/** As a link has it: halves of characters cannot stand in an address. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd')
}
