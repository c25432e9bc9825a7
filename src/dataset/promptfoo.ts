/**
 * What do promptfoo's special columns ask for? Read: `__expected`, `__expected1` …, `__config:__expected1:threshold`,
 * `__threshold`, `__prefix`, `__suffix`, `__description` and `__metadata:key`. Its other columns are refused, because a setting that is silently ignored changes the scores. Any
 * further name that starts with `__` is a plain column unless it looks like a misspelt special one.
 */
import { UserError } from '../lib/errors.ts'
import { didYouMean } from '../lib/suggest.ts'
import { oneLine } from '../lib/text.ts'
import { type AssertionTypes, parseAssertion, thresholdIn } from './promptfoo-assertion.ts'
import type { Assertion, Sample } from './types.ts'

/** The parts of a sample that special columns fill. */
export type SpecialParts = Pick<Sample, 'assertions' | 'passFrom' | 'metadata' | 'prefix' | 'suffix'>

type Role =
  | { readonly kind: 'plain' | 'expected' | 'threshold' | 'prefix' | 'suffix' }
  /** `key` of `__config` is the column that it is about. */
  | { readonly kind: 'metadata' | 'config'; readonly key: string }

const SUPPORTED = ['__expected', '__threshold', '__config:', '__prefix', '__suffix', '__description', '__metadata:']
const NOT_SUPPORTED: ReadonlySet<string> = new Set(['__metric', '__provider', '__providerOutput', '__config'])

export interface SpecialColumns {
  /** True for columns that are variables of the prompt. */
  isPlain(column: string, line: number): boolean
  /** Reads the special cells of one row, given as text by column. Throws UserError. */
  read(cells: Readonly<Record<string, string>>, line: number): SpecialParts
}

/** Each column name is judged once; `types` maps promptfoo's assertion types to scorers. */
export function specialColumns(file: string, types: AssertionTypes): SpecialColumns {
  const known = new Map<string, Role>()
  const roleOf = (column: string, line: number): Role => {
    const role = known.get(column) ?? readRole(column, { file, line })
    known.set(column, role)
    return role
  }
  return {
    isPlain: (column, line) => roleOf(column, line).kind === 'plain',
    read: (cells, line) => {
      const assertions: Assertion[] = []
      const metadata: [string, string][] = []
      let passFrom: number | undefined
      let prefix = ''
      let suffix = ''
      for (const [column, text] of Object.entries(cells)) {
        const role = roleOf(column, line)
        if (role.kind === 'prefix') prefix = text
        else if (role.kind === 'suffix') suffix = text
        else if (role.kind === 'metadata' && text !== '') metadata.push([role.key, text])
        else if (role.kind === 'threshold') passFrom = readThreshold(text, { file, line, column })
        else if (role.kind === 'config') refuseLonely(role.key, { file, line, column }, cells)
        else if (role.kind === 'expected' && text.trim() !== '') {
          const configured = cells[`__config:${column}:threshold`]
          assertions.push(parseAssertion(text, { file, line, column, types }, configured))
        }
      }
      const made = { assertions, metadata: Object.fromEntries(metadata), prefix, suffix }
      return passFrom === undefined ? made : { ...made, passFrom }
    },
  }
}

interface CellPlace {
  readonly file: string
  readonly line: number
  readonly column: string
}

/** The row's own threshold; undefined for a blank cell. */
function readThreshold(text: string, { file, line, column }: CellPlace): number | undefined {
  if (text.trim() === '') return undefined
  const threshold = thresholdIn(text)
  if (threshold !== undefined) return threshold
  throw new UserError(
    `${file}:${line}: column "${column}": "${oneLine(text, 60)}" is no threshold. Expected a number from 0 to 1.`,
  )
}

/** A threshold without its assertion would be left out without a word. */
function refuseLonely(key: string, { file, line, column }: CellPlace, cells: Readonly<Record<string, string>>): void {
  if ((cells[column] ?? '').trim() === '' || (cells[key] ?? '').trim() !== '') return
  throw new UserError(
    `${file}:${line}: column "${column}": there is no assertion in the column "${oneLine(key)}" that the threshold could be for. Fill it in, or empty this cell.`,
  )
}

function readRole(column: string, { file, line }: { file: string; line: number }): Role {
  if (!column.startsWith('__')) return { kind: 'plain' }
  if (/^__expected\d*$/.test(column)) return { kind: 'expected' }
  if (column === '__threshold') return { kind: 'threshold' }
  const configured = /^__config:(__expected\d*):threshold$/.exec(column)?.[1]
  if (configured !== undefined) return { kind: 'config', key: configured }
  if (column === '__prefix') return { kind: 'prefix' }
  if (column === '__suffix') return { kind: 'suffix' }
  if (column === '__description') return { kind: 'metadata', key: 'description' }
  const key = /^__metadata:(.+?)(?:\[\])?$/.exec(column)?.[1]
  if (key !== undefined) return { kind: 'metadata', key }
  const at = `${file}:${line}: column "${oneLine(column)}"`
  const name = column.split(':', 1)[0] ?? column
  if (NOT_SUPPORTED.has(name)) {
    throw new UserError(
      `${at}: promptfoo's ${name} is not supported yet, and ignoring it would change the scores. Remove the column; ` +
        `supported are ${SUPPORTED.join(', ')}.`,
    )
  }
  const suggestion = didYouMean(name, SUPPORTED)
  if (suggestion !== '')
    throw new UserError(`${at}: is no column of promptfoo.${suggestion} Rename it, also when it is one of your own.`)
  return { kind: 'plain' }
}
