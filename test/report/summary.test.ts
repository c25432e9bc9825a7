import { parse } from 'csv-parse/sync'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { summaryCsv } from '../../src/report/summary-csv.ts'
import { summaryJson } from '../../src/report/summary-json.ts'
import type { Estimate, Percentiles, Summary } from '../../src/stats/types.ts'
import { assertGolden, SUMMARY } from './play.ts'

function read(text: string): Record<string, string>[] {
  return parse(text, { columns: true })
}

test('summary.csv is the golden one', () => {
  assertGolden('summary.csv', summaryCsv(SUMMARY, true))
})

test('without timings summary.csv is the golden one', () => {
  assertGolden('summary-no-timings.csv', summaryCsv(SUMMARY, false))
})

test('summary.json is the golden one', () => {
  assertGolden('summary.json', summaryJson(SUMMARY, true))
})

test('without timings summary.json is the golden one', () => {
  assertGolden('summary-no-timings.json', summaryJson(SUMMARY, false))
})

test('summary.json is the summary', () => {
  const { formatVersion, ...rest } = JSON.parse(summaryJson(SUMMARY, true)) as Summary
  assert.is(formatVersion, 1)
  assert.equal({ formatVersion, ...rest }, JSON.parse(JSON.stringify(SUMMARY)))
})

test('a line of summary.csv is one model × prompt × slice × metric', () => {
  const lines = read(summaryCsv(SUMMARY, true))
  const places = lines.map(({ model, prompt, slice, metric }) => JSON.stringify([model, prompt, slice, metric]))
  assert.is(new Set(places).size, lines.length)
  assert.equal([...new Set(lines.map(({ slice }) => slice))], ['', 'Topic=geo', 'Topic=text'])
})

test('without timings exactly the lines that depend on events have neither value nor interval', () => {
  const events = /^(retry_cost|cost_per_correct|cost_per_1000|attempts|ttft_p\d\d|latency_p\d\d)$/
  const [timed, untimed] = [read(summaryCsv(SUMMARY, true)), read(summaryCsv(SUMMARY, false))]
  for (const [index, line] of timed.entries()) {
    const other = untimed[index] ?? {}
    if (!events.test(line['metric'] ?? '')) assert.equal(other, line)
    else assert.equal([other['value'], other['low'], other['high'], other['method']], ['', '', '', ''])
  }
})

function slower({ p50, p95, p99 }: Percentiles): Percentiles {
  const later = (estimate: Estimate): Estimate => ({ ...estimate, value: 9, low: 8, high: null })
  return { p50: later(p50), p95: later(p95), p99: later(p99) }
}

function dearer(estimate: Estimate): Estimate {
  return { ...estimate, value: 9, low: 8, high: 10 }
}

/** The summary of the same answers on another day: everything that a clock, a retry or the network decides differs. */
function anotherDay(summary: Summary): Summary {
  const groups = summary.groups.map((group) => ({
    ...group,
    retryCostUsd: '9',
    costPerCorrectUsd: '9',
    costPer1000Usd: '9',
    meanCostUsd: {
      ...group.meanCostUsd,
      per1000: dearer(group.meanCostUsd.per1000),
      perCorrect: dearer(group.passRate),
    },
    attempts: 99,
    possiblyBilled: 9,
    ttftMs: slower(group.ttftMs),
    latencyMs: slower(group.latencyMs),
  }))
  return {
    ...summary,
    runId: 'another',
    startedAt: '2030-01-01T00:00:00.000Z',
    wallMs: 1,
    outputTokensPerSecond: 1,
    retryCostUsd: '9',
    groups,
  }
}

test('without timings equal answers give equal bytes', () => {
  const other = anotherDay(SUMMARY)
  assert.is(summaryCsv(other, false), summaryCsv(SUMMARY, false))
  assert.is(summaryJson(other, false), summaryJson(SUMMARY, false))
  assert.is.not(summaryCsv(other, true), summaryCsv(SUMMARY, true))
  assert.is.not(summaryJson(other, true), summaryJson(SUMMARY, true))
})

test('a simulated summary says so in every line', () => {
  for (const line of read(summaryCsv({ ...SUMMARY, simulated: true }, true))) assert.is(line['simulated'], 'true')
})

test.run()
