import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { judge } from '../../src/gate/gate.ts'
import type { GateDesignAsked, GateReport, MetricAsked, Side } from '../../src/gate/types.ts'
import { UserError } from '../../src/lib/errors.ts'
import { verdictLines, verdictSentence } from '../../src/report/verdict.ts'
import { design, many, PASS_RATE, planOf, side } from './made-sides.ts'

function judged(candidate: Side, baseline: Side, asked: GateDesignAsked = design()): GateReport {
  const names = Array.from({ length: baseline.facts.planned }, (_, index) => `s${index}`)
  return judge({ candidate, baseline, design: asked, planned: planOf(names, { epochs: baseline.facts.epochs }) })
}

/** `count` rows of which one in ten is wrong, at index 0, 10, 20 … */
const usual = (count: number): Side =>
  side({ samples: many(count, (index) => (index % 10 === 0 ? 0 : 1)) }, { name: 'earlier', runIds: ['earlier'] })

function only(report: GateReport): GateReport['metrics'][number] {
  const [metric] = report.metrics
  assert.ok(metric !== undefined && report.metrics.length === 1)
  return metric
}

test('an equal run of enough rows passes', () => {
  const report = judged(usual(1_000), usual(1_000))
  const { verdict, difference, low, high, pairs, confidence } = only(report)
  assert.equal(
    { verdict, difference, pairs, confidence },
    { verdict: 'PASS', difference: 0, pairs: 1_000, confidence: 0.9 },
  )
  assert.ok(low !== null && high !== null && low > -0.05 && low < 0 && high > 0)
})

test('a drop beyond the margin is a REGRESSION, a drop within it is none', () => {
  const worse = (share: number): Side =>
    side({ samples: many(1_000, (index) => (index % 10 === 0 || index % 1_000 < share * 1_000 ? 0 : 1)) })
  assert.is(judged(worse(0.2), usual(1_000)).verdict, 'REGRESSION')
  const within = only(judged(worse(0.05), usual(1_000)))
  assert.is(within.verdict, 'INCONCLUSIVE')
  assert.ok(within.isDropProven)
})

test('with any-drop a proven drop within the margin is a REGRESSION', () => {
  const slightlyWorse = side({ samples: many(1_000, (index) => (index % 10 === 0 || index < 20 ? 0 : 1)) })
  assert.is(judged(slightlyWorse, usual(1_000)).verdict, 'PASS')
  assert.is(judged(slightlyWorse, usual(1_000), design({ alarmOn: 'any-drop' })).verdict, 'REGRESSION')
})

test('few rows are INCONCLUSIVE, and the sentence says how many would do', () => {
  const few = only(judged(usual(20), side({ samples: many(20, (index) => (index % 9 === 0 ? 0 : 1)) })))
  assert.is(few.verdict, 'INCONCLUSIVE')
  assert.ok((few.rowsToSettle ?? 0) > 20)
  assert.match(verdictSentence(few, { design: design(), metrics: [few] }), /about [\d,]+ rows would settle it/)
})

test('epochs of a sample are one piece of evidence, whatever their number', () => {
  const epochs = (count: number): Side =>
    side(
      { samples: many(60, (index) => Array.from({ length: count }, () => (index % 4 === 0 ? 0 : 1))) },
      { epochs: count },
    )
  const before = (count: number): Side =>
    side(
      { samples: many(60, (index) => Array.from({ length: count }, () => (index % 5 === 0 ? 0 : 1))) },
      { epochs: count },
    )
  const [once, often] = [only(judged(epochs(2), before(2))), only(judged(epochs(8), before(8)))]
  assert.is(often.samples, 60)
  assert.is(often.pairs, 480)
  assert.ok(Math.abs((once.low ?? 0) - (often.low ?? 1)) < 1e-9)
})

test('more than two in a hundred missing, PASS has to hold even if all of them were wrong', () => {
  const some = side({ samples: many(1_000, (index) => (index % 20 === 5 ? null : index % 10 === 0 ? 0 : 1)) })
  const { verdict, missing, withheld, worstCase, flags } = only(judged(some, usual(1_000)))
  assert.equal({ verdict, missing, withheld }, { verdict: 'INCONCLUSIVE', missing: 50, withheld: 'missing' })
  assert.ok(worstCase !== null && Math.abs(worstCase.low + 0.05) < 1e-12 && Math.abs(worstCase.high - 0.05) < 1e-12)
  assert.match(flags.join(), /50 values missing/)
})

test('the family of metrics shares one error level for REGRESSION', () => {
  const models = (shift: number): Side =>
    side(
      ['a', 'b', 'c', 'd', 'e'].map((model) => ({
        model,
        samples: many(300, (index) => (index % 10 === 0 || index < shift ? 0 : 1)),
      })),
    )
  const alone = only(
    judged(side({ model: 'a', samples: many(300, (index) => (index % 10 === 0 || index < 30 ? 0 : 1)) }), models(0)),
  )
  const together = judged(models(30), models(0))
  assert.ok((together.metrics[0]?.pRegression ?? 0) > (alone.pRegression ?? 1))
  assert.match(verdictLines(together).join('\n'), /over all 5 comparisons/)
})

test('one metric that regresses makes the whole a REGRESSION, and PASS takes all of them', () => {
  const cost: MetricAsked = { name: 'cost', kind: 'amount', margin: 0.1 }
  const costing = (usd: number): Side =>
    side({
      samples: many(1_000, (index) => ({ pass_rate: index % 10 === 0 ? 0 : 1, cost: usd * (1 + (index % 7) / 10) })),
    })
  const asked = design({ metrics: [PASS_RATE, cost] })
  const dearer = judged(costing(0.002), costing(0.001), asked)
  assert.equal(
    dearer.metrics.map(({ verdict }) => verdict),
    ['PASS', 'REGRESSION'],
  )
  assert.is(dearer.verdict, 'REGRESSION')
  assert.ok(Math.abs((dearer.metrics[1]?.difference ?? 0) - 1) < 1e-9)
  assert.is(judged(costing(0.001), costing(0.001), asked).verdict, 'PASS')
})

test('the 95th percentile of latency is compared as a ratio', () => {
  const slow = (factor: number): Side =>
    side({ samples: many(400, (index) => ({ pass_rate: 1, latency: factor * (100 + ((index * 37) % 400)) })) })
  const p95: MetricAsked = { name: 'latency_p95', kind: 'percentile', margin: 0.2 }
  const asked = design({ metrics: [p95] })
  assert.is(judged(slow(1), slow(1), asked).verdict, 'PASS')
  const slower = only(judged(slow(2), slow(1), asked))
  assert.is(slower.verdict, 'REGRESSION')
  assert.ok((slower.low ?? 0) > 0.2)
})

test('a rise of the share of failed trials is found', () => {
  const failing = (every: number): Side => side({ samples: many(600, (index) => (index % every === 1 ? null : 1)) })
  const failures: MetricAsked = { name: 'failures', kind: 'failures', margin: 0.05 }
  const asked = design({ metrics: [failures] })
  const more = only(judged(failing(4), failing(100), asked))
  assert.is(more.verdict, 'REGRESSION')
  assert.ok((more.difference ?? 0) > 0.2)
  assert.is(judged(failing(100), failing(100), asked).verdict, 'PASS')
})

test('looked at row by row the same verdicts are reached, with fewer rows', () => {
  const asked = design({ sequential: true })
  const same = judged(usual(1_000), usual(1_000), asked)
  assert.is(same.verdict, 'PASS')
  assert.ok((same.saving?.rowsUsed ?? 1_000) < 500, String(same.saving?.rowsUsed))
  const worse = side({ samples: many(1_000, (index) => (index % 3 === 0 ? 0 : 1)) })
  const bad = judged(worse, usual(1_000), asked)
  assert.is(bad.verdict, 'REGRESSION')
  assert.ok((only(bad).high ?? 0) <= -0.05)
})

test('row by row, trials that the run has not settled end the look: those behind them do not count', () => {
  const names = Array.from({ length: 1_000 }, (_, index) => `s${index}`)
  const { order } = planOf(names)
  const gap = order[10] ?? ''
  const samples = many(1_000, (index) => (index % 10 === 0 ? 0 : 1))
  const rest = Object.fromEntries(Object.entries(samples).filter(([name]) => name !== gap))
  const { verdict, pairs } = only(judged(side({ samples: rest }), usual(1_000), design({ sequential: true })))
  assert.equal({ verdict, pairs }, { verdict: 'INCONCLUSIVE', pairs: 10 })
})

for (const [what, changes] of Object.entries({
  'kind of provider': { simulated: true },
  dataset: { dataset: { name: 'qa', format: 'csv', sha256: null, samples: 10, version: 'v2' } },
  scorers: {
    scoring: { pass: 1, at: '', key: 'other', scorers: ['f1'], judges: [], weight: {}, threshold: {}, combine: 'all' },
  },
  judges: { judges: { models: ['j'], name: 'openrouter', baseUrl: '' } },
})) {
  test(`another ${what} is refused`, () => {
    const other = side({ samples: many(100, () => 1) }, changes)
    try {
      judged(other, usual(100))
      assert.unreachable()
    } catch (error) {
      assert.instance(error, UserError)
      assert.match((error as Error).message, new RegExp(`other ${what}`))
    }
  })
}

test('a scorer that has changed its code is another scorer', () => {
  const scoring = (knownKey: string) => ({
    scoring: { pass: 1, at: '', knownKey, scorers: ['mine'], judges: [], weight: {}, threshold: {}, combine: 'all' },
  })
  const samples = many(500, () => 1)
  assert.throws(
    () => judged(side({ samples }, scoring('a')), side({ samples }, scoring('b'))),
    /other scorers.*as their code or judge is now/,
  )
})

test('a run that was broken off has no verdict, unless it is looked at row by row', () => {
  const { order } = planOf(Array.from({ length: 1_000 }, (_, index) => `s${index}`))
  const samples = many(1_000, (index) => (index % 10 === 0 ? 0 : 1))
  const first = Object.fromEntries(order.slice(0, 600).map((name) => [name, samples[name] ?? 1]))
  const broken = side({ samples: first }, { planned: 1_000 })
  const { verdict, withheld } = only(judged(broken, usual(1_000)))
  assert.equal({ verdict, withheld }, { verdict: 'INCONCLUSIVE', withheld: 'incomplete' })
  assert.is(judged(broken, usual(1_000), design({ sequential: true })).verdict, 'PASS')
  const few = Object.fromEntries(order.slice(0, 30).map((name) => [name, samples[name] ?? 1]))
  const soon = only(judged(side({ samples: few }, { planned: 1_000 }), usual(1_000)))
  assert.is(soon.withheld, 'incomplete', 'also where the few rows prove nothing by themselves')
})

test("a run whose answers are the baseline's own proves nothing, however few they are", () => {
  for (const count of [500, 20]) {
    const own = usual(count)
    const copied: Side = {
      facts: { ...own.facts, name: 'now' },
      groups: own.groups.map(({ rows, servedBy }) => ({
        rows,
        servedBy,
        answeredIn: Object.fromEntries([['earlier', count]]),
      })),
    }
    const report = judged(copied, usual(count))
    assert.equal([only(report).verdict, only(report).withheld], ['INCONCLUSIVE', 'copies'])
    assert.match(report.notes.join(), new RegExp(`${count} answers of m are copies of the baseline's`))
  }
})

test('a model that the baseline has not asked is compared with its only one, and refused where there are several', () => {
  const named = (...models: string[]): Side => side(models.map((model) => ({ model, samples: many(500, () => 1) })))
  const other = only(judged(named('new'), named('old')))
  assert.equal({ against: other.against, verdict: other.verdict }, { against: 'old', verdict: 'PASS' })
  assert.throws(() => judged(named('c'), named('a', 'b')), /no answers of c to prompt question/)
})

test('other served models and upstreams than the baseline had are told beside the verdict', () => {
  const served = (model: string, provider: string): Side => {
    const { facts, groups } = usual(100)
    const servedBy = { models: { [model]: 100 }, providers: { [provider]: 100 } }
    return { facts, groups: groups.map(({ rows }) => ({ rows, servedBy })) }
  }
  const { notes } = judged(served('m-2', 'Azure'), served('m-1', 'Azure'))
  assert.ok(notes.some((note) => /other served models.*m-2 100 %; the baseline had m-1 100 %/.test(note)))
  assert.not.ok(notes.some((note) => /upstream/.test(note)))
})

test.run()
