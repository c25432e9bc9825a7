/** Values of columns in words. */
import { dollars, integer, milliseconds } from '../../../numbers.ts'
import type { ColumnKind } from '../../rows/format.ts'
import type { RowStore } from './store.ts'
import { visible } from './visible.ts'

/** A dash for what is unknown. */
export const UNKNOWN = '–'

export function shownNumber(value: number | null, kind: ColumnKind): string {
  if (value === null) return UNKNOWN
  switch (kind) {
    case 'usd':
      return dollars(String(value))
    case 'ms':
      return milliseconds(value)
    case 'share':
      return String(Number(value.toFixed(4)))
    case 'rate':
      return value.toFixed(1)
    default:
      return integer(value)
  }
}

/** The cell of any column, for people. */
export function shownCell(store: RowStore, name: string, row: number): string {
  const kind = store.column(name)?.kind
  if (kind === undefined) return UNKNOWN
  if (kind !== 'category') return shownNumber(store.numberOf(name, row), kind)
  const value = store.valueOf(name, row)
  return value === '' ? UNKNOWN : visible(value)
}
