/** The words and numbers of a comparison, for people: one place decides how a difference is said. */
import type { ComparedMetric, ComparedPair, ComparedPlace, ComparisonReport } from '../gate/compare/types.ts'
import { oneLine, plural } from '../lib/text.ts'
import { dollars, integer, milliseconds, percent } from './numbers.ts'

/** 0.032 → "+3.2", −0.0004 → "0.0": shares as points, with the sign of what is not 0. */
export function points(share: number, decimals = 1): string {
  return signed(share * 100, decimals)
}

/** As many decimals as tell apart what is so wide: one for a point, another for each tenth of that. */
function decimalsFor(share: number): number {
  const size = share * 100
  return size >= 1 || size <= 0 ? 1 : Math.min(6, 1 + Math.ceil(-Math.log10(size)))
}

function signed(value: number, decimals: number): string {
  const size = Math.abs(value).toFixed(decimals)
  return Number(size) === 0 ? size : `${value < 0 ? '−' : '+'}${size}`
}

/** Limits in an interval stand without a plus. */
function limit(value: number, decimals: number): string {
  return signed(value, decimals).replace('+', '')
}

/** "+3.2 [1.1, 5.3]" in points, "×0.98 [0.95, 1.01]"; "–" where nothing can be said. */
export function differenceText(metric: ComparedMetric): string {
  const { kind, ratio, difference, low, high } = metric
  if (kind === 'amount' || kind === 'latency') {
    if (ratio === null || ratio.value === null) return '–'
    const limits =
      ratio.low === null || ratio.high === null ? '' : ` [${ratio.low.toFixed(3)}, ${ratio.high.toFixed(3)}]`
    return `×${ratio.value.toFixed(3)}${limits}`
  }
  if (difference === null) return '–'
  if (low === null || high === null) return points(difference)
  return `${points(difference, decimalsFor(high - low))}${limitsText(low, high)}`
}

/** Costs of single answers have many zeros. */
const COST_ROWS = 1_000

/** A metric as tables name it. */
export function metricName({ name, unit }: ComparedMetric): string {
  return unit === 'USD' ? `${name}/${COST_ROWS}` : name
}

/** A mean in its unit; costs are those of 1,000 answers. */
export function valueText({ unit }: ComparedMetric, value: number | null): string {
  if (value === null) return '–'
  switch (unit) {
    case 'share':
      return percent(value)
    case 'USD':
      return dollars((value * COST_ROWS).toFixed(12))
    case 'ms':
      return milliseconds(value)
    case 'tokens':
      return value.toFixed(1)
  }
}

/** "0.034", "<0.001". */
export function pText(pValue: number | null): string {
  if (pValue === null) return '–'
  return pValue < 0.001 ? '<0.001' : pValue.toFixed(3)
}

/** The smallest difference that so many samples would show, in the unit of `differenceText`. */
export function detectableText({ kind, minimumDetectable, baseline }: ComparedMetric): string {
  if (minimumDetectable === null) return '–'
  if (kind === 'quality' || kind === 'failures') {
    return (minimumDetectable * 100).toFixed(decimalsFor(minimumDetectable))
  }
  if (kind === 'latency') return `×${(1 + minimumDetectable).toFixed(3)}`
  return baseline === null || baseline === 0 ? '–' : `×${(1 + minimumDetectable / baseline).toFixed(3)}`
}

/** Fewer trials in common than this share of all are told first. */
const FEW_IN_COMMON = 0.8

/** Where little of what was asked was asked on both sides: what follows is about that part alone. */
export function overlapTexts(report: ComparisonReport): string[] {
  const found = report.pairs.flatMap((pair) => {
    const { both, onlyCandidate, onlyBaseline } = pair.trials
    const all = both + onlyCandidate + onlyBaseline
    if (both >= FEW_IN_COMMON * all) return []
    return [{ pair, text: `few in common: only ${integer(both)} of ${plural(all, 'answer')} (${percent(both / all)})` }]
  })
  const texts = [...new Set(found.map(({ text }) => text))]
  const isSameOfAll = texts.length === 1 && found.length === report.pairs.length
  const told = isSameOfAll
    ? texts
    : found.map(({ pair, text }) => `${oneLine(headingOf(pair, report).candidate, 120)}: ${text}`)
  return told.map((text) => `${text} can be paired; what is said is about these alone`)
}

/** One line of at most `width` characters; of longer text the beginning and the end, where many answers have their result. */
export function bothEnds(text: string, width: number): string {
  const far = width * 4
  const kept = text.length > 2 * far ? `${text.slice(0, far)} ${text.slice(-far)}` : text
  const characters = Array.from(oneLine(kept, Number.POSITIVE_INFINITY))
  if (characters.length <= width) return characters.join('')
  if (width < 5) return oneLine(text, Math.max(1, width))
  const tail = Math.floor((width - 3) / 2)
  return `${characters.slice(0, width - 3 - tail).join('')} … ${characters.slice(-tail).join('')}`
}

/** How a sentence tells the two sides of a pair apart: by model and prompt where these differ. */
export function namesOf({ candidate, baseline }: ComparedPair): { candidate: string; baseline: string } {
  const parts = (['model', 'prompt'] as const).filter((part) => candidate[part] !== baseline[part])
  if (parts.length === 0) return { candidate: 'the candidate', baseline: 'the baseline' }
  const name = (place: ComparedPlace): string => parts.map((part) => place[part]).join(' · ')
  return { candidate: name(candidate), baseline: name(baseline) }
}

/** Which answers are compared with which: the heading of a pair. */
export function headingOf(
  { candidate, baseline }: ComparedPair,
  { candidates }: ComparisonReport,
): { candidate: string; baseline: string | null } {
  const name = ({ model, prompt }: ComparedPlace): string => `${model} · ${prompt}`
  const isSame = name(candidate) === name(baseline)
  return {
    candidate: `${name(candidate)}${candidates.length > 1 ? ` (${candidate.run})` : ''}`,
    baseline: isSame ? null : name(baseline),
  }
}

/** The sentence about a metric: who is better and by how much, or that nothing is proven and what could have been seen. */
export function sentenceOf(metric: ComparedMetric, names: { candidate: string; baseline: string }): string {
  const { kind, difference, isProven, name } = metric
  if (difference === null) return `${name}: no answers to compare.`
  const rows = `${pairsText(metric)} paired`
  const isRatio = kind === 'amount' || kind === 'latency'
  if (!isProven) {
    const seen = isRatio ? differenceText(metric) : seenText(metric)
    return (
      `${name}: no difference is proven between ${names.candidate} and ${names.baseline}: ` +
      `${seen} (95 %, ${rows})${edgeText(metric)}${reachText(metric)}.`
    )
  }
  const amount = isRatio ? differenceText(metric) : amountText(metric)
  const isHigher = kind === 'latency' ? (metric.ratio?.value ?? 1) > 1 : difference > 0
  return `${name}: ${names.candidate} ${VERBS[kind][isHigher ? 'higher' : 'lower']} ${names.baseline}${isRatio ? `, ${amount}` : ` by ${amount}`} (95 %, ${rows}).`
}

/** Epochs answer a sample several times. */
function pairsText({ pairs, samples }: ComparedMetric): string {
  return pairs === samples ? plural(pairs, 'sample') : `${plural(pairs, 'answer')} of ${plural(samples, 'sample')}`
}

/** What a higher and a lower value are called. */
const VERBS: Readonly<Record<ComparedMetric['kind'], { higher: string; lower: string }>> = {
  quality: { higher: 'is better than', lower: 'is worse than' },
  failures: { higher: 'fails more often than', lower: 'fails less often than' },
  amount: { higher: 'takes more than', lower: 'takes less than' },
  latency: { higher: 'is slower than', lower: 'is faster than' },
}

/** "3.2 points [1.1, 5.3]": the size of a difference whose direction a verb tells. */
function amountText({ difference, low, high }: ComparedMetric): string {
  const size = Math.abs(difference ?? 0) * 100
  if (low === null || high === null) return `${size.toFixed(1)} points`
  const [from, to] = (difference ?? 0) < 0 ? [-high, -low] : [low, high]
  return `${size.toFixed(decimalsFor(high - low))} points${limitsText(from, to)}`
}

/** "+0.4 points [−1.6, 2.4]". */
function seenText({ difference, low, high }: ComparedMetric): string {
  if (low === null || high === null) return `${points(difference ?? 0)} points`
  return `${points(difference ?? 0, decimalsFor(high - low))} points${limitsText(low, high)}`
}

/** " [−1.6, 2.4]", in points. */
function limitsText(low: number, high: number): string {
  const decimals = decimalsFor(high - low)
  return ` [${limit(low * 100, decimals)}, ${limit(high * 100, decimals)}]`
}

/** Why a difference is not proven though its interval leaves out 0: there are others beside it, or it is at the edge. */
function edgeText({ kind, low, high, adjustedPValue }: ComparedMetric): string {
  const isOut = (kind === 'quality' || kind === 'failures') && low !== null && high !== null && (low > 0 || high < 0)
  return isOut ? `, with an adjusted p-value of ${pText(adjustedPValue)}` : ''
}

/** What so much would have shown. */
function reachText(metric: ComparedMetric): string {
  const detectable = detectableText(metric)
  if (detectable === '–') return ''
  const unit = metric.kind === 'quality' || metric.kind === 'failures' ? ' points' : ''
  return `; this many would show a difference of ${detectable}${unit} (80 %)`
}

/** "28 samples better, 257 equal, 25 worse; net +1.0 % of samples; 52.8 % [39.7, 66.6] of those that differ are better". */
export function winsText({ kind, higher, equal, lower, net, higherShare }: ComparedMetric): string {
  const isHigherBetter = kind === 'quality'
  const [better, worse] = isHigherBetter ? [higher, lower] : [lower, higher]
  const counts = `${plural(better, 'sample')} better, ${integer(equal)} equal, ${integer(worse)} worse`
  if (net === null || higherShare === null || higherShare.estimate === null) return counts
  const { estimate, low, high } = higherShare
  const [share, from, to] = isHigherBetter ? [estimate, low, high] : [1 - estimate, 1 - high, 1 - low]
  return (
    `${counts}; net ${points(isHigherBetter ? net : -net)} % of samples; ` +
    `${percent(share)}${limitsText(from, to)} of those that differ are better`
  )
}

/** What a reader has to know about the metrics of a pair beside their numbers; what several have in common is said once. */
export function warningsOf(metrics: readonly ComparedMetric[]): string[] {
  const told = new Set<string>()
  return metrics.flatMap((metric) => {
    const { name, kind, baseline, candidate, missingCandidate, missingBaseline, flags } = metric
    // Nothing failed: there is nothing to know about it.
    if (kind === 'failures' && baseline === 0 && candidate === 0) return []
    const missing = `no value of ${plural(missingCandidate, 'answer')} in the candidate and ${integer(missingBaseline)} in the baseline`
    const parts = [
      ...(missingCandidate + missingBaseline === 0 || told.has(missing) ? [] : [missing]),
      ...worstText(metric),
    ]
    told.add(missing)
    return [...(parts.length === 0 ? [] : [parts.join('; ')]), ...flags].map((text) => `${name}: ${text}`)
  })
}

function worstText({ worstCase }: ComparedMetric): string[] {
  if (worstCase === null) return []
  const { low, high } = worstCase
  return [
    `with the worst and the best for all missing values the difference is ${points(low)} to ${points(high)} points`,
  ]
}

/** How p-values are adjusted, where more than one is. */
export function adjustmentText({ adjusted }: ComparisonReport): string[] {
  const { quality, slices } = adjusted
  const name = { holm: 'Holm', bh: 'Benjamini-Hochberg' } as const
  const shown = [
    ...(quality.comparisons > 1
      ? [`${name[quality.method]} over ${plural(quality.comparisons, 'quality comparison')}`]
      : []),
    ...(slices.comparisons > 1 ? [`${name[slices.method]} over ${plural(slices.comparisons, 'slice')}`] : []),
  ]
  return shown.length === 0 ? [] : [`p-values of scores are adjusted: ${shown.join(', ')}.`]
}
