/** Curves and frontier against what one would compute by hand. */
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { onFrontier } from '../../../src/report/html/overview/frontier.ts'
import { Gathered } from '../../../src/report/html/overview/gathered.ts'
import type { ReportedRun, ResultRow } from '../../../src/report/types.ts'
import { frontier } from '../../../src/stats/pareto.ts'
import { completed, failed } from '../../journal/records.ts'
import { HOSTILE_MODEL, reportedRun, ROWS, SMALL } from '../reported-run.ts'

function gatheredOf(run: ReportedRun, rows: Iterable<ResultRow>): ReturnType<Gathered['data']> {
  const gathered = new Gathered(run)
  for (const row of rows) gathered.add(row)
  return gathered.data()
}

function rowOf(model: string, record: ResultRow['record']): ResultRow {
  const [first] = ROWS
  if (first === undefined) throw new Error('the fixture has rows')
  return { ...first, model, record }
}

const times = fc.array(fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 100_000_000 })), {
  minLength: 1,
  maxLength: 2_000,
})

test('every point of a curve counts exactly the times up to its own, and there are a few hundred at most', () => {
  fc.assert(
    fc.property(times, (latencies) => {
      const rows = latencies.map((latencyUs) => rowOf(SMALL, completed({ latencyUs, ttftUs: null })))
      const [curves] = gatheredOf(reportedRun(), rows).latency
      assert.is(curves?.series, 0)
      const { ms = [], count = [] } = curves?.total ?? {}
      assert.equal(
        count,
        ms.map((one) => latencies.filter((latencyUs) => latencyUs <= Math.round(one * 1_000)).length),
      )
      assert.is(count.at(-1), latencies.length)
      assert.is((ms[0] ?? 0) * 1_000, Math.min(...latencies))
      assert.ok(ms.length <= 200)
      assert.ok(ms.every((one, index) => index === 0 || one > (ms[index - 1] ?? 0)))
      assert.equal(curves?.ttft, { ms: [], count: [] })
    }),
    { numRuns: 50 },
  )
})

test('no step of a curve is higher than its points can tell, ties aside', () => {
  const rows = Array.from({ length: 10_000 }, (_, index) => rowOf(SMALL, completed({ latencyUs: index + 1 })))
  const { count = [] } = gatheredOf(reportedRun(), rows).latency[0]?.total ?? {}
  const steps = count.map((one, index) => one - (count[index - 1] ?? 0))
  assert.is(count.length, 200)
  assert.ok(Math.max(...steps) <= Math.ceil(10_000 / 199))
})

test('models have curves of their own, and failed trials are in none', () => {
  const rows = [
    rowOf(SMALL, completed({ latencyUs: 1_000 })),
    rowOf(HOSTILE_MODEL, completed({ latencyUs: 5_000 })),
    rowOf(HOSTILE_MODEL, failed({ latencyUs: 9_000 })),
    rowOf('never planned', completed({ latencyUs: 7_000 })),
    rowOf(SMALL, undefined),
  ]
  const { latency } = gatheredOf(reportedRun(), rows)
  assert.equal(
    latency.map(({ series, total }) => [series, total]),
    [
      [0, { ms: [1], count: [1] }],
      [1, { ms: [5], count: [1] }],
    ],
  )
})

test('without timings the data holds no curve and no cost of retries', () => {
  const data = gatheredOf(reportedRun({ timings: false }), ROWS)
  assert.equal(data.latency, [])
  assert.equal(data.qualityCost, [])
  assert.ok(data.costs.bars.every(({ amounts }) => amounts.at(-1) === 0))
})

test('what is embedded stays small, whatever the number of rows', () => {
  const few = JSON.stringify(gatheredOf(reportedRun(), ROWS)).length
  const many = Array.from({ length: 20_000 }, (_, index) =>
    rowOf(SMALL, completed({ latencyUs: 10_000_000 + index * 7 })),
  )
  assert.ok(JSON.stringify(gatheredOf(reportedRun(), many)).length < few + 10_000)
})

test('the frontier is the one that assay choose goes by', () => {
  const offer = fc.record({ quality: fc.integer({ min: 0, max: 5 }), cost: fc.integer({ min: 0, max: 5 }) })
  fc.assert(
    fc.property(fc.array(offer, { maxLength: 12 }), (offers) => {
      const kept = onFrontier(offers)
      assert.equal(
        offers.flatMap((one, index) => (kept.has(one) ? [index] : [])),
        frontier(offers),
      )
    }),
  )
})

test.run()
