/** What `assay plan` says of what a run can show: rows for the margin, and the smallest drop for the rows there are. */
import type { Noise, PowerPlan, RowsNeeded } from '../gate/power/types.ts'
import { oneLine, plural } from '../lib/text.ts'
import { integer, percent } from './numbers.ts'

/** 0.05 → "5 points", 0.0125 → "1.25 points": a difference of two shares is no share of either. */
export function points(difference: number): string {
  const hundredths = Math.round(difference * 10_000) / 100
  return `${hundredths} ${hundredths === 1 ? 'point' : 'points'}`
}

/** Where the noise comes from, in a sentence without its full stop. */
export function noiseText({ discordance, source, samples, runIds }: Noise, metric: string): string {
  const differ =
    metric === 'pass_rate' || metric === 'failures'
      ? `two answers of an unchanged model differ in ${percent(discordance)} of samples`
      : `two answers of an unchanged model differ by ${points(Math.sqrt(discordance))} (root mean square)`
  if (source === 'assumed') return `assumed, since no sample was asked twice: ${differ}`
  const runs = runIds.length === 1 ? oneLine(runIds[0] ?? '', 80) : plural(runIds.length, 'run')
  return `measured on ${plural(samples, 'sample')} of ${runs}: ${differ}`
}

/** What it takes to clear an unchanged model. */
export function rowsNeededText(
  { fixed80, fixed95, sequentialMost, sequentialMean }: RowsNeeded,
  sequential: boolean,
): string {
  return sequential
    ? `to clear an unchanged model takes about ${integer(sequentialMean)} rows in the mean, and ${integer(sequentialMost)} for seven of eight runs`
    : `to clear an unchanged model takes about ${plural(fixed80, 'row')} in 80 % of runs, ${integer(fixed95)} in 95 %`
}

/** Lines about one metric of one model. */
export function powerLines(plan: PowerPlan, alarmOn: 'over-margin' | 'any-drop'): string[] {
  const { metric, margin, noise, rows, minimumDetectable, rowsNeeded } = plan
  return [
    `${oneLine(metric, 60)}: ${noiseText(noise, metric)}`,
    ...(minimumDetectable === null ? [] : [detectableText(minimumDetectable, plan)]),
    ...(margin === null || rowsNeeded === null
      ? []
      : marginLines(margin, rowsNeeded, { rows, alarmOn, minimumDetectable })),
  ].map((line, index) => (index === 0 ? line : `  ${line}`))
}

function detectableText(drop: number, { rows, alpha, candidateAnswers, baselineAnswers }: PowerPlan): string {
  const answers =
    candidateAnswers + baselineAnswers === 2
      ? ''
      : `, ${candidateAnswers} answers each against ${baselineAnswers} of the baseline`
  const most = drop >= 1 ? 'no drop is sure to be shown' : `a drop of ${points(drop)} is proven in 80 % of runs`
  return `with ${plural(rows, 'row')}${answers}: ${most} (alpha ${percent(alpha)})`
}

function marginLines(
  margin: number,
  needed: RowsNeeded,
  {
    rows,
    alarmOn,
    minimumDetectable,
  }: Pick<PowerPlan, 'rows' | 'minimumDetectable'> & { readonly alarmOn: 'over-margin' | 'any-drop' },
): string[] {
  const isEnough = rows >= needed.fixed80
  return [
    ...(alarmOn === 'over-margin' && minimumDetectable !== null && margin + minimumDetectable < 1
      ? [`one of ${points(margin + minimumDetectable)} is proven to be beyond the margin of ${points(margin)} in 80 %`]
      : []),
    `margin ${points(margin)}: ${rowsNeededText(needed, false)}${isEnough ? '' : `; ${plural(rows, 'row')} are too few`}`,
    `with --sequential: ${rowsNeededText(needed, true)}`,
  ]
}
