/** comparison.csv and flips.csv: the columns, and what they mean. */
import { stringify } from 'csv-stringify/sync'
import type { ComparedMetric, ComparedPair, ComparedSlice, ComparisonReport, Flip } from '../gate/compare/types.ts'

interface MetricLine {
  readonly pair: ComparedPair
  /** A metric over all rows, or over those of a slice. */
  readonly metric: ComparedMetric | ComparedSlice
  readonly report: ComparisonReport
}

interface Column<Line> {
  readonly name: string
  /** What the cell holds, with its unit; docs/compare.md prints it. */
  readonly meaning: string
  readonly cell: (line: Line) => string | number | boolean | null
}

function column<Line>(name: string, meaning: string, cell: Column<Line>['cell']): Column<Line> {
  return { name, meaning, cell }
}

/** Of comparison.csv: one line per pair × slice × metric. New ones go at the end: readers may count. */
export const COMPARISON_COLUMNS: readonly Column<MetricLine>[] = [
  column('candidate_run', 'run id of the candidate', ({ pair }) => pair.candidate.run),
  column('candidate_model', 'its model', ({ pair }) => pair.candidate.model),
  column('candidate_prompt', 'its prompt', ({ pair }) => pair.candidate.prompt),
  column('baseline_run', 'run id of the baseline', ({ pair }) => pair.baseline.run),
  column('baseline_model', 'its model', ({ pair }) => pair.baseline.model),
  column('baseline_prompt', 'its prompt', ({ pair }) => pair.baseline.prompt),
  column('slice', '`column=value`; empty: all rows', ({ metric }) => ('slice' in metric ? metric.slice : '')),
  column('metric', 'pass_rate, score:<label>, failures, cost, tokens or latency', ({ metric }) => metric.name),
  column('unit', 'share, USD, tokens or ms: of both means and of the difference', ({ metric }) => metric.unit),
  column('baseline', 'mean of the baseline over the pairs', ({ metric }) => metric.baseline),
  column('candidate', 'mean of the candidate over the pairs', ({ metric }) => metric.candidate),
  column('difference', 'candidate − baseline', ({ metric }) => metric.difference),
  column('low', 'lower limit of the difference', ({ metric }) => metric.low),
  column('high', 'upper limit of the difference', ({ metric }) => metric.high),
  column('confidence', 'level of all limits', ({ report }) => report.confidence),
  column('method', 'how the limits of the difference were found', ({ metric }) => metric.method),
  column(
    'ratio',
    'candidate / baseline: of totals, for latency the geometric mean',
    ({ metric }) => metric.ratio?.value ?? null,
  ),
  column('ratio_low', 'its lower limit', ({ metric }) => metric.ratio?.low ?? null),
  column('ratio_high', 'its upper limit', ({ metric }) => metric.ratio?.high ?? null),
  column('ratio_method', 'how its limits were found', ({ metric }) => metric.ratio?.method ?? ''),
  column('p_value', 'two-sided, of "no difference"', ({ metric }) => metric.pValue),
  column('test', 'what it comes from', ({ metric }) => metric.test),
  column('adjusted_p_value', 'the same for the number of comparisons', ({ metric }) => metric.adjustedPValue),
  column('adjustment', 'holm or bh; empty where it is not adjusted', ({ metric, report }) =>
    adjustmentOf(metric, report),
  ),
  column(
    'proven',
    'true when interval and adjusted p-value rule out that nothing differs',
    ({ metric }) => metric.isProven,
  ),
  column('pairs', 'trials with a value on both sides', ({ metric }) => metric.pairs),
  column('samples', 'samples that these belong to', ({ metric }) => metric.samples),
  column('clusters', 'clusters of samples; without --cluster the samples', ({ metric }) => metric.clusters),
  column(
    'missing_candidate',
    'trials asked on both sides without a value of the candidate',
    ({ metric }) => metric.missingCandidate,
  ),
  column('missing_baseline', 'the same of the baseline', ({ metric }) => metric.missingBaseline),
  column(
    'only_candidate',
    'trials that the candidate alone was asked; 0 in slices',
    ({ metric }) => metric.onlyCandidate,
  ),
  column('only_baseline', 'trials that the baseline alone was asked; 0 in slices', ({ metric }) => metric.onlyBaseline),
  column('higher', 'samples on which the candidate has the higher value', ({ metric }) => metric.higher),
  column('equal', 'samples on which both have the same', ({ metric }) => metric.equal),
  column('lower', 'samples on which it has the lower value', ({ metric }) => metric.lower),
  column('net', '(higher − lower) / samples', ({ metric }) => metric.net),
  column('higher_share', 'higher / (higher + lower)', ({ metric }) => metric.higherShare?.estimate ?? null),
  column('higher_share_low', 'its lower limit (Wilson)', ({ metric }) => metric.higherShare?.low ?? null),
  column('higher_share_high', 'its upper limit', ({ metric }) => metric.higherShare?.high ?? null),
  column(
    'minimum_detectable',
    'difference (of latency: ratio − 1) that 80 % of comparisons of this size would prove',
    ({ metric }) => metric.minimumDetectable,
  ),
  column(
    'worst_case_low',
    'difference if every missing value were the worst for the candidate',
    ({ metric }) => metric.worstCase?.low ?? null,
  ),
  column('worst_case_high', 'and if it were the best', ({ metric }) => metric.worstCase?.high ?? null),
  column('flags', 'what to know beside the numbers, separated by "; "', ({ metric }) => metric.flags.join('; ')),
  column('simulated', 'true when the built-in simulator answered', ({ report }) => report.simulated),
]

/** Of flips.csv: one line per answer that passes on one side alone. */
export const FLIP_COLUMNS: readonly Column<Flip>[] = [
  column('went', 'wrong: the baseline passes, the candidate fails; right: the other way round', ({ went }) => went),
  column('sample_id', 'id of the dataset row', ({ sample }) => sample),
  column('epoch', 'repetition, from 1', ({ epoch }) => epoch),
  column('candidate_run', 'run id of the candidate', ({ candidate }) => candidate.run),
  column('candidate_model', 'its model', ({ candidate }) => candidate.model),
  column('candidate_prompt', 'its prompt', ({ candidate }) => candidate.prompt),
  column('baseline_run', 'run id of the baseline', ({ baseline }) => baseline.run),
  column('baseline_model', 'its model', ({ baseline }) => baseline.model),
  column('baseline_prompt', 'its prompt', ({ baseline }) => baseline.prompt),
  column('expected', 'the right answer; several as a JSON list', ({ expected }) => expectedCell(expected)),
  column('baseline_output', 'the answer of the baseline', ({ baseline }) => baseline.output),
  column('candidate_output', 'the answer of the candidate', ({ candidate }) => candidate.output),
  column('baseline_reason', 'why it passed or not', ({ baseline }) => baseline.reason),
  column('candidate_reason', 'why it passed or not', ({ candidate }) => candidate.reason),
  column(
    'baseline_truncated',
    'true when its answer was cut off at the token limit',
    ({ baseline }) => baseline.isTruncated,
  ),
  column(
    'candidate_truncated',
    'true when its answer was cut off at the token limit',
    ({ candidate }) => candidate.isTruncated,
  ),
]

/** Metrics over all rows first, pair by pair, then their slices. */
export function comparisonCsv(report: ComparisonReport): string {
  const lines = report.pairs.flatMap((pair) =>
    [...pair.metrics, ...pair.slices].map((metric) => cellsOf(COMPARISON_COLUMNS, { pair, metric, report })),
  )
  return stringify([COMPARISON_COLUMNS.map(({ name }) => name), ...lines])
}

/** The header line, then a line per flip when its turn comes. */
export function* flipsCsv(flips: Iterable<Flip>): Generator<string> {
  yield stringify([FLIP_COLUMNS.map(({ name }) => name)])
  for (const flip of flips) yield stringify([cellsOf(FLIP_COLUMNS, flip)])
}

function cellsOf<Line>(columns: readonly Column<Line>[], line: Line): string[] {
  return columns.map(({ cell }) => textOf(cell(line)))
}

function adjustmentOf(metric: ComparedMetric | ComparedSlice, { adjusted }: ComparisonReport): string {
  if ('slice' in metric) return adjusted.slices.method
  return metric.kind === 'quality' ? adjusted.quality.method : ''
}

function expectedCell(expected: readonly string[] | null): string {
  if (expected === null) return ''
  return expected.length > 1 ? JSON.stringify(expected) : (expected[0] ?? '')
}

/** Unknown is empty, never 0. Nine digits that count, and no exponent. */
function textOf(value: string | number | boolean | null): string {
  if (value === null) return ''
  if (typeof value !== 'number' || Number.isInteger(value)) return String(value)
  const decimals = Math.min(20, Math.max(0, 8 - Math.floor(Math.log10(Math.abs(value)))))
  return value.toFixed(decimals).replace(/\.?0+$/, '')
}
