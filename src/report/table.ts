/** Tables for a terminal of any width. */
import Table from 'cli-table3'

/** One column of a table: what it is about, and its figures by name. All entries have the same names. */
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
  const cells = entries.flatMap(({ head, figures }) => [...head.split('\n'), ...Object.values(figures)])
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

function longest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => text.length))
}
