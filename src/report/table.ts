/** Tables for a terminal of any width. */
import { stripVTControlCharacters as withoutColor } from 'node:util'
import Table from 'cli-table3'

/** One column of a table: what it is about, and its figures by name, which may have several lines. All have the same names. */
export interface TableEntry {
  /** May have several lines. */
  readonly head: string
  readonly figures: Readonly<Record<string, string>>
}

export interface TableOptions {
  /** Characters in a line. */
  readonly columns: number
  readonly color: boolean
}

/** Names of the figures down the side, a column per entry; as many entries in one table as the terminal holds. */
export function sideBySide(entries: readonly TableEntry[], { columns, color }: TableOptions): string[] {
  const names = Object.keys(entries[0]?.figures ?? {})
  const cells = entries.flatMap(({ head, figures }) =>
    [head, ...Object.values(figures)].flatMap((cell) => cell.split('\n')),
  )
  // Two blanks and a line of the frame beside each column.
  const perTable = Math.max(1, Math.floor((columns - longest(names) - 4) / (longest(cells) + 3)))
  const tables: string[] = []
  for (let start = 0; start < entries.length; start += perTable) {
    const block = entries.slice(start, start + perTable)
    const rows = names.map((name) => [name].concat(block.map(({ figures }) => figures[name] ?? '')))
    tables.push(framed(['', ...block.map(({ head }) => head)], rows, color))
  }
  return tables
}

/** A plain table with a head line. */
export function framed(head: readonly string[], rows: readonly string[][], color: boolean): string {
  const frame = new Table({ head: [...head], style: { compact: true, ...(color ? {} : { head: [], border: [] }) } })
  frame.push(...rows)
  return frame.toString()
}

/** The first of the tables that the terminal holds; when none does, the last one. */
export function firstThatFits(tables: readonly (() => string)[], columns: number): string {
  let table = ''
  for (const render of tables) {
    table = render()
    if (withoutColor(table).indexOf('\n') <= columns) return table
  }
  return table
}

function longest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => text.length))
}
