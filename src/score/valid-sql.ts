/** Is the answer SQL? */
import { UserError } from '../lib/errors.ts'
import { didYouMean } from '../lib/suggest.ts'
import { oneLine } from '../lib/text.ts'
import { failed, passed, unscored } from './marks.ts'
import { withoutFence } from './structure/code-block.ts'
import { parseSql } from './structure/sql-worker.ts'
import type { Score, Scorer } from './types.ts'

const DEFAULT_DIALECT = 'generic'

/** Those of the parser. */
const DIALECTS: readonly string[] = [
  DEFAULT_DIALECT,
  'ansi',
  'bigquery',
  'clickhouse',
  'databricks',
  'duckdb',
  'hive',
  'mssql',
  'mysql',
  'oracle',
  'postgresql',
  'redshift',
  'snowflake',
  'spark',
  'sqlite',
  'teradata',
]

/** White space, semicolons and comments alone: the parser takes them for zero statements. */
const NO_STATEMENT = /^(?:[\s;]|--[^\n]*|\/\*(?:[^*]|\*(?!\/))*\*\/)*$/

function parseDialect(argument: string | undefined): string {
  if (argument === undefined) return DEFAULT_DIALECT
  const dialect = argument.trim().toLowerCase()
  if (DIALECTS.includes(dialect)) return dialect
  throw new UserError(
    `--scorer valid-sql:${argument}: there is no SQL dialect "${argument}".${didYouMean(dialect, DIALECTS)} Expected one of: ` +
      `${DIALECTS.join(', ')}.`,
  )
}

async function scoreSql(output: string, dialect: string): Promise<Score> {
  const sql = withoutFence(output)
  if (NO_STATEMENT.test(sql)) return failed('the answer holds no SQL statement')
  const verdict = await parseSql(sql, dialect)
  if ('unjudged' in verdict) return unscored(oneLine(verdict.unjudged))
  return verdict.problem === null ? passed('the answer is SQL') : failed(oneLine(`no SQL: ${verdict.problem}`))
}

export const validSql = {
  name: 'valid-sql',
  group: 'formats',
  summary: 'The answer is SQL that can be parsed; one Markdown code fence around it does not count.',
  details: `One statement or several, parsed by datafusion-sqlparser-rs (compiled to WebAssembly) in the dialect of the argument; \`generic\` takes
what any of the dialects would, so name the dialect where the answer has to run on one. Only the syntax is checked: tables and columns
may not exist, and types may not fit. Prose before or after is an error, and so is an answer of comments alone. SQL that nests
expressions more than about 50 deep, or takes longer than 2 s, is unscored.

promptfoo's \`is-sql\` is this scorer; its lists of allowed tables and columns are not taken.`,
  examples: [
    { output: 'SELECT name FROM city WHERE id = 1;', score: { value: 1, pass: true } },
    { output: '```sql\nSELECT count(*) FROM city\n```', score: { value: 1, pass: true } },
    { output: 'SELECT name FORM city WHERE', score: { value: 0, pass: false } },
    { argument: 'mysql', output: 'SELECT `name` FROM `city`', score: { value: 1, pass: true } },
    { argument: 'postgresql', output: 'SELECT `name` FROM `city`', score: { value: 0, pass: false } },
  ],
  argument: `one of ${DIALECTS.join(', ')}; ${DEFAULT_DIALECT} unless given`,
  needsExpected: false,
  promptfooTypes: { 'is-sql': undefined },
  create: (argument) => {
    const dialect = parseDialect(argument)
    return ({ output }) => scoreSql(output, dialect)
  },
} as const satisfies Scorer
