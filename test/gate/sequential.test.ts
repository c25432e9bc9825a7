import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { SequentialWalk, type WalkResult } from '../../src/gate/sequential.ts'
import type { MetricAsked } from '../../src/gate/types.ts'
import { type Made, many, PASS_RATE, planOf, rows, valuesOf } from './made-sides.ts'

const FAILURES: MetricAsked = { name: 'failures', kind: 'failures', margin: 0.1 }

interface Played {
  readonly baseline: Readonly<Record<string, Made | readonly Made[]>>
  /** What the candidate's trial comes to; undefined: it never settles. */
  readonly candidate: (sample: string, epoch: number) => Made | undefined
  readonly epochs?: number
  readonly clusterOf?: (sample: string) => string
  /** Order in which trials settle, as positions of the committed order; that order itself unless given. */
  readonly arrival?: readonly number[]
  readonly metrics?: readonly MetricAsked[]
  /** Samples of the plan; those of the baseline unless given. */
  readonly samples?: readonly string[]
}

function play({ baseline, candidate, epochs = 1, clusterOf, arrival, metrics = [PASS_RATE], samples }: Played) {
  const plan = planOf(samples ?? Object.keys(baseline), { epochs, ...(clusterOf === undefined ? {} : { clusterOf }) })
  const base = rows({ samples: baseline, ...(clusterOf === undefined ? {} : { clusterOf }) })
  const [baselineRows = new Int32Array()] = plan.rowsOf([base])
  const design = { metrics, alpha: 0.05, alarmOn: 'over-margin' as const, family: metrics.length }
  const walk = new SequentialWalk(plan, base, baselineRows, design)
  const trials = arrival ?? Array.from({ length: plan.samples * epochs }, (_, index) => index)
  for (const index of trials) {
    const place = Math.floor(index / epochs)
    const made = candidate(plan.order[place] ?? '', (index % epochs) + 1)
    if (made !== undefined) walk.settle(place, (index % epochs) + 1, valuesOf(made))
  }
  return walk
}

function figures(results: readonly WalkResult[]): unknown {
  return results.map(({ process, ...rest }) => ({
    ...rest,
    verdict: process.verdict,
    logPass: process.logPass,
    interval: process.interval(),
  }))
}

const number = (sample: string): number => Number(sample.slice(1))
const shuffled = (length: number) =>
  fc.shuffledSubarray(
    Array.from({ length }, (_, index) => index),
    { minLength: length },
  )

test('whatever the order in which trials settle, the walk comes to the same', () => {
  const epochs = 2
  const baseline = many(60, (index) => [index % 5 === 0 ? 0 : 1, 1])
  const candidate = (sample: string, epoch: number): Made =>
    number(sample) % 7 === epoch ? null : number(sample) % 6 === 0 ? 0 : 1
  for (const clusterOf of [undefined, (sample: string) => String(number(sample) % 11)]) {
    const setup = {
      baseline,
      candidate,
      epochs,
      metrics: [PASS_RATE, FAILURES],
      ...(clusterOf === undefined ? {} : { clusterOf }),
    }
    const expected = figures(play(setup).results())
    fc.assert(
      fc.property(shuffled(120), (arrival) => assert.equal(figures(play({ ...setup, arrival }).results()), expected)),
      { numRuns: 30 },
    )
  }
})

test('a verdict is reached with fewer rows than there are, and stays whatever comes later', () => {
  const walk = play({ baseline: many(1_000, () => 1), candidate: (sample) => (number(sample) % 2 === 0 ? 0 : 1) })
  const [result] = walk.results()
  assert.ok(walk.isDecided)
  assert.is(result?.process.verdict, 'REGRESSION')
  assert.ok((result?.pairs ?? 1_000) < 100, String(result?.pairs))
})

test('behind a trial that has not settled nothing counts', () => {
  const baseline = many(200, () => 1)
  const { order } = planOf(Object.keys(baseline))
  const walk = play({ baseline, candidate: (sample) => (sample === order[30] ? undefined : 1) })
  assert.is(walk.results()[0]?.pairs, 30)
  assert.not.ok(walk.isDecided)
})

test('failed trials count against both verdicts: a run that only fails never passes and is no REGRESSION of its pass rate', () => {
  const walk = play({ baseline: many(2_000, () => 1), candidate: () => null })
  const [result] = walk.results()
  assert.is(result?.process.verdict, null)
  assert.equal([result?.pairs, result?.missingCandidate], [0, 2_000])
})

test('the same failures are a REGRESSION of the share of failed trials', () => {
  const walk = play({ baseline: many(200, () => 1), candidate: () => null, metrics: [FAILURES] })
  assert.is(walk.results()[0]?.process.verdict, 'REGRESSION')
})

test('trials that the baseline never asked are no part of the comparison', () => {
  const baseline = many(100, () => 1)
  const samples = [...Object.keys(baseline), 'new1', 'new2', 'new3']
  const walk = play({ baseline, samples, candidate: (sample) => (sample.startsWith('new') ? 0 : 1) })
  const without = play({ baseline, candidate: () => 1 })
  assert.equal(figures(walk.results()), figures(without.results()))
})

test('rows of one cluster are one step: copies of a row prove no more than the row', () => {
  const clusterOf = (sample: string): string => String(Math.floor(number(sample) / 10))
  const wrong = (sample: string): Made => (Number(clusterOf(sample)) % 8 === 0 ? 0 : 1)
  const copied = play({ baseline: many(500, () => 1), candidate: wrong, clusterOf })
  assert.is(copied.results()[0]?.units, 50)
  const alone = play({ baseline: many(50, () => 1), candidate: (sample) => (number(sample) % 8 === 0 ? 0 : 1) })
  const [a, b] = [copied.results()[0]?.process.logPass ?? 1, alone.results()[0]?.process.logPass ?? 0]
  // The clusters come in another order than the rows would.
  assert.ok(Math.abs(a - b) < 0.5, `${a} and ${b}`)
})

test.run()
