/**
 * comparison.md: a comparison for a pull request. Whatever comes from datasets, models and names of people's own stands in code
 * spans, where it is neither a link nor HTML nor the end of a table cell.
 */
import type {
  ComparedMetric,
  ComparedPair,
  ComparisonReport,
  Flip,
  FlipCounts,
  FlipSide,
} from '../gate/compare/types.ts'
import { plural } from '../lib/text.ts'
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
import { code, folded, table } from './markdown/inert.ts'
import { integer } from './numbers.ts'

const MOST_CHARACTERS = 120

export function comparisonMarkdown(report: ComparisonReport): string {
  const { baseline, candidates, simulated } = report
  const overlap = overlapTexts(report)
  const against = candidates.map(({ run }) => code(run)).join(', ')
  return [
    `### Comparison${simulated ? ' (SIMULATED)' : ''}`,
    '',
    candidates.length === 0
      ? `Inside the run ${code(baseline.run)}.`
      : `Baseline: ${code(baseline.run)}. Candidate: ${against}.`,
    ...(overlap.length === 0 ? [] : [...bullets(overlap), '']),
    'Differences are candidate − baseline, intervals 95 %. MDE: what 80 % of comparisons of this size would prove.',
    ...bullets(report.notes),
    ...report.pairs.flatMap((pair) => [...pairSection(pair, report), ...flipSection(pair)]),
    ...adjustmentText(report).flatMap((text) => ['', text]),
    '',
  ].join('\n')
}

/** Everything about a pair but the answers that flipped. */
export function pairSection(pair: ComparedPair, report: ComparisonReport): string[] {
  const heading = headingOf(pair, report)
  const names = namesOf(pair)
  const isNamed = names.candidate !== 'the candidate'
  const spans = isNamed ? { candidate: code(names.candidate), baseline: code(names.baseline) } : names
  const quality = pair.metrics.filter(({ kind }) => kind === 'quality')
  const [main] = quality
  return [
    '',
    `#### ${code(heading.candidate)}${heading.baseline === null ? '' : ` against ${code(heading.baseline)}`}`,
    '',
    ...quality.map((metric) => `- ${sentenceOf({ ...metric, name: code(metric.name) }, spans)}`),
    '',
    ...table(
      ['metric', 'baseline', 'candidate', 'points, × ratio [95 %]', 'p', 'MDE', 'answers'],
      pair.metrics.map(metricCells),
    ),
    ...(main === undefined ? [] : ['', `${code(main.name)}: ${winsText(main)}.`]),
    ...bullets([...warningsOf(pair.metrics), ...pair.notes]),
    ...sliceSection(pair),
  ]
}

function metricCells(metric: ComparedMetric): string[] {
  return [
    code(metricName(metric)),
    valueText(metric, metric.baseline),
    valueText(metric, metric.candidate),
    differenceText(metric),
    pText(metric.adjustedPValue),
    detectableText(metric),
    integer(metric.pairs),
  ]
}

function sliceSection({ slices }: ComparedPair): string[] {
  if (slices.length === 0) return []
  const rows = slices.map((slice) => [
    code(slice.slice),
    integer(slice.samples),
    valueText(slice, slice.baseline),
    valueText(slice, slice.candidate),
    differenceText(slice),
    pText(slice.adjustedPValue),
  ])
  return ['', ...table(['slice', 'samples', 'baseline', 'candidate', 'points [95 %]', 'p'], rows)]
}

function flipSection({ flips }: ComparedPair): string[] {
  if (flips === null || flips.wrong + flips.right === 0) return []
  return ['', flipCounts(flips), ...(flips.listed.length === 0 ? [] : ['', ...flipTable(flips.listed)])]
}

function flipCounts({ wrong, right }: FlipCounts): string {
  return `${plural(wrong, 'answer')} went wrong, ${integer(right)} got right.`
}

/** The answers that flipped, to be opened: at most so many of a pair, those that went wrong first. */
export function foldedFlips({ flips }: ComparedPair, most: number): string[] {
  if (flips === null || flips.wrong + flips.right === 0) return []
  const inTurn = [...flips.listed].sort((a, b) => Number(b.went === 'wrong') - Number(a.went === 'wrong'))
  const shown = inTurn.slice(0, most)
  const count = flips.wrong + flips.right
  const title = `${flipCounts(flips)}${shown.length < count ? ` The first ${integer(shown.length)} of them:` : ''}`
  return shown.length === 0 ? [flipCounts(flips)] : folded(title, flipTable(shown))
}

function flipTable(flips: readonly Flip[]): string[] {
  return table(['', 'sample', 'expected', 'baseline', 'candidate'], flips.map(flipCells))
}

function flipCells({ went, sample, epoch, expected, baseline, candidate }: Flip): string[] {
  return [
    went,
    `${code(sample)}${epoch > 1 ? ` (epoch ${epoch})` : ''}`,
    expected === null ? '' : code(bothEnds(expected.join(' | '), MOST_CHARACTERS)),
    answerCell(baseline),
    answerCell(candidate),
  ]
}

function answerCell({ output, isTruncated, reason }: FlipSide): string {
  const answer = output === null ? '?' : code(bothEnds(output, MOST_CHARACTERS))
  return `${isTruncated ? 'truncated ' : ''}${answer}${reason === '' ? '' : `: ${code(reason)}`}`
}

function bullets(notes: readonly string[]): string[] {
  return notes.length === 0 ? [] : ['', ...notes.map((note) => `- ${code(note, 600)}`)]
}
