import { existsSync, readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { COLUMNS, type ResultsCsvOptions, resultsHeader, resultsLines } from '../../src/report/results-csv.ts'
import type { ResultRow } from '../../src/report/types.ts'
import { completed, scored } from '../journal/records.ts'
import { assertGolden, ROWS } from './play.ts'

const OPTIONS: ResultsCsvOptions = {
  scoreLabels: ['exact', 'f1:0.8'],
  keep: ['topic'],
  timings: true,
  spreadsheet: false,
}

/** Whole file. */
function csv(options: Partial<ResultsCsvOptions> = {}, rows: readonly ResultRow[] = ROWS): string {
  const all = { ...OPTIONS, ...options }
  return resultsHeader(all) + resultsLines(rows, all)
}

function read(text: string): Record<string, string>[] {
  return parse(text, { columns: true, bom: true })
}

function rowWith(changes: Partial<ResultRow>): ResultRow {
  const [first] = ROWS
  if (first === undefined) throw new Error('no rows')
  return { ...first, ...changes }
}

/** The fixed columns, in the order that design section 3 lists; newer ones stand at the end. */
const NAMES = `
  sample_id, epoch, prompt, model, status, output, expected, pass, score, scores, reason, prompt_tokens,
  completion_tokens, reasoning_tokens, cached_tokens, tokens_source, cost_usd, cost_source, retry_cost_usd, queue_ms,
  ttft_ms, latency_ms, retry_ms, total_ms, output_tps, attempts, finish_reason, error_kind, error, served_model,
  provider, generation_id, request_key, simulated, judge_cost_usd`
  .split(',')
  .map((name) => name.trim())

test('the columns and their order are pinned: readers count', () => {
  assert.equal(
    COLUMNS.map(({ name }) => name),
    NAMES,
  )
  assert.is(resultsHeader(OPTIONS), `${NAMES.join(',')},score:exact,score:f1:0.8,var:topic\n`)
})

const design = new URL('../../../shared/design.md', import.meta.url)
if (existsSync(design)) {
  test('the columns begin with those of the design, in its order', () => {
    const listed = /`results\.csv` columns[^`]*`([^`]+)`/.exec(readFileSync(design, 'utf8'))?.[1]?.split(/,\s*/) ?? []
    assert.is(listed.length, 33)
    assert.equal(
      COLUMNS.slice(0, listed.length).map(({ name }) => name),
      listed,
    )
  })
}

test('every column says what it means', () => {
  for (const { name, meaning } of COLUMNS) assert.ok(meaning.length > 3, name)
})

test('results.csv is the golden one', () => {
  assertGolden('results.csv', csv())
})

test('without timings results.csv is the golden one', () => {
  assertGolden('results-no-timings.csv', csv({ timings: false }))
})

test('the file for spreadsheets is the golden one', () => {
  assertGolden('results.excel.csv', csv({ spreadsheet: true }))
})

test('without timings exactly the columns that depend on events are blank', () => {
  const blank = [
    'retry_cost_usd',
    'queue_ms',
    'ttft_ms',
    'latency_ms',
    'retry_ms',
    'total_ms',
    'output_tps',
    'attempts',
    'provider',
    'generation_id',
  ]
  const [timed, untimed] = [read(csv()), read(csv({ timings: false }))]
  for (const [index, row] of timed.entries()) {
    for (const [name, cell] of Object.entries(row))
      assert.is(untimed[index]?.[name], blank.includes(name) ? '' : cell, name)
  }
  for (const name of blank)
    assert.ok(
      timed.some((row) => row[name] !== ''),
      `${name} is blank anyway`,
    )
})

test('no cell that looks like a formula is left in the file for spreadsheets, and none is changed in the other', () => {
  const dangerous = /^[=+\-@\t\r]/
  const plain = read(csv())
  const excel = read(csv({ spreadsheet: true }))
  let escaped = 0
  for (const [index, row] of plain.entries()) {
    for (const [name, cell] of Object.entries(row)) {
      if (dangerous.test(cell)) escaped += 1
      assert.is(excel[index]?.[name], dangerous.test(cell) ? `'${cell}` : cell, name)
    }
  }
  assert.ok(escaped >= 6)
  assert.is(plain[6]?.['output'], '=HYPERLINK("http://x","y")')
})

test('what is unknown is an empty cell, never 0', () => {
  const rows = read(csv())
  const pending = rows[7] ?? {}
  const filled = Object.entries(pending).flatMap(([name, cell]) => (cell === '' ? [] : [name]))
  assert.equal(filled, ['sample_id', 'epoch', 'prompt', 'model', 'status', 'expected', 'simulated', 'var:topic'])
  const { cost_usd, ttft_ms, pass, prompt_tokens, error_kind, output } = rows[3] ?? {}
  assert.equal([cost_usd, ttft_ms, pass, prompt_tokens], ['', '', '', ''])
  assert.equal([error_kind, output], ['provider_error', 'He s'])
})

test('a trial that nobody could judge has neither pass nor score', () => {
  const [row] = read(csv({}, [rowWith({ score: scored(null) })]))
  assert.equal([row?.['pass'], row?.['score'], row?.['score:exact'], row?.['scores']], ['', '', '', '{"exact":null}'])
})

test('any text comes back as it was: quotes, commas, line breaks of every kind', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }).filter((candidate) => !/\p{Surrogate}/u.test(candidate)),
    fc.constantFrom('\r', 'a\rb', '\r\n', '"', '""', ',', "'", ' ', '\t', '\ufeff', 'a\nb', '\u2028'),
  )
  fc.assert(
    fc.property(text, text, (output, error) => {
      const [row] = read(csv({}, [rowWith({ record: completed({ output, error }) })]))
      assert.is(row?.['output'], output)
      assert.is(row?.['error'], error)
    }),
  )
})

test('numbers have no exponent, and at most six decimals', () => {
  const score = scored(1, { score: 1e-9, scores: { exact: 0.1 + 0.2, 'f1:0.8': 1e-7 } })
  const record = completed({
    costUsd: '0.000000000000000000000001',
    latencyUs: 1,
    completionTokens: 10_000_000,
    ttftUs: 0,
  })
  const [row] = read(csv({}, [rowWith({ score, record })]))
  assert.equal([row?.['score'], row?.['score:exact'], row?.['score:f1:0.8']], ['0', '0.3', '0'])
  assert.equal([row?.['cost_usd'], row?.['latency_ms'], row?.['ttft_ms']], ['0.000000000000000000000001', '0.001', '0'])
  assert.is(row?.['output_tps'], '10000000000000')
})

test('a column to keep is found whatever its capitals, and is empty where a row has none', () => {
  const rows = read(csv({ keep: ['TOPIC', 'absent'] }))
  assert.equal([rows[0]?.['var:TOPIC'], rows[0]?.['var:absent']], ['geo', ''])
})

test('a simulated answer says so in its row', () => {
  const [row] = read(csv({}, [rowWith({ simulated: true })]))
  assert.is(row?.['simulated'], 'true')
})

test('only the file for spreadsheets says that it is UTF-8', () => {
  assert.is(csv({ spreadsheet: true }).lastIndexOf('\ufeff'), 0)
  assert.is(csv().indexOf('\ufeff'), -1)
})

test.run()
