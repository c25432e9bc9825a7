/** The table: of however many rows, only those in sight are in the page. */
import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core'
import { button, element } from './dom.ts'
import { Slots } from './slots.ts'
import type { SortOrder } from './state.ts'
import type { RowStore } from './store.ts'
import { tableColumns, type TableColumn } from './table-columns.ts'

/** Heights of a row, as the style has them, in rem. */
const LINE_REM = 2.5
const CARD_REM = 7.5

/** Of the head, which rows scroll under. */
const HEAD_REM = 2.5

/** Rows beyond the edges, so that scrolling finds them made. */
const OVERSCAN = 8

/** From here on a row is a line; below, on a phone, a card. */
export const WIDE = '(min-width: 48rem)'

interface TableEvents {
  readonly open: (row: number) => void
  readonly sort: (by: string) => void
}

export class Table {
  readonly grid: HTMLElement
  readonly #events: TableEvents
  readonly #columns: readonly TableColumn[]
  readonly #heads = new Map<string, HTMLElement>()
  readonly #body = element('div', { role: 'rowgroup', class: 'grid-body' })
  readonly #made = new Map<number, HTMLElement>()
  readonly #virtual: Virtualizer<HTMLElement, HTMLElement>
  readonly #wide = matchMedia(WIDE)
  #rows: Uint32Array = new Uint32Array()
  #slots = new Slots(0, 1, 1)
  #wanted = ''
  #active = 0
  #open: number | undefined

  constructor(store: RowStore, events: TableEvents) {
    this.#events = events
    this.#columns = tableColumns(store)
    this.grid = this.#makeGrid()
    this.#virtual = new Virtualizer({
      count: 0,
      getScrollElement: () => this.grid,
      estimateSize: () => this.#rowPx(),
      scrollToFn: elementScroll,
      observeElementRect,
      observeElementOffset,
      overscan: OVERSCAN,
      scrollPaddingEnd: HEAD_REM * remPx(),
      onChange: () => this.#draw(),
    })
    this.#wide.addEventListener('change', () => {
      this.#virtual.measure()
      this.#fit()
      this.refresh()
    })
    // Zooming changes how many slots there can be.
    window.addEventListener('resize', () => this.#fit())
    this.#body.addEventListener('click', (event) => this.#clicked(event))
    this.grid.addEventListener('keydown', (event) => this.#pressed(event))
  }

  /** To be called once the grid is in the page. */
  attach(): void {
    this.#virtual._didMount()
    this.#virtual._willUpdate()
  }

  /** Rows as they are filtered and sorted; the active row stays active if it is among them. */
  show(rows: Uint32Array, wanted: string, sort: SortOrder): void {
    const active = this.activeRow
    this.#rows = rows
    this.#wanted = wanted
    this.#active = Math.max(0, active === undefined ? 0 : rows.indexOf(active))
    this.grid.setAttribute('aria-rowcount', String(rows.length + 1))
    for (const [by, head] of this.#heads) {
      head.setAttribute('aria-sort', by !== sort.by ? 'none' : sort.descending ? 'descending' : 'ascending')
    }
    this.#use(this.#slotsOfRows())
    this.grid.scrollTop = 0
    this.refresh()
  }

  get rows(): Uint32Array {
    return this.#rows
  }

  get activeRow(): number | undefined {
    return this.#rows[this.#active]
  }

  /** Makes what is in sight anew. */
  refresh(): void {
    for (const made of this.#made.values()) made.remove()
    this.#made.clear()
    this.#draw()
  }

  /** Rows that are in the page at present. */
  inSight(): number[] {
    return [...this.#made.keys()].flatMap((place) => this.#rows[place] ?? [])
  }

  /** The place of a row among those shown, from 0; −1 where it is filtered out. */
  placeOf(row: number): number {
    return this.#rows.indexOf(row)
  }

  /** Makes a place the active one and brings it into sight. */
  activate(place: number): void {
    if (this.#rows.length === 0) return
    this.#active = Math.min(Math.max(0, place), this.#rows.length - 1)
    const { startIndex = 0, endIndex = -1 } = this.#virtual.range ?? {}
    const slot = this.#slots.slotOf(this.#active)
    const align = slot < startIndex ? 'start' : slot > endIndex ? 'end' : 'auto'
    if (align !== 'auto') this.#slots.moveTo(this.#active)
    this.#virtual.scrollToIndex(this.#slots.slotOf(this.#active), { align })
    this.#slots.scrolled(this.#topSlot())
    this.refresh()
  }

  move(by: number): void {
    this.activate(this.#active + by)
  }

  /** Marks the row whose detail is open. */
  mark(row: number | undefined): void {
    this.#open = row
    const place = row === undefined ? -1 : this.placeOf(row)
    if (place >= 0) this.activate(place)
    else this.refresh()
  }

  #makeGrid(): HTMLElement {
    const head = element('div', { role: 'row', class: 'grid-row grid-head', 'aria-rowindex': 1 })
    for (const { key, label, sortBy } of this.#columns) {
      const cell = element('div', { role: 'columnheader', class: `cell cell-${key}` })
      if (sortBy === null) cell.append(label)
      else {
        cell.append(button(label, () => this.#events.sort(sortBy), { title: `Sort by ${label}` }))
        this.#heads.set(sortBy, cell)
      }
      head.append(cell)
    }
    return element(
      'div',
      {
        role: 'grid',
        class: 'grid',
        tabindex: 0,
        'aria-label': 'Rows of the run. Arrows move, Enter opens.',
        'aria-colcount': this.#columns.length,
      },
      element('div', { role: 'rowgroup' }, head),
      this.#body,
    )
  }

  #slotsOfRows(): Slots {
    return new Slots(this.#rows.length, this.#rowPx(), devicePixelRatio)
  }

  #use(slots: Slots): void {
    this.#slots = slots
    this.#virtual.setOptions({ ...this.#virtual.options, count: slots.count })
    this.#virtual._willUpdate()
  }

  /** To as many slots as there can be by now. */
  #fit(): void {
    const slots = this.#slotsOfRows()
    if (slots.count === this.#slots.count) return
    this.#use(slots)
    this.refresh()
  }

  /** How far the table is scrolled, in slots. */
  #topSlot(): number {
    return this.grid.scrollTop / this.#rowPx()
  }

  #draw(): void {
    this.#slots.follow(this.#topSlot(), this.grid.clientHeight / this.#rowPx())
    this.#body.style.height = `${Math.max(this.#virtual.getTotalSize(), this.#rowPx())}px`
    const items = this.#virtual.getVirtualItems()
    const inSight = new Set(items.map(({ index }) => this.#slots.placeAt(index)))
    for (const [place, made] of this.#made) {
      if (inSight.has(place)) continue
      made.remove()
      this.#made.delete(place)
    }
    for (const { index, start } of items) {
      const place = this.#slots.placeAt(index)
      const made = this.#made.get(place) ?? this.#makeRow(place)
      made.style.transform = `translateY(${start}px)`
      if (this.#made.has(place)) continue
      this.#made.set(place, made)
      this.#body.append(made)
    }
    if (this.#rows.length === 0) this.#drawNothing()
    const active = this.#made.get(this.#active)
    if (active === undefined) this.grid.removeAttribute('aria-activedescendant')
    else this.grid.setAttribute('aria-activedescendant', active.id)
  }

  #drawNothing(): void {
    const cell = element('div', { role: 'gridcell', class: 'cell' }, 'No row matches.')
    const made = element('div', { role: 'row', class: 'grid-row', 'aria-rowindex': 2 }, cell)
    this.#body.replaceChildren(made)
    this.#made.set(-1, made)
  }

  #makeRow(place: number): HTMLElement {
    const row = this.#rows[place] ?? 0
    const made = element('div', {
      role: 'row',
      id: `row-at-${place}`,
      class: place === this.#active ? 'grid-row active' : 'grid-row',
      'aria-rowindex': place + 2,
      'aria-selected': row === this.#open ? 'true' : 'false',
    })
    made.dataset['place'] = String(place)
    for (const { key, cell } of this.#columns) {
      made.append(element('div', { role: 'gridcell', class: `cell cell-${key}` }, cell(row, this.#wanted)))
    }
    return made
  }

  #clicked({ target }: Event): void {
    const made = target instanceof Element ? target.closest<HTMLElement>('[data-place]') : null
    if (made === null) return
    this.activate(Number(made.dataset['place']))
    this.#openActive()
  }

  #openActive(): void {
    const row = this.activeRow
    if (row !== undefined) this.#events.open(row)
  }

  #pressed(event: KeyboardEvent): void {
    // A button of the head has its own keys.
    if (event.target !== this.grid || event.ctrlKey || event.metaKey || event.altKey) return
    const page = Math.max(1, Math.floor(this.grid.clientHeight / this.#rowPx()) - 2)
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -Infinity,
      End: Infinity,
    }
    const step = steps[event.key]
    if (step !== undefined) this.move(step)
    else if (event.key === 'Enter' || event.key === ' ') this.#openActive()
    else return
    event.preventDefault()
  }

  #rowPx(): number {
    return (this.#wide.matches ? LINE_REM : CARD_REM) * remPx()
  }
}

function remPx(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
}
