/**
 * What do promptfoo's special columns ask for? Read: `__expected`, `__expected1` …, `__prefix`, `__suffix`, `__description`
 * and `__metadata:key`. Its other columns are refused, because a setting that is silently ignored changes the scores. Any
 * further name that starts with `__` is a plain column unless it looks like a misspelt special one.
 */
import { UserError } from '../lib/errors.ts'
import { didYouMean } from '../lib/suggest.ts'
import { oneLine } from '../lib/text.ts'
import { type AssertionTypes, parseAssertion } from './promptfoo-assertion.ts'
import type { Assertion, Sample } from './types.ts'

/** The parts of a sample that special columns fill. */
export type SpecialParts = Pick<Sample, 'assertions' | 'metadata' | 'prefix' | 'suffix'>

type Role =
  | { readonly kind: 'plain' | 'expected' | 'prefix' | 'suffix' }
  | { readonly kind: 'metadata'; readonly key: string }

const SUPPORTED = ['__expected', '__prefix', '__suffix', '__description', '__metadata:']
const NOT_SUPPORTED: ReadonlySet<string> = new Set([
  '__metric',
  '__threshold',
  '__provider',
  '__providerOutput',
  '__config',
])

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
      let prefix = ''
      let suffix = ''
      for (const [column, text] of Object.entries(cells)) {
        const role = roleOf(column, line)
        if (role.kind === 'prefix') prefix = text
        else if (role.kind === 'suffix') suffix = text
        else if (role.kind === 'metadata' && text !== '') metadata.push([role.key, text])
        else if (role.kind === 'expected' && text.trim() !== '') {
          assertions.push(parseAssertion(text, { file, line, column, types }))
        }
      }
      return { assertions, metadata: Object.fromEntries(metadata), prefix, suffix }
    },
  }
}

function readRole(column: string, { file, line }: { file: string; line: number }): Role {
  if (!column.startsWith('__')) return { kind: 'plain' }
  if (/^__expected\d*$/.test(column)) return { kind: 'expected' }
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
