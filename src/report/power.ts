/** What `assay plan` says of what a run can show: the smallest drop for the rows there are, and the rows for the margin. */
import type { Noise, PowerPlan, RowsNeeded } from '../gate/power/types.ts'
import type { AlarmOn } from '../gate/types.ts'
import { oneLine, plural, wrapped } from '../lib/text.ts'
import { integer, percent } from './numbers.ts'

/** 0.05 → "5 points", 0.0125 → "1.25 points": a difference of two shares is no share of either. */
export function points(difference: number): string {
  const hundredths = Math.round(difference * 10_000) / 100
  return `${hundredths} ${hundredths === 1 ? 'point' : 'points'}`
}

/** To a tenth of a point: figures that were estimated. */
function about(difference: number): string {
  return points(Math.round(difference * 1_000) / 1_000)
}

/** How much answers differ though nothing has changed, and where that comes from; without its full stop. */
export function noiseText({ discordance, source, samples, runIds }: Noise, metric: string): string {
  const differ =
    metric === 'pass_rate' || metric === 'failures'
      ? `two answers of an unchanged model differ in ${percent(discordance)} of samples`
      : `two answers of an unchanged model differ by ${about(Math.sqrt(discordance))} (root mean square)`
  if (source === 'assumed') return `assumed, since no answers were compared: ${differ}`
  const runs = runIds.length === 1 ? oneLine(runIds[0] ?? '', 80) : plural(runIds.length, 'run')
  return `measured on ${plural(samples, 'sample')} of ${runs}: ${differ}`
}

/** What it takes to prove of an unchanged model that it is not worse by the margin. */
export function rowsNeededText(needed: RowsNeeded, sequential: boolean): string {
  const { fixed80, fixed95, sequentialMost, sequentialMean } = needed
  return sequential
    ? `to clear an unchanged model takes about ${plural(sequentialMean, 'row')} in the mean, and ${integer(sequentialMost)} for seven of eight runs`
    : `to clear an unchanged model takes about ${plural(fixed80, 'row')} in 80 % of runs, and ${integer(fixed95)} in 95 %`
}

export interface PowerScreen {
  readonly alarmOn: AlarmOn
  readonly hasClusters: boolean
  /** Characters in a line. */
  readonly columns?: number
}

/** Lines for every model, ending in a line feed; those of models with the same numbers once. */
export function powerText(
  plans: ReadonlyMap<string, readonly PowerPlan[]>,
  { alarmOn, hasClusters, columns = 100 }: PowerScreen,
): string {
  const models = new Map<string, string[]>()
  for (const [model, ofModel] of plans) {
    const text = ofModel.map((plan) => powerLines(plan, alarmOn).join('\n')).join('\n')
    models.set(text, [...(models.get(text) ?? []), oneLine(model, 60)])
  }
  return [...models]
    .map(([text, names]) => `${models.size > 1 ? `Power, ${names.join(', ')}` : 'Power'}: ${text}\n`)
    .join('')
    .concat(hasClusters ? '  Rows of one cluster tell less than as many others: more are needed than this.\n' : '')
    .split('\n')
    .flatMap((line) => wrapped(line, columns, '    '))
    .join('\n')
}

/** Sentences about one metric, the first without indent. */
export function powerLines(plan: PowerPlan, alarmOn: AlarmOn): string[] {
  const { metric, margin, noise, epochs, candidateAnswers, minimumDetectable, rowsNeeded } = plan
  return [
    `${oneLine(metric, 60)}; ${noiseText(noise, metric)}.`,
    ...(minimumDetectable === null ? [] : [`  ${detectableText(minimumDetectable, plan, alarmOn)}.`]),
    ...(candidateAnswers < epochs
      ? [
          `  Pairs are made by epoch: the baseline has ${integer(candidateAnswers)} of ${plural(epochs, 'epoch')}, the rest is not compared.`,
        ]
      : []),
    ...(margin === null || rowsNeeded === null
      ? []
      : [
          `  Margin ${points(margin)}: ${rowsNeededText(rowsNeeded, false)}${tooFew(plan, rowsNeeded)}.`,
          `  With --sequential: ${rowsNeededText(rowsNeeded, true)}.`,
        ]),
  ]
}

function detectableText(drop: number, plan: PowerPlan, alarmOn: AlarmOn): string {
  const { rows, alpha, margin, candidateAnswers, baselineAnswers } = plan
  const answers =
    candidateAnswers + baselineAnswers === 2
      ? ''
      : `, ${plural(candidateAnswers, 'answer')} each against ${integer(baselineAnswers)} of the baseline`
  const within = `${plural(rows, 'row')}${answers} (alpha ${percent(alpha)})`
  if (drop >= 1) return `${within} are too few to prove any drop in 80 % of runs`
  const beyond = margin === null || alarmOn === 'any-drop' ? null : margin + drop
  return (
    `${within} prove a drop of ${about(drop)} in 80 % of runs` +
    (beyond === null || beyond >= 1 ? '' : `, and one of ${about(beyond)} to be beyond the margin`)
  )
}

function tooFew({ rows }: PowerPlan, { fixed80 }: RowsNeeded): string {
  return rows >= fixed80 ? '' : `; ${plural(rows, 'row')} ${rows === 1 ? 'is' : 'are'} too few`
}
