/** Which model to take, in one sentence; then what is known of each, and what is open. */
import { stripVTControlCharacters, styleText } from 'node:util'
import type { ChoiceReport, ContenderName, ContenderReport, DifferenceEstimate } from '../gate/choose/types.ts'
import { oneLine, plural, printable, wrapped } from '../lib/text.ts'
import { dollars, integer, milliseconds, percent, percentWithInterval } from './numbers.ts'
import { framed, sideBySide } from './table.ts'

export interface ChoiceScreen {
  readonly color: boolean
  /** Characters in a line. */
  readonly columns: number
  /** Files written, as the reader would type them. */
  readonly files: readonly string[]
}

/** choice.json, and what --json writes: the report with its sentence. */
export function choiceJson(report: ChoiceReport): string {
  return `${JSON.stringify({ ...report, sentence: choiceSentence(report) }, null, 2)}\n`
}

/** Rendered text, ending in a line feed. */
export function choiceScreen(report: ChoiceReport, { color, columns, files }: ChoiceScreen): string {
  const bold = (text: string): string => (color ? styleText('bold', text) : text)
  const yellow = (text: string): string => (color ? styleText('yellow', text) : text)
  const lines = [
    ...wrapped(`${report.simulated ? 'SIMULATED · ' : ''}${choiceSentence(report)}`, columns).map(bold),
    ...wrapped(savingSentence(report), columns),
    ...table(report, columns, color),
    ...frontierLine(report).flatMap((line) => wrapped(line, columns)),
    ...report.notes.flatMap((note) => wrapped(`! ${oneLine(note, 400)}`, columns)).map(yellow),
    '',
    ...files.map((file) => `  ${printable(file)}`),
  ]
  return `${lines.join('\n')}\n`
}

/** The answer, or what keeps it open. */
export function choiceSentence(report: ChoiceReport): string {
  const taken = report.contenders.find(({ state }) => state === 'chosen')
  return taken === undefined ? openSentence(report) : takenSentence(taken, report)
}

function takenSentence(taken: ContenderReport, report: ChoiceReport): string {
  const name = nameOf(taken, report)
  const others = report.contenders.filter(({ state }) => state !== 'dropped')
  const price = costText(taken)
  if (taken.difference === null) {
    return `Take ${name}: it is the reference${qualityText(taken)}, and nothing cheaper is within ${margin(report)} of it${price}.`
  }
  if (others.length === 1) {
    return `Take ${name}${qualityText(taken)}: all others are worse by more than ${margin(report)}${price}.`
  }
  return `Take ${name}: not worse than ${against(taken, report)} by more than ${margin(report)} (${intervalText(taken.difference, report)}), and the cheapest of those${price}.`
}

/** "the best (openai/gpt-x, 91.3 %)"; the one chosen may be the best itself. */
function against(taken: ContenderReport, report: ChoiceReport): string {
  const { reference } = report.design
  const isReference = (one: ContenderReport): boolean =>
    reference !== null && one.model === reference.model && one.prompt === reference.prompt
  const rivals = report.contenders.filter((one) => one !== taken && one.state !== 'dropped')
  const other = rivals.find(isReference) ?? bestOf(rivals)
  const word = reference === null ? 'the best' : 'the reference'
  if (other === undefined) return word
  const isBehind = reference === null && (other.quality.value ?? 0) < (taken.quality.value ?? 0)
  return isBehind
    ? `${word} of the others (${nameOf(other, report)}, ${percent(other.quality.value)})`
    : `${word} (${nameOf(other, report)}, ${percent(other.quality.value)})`
}

function bestOf(contenders: readonly ContenderReport[]): ContenderReport | undefined {
  return contenders.reduce<ContenderReport | undefined>(
    (best, one) => (best === undefined || (one.quality.value ?? 0) > (best.quality.value ?? 0) ? one : best),
    undefined,
  )
}

function openSentence(report: ChoiceReport): string {
  const { undecided, cheapestAccepted, rowsUsed, rowsPlanned } = report
  const rows =
    rowsUsed === rowsPlanned
      ? `all ${plural(rowsUsed, 'row')}`
      : `${integer(rowsUsed)} of ${plural(rowsPlanned, 'row')}`
  const open = undecided.map((one) => nameOf(one, report)).join(', ')
  const best = report.design.reference === null ? 'the best' : 'the reference'
  return [
    `INCONCLUSIVE after ${rows}: it is open whether ${open} ${undecided.length === 1 ? 'is' : 'are'} within ${margin(report)} of ${best}`,
    ...(cheapestAccepted === null ? [] : [`; the cheapest that is known to be is ${nameOf(cheapestAccepted, report)}`]),
    `; ${outlook(report)}.`,
  ].join('')
}

/** What would settle it: the rows that are left where the run was broken off, else as many as those seen ask for. */
function outlook({ rowsUsed, rowsPlanned, rowsToSettle, isNearMargin }: ChoiceReport): string {
  const left = rowsPlanned - rowsUsed
  if (left > 0) return `the run was broken off with ${plural(left, 'row')} left to ask`
  if (rowsToSettle !== null) return `about ${plural(rowsToSettle, 'more row')} would settle it`
  return isNearMargin
    ? 'the differences seen are too near the margin for any number of rows to settle it'
    : `${plural(rowsUsed, 'row')} ${rowsUsed === 1 ? 'is' : 'are'} too few to tell how many more would settle it`
}

/** What was asked, and what asking everything would have cost. */
function savingSentence({ trialsAsked, trialsPlanned, spentUsd, fullGridUsd }: ChoiceReport): string {
  const asked = `Asked ${integer(trialsAsked)} of ${plural(trialsPlanned, 'trial')} for ${dollars(spentUsd)}`
  return trialsAsked === trialsPlanned || fullGridUsd === null
    ? `${asked}.`
    : `${asked}; asking all would have cost about ${dollars(fullGridUsd)}.`
}

/** A line for each contender where the terminal is wide enough, else a column for each. */
function table(report: ChoiceReport, columns: number, color: boolean): string[] {
  const entries = report.contenders.map((contender) => ({
    head: headOf(contender, report),
    figures: figuresOf(contender, report),
  }))
  const names = Object.keys(entries[0]?.figures ?? {})
  const rows = entries.map(({ head, figures }) => [head, ...Object.values(figures)])
  const wide = framed(['', ...names], rows, color)
  const isFitting = wide.split('\n').every((line) => stripVTControlCharacters(line).length <= columns)
  return isFitting ? [wide] : sideBySide(entries, { columns, color })
}

function headOf(contender: ContenderReport, report: ChoiceReport): string {
  return oneLine(contender.model, 48) + (hasSeveralPrompts(report) ? `\n${oneLine(contender.prompt, 48)}` : '')
}

function figuresOf(contender: ContenderReport, report: ChoiceReport): Record<string, string> {
  const { rows, quality, difference, costPer1000Usd, latencyP50Ms, frontier } = contender
  const level = `${Number(((1 - report.design.alpha) * 100).toPrecision(4))} %`
  return {
    state: stateText(contender),
    rows: integer(rows),
    [`${metricText(report)} [${level}]`]: percentWithInterval(quality),
    [`to the ${report.design.reference === null ? 'best' : 'reference'}, points`]:
      difference === null ? 'the reference' : limitsText(difference, report),
    'cost per 1,000': dollars(costPer1000Usd),
    'latency p50': milliseconds(latencyP50Ms),
    'on frontier': frontier === null ? '–' : `${frontier.word} (${percent(frontier.probability)})`,
  }
}

function stateText({ state, droppedAtRow }: ContenderReport): string {
  switch (state) {
    case 'chosen':
      return 'TAKE THIS'
    case 'accepted':
      return 'good enough'
    case 'dropped':
      return `dropped at row ${integer(droppedAtRow ?? 0)}`
    case 'undecided':
      return 'undecided'
  }
}

function frontierLine({ frontier: { rows, weighs } }: ChoiceReport): string[] {
  if (rows === 0) return []
  const last = weighs.at(-1) ?? ''
  const names = weighs.length > 1 ? `${weighs.slice(0, -1).join(', ')} and ${last}` : last
  return [
    `frontier of ${names}: share of resampled row sets in which no other is at least as good in all (${plural(rows, 'row')})`,
  ]
}

/** As many points as the margin was given with. */
function margin({ design }: ChoiceReport): string {
  const hundredths = design.margin * 100
  const decimals = [1, 2, 3].find((digits) => Math.abs(Number(hundredths.toFixed(digits)) - hundredths) < 1e-9) ?? 4
  return `${hundredths.toFixed(decimals)} points`
}

function metricText({ design: { metric } }: ChoiceReport): string {
  return metric === 'pass_rate' ? 'pass rate' : oneLine(metric, 40)
}

function qualityText({ quality: { value } }: ContenderReport): string {
  return value === null ? '' : ` (${percent(value)})`
}

function costText({ costPer1000Usd }: ContenderReport): string {
  return costPer1000Usd === null ? '' : ` at ${dollars(costPer1000Usd)} per 1,000 answers`
}

function intervalText(difference: DifferenceEstimate, report: ChoiceReport): string {
  const { value, low, high } = inPoints(difference, report)
  return `difference ${value}, interval ${low} to ${high}`
}

/** "−1.2 [−4.6, 0.0]"; one that all others are proven to be behind is the best, without limits. */
function limitsText(difference: DifferenceEstimate, report: ChoiceReport): string {
  if (difference.low === 0 && difference.high === 0) return 'the best'
  const { value, low, high } = inPoints(difference, report)
  return `${value} [${low}, ${high}]`
}

/** With more decimals where a limit would look like the margin that it is on one side of. */
function inPoints(
  { value, low, high }: DifferenceEstimate,
  { design }: ChoiceReport,
): Record<'value' | 'low' | 'high', string> {
  const looksEqual = (digits: number): boolean =>
    [low, high].some((limit) => (limit * 100).toFixed(digits) === (-design.margin * 100).toFixed(digits))
  const decimals = [1, 2, 3].find((digits) => !looksEqual(digits)) ?? 4
  return { value: points(value, decimals), low: points(low, decimals), high: points(high, decimals) }
}

/** Signed, in hundredths: "−1.2", "0.0". */
function points(share: number | null, decimals: number): string {
  if (share === null) return '–'
  const rounded = (Math.abs(share) * 100).toFixed(decimals)
  return share < 0 && Number(rounded) !== 0 ? `−${rounded}` : rounded
}

function nameOf({ model, prompt }: ContenderName, report: ChoiceReport): string {
  return hasSeveralPrompts(report) ? `${oneLine(model, 60)} with ${oneLine(prompt, 40)}` : oneLine(model, 60)
}

function hasSeveralPrompts({ contenders }: ChoiceReport): boolean {
  return new Set(contenders.map(({ prompt }) => prompt)).size > 1
}
