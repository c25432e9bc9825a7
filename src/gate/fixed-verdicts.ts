/** The verdicts of a run that has asked all it was to ask: every model × prompt × metric, as one family. */
import { plural } from '../lib/text.ts'
import { holm } from '../stats/multiplicity.ts'
import { type FixedResult, fixedResult } from './fixed.ts'
import { type Matched, placeOf } from './matched.ts'
import { columnOf } from './metrics.ts'
import { countsOf, pairRows, type PairedValues, type Pairs, valuesOf } from './pairs.ts'
import type { GateDesignAsked, MetricAsked, MetricVerdict, VerdictWord } from './types.ts'

/** Missing beyond this share of the pairs, PASS has to hold even if all of them were the worst. */
const FEW_MISSING = 0.02

/** REGRESSION is corrected by Holm over the family, PASS is not: it takes all of them. */
export function fixedVerdicts(matched: readonly Matched[], design: GateDesignAsked): MetricVerdict[] {
  const results = matched.flatMap(({ group, baseline }) => {
    const pairs = pairRows(group.rows, baseline.rows)
    return design.metrics.map((metric) => {
      const values = valuesOf(pairs, columnOf(metric))
      const label = `${design.seed}|bootstrap|${metric.name}|${group.rows.model}|${group.rows.prompt}`
      return { metric, pairs, values, result: fixedResult(values, metric, { ...design, label }) }
    })
  })
  const adjusted = holm(results.map(({ result }) => result.pRegression))
  return results.map((tested, index) => fixedVerdict(tested, adjusted[index] ?? 1, design.alpha))
}

interface Tested {
  readonly metric: MetricAsked
  readonly pairs: Pairs
  readonly values: PairedValues
  readonly result: FixedResult
}

function fixedVerdict({ metric, pairs, values, result }: Tested, pRegression: number, alpha: number): MetricVerdict {
  const { pPassAtWorst: _worst, pAnyDrop, ...numbers } = result
  const verdict = wordOf(result, pRegression, values, alpha)
  return {
    ...placeOf(metric, pairs),
    ...countsOf(values),
    ...numbers,
    verdict,
    withheld: verdict === 'INCONCLUSIVE' && result.pPass < alpha ? 'missing' : null,
    confidence: 1 - 2 * alpha,
    pRegression,
    isDropProven: pAnyDrop < alpha,
    flags: [...result.flags, ...missingFlags(values), ...overlapFlags(values)],
  }
}

/** Trials of one side alone say nothing; few are usual where rows were added. */
function overlapFlags({ onlyCandidate, onlyBaseline }: PairedValues): string[] {
  if (onlyCandidate + onlyBaseline === 0) return []
  return [
    `not compared: ${plural(onlyCandidate, 'trial')} that this run alone has asked, ${plural(onlyBaseline, 'trial')} of the baseline alone`,
  ]
}

/** The verdict when all rows are in; `pRegression` is adjusted for the family already. */
export function wordOf(
  { pPass, pPassAtWorst }: FixedResult,
  pRegression: number,
  values: PairedValues,
  alpha: number,
): VerdictWord {
  if (pRegression < alpha) return 'REGRESSION'
  const isPass = pPass < alpha && (missingShare(values) <= FEW_MISSING || pPassAtWorst < alpha)
  return isPass ? 'PASS' : 'INCONCLUSIVE'
}

function missingShare({ pairs, missing }: PairedValues): number {
  return missing === 0 ? 0 : missing / (pairs + missing)
}

function missingFlags(values: PairedValues): string[] {
  return missingShare(values) > FEW_MISSING ? [`${plural(values.missing, 'value')} missing`] : []
}
