/** A verdict in words: one sentence that says what was proven, with the numbers that prove it. */
import type { GateReport, MetricKind, MetricVerdict, Saving } from '../gate/types.ts'
import { oneLine, plural } from '../lib/text.ts'
import { dollars, integer, milliseconds, percent } from './numbers.ts'

/** The whole report: a sentence per metric, what was saved by stopping, what to know beside it. */
export function verdictLines(report: GateReport): string[] {
  const { metrics, saving, notes, candidate, baseline, simulated } = report
  return [
    `${report.verdict}${simulated ? ' (simulated)' : ''}: ${oneLine(candidate.name, 120)} against ${oneLine(baseline.name, 200)}`,
    ...metrics.flatMap((one) => [
      `  ${verdictSentence(one, report)}`,
      ...one.flags.map((flag) => `    ! ${oneLine(flag, 200)}`),
    ]),
    ...(metrics.length > 1 ? [`  ${familyLine(report)}`] : []),
    ...(saving === null ? [] : [`  ${savingLine(saving)}`]),
    ...notes.map((note) => `  ! ${oneLine(note, 400)}`),
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
        : `INCONCLUSIVE: ${subject}: a ${change} of ${margin} is neither proven nor ruled out${evidence}. ${whatElse(one)}`
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
  const { metric, candidate, baseline, difference, low, high, confidence, method, pairs, samples } = one
  if (difference === null) return ''
  const isShare = metric.kind === 'quality' || metric.kind === 'failures'
  const signed = (share: number): string => signedHundredths(share, metric.margin) + (isShare ? '' : ' %')
  const limits = `[${low === null ? '−∞' : signed(low)}, ${high === null ? '∞' : signed(high)}]`
  const rows = pairs === samples ? plural(pairs, 'pair') : `${plural(pairs, 'pair')} of ${plural(samples, 'sample')}`
  return (
    `: ${amount(metric.name, candidate)} against ${amount(metric.name, baseline)}, ` +
    `${signed(difference)}${isShare ? ' points' : ''} ${limits} (${Number((confidence * 100).toFixed(1))} %, ${method}, ${rows})`
  )
}

function amount(name: string, value: number | null): string {
  if (name === 'cost') return dollars(value === null ? null : value.toFixed(12))
  if (name === 'tokens') return value === null ? '–' : value.toFixed(1)
  return name.startsWith('latency') ? milliseconds(value) : percent(value)
}

/** Of an INCONCLUSIVE: whether any drop is proven, what would settle it, and what could have been seen. */
function whatElse({ isDropProven, rowsToSettle, minimumDetectable, metric }: MetricVerdict): string {
  const { change } = WORDS[metric.kind]
  return [
    isDropProven ? `That there is some ${change} is proven.` : `No ${change} at all is proven.`,
    rowsToSettle === null
      ? 'If the difference is what it looks like, it is so near the margin that no number of rows would settle it.'
      : `If the difference is what it looks like, about ${integer(rowsToSettle)} rows would settle it.`,
    ...(minimumDetectable === null
      ? []
      : [
          `With these rows a ${change} of ${(minimumDetectable * 100).toFixed(1)} points would be found in 80 % of runs.`,
        ]),
  ].join(' ')
}

function familyLine({ metrics, design }: GateReport): string {
  return (
    `over all ${metrics.length} comparisons: a REGRESSION of any is wrong in at most ${percentText(design.alpha)} of runs ` +
    `(${design.sequential ? 'each at its part of that' : 'Holm'}); PASS needs all of them`
  )
}

function savingLine({ rowsUsed, rowsPlanned, trialsSaved, savedUsd }: Saving): string {
  const share = rowsPlanned === 0 ? 0 : rowsUsed / rowsPlanned
  return (
    `stopped when the answer was known: ${integer(rowsUsed)} of ${plural(rowsPlanned, 'row')} used (${percent(share)}), ` +
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

/** In hundredths, with a second decimal where one would make it look like the margin that it stays short of. */
function signedHundredths(share: number, margin: number): string {
  const looksEqual = Math.abs(share).toFixed(3) === margin.toFixed(3)
  return sign(share, (share * 100).toFixed(looksEqual ? 2 : 1))
}

function sign(value: number, digits: string): string {
  return value < 0 ? digits.replace('-', '−') : `+${digits}`
}
