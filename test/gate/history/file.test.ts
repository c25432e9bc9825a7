/** Does the history keep every run once, whoever else writes or edits it? */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { HISTORY_COLUMNS } from '../../../src/gate/history/columns.ts'
import { historyPath, readHistory, writeHistory } from '../../../src/gate/history/file.ts'
import type { HistoryLine } from '../../../src/gate/history/types.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import { UserError } from '../../../src/lib/errors.ts'
import { line } from './made-lines.ts'

/** A folder with results/ in it, and in that the history when there is a text. */
async function withHistory(text: string | null, use: (cwd: string) => Promise<void> | void): Promise<void> {
  const cwd = mkdtempSync(join(tmpdir(), 'assay-history-'))
  try {
    mkdirSync(join(cwd, 'results'))
    if (text !== null) writeFileSync(historyPath(cwd), text)
    await use(cwd)
  } finally {
    rmSync(cwd, { recursive: true, force: true })
  }
}

const write = (lines: readonly HistoryLine[], cwd: string): Promise<void> => writeHistory(lines, cwd, systemClock)

function refusal(read: () => unknown): string {
  try {
    read()
  } catch (error) {
    if (error instanceof UserError) return error.message
    throw error
  }
  throw new Error('it was accepted')
}

test('runs add to the end, under one header', () =>
  withHistory(null, async (cwd) => {
    await write([line(0), line(0, { metric: 'cost' })], cwd)
    const before = readFileSync(historyPath(cwd), 'utf8')
    await write([line(1)], cwd)
    const after = readFileSync(historyPath(cwd), 'utf8')
    assert.ok(after.startsWith(before))
    assert.is(before.split('\n')[0], HISTORY_COLUMNS.map(({ name }) => name).join(','))
    assert.equal(readHistory(cwd), [line(0), line(0, { metric: 'cost' }), line(1)])
  }))

test('a run that was gone on with replaces its own lines; other scorings of it stay', () =>
  withHistory(null, async (cwd) => {
    await write([line(0)], cwd)
    await write([line(1, { value: 0.5, n: 10 }), line(1, { metric: 'cost', n: 10 })], cwd)
    await write([line(2)], cwd)
    await write([line(1, { scoring: 'other' })], cwd)
    await write([line(1, { value: 0.8 })], cwd)
    assert.equal(readHistory(cwd), [line(0), line(2), line(1, { scoring: 'other' }), line(1, { value: 0.8 })])
  }))

test('names of any kind and numbers of any size come back as they were', () =>
  withHistory(null, async (cwd) => {
    const text = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((name) => !/[\r\n]/.test(name))
    const number = fc.option(
      fc
        .double({ min: -1e12, max: 1e12, noNaN: true })
        .filter((value) => value === 0 || Math.abs(value) > 1e-30)
        .map((value) => Number(value.toPrecision(9)) + 0),
    )
    const any = fc.record({
      model: text,
      metric: text,
      value: number,
      low: number,
      n: fc.nat(),
      simulated: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(any, async (changes) => {
        rmSync(historyPath(cwd), { force: true })
        await write([line(0, changes)], cwd)
        assert.equal(readHistory(cwd), [line(0, changes)])
        assert.not.match(readFileSync(historyPath(cwd), 'utf8').split('\n')[1]?.split(',m,')[0] ?? '', /NaN|null/)
      }),
      { numRuns: 50 },
    )
  }))

test('numbers are written without an exponent', () =>
  withHistory(null, async (cwd) => {
    await write([line(0, { value: 2.4e-7, low: 1.23e-10, high: 1e15 })], cwd)
    const [row] = parse(readFileSync(historyPath(cwd)), { columns: true }) as Record<string, string>[]
    assert.equal([row?.['value'], row?.['low'], row?.['high']], ['0.00000024', '0.000000000123', '1000000000000000'])
  }))

test('runs that end at the same moment lose nothing', () =>
  withHistory(null, async (cwd) => {
    const lines = Array.from({ length: 30 }, (_, day) => [line(day), line(day, { metric: 'cost' })])
    await Promise.all(lines.map((own) => write(own, cwd)))
    // Every other one replaces its lines while the rest adds new ones.
    await Promise.all(lines.map((own, day) => write(day % 2 === 0 ? own : [line(day + 100)], cwd)))
    const runs = readHistory(cwd).map(({ runId, metric }) => `${runId} ${metric}`)
    assert.is(runs.length, 75)
    assert.is(new Set(runs).size, 75)
  }))

test('a lock that a killed process has left does not hold forever', () =>
  withHistory(null, async (cwd) => {
    const lock = `${historyPath(cwd)}.lock`
    writeFileSync(lock, '')
    const longAgo = new Date(Date.now() - 60_000)
    utimesSync(lock, longAgo, longAgo)
    await write([line(0)], cwd)
    assert.is(readHistory(cwd).length, 1)
    assert.not.ok(existsSync(lock))
  }))

test('a file without a line feed at its end, with a byte order mark or of a later version is gone on with', async () => {
  const header = HISTORY_COLUMNS.map(({ name }) => name).join(',')
  await withHistory(null, async (cwd) => {
    await write([line(0)], cwd)
    const text = readFileSync(historyPath(cwd), 'utf8')
    writeFileSync(historyPath(cwd), `\ufeff${text.trimEnd()}`)
    await write([line(1)], cwd)
    assert.equal(readHistory(cwd), [line(0), line(1)])
  })
  await withHistory(`${header},later\n`, async (cwd) => {
    await write([line(0)], cwd)
    assert.equal(readHistory(cwd), [line(0)])
  })
  await withHistory(`${header}\n`, (cwd) => assert.equal(readHistory(cwd), []))
  await withHistory('', (cwd) => assert.equal(readHistory(cwd), []))
  await withHistory(null, (cwd) => assert.equal(readHistory(cwd), []))
})

test('a file of another kind is never written to', () =>
  withHistory('date,score\n2026-01-01,5\n', async (cwd) => {
    const message = String(await write([line(0)], cwd).catch((error: unknown) => error))
    assert.match(message, /results.history\.csv:1: this is no history of Assay/)
    assert.is(readFileSync(historyPath(cwd), 'utf8'), 'date,score\n2026-01-01,5\n')
    assert.not.ok(existsSync(`${historyPath(cwd)}.lock`))
  }))

test('a damaged line is told with its number, and new runs are added all the same', () =>
  withHistory(null, async (cwd) => {
    await write([line(0), line(1), line(2)], cwd)
    const lines = readFileSync(historyPath(cwd), 'utf8').split('\n')
    const damaged = (change: (text: string) => string): string =>
      lines.map((text, index) => (index === 2 ? change(text) : text)).join('\n')
    const told = (text: string): string => {
      writeFileSync(historyPath(cwd), text)
      return refusal(() => readHistory(cwd))
    }
    assert.match(told(damaged((text) => text.slice(0, 60))), /history\.csv:3: \d+ fields, the header has 20/)
    assert.match(
      told(damaged((text) => text.replace(',0.9,', ',much,'))),
      /:3: column value: expected a number, found "much"/,
    )
    assert.match(told(damaged((text) => text.replace('2026-01-02T', 'on day 2 '))), /:3: column started_at/)
    assert.match(told(damaged((text) => text.replace(',false,', ',maybe,'))), /:3: column simulated/)
    assert.match(told(damaged((text) => text.replace(',100,100,', ',-1,100,'))), /:3: column n: expected a count/)
    assert.match(told(damaged((text) => `"${text}`)), /history\.csv:\d+: no CSV/)
    writeFileSync(
      historyPath(cwd),
      damaged((text) => text.slice(0, 60)),
    )
    await write([line(3)], cwd)
    assert.match(readFileSync(historyPath(cwd), 'utf8'), /night-3/)
  }))

test('a thousand nights of twenty lines are read in their order', () =>
  withHistory(null, async (cwd) => {
    const metrics = Array.from({ length: 20 }, (_, index) => `score:${index}`)
    const lines = Array.from({ length: 1_000 }, (_, day) => metrics.map((metric) => line(day, { metric }))).flat()
    await write(lines, cwd)
    const read = readHistory(cwd)
    assert.is(read.length, 20_000)
    for (const place of [0, 1, 9_999, 19_999]) assert.equal(read[place], lines[place])
  }))

test.run()
