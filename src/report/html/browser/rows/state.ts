/** What is shown, as the fragment of the address holds it: filter, order and the open row. */
import type { RowKey } from '../../rows/format.ts'

export interface ViewState {
  /** Free text that a row must contain. */
  readonly text: string
  /** Column → the one value that rows must have there. */
  readonly only: ReadonlyMap<string, string>
  readonly sort: SortOrder
  /** The row whose detail is open. */
  readonly row: Partial<RowKey> | null
}

export interface SortOrder {
  /** Name of a column, `id`, or empty for the order of the dataset. */
  readonly by: string
  readonly descending: boolean
}

export const DATASET_ORDER: SortOrder = { by: '', descending: false }

export const EVERYTHING: ViewState = { text: '', only: new Map(), sort: DATASET_ORDER, row: null }

const ONLY = 'only.'

/** Undefined for a fragment that names a place in the page, or nothing. */
export function stateOf(fragment: string): ViewState | undefined {
  const text = fragment.replace(/^#/, '')
  if (!text.includes('=')) return undefined
  const fields = new URLSearchParams(text)
  const sort = fields.get('sort') ?? ''
  return {
    text: fields.get('q') ?? '',
    only: new Map(
      [...fields].flatMap(([name, value]) =>
        name.startsWith(ONLY) ? [[name.slice(ONLY.length), value] as const] : [],
      ),
    ),
    sort: { by: sort.replace(/^-/, ''), descending: sort.startsWith('-') },
    row: rowIn(fields),
  }
}

function rowIn(fields: URLSearchParams): Partial<RowKey> | null {
  const id = fields.get('row')
  if (id === null) return null
  const others = (['epoch', 'model', 'prompt'] as const).flatMap((name) => {
    const value = fields.get(name)
    return value === null ? [] : [[name, value]]
  })
  return { id, ...Object.fromEntries(others) }
}

/** With the number sign; empty where everything is shown. */
export function fragmentOf({ text, only, sort, row }: ViewState): string {
  const fields = new URLSearchParams()
  if (row !== null) {
    fields.set('row', row.id ?? '')
    for (const name of ['epoch', 'model', 'prompt'] as const) {
      const value = row[name]
      if (value !== undefined) fields.set(name, value)
    }
  }
  if (text !== '') fields.set('q', text)
  for (const [column, value] of only) fields.set(`${ONLY}${column}`, value)
  if (sort.by !== '' || sort.descending) fields.set('sort', `${sort.descending ? '-' : ''}${sort.by}`)
  const written = fields.toString()
  return written === '' ? '' : `#${written}`
}
