/** The last screen of a run: what a person has to see, and nothing else. */
import { styleText } from 'node:util'
import { oneLine, plural, printable } from '../lib/text.ts'
import type { GroupSummary, Summary } from '../stats/types.ts'
import { dollars, integer, milliseconds, percent, percentWithInterval, seconds } from './numbers.ts'
import { scoreDetails, scoreFigures } from './score-figures.ts'
import { framed, sideBySide } from './table.ts'

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
    ...(summary.slices.length > 0 ? ['', sliceTable(summary, color)] : []),
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
    head: oneLine(group.model, 48) + (withPrompt ? `\n${oneLine(group.prompt, 48)}` : ''),
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
  return {
    ...scored,
    truncated: integer(group.truncated),
    cost: dollars(group.costUsd),
    'cost per correct': group.passed === 0 ? '–' : dollars(group.costPerCorrectUsd),
    'TTFT p50 / p95': pair(group.ttftMs.p50.value, group.ttftMs.p95.value),
    'latency p50 / p95': pair(group.latencyMs.p50.value, group.latencyMs.p95.value),
    'tokens in / out': `${integer(group.promptTokens)} / ${integer(group.completionTokens)}`,
  }
}

function sliceTable(summary: Summary, color: boolean): string {
  const withPrompt = severalPrompts(summary)
  const rows = summary.slices.map((group) => [
    oneLine(group.slice, 40),
    oneLine(group.model, 48) + (withPrompt ? `\n${oneLine(group.prompt, 48)}` : ''),
    `${integer(group.scored)} of ${integer(group.planned)}`,
    percentWithInterval(group.passRate),
    dollars(group.costUsd),
  ])
  return framed(['slice', 'model', 'scored', 'pass rate [95 %]', 'cost'], rows, color)
}

/** Both in one cell, sharing the unit when they can: "210 / 480 ms". */
function pair(p50: number | null, p95: number | null): string {
  if (p50 === null || p95 === null) return '–'
  const [a, b] = [milliseconds(p50), milliseconds(p95)]
  const unit = a.slice(a.lastIndexOf(' '))
  return b.endsWith(unit) ? `${a.slice(0, -unit.length)} / ${b}` : `${a} / ${b}`
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
