/** A verdict in words: one sentence that says what was proven, with the numbers that prove it. */
import type { GateDesignAsked, GateReport, MetricKind, MetricVerdict, Saving } from '../gate/types.ts'
import { oneLine, plural, wrapped } from '../lib/text.ts'
import { dollars, integer, milliseconds, percent } from './numbers.ts'

/** The whole report: a sentence per metric, what was saved by stopping, what to know beside it; broken at `columns`. */
export function verdictLines(report: GateReport, columns = Infinity): string[] {
  const { metrics, saving, notes, candidate, baseline, simulated } = report
  const set = (indent: string, text: string): string[] => wrapped(`${indent}${text}`, columns, `${indent}  `)
  return [
    ...wrapped(
      `${report.verdict}${simulated ? ' (simulated)' : ''}: ${oneLine(candidate.name, 120)} against ${oneLine(baseline.name, 200)}`,
      columns,
    ),
    ...metrics.flatMap((one) => [
      ...set('  ', verdictSentence(one, report)),
      ...one.flags.flatMap((flag) => set('    ', `! ${oneLine(flag, 300)}`)),
    ]),
    ...(metrics.length > 1 ? set('  ', familyLine(report)) : []),
    ...(saving === null ? [] : set('  ', savingLine(saving, report.verdict))),
    ...notes.flatMap((note) => set('  ', `! ${oneLine(note, 500)}`)),
  ]
}

/** What is proven of one metric, and how far its number can be trusted. */
export function verdictSentence(one: MetricVerdict, report: Pick<GateReport, 'design' | 'metrics'>): string {
  const subject = `${metricName(one.metric.name)}${whose(one, report)}`
  const margin = marginText(one)
  const { direction, change } = WORDS[one.metric.kind]
  const evidence = evidenceText(one)
  switch (one.verdict) {
    case 'PASS':
      return `PASS: ${subject} is not ${direction} by ${margin} or more${evidence}${one.isDropProven ? `. That there is some ${change} is proven, within the margin.` : ''}`
    case 'REGRESSION':
      return report.design.alarmOn === 'any-drop'
        ? `REGRESSION: ${subject} is ${direction}, by whatever little (--alarm-on any-drop)${evidence}`
        : `REGRESSION: ${subject} is ${direction} by more than ${margin}${evidence}`
    case 'INCONCLUSIVE':
      return one.difference === null
        ? `INCONCLUSIVE: ${subject}: nothing to compare`
        : `INCONCLUSIVE: ${subject}: ${whyOpen(one, `a ${change} of ${margin}`)}${evidence}. ${whatElse(one, report.design)}`.trimEnd()
  }
}

/** What stands in the way of a verdict. */
function whyOpen({ withheld, missing, pairs }: MetricVerdict, change: string): string {
  switch (withheld) {
    case 'missing':
      return `it would pass without the ${plural(missing, 'missing value')}, and might not with them`
    case 'incomplete':
      return `only ${plural(pairs + missing, 'trial')} of the run were asked; a verdict needs all of them, or --sequential`
    case 'copies':
      return "the answers are the baseline's own (cache or replay) and prove nothing"
    case null:
      return `${change} is neither proven nor ruled out`
  }
}

const WORDS: Readonly<Record<MetricKind, { readonly direction: string; readonly change: string }>> = {
  quality: { direction: 'worse', change: 'drop' },
  failures: { direction: 'higher', change: 'rise' },
  amount: { direction: 'higher', change: 'rise' },
  percentile: { direction: 'higher', change: 'rise' },
}

const NAMES: Readonly<Record<string, string>> = {
  pass_rate: 'pass rate',
  failures: 'share of failed trials',
  cost: 'mean cost',
  tokens: 'mean number of tokens',
  latency_p50: 'median latency',
  latency_p95: '95th percentile of latency',
}

function metricName(name: string): string {
  return NAMES[name] ?? `mean ${oneLine(name.replace(/^score:/, 'score of '), 80)}`
}

/** Named where there is more than one, or where it is compared with another. */
function whose({ model, prompt, against }: MetricVerdict, { metrics }: Pick<GateReport, 'metrics'>): string {
  const severalModels = metrics.some((other) => other.model !== model)
  const severalPrompts = metrics.some((other) => other.prompt !== prompt)
  return [
    ...(severalModels || against !== '' ? [` of ${oneLine(model, 80)}`] : []),
    ...(severalPrompts ? [` (${oneLine(prompt, 60)})`] : []),
    ...(against === '' ? [] : [` against ${oneLine(against, 80)}`]),
  ].join('')
}

function marginText({ metric: { kind, margin } }: MetricVerdict): string {
  return kind === 'quality' || kind === 'failures' ? points(margin) : percentText(margin)
}

/** ": 88.1 % against 90.3 %, −2.2 points [−4.8, +0.4] (90 %, tango, 310 pairs)". */
function evidenceText(one: MetricVerdict): string {
  const { metric, candidate, baseline, difference, low, high, confidence, method, pairs, samples, clusters } = one
  if (difference === null) return ''
  const isShare = metric.kind === 'quality' || metric.kind === 'failures'
  const signed = (share: number): string => signedHundredths(share, metric.margin) + (isShare ? '' : ' %')
  const limits =
    low === null && high === null
      ? ''
      : ` [${low === null ? '−∞' : signed(low)}, ${high === null ? '∞' : signed(high)}]`
  const rows = [
    plural(pairs, 'pair'),
    ...(pairs === samples ? [] : [`of ${plural(samples, 'sample')}`]),
    ...(clusters < samples ? [`in ${plural(clusters, 'cluster')}`] : []),
  ].join(' ')
  return (
    `: ${amount(metric.name, candidate)} against ${amount(metric.name, baseline)}, ` +
    `${signed(difference)}${isShare ? ' points' : ''}${limits} (${Number((confidence * 100).toFixed(1))} %, ${method}, ${rows})`
  )
}

function amount(name: string, value: number | null): string {
  if (name === 'cost') return dollars(value === null ? null : value.toFixed(12))
  if (name === 'tokens') return value === null ? '–' : value.toFixed(1)
  return name.startsWith('latency') ? milliseconds(value) : percent(value)
}

/** Of an INCONCLUSIVE: whether any drop is proven, what would settle it, and what could have been seen. */
function whatElse(
  { withheld, isDropProven, rowsToSettle, minimumDetectable, metric, samples, missing }: MetricVerdict,
  { sequential }: GateDesignAsked,
): string {
  if (withheld !== null) return ''
  const { change } = WORDS[metric.kind]
  return [
    isDropProven ? `That there is some ${change} is proven.` : `No ${change} at all is proven.`,
    ...(rowsToSettle === null
      ? tooNear(minimumDetectable !== null || sequential, sequential)
      : rowsToSettle > samples
        ? [`If the difference is what it looks like, about ${integer(rowsToSettle)} rows would settle it.`]
        : missing > 0
          ? ['It is the missing values that leave it open.']
          : []),
    ...(minimumDetectable === null
      ? []
      : [
          `With these rows a ${change} of ${(minimumDetectable * 100).toFixed(1)} points would be a REGRESSION in 80 % of runs.`,
        ]),
  ].join(' ')
}

/** Said only where it was reckoned: percentiles and amounts have no such number. */
function tooNear(isKnown: boolean, sequential: boolean): string[] {
  if (!isKnown) return []
  return [
    sequential
      ? 'If the difference is what it looks like, it is too near the margin to be settled row by row.'
      : 'If the difference is what it looks like, it is so near the margin that no number of rows would settle it.',
  ]
}

function familyLine({ metrics, design }: GateReport): string {
  return (
    `over all ${metrics.length} comparisons: a REGRESSION of any is wrong in at most ${percentText(design.alpha)} of runs ` +
    `(${design.sequential ? 'each at its part of that' : 'Holm'}); PASS needs all of them`
  )
}

function savingLine({ rowsUsed, rowsPlanned, trialsSaved, savedUsd }: Saving, verdict: GateReport['verdict']): string {
  const share = rowsPlanned === 0 ? 0 : rowsUsed / rowsPlanned
  const used = `${integer(rowsUsed)} of ${plural(rowsPlanned, 'trial')} used (${percent(share)})`
  if (verdict === 'INCONCLUSIVE') return `looked at row by row: ${used}, and the answer is not known`
  if (trialsSaved === 0) return `looked at row by row: the answer was known with ${used}`
  return (
    `stopped when the answer was known: ${used}, ` +
    `${plural(trialsSaved, 'trial')} not sent${savedUsd === null ? '' : `, about ${dollars(savedUsd)} saved`}`
  )
}

function points(share: number): string {
  return `${decimals(share * 100)} points`
}

function percentText(share: number): string {
  return `${decimals(share * 100)} %`
}

/** Two decimals where it takes them: 2 → "2.0", 0.25 → "0.25". */
function decimals(value: number): string {
  return Number(value.toFixed(1)) === Number(value.toFixed(2)) ? value.toFixed(1) : value.toFixed(2)
}

/** In hundredths, with more decimals where fewer would make it look like the margin that it stays short of. */
function signedHundredths(share: number, margin: number): string {
  const looksEqual = (digits: number): boolean =>
    Math.abs(share).toFixed(digits + 2) === margin.toFixed(digits + 2) && Math.abs(share) !== margin
  const shown = [1, 2, 3].find((digits) => !looksEqual(digits)) ?? 4
  return sign(share, (share * 100).toFixed(shown))
}

function sign(value: number, digits: string): string {
  return value < 0 ? digits.replace('-', '−') : `+${digits}`
}
