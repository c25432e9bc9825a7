/** The last screen of a run: what a person has to see, and nothing else. */
import { styleText } from 'node:util'
import { oneLine, plural, printable } from '../lib/text.ts'
import type { GroupSummary, Percentiles, SliceDifference, Summary } from '../stats/types.ts'
import {
  countWithShare,
  dollars,
  dollarsWithInterval,
  integer,
  millisecondLimits,
  milliseconds,
  percent,
  percentWithInterval,
  pointsOf,
  pValue,
  seconds,
} from './numbers.ts'
import { scoreDetails, scoreFigures } from './score-figures.ts'
import { firstThatFits, framed, sideBySide, type TableOptions } from './table.ts'

export interface TerminalOptions {
  /** Colours: only on a terminal that wants them. */
  readonly color: boolean
  /** Characters in a line. */
  readonly columns: number
  /** Files written, as the reader would type them. */
  readonly files: readonly string[]
}

/** Rendered text, ending in a line feed. */
export function terminalReport(summary: Summary, { color, columns, files }: TerminalOptions): string {
  const bold = (text: string): string => (color ? styleText('bold', text) : text)
  const yellow = (text: string): string => (color ? styleText('yellow', text) : text)
  const lines = [
    bold(
      `${summary.simulated ? 'SIMULATED · ' : ''}${oneLine(summary.dataset, 60)} · ${plural(summary.planned, 'trial')} · ${seconds(summary.wallMs / 1_000)}`,
    ),
    ...tables(summary, color, columns),
    ...scoreDetails(summary, { color, columns }),
    ...summary.groups.flatMap(failures),
    ...(summary.slices.length > 0 ? ['', sliceTable(summary, { color, columns })] : []),
    totals(summary),
    ...paced(summary),
    ...summary.notes.map((note) => yellow(`! ${oneLine(note, 400)}`)),
    '',
    ...files.map((file) => `  ${printable(file)}`),
  ]
  return `${lines.join('\n')}\n`
}

/** A column per model × prompt. */
function tables(summary: Summary, color: boolean, columns: number): string[] {
  const withPrompt = severalPrompts(summary)
  const entries = summary.groups.map((group) => ({
    head: nameOf(group, withPrompt),
    figures: figuresOf(group, summary),
  }))
  return sideBySide(entries, { columns, color })
}

function severalPrompts({ groups }: Summary): boolean {
  return new Set(groups.map(({ prompt }) => prompt)).size > 1
}

function figuresOf(group: GroupSummary, summary: Summary): Record<string, string> {
  const scored = {
    scored: `${integer(group.scored)} of ${integer(group.planned)}`,
    'pass rate [95 %]': percentWithInterval(group.passRate),
    ...scoreFigures(group, summary),
  }
  // Recorded outputs have neither a price nor a clock.
  if (summary.provider === 'replay') return scored
  const anywhere = (of: (group: GroupSummary) => number): boolean => summary.groups.some((one) => of(one) > 0)
  return {
    ...scored,
    ...(anywhere(({ failed }) => failed) ? { failed: countWithShare(group.failed, group.failedShare) } : {}),
    truncated: countWithShare(group.truncated, group.truncatedShare),
    ...(anywhere(({ emptyOutputs }) => emptyOutputs)
      ? { empty: countWithShare(group.emptyOutputs, group.emptyShare) }
      : {}),
    cost: dollars(group.costUsd),
    'cost per 1,000': inTwoLines(dollarsWithInterval(group.costPer1000Usd, group.meanCostUsd.per1000)),
    'cost per correct':
      group.passed === 0 ? '–' : inTwoLines(dollarsWithInterval(group.costPerCorrectUsd, group.meanCostUsd.perCorrect)),
    'TTFT p50 / p95': percentilePair(group.ttftMs),
    'latency p50 / p95': percentilePair(group.latencyMs),
    'tokens in / out': `${integer(group.promptTokens)} / ${integer(group.completionTokens)}`,
  }
}

/** No wider than a pass rate with its interval: beside each other, models are compared more easily. */
const WIDEST_CELL = 24

function inTwoLines(figure: string): string {
  return figure.length > WIDEST_CELL ? figure.replace(' [', '\n[') : figure
}

/** What a narrow terminal has no room for is left out, from the right, and then the vendors of the models: it is in summary.csv. */
function sliceTable(summary: Summary, { columns, color }: TableOptions): string {
  const table = (dropped: number, shortName: (model: string) => string) => (): string => {
    const all = sliceColumns(summary, shortName)
    const shown = all.slice(0, all.length - dropped)
    return framed(
      shown.map(({ head }) => head),
      summary.slices.map((group) => shown.map(({ cellOf }) => cellOf(group))),
      color,
    )
  }
  const full = (model: string): string => model
  const short = withoutVendor(summary)
  return firstThatFits([table(0, full), table(1, full), table(2, full), table(2, short), table(3, short)], columns)
}

function sliceColumns(summary: Summary, shortName: (model: string) => string): readonly SliceColumn[] {
  const withPrompt = severalPrompts(summary)
  const withModel = withPrompt || new Set(summary.slices.map(({ model }) => model)).size > 1
  const model = (group: GroupSummary): string => nameOf({ ...group, model: shortName(group.model) }, withPrompt)
  return [
    { head: 'slice', cellOf: ({ slice }) => oneLine(slice, 40) },
    ...(withModel ? [{ head: 'model', cellOf: model }] : []),
    { head: 'pass rate [95 %]', cellOf: ({ passRate }) => percentWithInterval(passRate) },
    { head: 'against the rest', cellOf: ({ differsFromRest }) => againstRest(differsFromRest) },
    { head: 'scored', cellOf: ({ scored, planned }) => `${integer(scored)} of ${integer(planned)}` },
    { head: 'cost', cellOf: ({ costUsd }) => dollars(costUsd) },
  ]
}

/** `openai/gpt-4o-mini` → `gpt-4o-mini`, unless two models would then have one name. */
function withoutVendor({ slices }: Summary): (model: string) => string {
  const shorten = (model: string): string => model.slice(model.lastIndexOf('/') + 1)
  const models = new Set(slices.map(({ model }) => model))
  return new Set([...models].map(shorten)).size === models.size ? shorten : (model) => model
}

interface SliceColumn {
  readonly head: string
  readonly cellOf: (group: GroupSummary) => string
}

/** The difference in percentage points, and how likely one as large is by chance. */
function againstRest(difference: SliceDifference | null): string {
  if (difference === null) return '–'
  const points = pointsOf(difference.difference)
  return difference.pAdjusted === null ? points : `${points}, p ${pValue(difference.pAdjusted)}`
}

function nameOf({ model, prompt }: GroupSummary, withPrompt: boolean): string {
  return oneLine(model, 48) + (withPrompt ? `\n${oneLine(prompt, 48)}` : '')
}

/** Both in one cell, sharing the unit when they can: "210 / 480 ms"; and their limits in a line below. */
function percentilePair({ p50, p95 }: Percentiles): string {
  if (p50.value === null || p95.value === null) return '–'
  const [a, b] = [milliseconds(p50.value), milliseconds(p95.value)]
  const unit = a.slice(a.lastIndexOf(' '))
  const values = b.endsWith(unit) ? `${a.slice(0, -unit.length)} / ${b}` : `${a} / ${b}`
  const isLimited = [p50, p95].some(({ low, high }) => low !== null || high !== null)
  return isLimited ? `${values}\n${millisecondLimits(p50)} / ${millisecondLimits(p95)}` : values
}

/** A failure is not a wrong answer: what failed, and how much it could matter. */
function failures(group: GroupSummary): string[] {
  const kinds = Object.entries(group.errorKinds).map(([kind, count]) => `${integer(count)} ${kind}`)
  const missing = group.planned - group.scored
  if (missing === 0) return []
  const parts = [
    ...(group.failed > 0 ? [`${integer(group.failed)} failed (${kinds.join(', ')})`] : []),
    ...(group.skipped > 0 ? [`${integer(group.skipped)} not run`] : []),
    ...(group.completed > group.scored ? [`${integer(group.completed - group.scored)} answered but not scored`] : []),
  ]
  const { low, high } = group.passRateBounds
  const examples = Object.entries(group.errorExamples).map(
    ([kind, message]) => `  ${kind}, e.g.: ${oneLine(message, 160)}`,
  )
  return [
    `${oneLine(group.model, 48)}: ${parts.join(', ')}; pass rate between ${percent(low)} and ${percent(high)} whatever they were.`,
    ...examples,
  ]
}

/** Only when the endpoint has held the run back. */
function paced({ pace: { refused, pauses, pausedMs, timeline } }: Summary): string[] {
  if (refused === 0 && pauses === 0) return []
  const atOnce = timeline.map(({ concurrency }) => concurrency)
  const rates = timeline.flatMap(({ requestsPerMinute }) => (requestsPerMinute ? [requestsPerMinute] : []))
  return [
    [
      `pace: ${plural(refused, 'attempt')} refused`,
      `${range(atOnce)} at once`,
      ...(rates.length > 0 ? [`${range(rates)} requests/min`] : []),
      ...(pauses > 0 ? [`${plural(pauses, 'pause')} of ${seconds(pausedMs / 1_000)} in all`] : []),
    ].join(' · '),
  ]
}

function range(values: readonly number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)]
  return least === most ? integer(most) : `${integer(least)} to ${integer(most)}`
}

function totals(summary: Summary): string {
  const retries = summary.groups.reduce((sum, group) => sum + group.retries, 0)
  return [
    `total ${dollars(summary.costUsd)}`,
    ...(summary.judgeCalls > 0
      ? [`+ ${dollars(summary.judgeCostUsd)} for ${plural(summary.judgeCalls, 'judge call')}`]
      : []),
    ...(Number(summary.retryCostUsd) > 0 ? [`+ up to ${dollars(summary.retryCostUsd)} for other attempts`] : []),
    `${summary.outputTokensPerSecond === null ? '–' : integer(Math.round(summary.outputTokensPerSecond))} output tokens/s`,
    plural(retries, 'retry').replace(/retrys$/, 'retries'),
    ...(summary.possiblyBilled > 0 ? [`${integer(summary.possiblyBilled)} possibly billed without an answer`] : []),
  ].join(' · ')
}
