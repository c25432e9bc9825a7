/** Which column is meant by a name that was typed? */
import { UserError } from './errors.ts'
import { oneLine } from './text.ts'
import { didYouMean } from './suggest.ts'

/** The column's exact name: as typed, else the first that differs in capitals alone; undefined when there is none. */
export function findColumn(columns: readonly string[], typed: string): string | undefined {
  if (columns.includes(typed)) return typed
  const wanted = typed.toLowerCase()
  return columns.find((column) => column.toLowerCase() === wanted)
}

/** The same, or a UserError that lists the columns. `where` is what was typed where, e.g. `--id "key"`. */
export function requireColumn(
  columns: readonly string[],
  typed: string,
  where: { file: string; flag: string },
): string {
  const found = findColumn(columns, typed)
  if (found !== undefined) return found
  const shown = columns.slice(0, 20).map((column) => oneLine(column, 40))
  throw new UserError(
    `${where.flag} "${typed}": ${where.file} has no such column.${didYouMean(typed, columns)} ` +
      `Its columns are ${shown.join(', ')}${columns.length > shown.length ? ', …' : ''}.`,
  )
}
