/** Is a judge told as it is: its errors, their intervals, and the pass rate that people would have given? */
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { cohenKappa } from '../../src/stats/agreement.ts'
import { CalibrationAccumulator, type CalibrationOptions, RaterAgreement } from '../../src/stats/calibration.ts'
import { calibrationOf, type Verdicts } from './calibration-of.ts'
import { wilsonInterval } from '../../src/stats/interval.ts'
import { powerTunedMean } from '../../src/stats/ppi.ts'
import type { Calibration, Estimate } from '../../src/stats/types.ts'
import { assertClose } from './golden.ts'

const OPTIONS: CalibrationOptions = { confidence: 0.95, label: '1|bootstrap|pass|m|p|' }

/** So many answers of each kind, every one of a sample of its own. */
interface Counts {
  readonly bothPass: number
  readonly onlyHumanPasses: number
  readonly onlyJudgePasses: number
  readonly bothFail: number
  /** By the judge alone. */
  readonly judgePasses?: number
  readonly judgeFails?: number
}

function verdictsOf(counts: Counts, epochs = 1): Verdicts[] {
  const { bothPass, onlyHumanPasses, onlyJudgePasses, bothFail, judgePasses = 0, judgeFails = 0 } = counts
  const kinds: [number, boolean | null, boolean][] = [
    [bothPass, true, true],
    [onlyHumanPasses, true, false],
    [onlyJudgePasses, false, true],
    [bothFail, false, false],
    [judgePasses, null, true],
    [judgeFails, null, false],
  ]
  let sampleIndex = 0
  return kinds.flatMap(([count, human, judge]) =>
    Array.from({ length: count }, () => {
      sampleIndex += 1
      return Array.from({ length: epochs }, () => ({ sampleIndex, human, judge }))
    }).flat(),
  )
}

function calibrated(counts: Counts, epochs = 1): Calibration {
  const calibration = calibrationOf(verdictsOf(counts, epochs), OPTIONS)
  assert.ok(calibration !== null)
  return calibration
}

function assertWilson(actual: Estimate, passes: number, n: number, what: string): void {
  const { low, high } = wilsonInterval(passes, n, 0.95)
  assert.equal(actual, { value: passes / n, low, high, n, method: 'wilson' }, what)
}

const ENOUGH = {
  bothPass: 80,
  onlyHumanPasses: 6,
  onlyJudgePasses: 12,
  bothFail: 32,
  judgePasses: 600,
  judgeFails: 300,
}

test('every share is what its cells of the table say, with the limits of Wilson', () => {
  const calibration = calibrated(ENOUGH)
  assert.equal(calibration.confusion, { bothPass: 80, onlyHumanPasses: 6, onlyJudgePasses: 12, bothFail: 32 })
  assert.equal([calibration.scored, calibration.labelled, calibration.labelledSamples], [1_030, 130, 130])
  assertWilson(calibration.judge, 692, 1_030, 'judge')
  assertWilson(calibration.judgeOfLabelled, 92, 130, 'judge of labelled')
  assertWilson(calibration.human, 86, 130, 'human')
  assertWilson(calibration.agreement, 112, 130, 'agreement')
  assertWilson(calibration.sensitivity, 80, 86, 'sensitivity')
  assertWilson(calibration.specificity, 32, 44, 'specificity')
  assertWilson(calibration.precision, 80, 92, 'precision')
  assertWilson(calibration.negativePredictive, 32, 38, 'negative predictive value')
})

test('from fifty labels on kappa has its large-sample limits, below them resampled ones', () => {
  const { kappa } = calibrated(ENOUGH)
  const reference = cohenKappa([
    [80, 6],
    [12, 32],
  ])
  assertClose(kappa.value, reference.kappa, 'kappa')
  assertClose(kappa.low, (reference.kappa ?? 0) - 1.959963984540054 * (reference.standardError ?? 0), 'low')
  assert.equal([kappa.n, kappa.method], [130, 'large-sample'])
  const few = calibrated({ bothPass: 20, onlyHumanPasses: 3, onlyJudgePasses: 4, bothFail: 12 })
  assert.equal([few.kappa.method, few.alpha.method, few.kappa.n], ['bca', 'bca', 39])
  assert.ok((few.kappa.low ?? 1) < (few.kappa.value ?? 0) && (few.kappa.high ?? 0) > (few.kappa.value ?? 1))
})

test('resampled and large-sample limits of kappa are near each other where both are at home', () => {
  const large = calibrated({ bothPass: 30, onlyHumanPasses: 4, onlyJudgePasses: 5, bothFail: 11 }).kappa
  const small = calibrated({ bothPass: 30, onlyHumanPasses: 4, onlyJudgePasses: 4, bothFail: 11 }).kappa
  assert.equal([large.method, small.method], ['large-sample', 'bca'])
  assert.ok(Math.abs((large.low ?? 0) - (small.low ?? 1)) < 0.15, `${large.low} and ${small.low}`)
  assert.ok(Math.abs((large.high ?? 0) - (small.high ?? 1)) < 0.15, `${large.high} and ${small.high}`)
})

test('with labels enough the pass rate is corrected by PPI++', () => {
  const { corrected, judge, human } = calibrated(ENOUGH)
  const cell = (label: number | null, verdict: number, count: number) => ({
    answers: [{ human: label, judge: verdict, count: 1 }],
    count,
  })
  const tuned = powerTunedMean([
    cell(1, 1, 80),
    cell(1, 0, 6),
    cell(0, 1, 12),
    cell(0, 0, 32),
    cell(null, 1, 600),
    cell(null, 0, 300),
  ])
  assert.equal([corrected.method, corrected.usesJudge, corrected.n], ['ppi++', true, 130])
  assertClose(corrected.value, tuned.estimate, 'estimate')
  assertClose(corrected.low, tuned.low, 'low')
  assertClose(corrected.lambda, tuned.lambda, 'lambda')
  assert.equal(corrected.missing, { samples: 0, failures: 0, passes: 0 })
  const width = ({ low, high }: Estimate): number => (high ?? 1) - (low ?? 0)
  assert.ok(width(corrected) < width(human), 'the judge helps')
  assert.ok((corrected.value ?? 1) < (judge.value ?? 0), 'this judge is too mild')
})

test('with too few labels people alone decide, and it is told how many are missing', () => {
  const few = calibrated({ ...ENOUGH, bothPass: 40, bothFail: 5, onlyJudgePasses: 2 })
  assertWilson(few.human, 46, 53, 'human')
  assert.equal([few.corrected.usesJudge, few.corrected.lambda, few.corrected.method], [false, null, 'wilson'])
  assert.equal([few.corrected.value, few.corrected.low], [few.human.value, few.human.low])
  assert.equal(few.corrected.missing, { samples: 47, failures: 3, passes: 0 })
  const mostlyWrong = calibrated({ ...ENOUGH, bothPass: 3, onlyHumanPasses: 1, bothFail: 200 })
  assert.equal(mostlyWrong.corrected.missing, { samples: 0, failures: 0, passes: 6 })
  assert.is(mostlyWrong.corrected.usesJudge, false)
})

test('where people have seen every answer nothing has to be corrected', () => {
  const { corrected, human } = calibrated({ ...ENOUGH, judgePasses: 0, judgeFails: 0 })
  assert.equal([corrected.usesJudge, corrected.value, corrected.low], [false, human.value, human.low])
  assert.equal(corrected.missing, { samples: 0, failures: 0, passes: 0 })
})

test('epochs of a sample are one piece of evidence, for every interval and for the count of labels', () => {
  const small = { bothPass: 60, onlyHumanPasses: 5, onlyJudgePasses: 4, bothFail: 20, judgePasses: 100, judgeFails: 50 }
  const [once, thrice] = [calibrated(small), calibrated(small, 3)]
  assert.equal([thrice.labelled, thrice.labelledSamples], [267, 89])
  assert.is(thrice.corrected.missing.samples, 11)
  assertClose(thrice.kappa.value, once.kappa.value, 'kappa')
  assert.is(thrice.kappa.method, 'bca')
  for (const key of ['judge', 'human', 'agreement', 'sensitivity', 'specificity', 'kappa', 'alpha'] as const) {
    const width = ({ low, high }: Estimate): number => (high ?? 1) - (low ?? 0)
    const ratio = width(thrice[key]) / width(once[key])
    assert.ok(ratio > 0.9 && ratio < 1.15, `${key}: ${ratio}`)
  }
})

test('one verdict alone leaves kappa and alpha undefined, and no interval is of zero width', () => {
  const allPass = calibrated({ bothPass: 30, onlyHumanPasses: 0, onlyJudgePasses: 0, bothFail: 0 })
  assert.equal([allPass.kappa.value, allPass.alpha.value], [null, null])
  assert.equal([allPass.specificity.value, allPass.specificity.method], [null, 'none'])
  const perfect = calibrated({ bothPass: 60, onlyHumanPasses: 0, onlyJudgePasses: 0, bothFail: 60, judgePasses: 100 })
  assert.equal([perfect.kappa.value, perfect.kappa.low, perfect.kappa.high], [1, null, null])
  assert.equal([perfect.alpha.value, perfect.alpha.low], [1, null])
  assert.ok((perfect.corrected.low ?? 1) < (perfect.corrected.high ?? 0))
})

test('a labelled answer that the judge has not scored is counted and not taken for a failure', () => {
  const verdicts = verdictsOf(ENOUGH)
  const unscored = calibrationOf([...verdicts, { sampleIndex: 9_999, human: false, judge: null }], OPTIONS)
  assert.equal({ ...unscored, labelledUnscored: 0 }, calibrated(ENOUGH))
  assert.is(unscored?.labelledUnscored, 1)
  assert.is(calibrationOf([{ sampleIndex: 1, human: true, judge: null }], OPTIONS)?.kappa.value, null)
})

test('without labels there is no calibration', () => {
  assert.is(calibrationOf([], OPTIONS), null)
  assert.is(calibrationOf([{ sampleIndex: 1, human: null, judge: true }], OPTIONS), null)
  assert.is(new CalibrationAccumulator().finish(OPTIONS), null)
})

test('the order of the samples changes nothing', () => {
  const verdict: fc.Arbitrary<Omit<Verdicts, 'sampleIndex'>> = fc.record({
    human: fc.option(fc.boolean()),
    judge: fc.option(fc.boolean(), { freq: 9 }),
  })
  fc.assert(
    fc.property(fc.array(verdict, { minLength: 1, maxLength: 60 }), (verdicts) => {
      const inOrder = verdicts.map((one, sampleIndex) => ({ ...one, sampleIndex }))
      const [forward, backward] = [calibrationOf(inOrder, OPTIONS), calibrationOf(inOrder.toReversed(), OPTIONS)]
      assert.is(forward === null, backward === null)
      for (const key of ['kappa', 'alpha', 'corrected', 'agreement'] as const) {
        for (const limit of ['value', 'low', 'high'] as const)
          assertClose(forward?.[key][limit] ?? null, backward?.[key][limit] ?? null, `${key} ${limit}`)
      }
    }),
    { numRuns: 25 },
  )
})

test('memory is that of the kinds of samples: a hundred thousand answers are told by a table of six', () => {
  const calibration = calibrated({ bothPass: 60_000, onlyHumanPasses: 8_000, onlyJudgePasses: 7_000, bothFail: 25_000 })
  assert.equal(
    [calibration.labelled, calibration.kappa.method, calibration.alpha.method],
    [100_000, 'large-sample', 'jackknife'],
  )
  assert.ok(Math.abs((calibration.kappa.low ?? 0) - (calibration.alpha.low ?? 1)) < 1e-3)
})

test('several raters agree as alpha says, each answer with the verdicts that it has', () => {
  const raters = new RaterAgreement()
  const answers = [
    [true, true, null],
    [true, false, true],
    [false, false, false],
    [false, null, null],
    [true, true, true],
    [null, false, true],
  ]
  for (const [sample, verdicts] of answers.entries()) raters.add(sample, verdicts)
  const { value, n } = raters.finish(OPTIONS)
  // By hand: 13 pairable verdicts, 8 passes; disagreeing pairs weigh 2/1 + 4/2 among 2·8·5/12 expected.
  assertClose(value, 1 - (4 * 12) / (2 * 8 * 5), 'alpha')
  assert.is(n, 5)
  assert.is(new RaterAgreement().finish(OPTIONS).value, null)
})

test.run()
