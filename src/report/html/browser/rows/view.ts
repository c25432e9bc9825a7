/** Which rows match, and in which order? */
import type { TextsBlock } from '../../rows/format.ts'
import type { RowStore } from './store.ts'
import type { SortOrder, ViewState } from './state.ts'

/** A page that does more at once does not answer to its reader. */
const SLICE_MS = 24

export class View {
  readonly #store: RowStore
  #sorted: { readonly sort: SortOrder; readonly order: Uint32Array } | undefined

  constructor(store: RowStore) {
    this.#store = store
  }

  /** Rows to show, in order. Rejects when aborted; lets go of the page now and then where texts are searched. */
  async rows({ text, only, sort }: ViewState, signal: AbortSignal): Promise<Uint32Array> {
    const matching = this.#matchingValues(only)
    if (text !== '') await this.#dropOthers(matching, text, signal)
    return this.#order(sort).filter((row) => matching[row] === 1)
  }

  #matchingValues(only: ViewState['only']): Uint8Array {
    const matching = new Uint8Array(this.#store.count).fill(1)
    for (const [name, value] of only) {
      const column = this.#store.categories(name)
      if (column === undefined) continue
      const code = column.values.indexOf(value)
      for (let row = 0; row < matching.length; row++) if (column.codes[row] !== code) matching[row] = 0
    }
    return matching
  }

  async #dropOthers(matching: Uint8Array, text: string, signal: AbortSignal): Promise<void> {
    const pattern = new RegExp(text.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&'), 'i')
    const { starts, ids, count } = this.#store
    let sliceStartMs = performance.now()
    for (const [index, start] of starts.entries()) {
      const end = starts[index + 1] ?? count
      if (!matching.subarray(start, end).includes(1)) continue
      const block = await this.#store.load(index)
      const hits = hitsIn(block, pattern)
      for (let row = start; row < end; row++) {
        if (hits[row - start] !== true && !pattern.test(ids[row] ?? '')) matching[row] = 0
      }
      if (performance.now() - sliceStartMs > SLICE_MS) {
        await new Promise((resolve) => setTimeout(resolve))
        sliceStartMs = performance.now()
      }
      signal.throwIfAborted()
    }
  }

  #order(sort: SortOrder): Uint32Array {
    const isSame = this.#sorted?.sort.by === sort.by && this.#sorted.sort.descending === sort.descending
    if (this.#sorted === undefined || !isSame) this.#sorted = { sort, order: sortedRows(this.#store, sort) }
    return this.#sorted.order
  }
}

/** By row of the block, whether one of its texts that people look for matches. */
function hitsIn({ texts, rows }: TextsBlock, pattern: RegExp): boolean[] {
  const hits = texts.map((text) => pattern.test(text))
  const isHit = (place: number | undefined): boolean => place !== undefined && hits[place] === true
  return rows.map(
    ({ messages, output, expected, reason, error }) =>
      isHit(output) ||
      isHit(reason) ||
      isHit(error) ||
      expected.some(isHit) ||
      messages.some(([, content]) => isHit(content)),
  )
}

/** All rows in that order; those without a value last, equal ones in the order of the dataset. */
function sortedRows(store: RowStore, { by, descending }: SortOrder): Uint32Array {
  const order = Uint32Array.from({ length: store.count }, (_, row) => row)
  if (by === '') return descending ? order.toReversed() : order
  const ranks = ranksOf(store, by)
  if (ranks === undefined) return order
  const sign = descending ? -1 : 1
  return order.sort((a, b) => {
    const [left, right] = [ranks[a] ?? NaN, ranks[b] ?? NaN]
    if (left === right) return a - b
    if (Number.isNaN(left)) return Number.isNaN(right) ? a - b : 1
    return Number.isNaN(right) ? -1 : sign * (left - right)
  })
}

/** A number by row that sorts as the column does; undefined where there is no such column. */
function ranksOf(store: RowStore, by: string): Float64Array | undefined {
  if (by === 'id') return ranksOfTexts(store.ids)
  const categories = store.categories(by)
  if (categories === undefined) return store.numbers(by)
  const ranks = ranksOfTexts(categories.values)
  return Float64Array.from(categories.codes, (code) => (categories.values[code] === '' ? NaN : (ranks[code] ?? NaN)))
}

/** Places in alphabetical order, numbers in texts by their value: q2 before q10. */
function ranksOfTexts(texts: readonly string[]): Float64Array {
  const keys = texts.map((text) => text.toLowerCase().replace(/\d+/g, (digits) => digits.padStart(15, '0')))
  const order = Uint32Array.from(keys.keys()).sort((a, b) => compared(keys[a] ?? '', keys[b] ?? '') || a - b)
  const ranks = new Float64Array(texts.length)
  for (const [rank, index] of order.entries()) ranks[index] = rank
  return ranks
}

function compared(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
