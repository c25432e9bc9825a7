/** The rows: reads them from the page, and keeps filter, table, detail and address in step. */
import { integer } from '../../../numbers.ts'
import type { RowsFoot, RowsHead } from '../../rows/format.ts'
import { Address } from './address.ts'
import { Controls } from './controls.ts'
import { Detail } from './detail.ts'
import { element } from './dom.ts'
import { KeyHelp } from './keys.ts'
import { printedRows } from './print.ts'
import { DATASET_ORDER, EVERYTHING, fragmentOf, type SortOrder, stateOf, type ViewState } from './state.ts'
import { RowStore } from './store.ts'
import { Table } from './table.ts'
import { View } from './view.ts'

/** A search that takes longer says that it is under way. */
const SEARCHING_MS = 150

const MISSING = 'The row of this link is not in the report.'

/** Shows the rows in their place; says so where they cannot be read. */
export async function showRows(): Promise<void> {
  const place = document.querySelector<HTMLElement>('#rows-place')
  if (place === null) return
  const told = element('p', { role: 'status' }, 'Reading the rows …')
  place.append(told)
  try {
    const rows = new Rows(await readRows(), place)
    told.remove()
    await rows.start()
  } catch (error) {
    told.className = 'notice bad'
    told.textContent = `The rows cannot be read: this file is damaged, or the browser is too old (${String(error)}).`
    place.replaceChildren(told)
    throw error
  }
}

async function readRows(): Promise<RowStore> {
  // Text that has been read is not kept in the page as well.
  const taken = (one: Element): string => {
    one.remove()
    return one.textContent
  }
  const json = (id: string): unknown => JSON.parse(document.getElementById(id)?.textContent ?? 'null')
  return RowStore.open({
    head: json('rows-head') as RowsHead,
    foot: json('rows-foot') as RowsFoot,
    cells: [...document.querySelectorAll('.rows-cells')].map(taken),
    texts: [...document.querySelectorAll('.rows-texts')].map((one) => () => taken(one)),
  })
}

class Rows {
  readonly #store: RowStore
  readonly #view: View
  readonly #controls: Controls
  readonly #table: Table
  readonly #detail: Detail
  readonly #address = new Address()
  #state: ViewState = EVERYTHING
  /** Whether the table shows the rows of the state. */
  #listed = false
  #update = new AbortController()
  readonly #missing = element('p', { class: 'notice warn', role: 'status', hidden: true }, MISSING)
  #printed: HTMLElement | undefined

  constructor(store: RowStore, place: HTMLElement) {
    this.#store = store
    this.#view = new View(store)
    this.#controls = new Controls(store, (change) => this.#go({ ...this.#state, ...change }))
    this.#table = new Table(store, {
      open: (row) => this.#open(row),
      sort: (by) => this.#sortBy(by),
    })
    this.#detail = new Detail(store, {
      close: () => this.#close(),
      step: (by) => this.#step(by),
      link: () => new URL(fragmentOf({ ...EVERYTHING, row: this.#state.row }), location.href).href,
    })
    const help = new KeyHelp({
      '/': () => this.#controls.focusText(),
      j: () => this.#move(1),
      k: () => this.#move(-1),
      n: () => this.#step(1),
      p: () => this.#step(-1),
      Escape: () => this.#close(),
    })
    const split = element('div', { class: 'split on-screen' }, this.#table.grid, this.#detail.dialog)
    const line = element('div', { class: 'count-line' }, this.#controls.count, help.open)
    place.append(this.#controls.bar, line, this.#missing, split, help.dialog)
    this.#table.attach()
    window.addEventListener('hashchange', () => this.#arrive())
    window.addEventListener('beforeprint', () => {
      this.#printed = printedRows(store, this.#table.rows)
      place.append(this.#printed)
    })
    window.addEventListener('afterprint', () => this.#printed?.remove())
  }

  /** Shows what the address asks for; then reads the texts of all rows. */
  async start(): Promise<void> {
    this.#controls.show(EVERYTHING)
    this.#arrive()
    for (let block = 0; block < this.#store.blockCount; block++) {
      await this.#store.load(block)
      // What is in sight may have waited for it.
      if (block === 0 || this.#isInSight(block)) this.#table.refresh()
      await new Promise((resolve) => setTimeout(resolve))
    }
    document.documentElement.dataset['rows'] = 'read'
  }

  #isInSight(block: number): boolean {
    return this.#table.inSight().some((row) => this.#store.blockOf(row) === block)
  }

  /** The address has changed from outside: a link, the reader's own hand, or the way back. */
  #arrive(): void {
    const asked = stateOf(location.hash)
    if (asked === undefined && location.hash !== '') {
      if (this.#state === EVERYTHING) this.#show(EVERYTHING)
      return
    }
    this.#show(asked ?? EVERYTHING)
    if (asked !== undefined) document.getElementById('rows')?.scrollIntoView()
  }

  /** To another state, which the address tells from then on. */
  #go(state: ViewState): void {
    const fragment = fragmentOf(state)
    const opens = this.#state.row === null && state.row !== null
    const address = fragment === '' ? location.pathname + location.search : fragment
    // The way back leads out of a detail.
    if (opens) this.#address.push(address)
    else this.#address.replace(address)
    this.#show(state)
  }

  #show(state: ViewState): void {
    const isSameList = this.#listed && fragmentOf({ ...state, row: null }) === fragmentOf({ ...this.#state, row: null })
    this.#state = state
    this.#controls.show(state)
    if (isSameList) this.#showDetail()
    else {
      this.#update.abort()
      this.#update = new AbortController()
      void this.#list(this.#update.signal)
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    this.#listed = false
    const { text, sort } = this.#state
    const told = setTimeout(() => this.#controls.tell(null), SEARCHING_MS)
    try {
      const rows = await this.#view.rows(this.#state, signal)
      signal.throwIfAborted()
      this.#listed = true
      this.#table.show(rows, text, sort)
      this.#controls.tell(rows.length)
      this.#showDetail()
    } catch (error) {
      // A later state has taken the place of this one.
      if (!signal.aborted) throw error
    } finally {
      clearTimeout(told)
    }
  }

  #showDetail(): void {
    const { row: key } = this.#state
    const row = key === null ? undefined : this.#store.find(key)
    this.#missing.hidden = key === null || row !== undefined
    if (row === undefined) {
      this.#detail.hide()
      this.#table.mark(undefined)
      return
    }
    this.#table.mark(row)
    const place = this.#table.placeOf(row)
    const words =
      place < 0
        ? 'Not among the rows that the filter shows.'
        : `${integer(place + 1)} of ${integer(this.#table.rows.length)} rows shown`
    void this.#detail.show(row, words)
  }

  #open(row: number): void {
    this.#go({ ...this.#state, row: this.#store.keyOf(row) })
  }

  #close(): void {
    if (this.#state.row === null) return
    this.#go({ ...this.#state, row: null })
    this.#table.grid.focus()
  }

  /** The row that is moved to is in sight, and Enter opens it, wherever the reader was. */
  #move(by: number): void {
    this.#table.move(by)
    this.#table.grid.focus({ preventScroll: true })
    this.#table.grid.scrollIntoView({ block: 'nearest' })
  }

  /** To the row that many places further, where a row is open. */
  #step(by: number): void {
    if (this.#detail.row === undefined) return
    const row = this.#table.rows[this.#table.placeOf(this.#detail.row) + by]
    if (row !== undefined) this.#open(row)
  }

  /** Up, then down, then as in the dataset. */
  #sortBy(by: string): void {
    const { sort } = this.#state
    const next: SortOrder =
      sort.by !== by ? { by, descending: false } : sort.descending ? DATASET_ORDER : { by, descending: true }
    this.#go({ ...this.#state, sort: next })
  }
}
