/** One model × prompt against another: every metric, and the main one slice by slice. */
import { mixShift } from '../mix.ts'
import { type PairedValues, type Pairs, valuesOf } from '../pairs.ts'
import type { Rows } from '../rows.ts'
import type { ServedBy } from '../types.ts'
import type { Match } from './match.ts'
import { compareMetric, kindOf, type UnadjustedMetric } from './metric.ts'
import { isScore, type Narrowed } from './narrow.ts'
import { type SliceColumn, slicePairs } from './slices.ts'
import type { ComparedPair, ComparedSlice, ServedShares } from './types.ts'

/** The main metric over the rows of one slice. */
type UnadjustedSlice = UnadjustedMetric & Pick<ComparedSlice, 'slice' | 'column' | 'value'>

/** A pair whose p-values are not adjusted yet, and whose flips are still to be found. */
export interface UnadjustedPair extends Omit<ComparedPair, 'metrics' | 'slices' | 'flips'> {
  readonly metrics: readonly UnadjustedMetric[]
  readonly slices: readonly UnadjustedSlice[]
}

/** What the two sides of a pair have in common. */
export interface PairContext {
  /** Run ids. */
  readonly candidate: string
  readonly baseline: string
  /** What may be compared. */
  readonly narrowed: Narrowed
  readonly slices: readonly SliceColumn[]
  /** Names the streams of sampled tests. */
  readonly seed: number
}

export function comparePair(match: Match & { readonly pairs: Pairs }, context: PairContext): UnadjustedPair {
  const { pairs, candidate, baseline } = match
  const { model, prompt } = candidate.rows
  const labelOf = (metric: string): string =>
    `${context.seed}|compare|${metric}|${context.candidate}|${model}|${prompt}`
  const asked = pairs.candidateRows.length
  const { columns, sameAsPassRate } = comparedColumns(pairs, context.narrowed)
  const main = columns.find((column) => kindOf(column) === 'quality')
  return {
    candidate: { run: context.candidate, model, prompt },
    baseline: { run: context.baseline, model: baseline.rows.model, prompt: baseline.rows.prompt },
    trials: { both: asked, onlyCandidate: pairs.onlyCandidate, onlyBaseline: pairs.onlyBaseline },
    metrics: columns.map((column) => compareMetric(column, valuesOf(pairs, column), { asked, label: labelOf(column) })),
    slices: main === undefined ? [] : context.slices.flatMap((slice) => sliceMetrics(slice, match, main, labelOf)),
    servedBy: { candidate: sharesOf(candidate.servedBy), baseline: sharesOf(baseline.servedBy) },
    sameAsPassRate,
    notes: [
      ...(asked === 0 ? ['no row in common'] : []),
      // Another model is another model: only who serves the same one is news.
      ...(model === baseline.rows.model ? mixShift(candidate.servedBy, baseline.servedBy) : []),
    ],
  }
}

/** The column that tells passes from failures; undefined where none can. */
export function flipMetric({ metrics }: Pick<UnadjustedPair, 'metrics'>): string | undefined {
  return metrics.find(({ kind }) => kind === 'quality')?.name
}

/** What may be compared, the main metric first, but for scores that say the same as the pass rate in every row. */
function comparedColumns(pairs: Pairs, narrowed: Narrowed): { columns: string[]; sameAsPassRate: string[] } {
  const columns = narrowed.columnsOf(pairs.candidate.columns, pairs.baseline.columns)
  const sameAsPassRate = columns.includes('pass_rate')
    ? columns.filter((column) => isScore(column) && isPassRate(pairs, column))
    : []
  return { columns: columns.filter((column) => !sameAsPassRate.includes(column)), sameAsPassRate }
}

function isPassRate({ candidate, baseline, candidateRows, baselineRows }: Pairs, column: string): boolean {
  const isSame = (rows: Rows, numbers: Uint32Array): boolean => {
    const [score, passed] = [rows.reader(column), rows.reader('pass_rate')]
    return numbers.every((row) => Object.is(score(row), passed(row)))
  }
  return isSame(candidate, candidateRows) && isSame(baseline, baselineRows)
}

function sliceMetrics(
  slices: SliceColumn,
  { pairs, candidate }: Match & { readonly pairs: Pairs },
  metric: string,
  labelOf: (metric: string) => string,
): UnadjustedSlice[] {
  const { column, values } = slices
  return slicePairs(pairs, slices.of(candidate.rows), values.length).flatMap((part, number) => {
    const asked = part.candidateRows.length
    if (asked === 0) return []
    const value = values[number] ?? ''
    const slice = `${column}=${value}`
    const compared: PairedValues = valuesOf(part, metric)
    return [
      { slice, column, value, ...compareMetric(metric, compared, { asked, label: `${labelOf(metric)}|${slice}` }) },
    ]
  })
}

function sharesOf({ models, providers }: ServedBy): ServedShares {
  const shares = (counts: Readonly<Record<string, number>>): Record<string, number> => {
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
    return Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, count / total]))
  }
  return { models: shares(models), providers: shares(providers) }
}
