/** The filters above the table, the order, and how many rows are shown. */
import { button, element } from './dom.ts'
import { DATASET_ORDER, EVERYTHING, type ViewState } from './state.ts'
import type { RowStore } from './store.ts'
import { visible } from './visible.ts'

/** Typing goes on for a moment before the rows are searched. */
const TYPING_MS = 120

/** Values that a list offers; what is rarer is found by the text filter. */
const MOST_VALUES = 500

/** Categories that can be filtered by, beside the slices. */
const FILTERED = ['result', 'changed', 'model', 'prompt', 'error_kind', 'finish_reason']

/** A part of the state that the controls have changed. */
export type Changed = (change: Partial<ViewState>) => void

export class Controls {
  readonly bar: HTMLElement
  readonly #store: RowStore
  readonly #text = element('input', {
    type: 'search',
    placeholder: 'prompt, output, expected, reason, error or id',
    id: 'rows-text',
    autocomplete: 'off',
    spellcheck: 'false',
    'aria-keyshortcuts': '/',
  })
  readonly #selects = new Map<string, HTMLSelectElement>()
  readonly #sort = element('select', { id: 'rows-sort' })
  readonly #direction: HTMLButtonElement
  readonly #clear: HTMLButtonElement
  readonly #count = element('p', { class: 'count', role: 'status' })
  #state = EVERYTHING
  #typing: ReturnType<typeof setTimeout> | undefined

  constructor(store: RowStore, changed: Changed) {
    this.#store = store
    this.#direction = button('↓', () =>
      changed({ sort: { ...this.#state.sort, descending: !this.#state.sort.descending } }),
    )
    this.#clear = button('Clear', () => {
      this.#stopTyping()
      changed({ text: '', only: new Map(), sort: DATASET_ORDER })
      this.focusText()
    })
    this.#text.addEventListener('input', () => {
      this.#stopTyping()
      this.#typing = setTimeout(() => {
        this.#typing = undefined
        changed({ text: this.#text.value })
      }, TYPING_MS)
    })
    this.#fillSort(changed)
    this.bar = element(
      'form',
      { role: 'search', class: 'controls on-screen', 'aria-label': 'Rows' },
      labelled('Search', 'rows-text', this.#text, 'wide'),
      ...this.#makeSelects(changed),
      labelled('Sort by', 'rows-sort', element('span', { class: 'joined' }, this.#sort, this.#direction)),
      this.#clear,
    )
    this.bar.addEventListener('submit', (event) => event.preventDefault())
  }

  get count(): HTMLElement {
    return this.#count
  }

  focusText(): void {
    this.#text.focus()
    this.#text.select()
  }

  /** Shows the state, wherever it has come from. */
  show(state: ViewState): void {
    this.#state = state
    // What is being typed is newer than any state.
    if (this.#typing === undefined && this.#text.value !== state.text) this.#text.value = state.text
    for (const [name, select] of this.#selects) {
      const value = state.only.get(name)
      select.value = value === undefined ? '' : optionOf(value)
      select.classList.toggle('in-force', value !== undefined)
    }
    const { by, descending } = state.sort
    this.#sort.value = by
    this.#direction.textContent = descending ? '↓' : '↑'
    const order = descending ? 'Descending; change to ascending' : 'Ascending; change to descending'
    this.#direction.setAttribute('aria-label', order)
    this.#direction.title = order
    this.#clear.disabled = state.text === '' && state.only.size === 0 && by === '' && !descending
  }

  #stopTyping(): void {
    clearTimeout(this.#typing)
    this.#typing = undefined
  }

  /** Says how many rows are shown; null: they are being looked for. */
  tell(shown: number | null): void {
    const { rows, planned } = this.#store.foot
    const all = rows.toLocaleString('en-US')
    const left =
      planned > rows ? ` The run has ${planned.toLocaleString('en-US')}: the others are in results.csv alone.` : ''
    const found =
      shown === null
        ? 'Searching …'
        : shown === rows
          ? `${all} rows.`
          : `${shown.toLocaleString('en-US')} of ${all} rows.`
    this.#count.textContent = `${found}${left}${this.#changedWords()}`
  }

  /** Changed answers that no row shows, where the filter for them is in force. */
  #changedWords(): string {
    const { changed } = this.#store.head
    if (changed === null || !this.#state.only.has('changed')) return ''
    const all = changed.wrong + changed.right
    return changed.listed < all ? ` The report marks ${changed.listed} of ${all} changed answers.` : ''
  }

  #makeSelects(changed: Changed): HTMLElement[] {
    const slices = this.#store.head.columns.map(({ name }) => name).filter((name) => name.startsWith('slice:'))
    return [...FILTERED, ...slices].flatMap((name, index) => {
      const options = this.#options(name)
      if (options === undefined) return []
      const id = `rows-only-${index}`
      const select = element('select', { id }, element('option', { value: '' }, 'all'), ...options)
      this.#selects.set(name, select)
      select.addEventListener('change', () => {
        const only = new Map(this.#state.only)
        if (select.value === '') only.delete(name)
        else only.set(name, select.value.slice(1))
        changed({ only })
      })
      return [labelled(visible(this.#store.column(name)?.label ?? name), id, select)]
    })
  }

  /** Undefined where there is nothing to choose. */
  #options(name: string): HTMLElement[] | undefined {
    const column = this.#store.categories(name)
    if (column === undefined) return undefined
    const counts = new Uint32Array(column.values.length)
    for (const code of column.codes) counts[code] = (counts[code] ?? 0) + 1
    const values = column.values
      .map((value, code) => ({ value, count: counts[code] ?? 0 }))
      .filter(({ value }) => value !== '' || name.startsWith('slice:'))
      .sort((a, b) => b.count - a.count)
    const canChoose = values.length > 1 || (values.length === 1 && column.values.includes(''))
    if (!canChoose) return undefined
    const offered = values
      .slice(0, MOST_VALUES)
      .map(({ value, count }) =>
        element(
          'option',
          { value: optionOf(value) },
          `${value === '' ? '(empty)' : visible(value)} (${count.toLocaleString('en-US')})`,
        ),
      )
    const more = values.length - offered.length
    return more > 0 ? [...offered, element('option', { disabled: true }, `… ${more} more`)] : offered
  }

  #fillSort(changed: Changed): void {
    const sortable = this.#store.head.columns.filter(({ name }) => {
      const categories = this.#store.categories(name)
      return categories === undefined || categories.values.length > 1
    })
    this.#sort.append(element('option', { value: '' }, 'Dataset order'), element('option', { value: 'id' }, 'Id'))
    for (const { name, label } of sortable) this.#sort.append(element('option', { value: name }, visible(label)))
    this.#sort.addEventListener('change', () => changed({ sort: { ...this.#state.sort, by: this.#sort.value } }))
  }
}

/** A value as an option holds it: apart from "all", which is empty. */
function optionOf(value: string): string {
  return `=${value}`
}

function labelled(label: string, id: string, control: HTMLElement, style = ''): HTMLElement {
  return element(
    'div',
    { class: `control ${style}` },
    element('label', { for: id }, element('bdi', {}, label)),
    control,
  )
}
