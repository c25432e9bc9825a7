/** Do header and rows of a CSV file fit together? */
import { UserError } from '../lib/errors.ts'
import { oneLine, plural } from '../lib/text.ts'

interface Place {
  readonly file: string
  readonly line: number
}

/** The column names; UserError when one is empty or stands twice, or when the file has another delimiter. */
export function checkedHeader(names: readonly string[], place: Place & { delimiter: ',' | '\t' }): readonly string[] {
  const at = `${place.file}:${place.line}`
  refuseOtherDelimiter(names, at, place.delimiter)
  const lastNamed = names.findLastIndex((name) => name.trim() !== '')
  const empty = names.findIndex((name) => name.trim() === '')
  if (empty > lastNamed) {
    throw new UserError(
      `${at}: the header has ${plural(names.length, 'column')}, the last ${names.length - empty} without a name. Spreadsheets ` +
        `leave such empty columns behind: delete them, or the delimiters at the end of every line.`,
    )
  }
  if (empty >= 0) {
    throw new UserError(`${at}: column ${empty + 1} of the header has no name. Give it one, or delete the column.`)
  }
  const twice = names.findIndex((name, index) => names.indexOf(name) !== index)
  if (twice >= 0) {
    const name = names[twice] ?? ''
    throw new UserError(
      `${at}: the header has two columns "${oneLine(name)}" (${names.indexOf(name) + 1} and ${twice + 1}). ` +
        `Column names must be unique: rename or delete one.`,
    )
  }
  return names
}

/** The error for a row whose number of fields is not that of the header. */
export function raggedRow(cells: readonly string[], columns: readonly string[], { file, line }: Place): UserError {
  const counts = `${file}:${line}: ${plural(cells.length, 'field')}, the header has ${columns.length}`
  const missing = columns[cells.length]
  if (missing !== undefined) {
    return new UserError(
      `${counts}; no value for "${oneLine(missing)}". Add the missing field (an empty one is a delimiter with nothing after it).`,
    )
  }
  return new UserError(
    `${counts}; the first field too many is "${oneLine(cells[columns.length] ?? '', 40)}". ` +
      `Put a text that contains the delimiter in double quotes.`,
  )
}

/** Spreadsheets of many countries write semicolons; read as one column they would make every later message a riddle. */
function refuseOtherDelimiter(names: readonly string[], at: string, delimiter: ',' | '\t'): void {
  const [only, ...others] = names
  if (only === undefined || others.length > 0) return
  const found = DELIMITERS.find(({ char }) => char !== delimiter && only.includes(char))
  if (found === undefined) return
  const wanted = delimiter === ',' ? 'commas' : 'tabs'
  throw new UserError(
    `${at}: the fields seem to be separated by ${found.name}, expected ${wanted}. ` +
      `Save it with ${wanted}, or name it .csv for commas and .tsv for tabs.`,
  )
}

const DELIMITERS = [
  { char: ';', name: 'semicolons' },
  { char: '\t', name: 'tabs' },
  { char: ',', name: 'commas' },
] as const
