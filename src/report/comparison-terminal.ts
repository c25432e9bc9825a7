/** The screen of `assay compare`. */
import { styleText } from 'node:util'
import type {
  ComparedMetric,
  ComparedPair,
  ComparedSlice,
  ComparisonReport,
  Flip,
  FlipSide,
} from '../gate/compare/types.ts'
import { oneLine, plural, wrapped } from '../lib/text.ts'
import {
  adjustmentText,
  bothEnds,
  detectableText,
  differenceText,
  headingOf,
  metricName,
  namesOf,
  overlapTexts,
  pText,
  sentenceOf,
  valueText,
  warningsOf,
  winsText,
} from './comparison-words.ts'
import { integer } from './numbers.ts'
import { framed, type TableOptions } from './table.ts'

/** Slices beyond these are in the file alone. */
const MOST_SLICES = 40

/** Rendered text, ending in a line feed. */
export function comparisonScreen(report: ComparisonReport, screen: TableOptions): string {
  const { bold, yellow } = stylesOf(screen)
  const lines = [
    bold(`${report.simulated ? 'SIMULATED · ' : ''}${titleOf(report)}`),
    ...overlapTexts(report)
      .flatMap((text) => warning(text, screen))
      .map(yellow),
    ...wrapped(
      'Differences are candidate − baseline, intervals 95 %. MDE: what 80 % of comparisons of this size would prove.',
      screen.columns,
    ),
    ...report.notes.flatMap((note) => warning(note, screen)).map(yellow),
    ...report.pairs.flatMap((pair) => pairLines(pair, report, screen)),
    ...adjustmentText(report).flatMap((text) => [''].concat(wrapped(text, screen.columns))),
  ]
  return `${lines.join('\n')}\n`
}

function titleOf({ baseline, candidates }: ComparisonReport): string {
  const name = oneLine(baseline.run, 80)
  if (candidates.length === 0) return `inside ${name}`
  return `baseline ${name}\ncandidate ${candidates.map(({ run }) => oneLine(run, 80)).join(', ')}`
}

function pairLines(pair: ComparedPair, report: ComparisonReport, screen: TableOptions): string[] {
  const { bold, yellow } = stylesOf(screen)
  const names = shortNames(pair)
  const { both, onlyBaseline, onlyCandidate } = pair.trials
  const [main] = pair.metrics
  const counts = `${plural(both, 'answer')} paired; in the baseline alone ${integer(onlyBaseline)}, in the candidate alone ${integer(onlyCandidate)}`
  return [
    '',
    bold(heading(pair, report)),
    ...wrapped(counts, screen.columns),
    ...pair.metrics
      .filter(({ kind }) => kind === 'quality')
      .flatMap((metric) => wrapped(oneLine(sentenceOf(metric, names), 600), screen.columns)),
    metricTable(pair.metrics, screen),
    ...(main === undefined ? [] : wrapped(oneLine(`${main.name}: ${winsText(main)}`, 600), screen.columns)),
    ...warningsOf(pair.metrics)
      .concat(pair.notes)
      .flatMap((note) => warning(note, screen))
      .map(yellow),
    ...sliceLines(pair.slices, screen),
    ...flipLines(pair, screen),
  ]
}

function heading(pair: ComparedPair, report: ComparisonReport): string {
  const { candidate, baseline } = headingOf(pair, report)
  return oneLine(candidate, 120) + (baseline === null ? '' : ` against ${oneLine(baseline, 120)}`)
}

/** Model text is data: names are printed as one short line. */
function shortNames(pair: ComparedPair): { candidate: string; baseline: string } {
  const { candidate, baseline } = namesOf(pair)
  return { candidate: oneLine(candidate, 60), baseline: oneLine(baseline, 60) }
}

function metricTable(metrics: readonly ComparedMetric[], screen: TableOptions): string {
  const rows = metrics.map((metric) => [
    metricName(metric),
    valueText(metric, metric.baseline),
    valueText(metric, metric.candidate),
    differenceText(metric),
    pText(metric.adjustedPValue),
    detectableText(metric),
  ])
  return fitted(['', 'baseline', 'candidate', 'points, ×ratio', 'p', 'MDE'], rows, screen)
}

/** A table for each column that slices. */
function sliceLines(slices: readonly ComparedSlice[], screen: TableOptions): string[] {
  if (slices.length === 0) return []
  const shown = slices.slice(0, MOST_SLICES)
  const more = slices.length - shown.length
  const proven = slices.filter(({ isProven }) => isProven).map(({ slice }) => oneLine(slice, 40))
  return [
    ...[...new Set(shown.map(({ column }) => column))].map((column) =>
      sliceTable(
        column,
        shown.filter((slice) => slice.column === column),
        screen,
      ),
    ),
    ...(more > 0 ? [`… and ${plural(more, 'more slice')}; all are in comparison.csv with --out`] : []),
    ...wrapped(
      proven.length === 0
        ? 'no slice differs by more than chance can explain'
        : `slices that differ: ${proven.join(', ')}`,
      screen.columns,
    ),
  ]
}

function sliceTable(column: string, slices: readonly ComparedSlice[], screen: TableOptions): string {
  const rows = slices.map((slice) => [
    slice.value === '' ? '(empty)' : slice.value,
    integer(slice.samples),
    valueText(slice, slice.baseline),
    valueText(slice, slice.candidate),
    differenceText(slice),
    pText(slice.adjustedPValue),
  ])
  return fitted([column, 'n', 'baseline', 'candidate', 'points', 'p'], rows, screen)
}

/** Names in the first column are cut to what the figures leave of the line. */
function fitted(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { columns, color }: TableOptions,
): string {
  const widths = head
    .slice(1)
    .map((title, at) => Math.max(title.length, ...rows.map((row) => row[at + 1]?.length ?? 0)))
  // Two blanks and a line of the frame beside each column.
  const room = columns - widths.reduce((sum, width) => sum + width + 3, 4)
  const cut = ([name = '', ...figures]: readonly string[]): string[] => [oneLine(name, Math.max(9, room)), ...figures]
  return framed(cut(head), rows.map(cut), color)
}

function flipLines({ flips }: ComparedPair, { columns }: TableOptions): string[] {
  if (flips === null || flips.wrong + flips.right === 0) return []
  const lines = (went: Flip['went'], count: number): string[] => {
    const listed = flips.listed.filter((flip) => flip.went === went)
    const more = count - listed.length
    return [
      `${plural(count, 'answer')} ${went === 'wrong' ? 'went wrong' : 'got right'}${listed.length > 0 ? ':' : ''}`,
      ...listed.flatMap((flip) => flipText(flip, columns)),
      ...(more > 0 && listed.length > 0 ? [`  … and ${integer(more)} more; all are in flips.csv with --out`] : []),
    ]
  }
  return [...lines('wrong', flips.wrong), ...lines('right', flips.right)]
}

/** A line for what was expected and one for each answer, with what its scorers said. */
function flipText({ sample, epoch, expected, baseline, candidate }: Flip, columns: number): string[] {
  const id = `  ${oneLine(sample, 24)}${epoch > 1 ? ` #${epoch}` : ''}`
  const room = columns - id.length - ' expected ""'.length
  const wanted = expected === null || expected.length === 0 ? '' : ` expected "${bothEnds(expected.join(' | '), room)}"`
  return [`${id}${wanted}`, answerText('    was', baseline, columns), answerText('    now', candidate, columns)]
}

/** The answer takes what the reason leaves, at least half of the line. */
function answerText(start: string, { output, isTruncated, reason }: FlipSide, columns: number): string {
  const words = `${start}${isTruncated ? ' truncated' : ''} `
  const room = columns - words.length - '"": '.length
  const answer = output === null ? '' : bothEnds(output, room)
  const said = oneLine(reason, Math.max(room - Array.from(answer).length, Math.floor(room / 2)))
  const shown = output === null ? '?' : `"${bothEnds(output, room - Array.from(said).length)}"`
  return `${words}${shown}${said === '' ? '' : `: ${said}`}`
}

function warning(note: string, { columns }: TableOptions): string[] {
  return wrapped(`! ${oneLine(note, 600)}`, columns)
}

function stylesOf({ color }: TableOptions): { bold: (text: string) => string; yellow: (text: string) => string } {
  return {
    bold: (text) => (color ? styleText('bold', text) : text),
    yellow: (text) => (color ? styleText('yellow', text) : text),
  }
}
