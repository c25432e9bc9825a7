/** From run folders to a report: what is paired, narrowed, refused, sliced, adjusted and listed. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type CompareInputs, type Comparison, compareRuns } from '../../../src/gate/compare/compare.ts'
import type { ComparedMetric, ComparedPair } from '../../../src/gate/compare/types.ts'
import { UserError } from '../../../src/lib/errors.ts'
import { holm } from '../../../src/stats/multiplicity.ts'
import { type Answer, answersOf, inRuns, MODEL, type RunAsked, SIGNAL } from '../run-folder.ts'
import { close } from './close.ts'

const JUDGES = { models: ['judge'], name: 'openrouter', baseUrl: '' }

/** Writes the runs and compares them. */
async function comparing(
  asked: readonly RunAsked[],
  use: (comparison: Comparison) => void | Promise<void>,
  inputs: Partial<CompareInputs> = {},
): Promise<void> {
  await inRuns(asked, async (runs) => {
    const base = { slices: undefined, adjustSlices: 'holm', flips: 5, wantsAllFlips: false, signal: SIGNAL } as const
    await use(await compareRuns({ ...base, runs, ...inputs }))
  })
}

async function refusalOf(asked: readonly RunAsked[], inputs: Partial<CompareInputs> = {}): Promise<string> {
  try {
    await comparing(asked, () => undefined, inputs)
  } catch (error) {
    assert.instance(error, UserError)
    return (error as Error).message
  }
  throw new Error('it was compared')
}

function firstPair({ report }: Comparison): ComparedPair {
  const [pair] = report.pairs
  if (pair === undefined) throw new Error('no pair')
  return pair
}

function metricOf({ metrics }: ComparedPair, name: string): ComparedMetric {
  const metric = metrics.find((one) => one.name === name)
  if (metric === undefined) throw new Error(`no ${name}`)
  return metric
}

function namesOf({ metrics }: ComparedPair): string[] {
  return metrics.map(({ name }) => name)
}

const ALWAYS = ['failures', 'cost', 'tokens', 'latency']
const old = answersOf(100, (index) => index % 10 !== 0)

test('the first run is the baseline: differences are candidate minus baseline', async () => {
  const better = answersOf(100, () => true, { latencyUs: 500_000 })
  await comparing(
    [
      { name: 'old', answers: old },
      { name: 'new', answers: better },
    ],
    (comparison) => {
      const { report } = comparison
      const pair = firstPair(comparison)
      assert.equal([report.baseline.run, report.candidates.map(({ run }) => run)], ['old', ['new']])
      assert.equal(pair.trials, { both: 100, onlyCandidate: 0, onlyBaseline: 0 })
      const passRate = metricOf(pair, 'pass_rate')
      assert.equal([passRate.baseline, passRate.candidate, passRate.isProven], [0.9, 1, true])
      close(passRate.difference, 0.1)
      close(metricOf(pair, 'latency').ratio?.value, 2)
      assert.equal(namesOf(pair), ['pass_rate', ...ALWAYS])
      assert.equal(pair.sameAsPassRate, ['score:exact'])
    },
  )
})

test('rows of one side alone and rows without a value are counted', async () => {
  const candidate: Answer[] = [...answersOf(98, () => true), { question: 'q98' }, { question: 'new', passed: true }]
  await comparing(
    [
      { name: 'old', answers: old },
      { name: 'new', answers: candidate },
    ],
    (comparison) => {
      const pair = firstPair(comparison)
      assert.equal(pair.trials, { both: 99, onlyCandidate: 1, onlyBaseline: 1 })
      const { pairs, missingCandidate, missingBaseline, worstCase } = metricOf(pair, 'pass_rate')
      assert.equal([pairs, missingCandidate, missingBaseline], [98, 1, 0])
      assert.ok((worstCase?.low ?? 1) < (worstCase?.high ?? 0), 'the sides differ in what is missing')
      assert.is(metricOf(pair, 'failures').candidate, 1 / 99)
    },
  )
})

test('models and prompts inside one run are compared with the first that was asked for', async () => {
  const answers = [
    ...answersOf(40, (index) => index % 2 === 0, { model: 'c' }),
    ...answersOf(40, (index) => index % 4 === 0, { model: 'b' }),
    ...answersOf(40, () => true, { model: 'a' }),
  ]
  await comparing([{ name: 'run', answers, settings: { model: ['a', 'b', 'c'] } }], (comparison) => {
    const { report } = comparison
    assert.equal(report.candidates, [])
    assert.equal(
      report.pairs.map(({ candidate, baseline }) => [candidate.model, baseline.model]),
      [
        ['b', 'a'],
        ['c', 'a'],
      ],
    )
    assert.equal(report.adjusted.quality, { method: 'holm', comparisons: 2 })
    assert.is(firstPair(comparison).flips?.wrong, 30)
  })
  assert.match(await refusalOf([{ name: 'run', answers: old }]), 'nothing to compare inside it')
})

test('several candidates are one family: their p-values are adjusted together', async () => {
  const worse = (every: number): Answer[] => answersOf(100, (index) => index % 10 !== 0 && index % every !== 0)
  const runs = [old, worse(9), worse(17), worse(40)].map((answers, index) => ({ name: `run-${index}`, answers }))
  await comparing(runs, ({ report }) => {
    const metrics = report.pairs.map((pair) => metricOf(pair, 'pass_rate'))
    assert.is(metrics.length, 3)
    assert.equal(
      metrics.map(({ adjustedPValue }) => adjustedPValue),
      holm(metrics.map(({ pValue }) => pValue)),
    )
    assert.equal(report.adjusted.quality.comparisons, 3)
    for (const metric of metrics) {
      const isOut = (metric.low ?? 0) > 0 || (metric.high ?? 0) < 0
      assert.is(metric.isProven, isOut && (metric.adjustedPValue ?? 1) <= 0.05)
    }
  })
})

test('a model of another name is compared where it alone can be meant; who is left over is told', async () => {
  const [ours, theirs] = [answersOf(10, () => true, { model: 'new' }), answersOf(10, () => true, { model: 'old' })]
  await comparing(
    [
      { name: 'a', answers: theirs },
      { name: 'b', answers: ours },
    ],
    (comparison) => {
      const { candidate, baseline } = firstPair(comparison)
      assert.equal([candidate.model, baseline.model], ['new', 'old'])
    },
  )
  const two = [...theirs, ...answersOf(10, () => true, { model: 'other' })]
  const three = [...answersOf(10, () => true, { model: 'other' }), ...ours]
  await comparing(
    [
      { name: 'a', answers: two },
      { name: 'b', answers: three },
    ],
    ({ report }) => {
      assert.is(report.pairs.length, 1)
      assert.match(report.notes.join('\n'), 'left out, in a alone: old')
      assert.match(report.notes.join('\n'), 'left out, in b alone: new')
    },
  )
})

test('simulated against real, no row in common, and a run with itself are refused', async () => {
  const simulated = { name: 'new', answers: old, manifest: { simulated: true } }
  assert.match(await refusalOf([{ name: 'old', answers: old }, simulated]), 'built-in simulator')
  const others = old.map((answer) => ({ ...answer, question: `other ${answer.question}` }))
  assert.match(
    await refusalOf([
      { name: 'old', answers: old },
      { name: 'new', answers: others },
    ]),
    'no row in common',
  )
  await inRuns([{ name: 'run', answers: old }], async ([run]) => {
    if (run === undefined) throw new Error('no run')
    const base = { slices: undefined, adjustSlices: 'holm', flips: 0, wantsAllFlips: false, signal: SIGNAL } as const
    try {
      await compareRuns({ ...base, runs: [run, run] })
      assert.unreachable()
    } catch (error) {
      assert.match((error as Error).message, 'named twice')
    }
  })
})

test('of another version of the dataset the rows in common are compared, and it is told', async () => {
  const edited = old.map((answer, index) => (index < 30 ? { ...answer, topic: 'added' } : answer))
  const manifest = { dataset: { name: 'qa', format: 'csv', sha256: 'b', samples: 100, version: 'version-2' } }
  await comparing(
    [
      { name: 'old', answers: old },
      { name: 'new', answers: edited, manifest },
    ],
    (comparison) => {
      assert.equal(firstPair(comparison).trials, { both: 70, onlyCandidate: 30, onlyBaseline: 30 })
      assert.match(comparison.report.notes.join('\n'), 'only rows that are equal in both are compared')
    },
  )
})

test('of other scorers only the scores that both have are compared, and no pass rate', async () => {
  const candidate = old.map((answer) => ({ ...answer, scores: { exact: 1, f1: 0.5 } }))
  const scoring = { key: 'scoring-2', scorers: ['exact', 'f1'] }
  await comparing(
    [
      { name: 'old', answers: old },
      { name: 'new', answers: candidate, scoring },
    ],
    (comparison) => {
      assert.equal(namesOf(firstPair(comparison)), ['score:exact', ...ALWAYS])
      assert.match(comparison.report.notes.join('\n'), 'no pass rates')
      assert.is(firstPair(comparison).flips?.metric, 'score:exact')
    },
  )
  const other = old.map((answer) => ({ ...answer, scores: { f1: 0.5 } }))
  const refusal = await refusalOf([
    { name: 'old', answers: old },
    { name: 'new', answers: other, scoring: { key: 'scoring-2', scorers: ['f1'] } },
  ])
  assert.match(refusal, 'no score means the same in both')
  assert.match(refusal, 'assay score')
})

test('of other judges the judged scores are left out, filters and negations seen through', async () => {
  const scores = { exact: 1, rubric: 0.5, 'first-line > not-factuality': 0, 'my-own': 1 }
  const scorers = Object.keys(scores)
  const judged = (name: string, models: string[]): RunAsked => ({
    name,
    answers: old.map((answer) => ({ ...answer, scores })),
    manifest: { judges: { ...JUDGES, models } },
    scoring: { key: name, scorers, judges: models },
  })
  await comparing([judged('old', ['judge-1']), judged('new', ['judge-2'])], (comparison) => {
    assert.equal(namesOf(firstPair(comparison)), ['score:exact', ...ALWAYS])
    assert.is(
      comparison.report.notes.filter((note) => note.startsWith('other')).length,
      1,
      'one sentence for one cause',
    )
    assert.match(comparison.report.notes.join('\n'), 'scores that judges gave are left out')
  })
})

test('slices have tests of their own, adjusted for their number', async () => {
  const topic = (index: number): string => ['red', 'green', 'blue'][index % 3] ?? ''
  const asked = (passes: (index: number) => boolean): Answer[] =>
    answersOf(150, passes, (index) => ({ topic: topic(index) }))
  const runs = [
    { name: 'old', answers: asked((index) => index % 5 !== 0) },
    { name: 'new', answers: asked((index) => index % 5 !== 0 && index % 3 !== 1) },
  ]
  await comparing(runs, ({ report }) => assert.equal(report.pairs[0]?.slices, []))
  await comparing(
    runs,
    (comparison) => {
      const { slices } = firstPair(comparison)
      assert.equal(
        slices.map(({ slice, samples }) => [slice, samples]),
        [
          ['topic=red', 50],
          ['topic=green', 50],
          ['topic=blue', 50],
        ],
      )
      assert.equal(
        slices.filter(({ isProven }) => isProven).map(({ slice }) => slice),
        ['topic=green'],
      )
      assert.equal(
        slices.map(({ adjustedPValue }) => adjustedPValue),
        holm(slices.map(({ pValue }) => pValue)),
      )
      assert.equal(comparison.report.adjusted.slices, { method: 'holm', comparisons: 3 })
    },
    { slices: ['TOPIC'] },
  )
  const settings = { slice: ['topic'] }
  await comparing(
    runs.map((run) => ({ ...run, settings })),
    (comparison) => assert.is(firstPair(comparison).slices.length, 3, "the runs' own slices"),
    { adjustSlices: 'bh' },
  )
  assert.match(await refusalOf(runs, { slices: ['topics'] }), 'Did you mean "topic"')
})

test('flips are listed with both answers, all of them read when their turn comes', async () => {
  const candidate = answersOf(
    100,
    (index) => index % 10 !== 1,
    (index) => ({ output: `new q${index}`, finishReason: 'length' }),
  )
  const runs = [
    { name: 'old', answers: old },
    { name: 'new', answers: candidate },
  ]
  await comparing(
    runs,
    (comparison) => {
      const { flips } = firstPair(comparison)
      assert.equal([flips?.wrong, flips?.right, flips?.listed.length], [10, 10, 4])
      const [wrong] = flips?.listed.filter(({ went }) => went === 'wrong') ?? []
      assert.equal(wrong, {
        went: 'wrong',
        sample: wrong?.sample,
        epoch: 1,
        candidate: {
          run: 'new',
          model: MODEL,
          prompt: 'question',
          output: `new ${wrong?.sample}`,
          isTruncated: true,
          reason: 'other',
        },
        baseline: {
          run: 'old',
          model: MODEL,
          prompt: 'question',
          output: `right ${wrong?.sample}`,
          isTruncated: false,
          reason: 'equal',
        },
        expected: [`right ${wrong?.sample}`],
      })
      const all = [...(comparison.flips[0]?.all() ?? [])]
      assert.is(all.length, 20)
      assert.equal(new Set(all.map(({ sample }) => sample)).size, 20)
      for (const { went, sample } of all) assert.is(Number(sample.slice(1)) % 10, went === 'wrong' ? 1 : 0)
    },
    { flips: 2 },
  )
})

test('a row of the baseline that flips against several candidates keeps its answer for each', async () => {
  const answers = [
    ...answersOf(20, () => true, { model: 'a' }),
    ...answersOf(20, (index) => index % 2 === 0, { model: 'b' }),
    ...answersOf(20, (index) => index % 3 === 0, { model: 'c' }),
  ]
  const isWhole = ({ report, flips }: Comparison): void => {
    assert.equal(
      report.pairs.map((pair) => pair.flips?.wrong),
      [10, 13],
    )
    for (const flip of flips.flatMap((one) => [...(one?.all() ?? [])])) {
      assert.is(flip.baseline.output, `right ${flip.sample}`)
      assert.is(flip.candidate.output, `wrong ${flip.sample}`)
      assert.equal(flip.expected, [`right ${flip.sample}`])
    }
  }
  const inputs = { wantsAllFlips: true }
  await comparing([{ name: 'run', answers, settings: { model: ['a', 'b', 'c'] } }], isWhole, inputs)
  const ofA = answers.filter(({ model }) => model === 'a')
  const runs = [
    { name: 'old', answers: ofA, settings: { model: ['a'] } },
    { name: 'new', answers: answers.slice(20), settings: { model: ['b', 'c'] } },
  ]
  await comparing(runs, isWhole, inputs)
})

test('other settings that decide the answers are told, and nothing is refused', async () => {
  const runs = [1024, 60].map((maxTokens) => ({ name: `run-${maxTokens}`, answers: old, settings: { maxTokens } }))
  await comparing(runs, (comparison) => {
    assert.match(comparison.report.notes.join('\n'), /^other settings: .*1024 in run-1024, .*60 in run-60/)
    assert.is(namesOf(firstPair(comparison))[0], 'pass_rate')
  })
})

test('flips without answers to read are counted all the same', async () => {
  const candidate = answersOf(100, () => true)
  await comparing(
    [
      { name: 'old', answers: old, hasJournal: false },
      { name: 'new', answers: candidate },
    ],
    (comparison) => {
      const [flip] = firstPair(comparison).flips?.listed ?? []
      assert.equal([flip?.baseline.output, flip?.candidate.output], [null, `right ${flip?.sample}`])
    },
  )
  await inRuns(
    [
      { name: 'old', answers: old },
      { name: 'new', answers: candidate },
    ],
    async (runs) => {
      for (const { dir } of runs) for (const file of ['journal.jsonl', 'samples.jsonl']) rmSync(join(dir, file))
      const base = { slices: undefined, adjustSlices: 'holm', flips: 0, wantsAllFlips: false, signal: SIGNAL } as const
      const { report, flips } = await compareRuns({ ...base, runs })
      assert.equal([report.pairs[0]?.flips, flips], [{ metric: 'pass_rate', wrong: 0, right: 10, listed: [] }, [null]])
    },
  )
})

test('other upstream providers of the same model are flagged', async () => {
  const moved = old.map((answer, index) => ({ ...answer, servedProvider: index < 50 ? 'Elsewhere' : 'Upstream' }))
  await comparing(
    [
      { name: 'old', answers: old },
      { name: 'new', answers: moved },
    ],
    (comparison) => {
      const { notes, servedBy } = firstPair(comparison)
      assert.match(notes.join('\n'), 'Elsewhere 50 %')
      assert.equal(servedBy.candidate.providers, { Elsewhere: 0.5, Upstream: 0.5 })
    },
  )
  await comparing(
    [
      { name: 'old', answers: old },
      { name: 'new', answers: old },
    ],
    (comparison) => assert.equal(firstPair(comparison).notes, []),
  )
})

test('epochs are averaged, and clusters are what is independent', async () => {
  const twice = (passes: (index: number, epoch: number) => boolean): Answer[] =>
    [1, 2].flatMap((epoch) =>
      answersOf(
        60,
        (index) => passes(index, epoch),
        (index) => ({ epoch, cluster: `passage ${index % 20}` }),
      ),
    )
  const settings = { epochs: 2, cluster: 'passage' }
  const runs = [
    { name: 'old', answers: twice((index) => index % 3 !== 0), settings },
    { name: 'new', answers: twice((index, epoch) => (index * epoch) % 7 !== 0), settings },
  ]
  await comparing(runs, (comparison) => {
    const { pairs, samples, clusters, method } = metricOf(firstPair(comparison), 'pass_rate')
    assert.equal([pairs, samples, clusters, method], [120, 60, 20, 'paired t over clusters'])
  })
})

test('in whatever order the answers came, the report is the same', async () => {
  const candidate = answersOf(
    100,
    (index) => index % 7 !== 0,
    (index) => ({ latencyUs: 1_000 + index ** 2 }),
  )
  const texts: string[] = []
  for (const answers of [candidate, candidate.toReversed()]) {
    await comparing(
      [
        { name: 'old', answers: old },
        { name: 'new', answers },
      ],
      ({ report }) => {
        texts.push(JSON.stringify(report))
      },
    )
  }
  assert.is(texts[0], texts[1])
})

test.run()
