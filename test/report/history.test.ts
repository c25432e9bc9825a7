/** Does the screen of the history show every run, and say what may be concluded? */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { seriesOf } from '../../src/gate/history/series.ts'
import type { HistoryLine, HistoryReport, RowsOverTime } from '../../src/gate/history/types.ts'
import { randomFrom } from '../../src/lib/random.ts'
import { historyScreen } from '../../src/report/history.ts'
import { intervalBars } from '../../src/report/interval-bars.ts'
import { line, linesWith } from '../gate/history/made-lines.ts'

function screen(lines: readonly HistoryLine[], columns = 80, rows: readonly RowsOverTime[] = []): string {
  const report: HistoryReport = {
    formatVersion: 1,
    metric: lines[0]?.metric ?? '',
    series: seriesOf(lines, 'test'),
    rows,
  }
  return historyScreen(report, { color: false, columns, last: 30 })
}

test('a run is a line with its interval as figures and as a bar on a common scale', () => {
  const text = screen([
    line(0, { value: 0.9, low: 0.8, high: 0.95 }),
    line(1, { value: 0.8, low: 0.7, high: 0.9, verdict: 'REGRESSION' }),
    line(2, { value: 0.85, low: 0.75, high: 0.95, n: 20 }),
  ])
  assert.is(
    text,
    `qa · m · question · pass_rate
  version v1, 100 trials, scored by exact
  2026-01-01 02:00  night-0  90.0 % [80.0, 95.0]         ├──────●──┤
  2026-01-02 02:00  night-1  80.0 % [70.0, 90.0]  ├──────●──────┤     REGRESSION
  2026-01-03 02:00  night-2  85.0 % [75.0, 95.0]     ├──────●──────┤  20 of 100
  no control chart: it needs 20 whole runs, and there are 2; 18 to go
`,
  )
})

test('no line of a run is wider than the terminal', () => {
  const lines = [
    ...linesWith([0.9, 0.91, 0.5]),
    ...linesWith([0.000_001_5, 0.000_001_6], { model: 'usd', metric: 'cost', low: 0.000_001, high: 0.000_002 }),
  ].map((one) => Object.assign(one, { verdict: 'INCONCLUSIVE' }))
  for (const columns of [70, 80, 120]) {
    const nights = screen(lines, columns)
      .split('\n')
      .filter((text) => /^ {2}\d{4}-/.test(text))
    assert.is(nights.length, 5)
    for (const night of nights) assert.ok(night.length <= columns, night)
  }
})

test('a new segment says what changed, and simulated runs are labelled', () => {
  const text = screen([line(0), line(1, { datasetVersion: 'v2' }), line(2, { datasetVersion: 'v2', simulated: true })])
  assert.match(text, '─ other segment, not comparable with the one above: dataset v1 → v2\n  version v2')
  assert.match(text, 'not comparable with the one above: simulated\n  SIMULATED · version v2')
})

test('the chart tells its run lengths, its alarms and how to begin anew', () => {
  const random = randomFrom('nights')
  const values = Array.from({ length: 45 }, (_, day) => (day < 30 ? 0.9 : 0.85) + 0.01 * (random.uniform() - 0.5))
  const text = screen(linesWith(values))
  assert.match(text, '… 15 earlier runs (--last)')
  assert.match(text, /▼ alarm/)
  assert.match(text, /level changed with the run of 2026-01-31 02:00: 90\.\d % → 8\d\.\d % \(p = 0\.001\)/)
  assert.match(text, /CUSUM \(k 0\.5, h 5; mean 90\.\d %, σ 0\.\d\d points of the first 20 runs\): \d+ alarms/)
  assert.match(text, 'a false alarm comes about every 465 runs')
  assert.match(text, /begin the chart anew: --since\s+2026-01-31T02:00Z/)
})

test('several charts together are told to alarm more often', () => {
  const values = Array.from({ length: 20 }, (_, day) => 0.9 + 0.01 * (day % 2))
  const text = screen([...linesWith(values), ...linesWith(values, { model: 'other' })])
  assert.match(text, '2 charts: a false alarm on one of them comes about every 233 runs')
})

test('each metric is shown in its unit', () => {
  const of = (metric: string, value: number): string =>
    screen([line(0, { metric, value, low: null, high: null })]).split('\n')[2] ?? ''
  assert.match(of('failures', 0.02), '2.0 %')
  assert.match(of('score:f1', 0.5), '50.0 %')
  assert.match(of('cost', 0.000_24), '$0.00024')
  assert.match(of('latency_p95', 1_234), '1,234 ms')
  assert.match(of('tokens', 42.5), '42.5')
})

test('rows are told with their flips, and what is gone', () => {
  const rows: RowsOverTime = {
    dataset: 'qa',
    model: 'm',
    prompt: 'question',
    simulated: false,
    runs: 9,
    gone: ['night-1', 'night-2'],
    rows: 200,
    changedRows: 90,
    medianFlipRate: 0.125,
    flakyRows: 12,
    flaky: [{ sample: 's1', epoch: 2, nights: 9, flips: 4, flipRate: 0.5, passRate: 5 / 9 }],
    shiftedToFail: 1,
    shiftedToPass: 0,
    shifted: [{ sample: 's2\n', epoch: 1, to: 'fail', since: 'night-5', before: 5, after: 4 }],
  }
  assert.match(
    screen([line(0)], 80, [rows]),
    `  the folders of 2 runs are gone (night-1, …): rows are those of the 9 runs left
  flaky rows, changing clearly more often than the one in the middle (in 12.5 %
    of runs): 12 of 200; 90 changed more than once in 9 runs
    s1 #2  50.0 % flips (4 in 8), passes 55.6 %
    … 11 more
  changed once and stayed so: 1 from right to wrong, 0 from wrong to right
    s2  right → wrong since night-5 (5 runs before, 4 since)
`,
  )
})

test('a run says what failed, what --sequential stopped is counted, and no line is wider than the terminal', () => {
  const lines = [line(0), line(1, { n: 60 }), line(2, { n: 93 })]
  const series = seriesOf(lines, 'test', {
    failedOf: ({ n }) => (n === 93 ? 0.07 : 0),
    wasStoppedEarly: ({ n }) => n === 60,
  })
  const report: HistoryReport = { formatVersion: 1, metric: 'pass_rate', series, rows: [] }
  const text = historyScreen(report, { color: false, columns: 80, last: 30 })
  assert.match(text, /night-2 .* {2}7\.0 % failed\n/)
  assert.match(text, /night-1 .* {2}60 of 100\n/)
  assert.match(text, '1 run of --sequential or choose that ended early is not charted: run one')
  for (const shown of text.split('\n')) assert.ok(shown.length <= 80, shown)
})

test('the segment of the last run comes last, though it began before another', () => {
  const text = screen([line(0), line(1, { planned: 10, n: 10 }), line(2)])
  assert.ok(text.indexOf('10 trials') < text.indexOf('100 trials'), text)
  assert.match(text, /not comparable with the one above: trials 10 → 100\n {2}version v1, 100 trials/)
})

test('bars share a scale; what has no value is blank, and where there is no room there is no bar', () => {
  const bars = [
    { value: 0, low: null, high: null },
    { value: 1, low: 0.5, high: 2 },
    { value: null, low: null, high: null },
  ]
  assert.equal(intervalBars(bars, 9), ['●        ', '  ├─●───┤', '         '])
  assert.equal(intervalBars(bars, 5), ['', '', ''])
  assert.equal(intervalBars([{ value: 3, low: null, high: null }], 9), ['    ●    '])
})

test.run()
