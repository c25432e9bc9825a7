/**
 * report.md: a run for a pull request and for the summary of a CI step. Whatever comes from datasets, models and judges is inert
 * (markdown/inert.ts), and the whole is no larger than a comment of GitHub may be.
 */
import type { ComparedPair } from '../gate/compare/types.ts'
import type { GroupSummary, Summary } from '../stats/types.ts'
import { plural } from '../lib/text.ts'
import { foldedFlips, pairSection } from './comparison-markdown.ts'
import { againstRest, groupFigures, missingSentence, severalPrompts } from './group-figures.ts'
import { type Example, worstAnswers } from './markdown/examples.ts'
import { fitted, type Part } from './markdown/fit.ts'
import { clipped, code, prose, table } from './markdown/inert.ts'
import { headline, SIMULATED_BANNER, verdictBullets } from './markdown/verdict.ts'
import { integer, percentWithInterval, seconds } from './numbers.ts'
import { rightAnswers } from './right-answers.ts'
import { paceLines, totalsLine } from './totals.ts'
import type { ReportedRun, Reporter } from './types.ts'

/** Of a comment on GitHub, which holds 65,536 characters; a step summary holds 1 MiB. */
export const MOST_BYTES = 65_536

const MOST = { metrics: 50, groups: 50, notes: 50, pairs: 20, flips: 20, slices: 50, failures: 50, examples: 10 }

/** Up to so many models stand beside each other, each figure in a row; more of them in rows. */
const MOST_COLUMNS = 4
const LEVEL = 0.05

export const markdownReporter: Reporter = {
  name: 'markdown',
  about: 'The run for a pull request: verdict, figures, what changed, what went wrong',
  file: 'report.md',
  render: (run) => [runMarkdown(run, MOST_BYTES)],
}

/** At most so many bytes of UTF-8; empty where they are too few for anything. `reasons` is why the run has ended as it did. */
export function runMarkdown(run: ReportedRun, mostBytes: number, reasons: readonly string[] = []): string {
  return fitted(partsOf(run, reasons), mostBytes)
}

function partsOf(run: ReportedRun, reasons: readonly string[]): Part[] {
  const { summary, comparison, timings } = run
  const { gate, groups, notes } = summary
  const pairs = comparison?.pairs ?? []
  const failures = groups.flatMap((group) => failureRows(group, summary))
  const differing = summary.slices.filter(({ differsFromRest }) => (differsFromRest?.pAdjusted ?? 1) < LEVEL)
  const worst = worstAnswers(run, MOST.examples)
  return [
    part('verdict', 0, Math.min(MOST.metrics, gate?.metrics.length ?? 1), (most) => verdictSection(run, reasons, most)),
    part('models', 1, Math.min(MOST.groups, groups.length), (most) => modelSection(summary, timings, most)),
    part('notes', 3, Math.min(MOST.notes, notes.length), (most) => noteSection(summary, most)),
    part('failed requests', 4, Math.min(MOST.failures, failures.length), (most) => failureSection(failures, most)),
    part('comparison with the baseline', 5, timings ? Math.min(MOST.pairs, pairs.length) : 0, (most) =>
      comparison === null ? [] : comparisonSection(comparison, most),
    ),
    part('answers that flipped', 8, timings && pairs.length > 0 ? MOST.flips : 0, (most) =>
      flipSection(pairs.slice(0, MOST.pairs), most),
    ),
    part('slices', 6, summary.slices.length === 0 ? 0 : Math.min(MOST.slices, Math.max(1, differing.length)), (most) =>
      sliceSection(differing, summary, most),
    ),
    part('wrong answers', 7, worst.shown.length, (most) => exampleSection(worst, summary, most)),
    part('how to repeat it', 2, 1, () => manifestSection(run)),
  ]
}

function part(name: string, rank: number, entries: number, lines: (most: number) => readonly string[]): Part {
  return { name, rank, entries, lines: (most) => (entries === 0 ? [] : lines(most)) }
}

function verdictSection(
  { summary, manifest, timings }: ReportedRun,
  reasons: readonly string[],
  most: number,
): string[] {
  const { failUnder } = manifest.settings
  const isShare = typeof failUnder === 'number'
  return [
    headline(summary, { failUnder: isShare ? failUnder : null, isNamed: timings }),
    ...(summary.simulated ? ['', ...SIMULATED_BANNER] : []),
    ...(reasons.length === 0 ? [] : ['', '> [!WARNING]', ...reasons.map((reason) => `> ${prose(reason, 600)}  `)]),
    ...(summary.gate === null ? [] : ['', ...verdictBullets(summary.gate, most)]),
  ]
}

function modelSection(summary: Summary, timings: boolean, most: number): string[] {
  const shown = summary.groups.slice(0, most)
  const figures = shown.map((group) => groupFigures(group, summary, timings))
  const names = Object.keys(figures[0] ?? {})
  const heads = shown.map((group) => nameOf(group, summary))
  const ofFigure = (name: string): string[] => [prose(name), ...figures.map((of) => of[name] ?? '–')]
  const ofGroup = (head: string, group: number): string[] => [
    head,
    ...names.map((name) => figures[group]?.[name] ?? '–'),
  ]
  return [
    `### ${summary.skipped > 0 ? `${integer(summary.planned - summary.skipped)} of ` : ''}${plural(summary.planned, 'trial')}${timings ? ` in ${seconds(summary.wallMs / 1_000)}` : ''}`,
    '',
    ...(shown.length <= MOST_COLUMNS
      ? table(['', ...heads], names.map(ofFigure))
      : table(['', ...names.map((name) => prose(name))], heads.map(ofGroup))),
    ...more(summary.groups.length - shown.length, 'model'),
    ...(timings ? ['', `${totalsLine(summary)}.`, ...paceLines(summary).map((line) => `${line}.`)] : []),
  ]
}

function noteSection({ notes }: Summary, most: number): string[] {
  return [
    '### To know',
    '',
    ...notes.slice(0, most).map((note) => `- ${prose(note, 600)}`),
    ...more(notes.length - Math.min(most, notes.length), 'note'),
  ]
}

/** A sentence per group, and a line per kind with its first message. */
function failureRows(group: GroupSummary, summary: Summary): string[] {
  const sentence = missingSentence(group, summary)
  const examples = Object.entries(group.errorExamples).map(
    ([kind, message]) => `  - ${code(kind, 60)}, e.g.: ${clipped(message, 200)}`,
  )
  return sentence === null ? [] : [[`- ${prose(sentence)}`, ...examples].join('\n')]
}

function failureSection(rows: readonly string[], most: number): string[] {
  return [
    '### Without a score',
    '',
    ...rows.slice(0, most),
    ...more(rows.length - Math.min(most, rows.length), 'model'),
  ]
}

function comparisonSection(comparison: NonNullable<ReportedRun['comparison']>, most: number): string[] {
  const { pairs, baseline } = comparison
  return [
    `### Against ${code(baseline.run)}`,
    '',
    'Differences are candidate − baseline, intervals 95 %.',
    ...pairs.slice(0, most).flatMap((pair) => pairSection(pair, comparison)),
    ...more(pairs.length - Math.min(most, pairs.length), 'comparison'),
  ]
}

/** Whose answers they are is said where there are several. */
function flipSection(pairs: readonly ComparedPair[], most: number): string[] {
  const ofPair = (pair: ComparedPair): string[] => {
    const lines = foldedFlips(pair, most)
    const name = code(`${pair.candidate.model} · ${pair.candidate.prompt}`)
    return lines.length === 0 ? [] : ['', ...(pairs.length > 1 ? [name, ''] : []), ...lines]
  }
  return pairs.flatMap(ofPair).slice(1)
}

function sliceSection(differing: readonly GroupSummary[], summary: Summary, most: number): string[] {
  const shown = differing.slice(0, most)
  const others = summary.slices.length - differing.length
  return [
    '### Slices',
    ...(shown.length === 0
      ? []
      : [
          '',
          ...table(
            ['slice', '', 'pass rate [95 %]', 'points against the rest', 'scored'],
            shown.map((slice) => [
              code(slice.slice, 80),
              nameOf(slice, summary),
              percentWithInterval(slice.passRate),
              againstRest(slice.differsFromRest),
              `${integer(slice.scored)} of ${integer(slice.planned)}`,
            ]),
          ),
        ]),
    ...more(differing.length - shown.length, 'slice'),
    ...(others === 0 ? [] : ['', `Of ${plural(others, 'slice')} no difference to the rest is proven.`]),
  ]
}

function exampleSection({ shown, count }: ReturnType<typeof worstAnswers>, summary: Summary, most: number): string[] {
  const examples = shown.slice(0, most)
  const isWhole = examples.length === count
  const isNamed = summary.groups.length > 1
  return [
    `### ${isWhole ? plural(count, 'wrong answer') : `${integer(examples.length)} of ${plural(count, 'wrong answer')}`}`,
    '',
    ...table(
      ['sample', ...(isNamed ? [''] : []), 'asked', 'expected', 'answered', 'why'],
      examples.map((example) => exampleCells(example, isNamed ? [nameOf(example.row, summary)] : [])),
    ),
    ...(isWhole ? [] : ['', 'All of them are in `results.csv`.']),
  ]
}

function exampleCells({ row: { sample, epoch, record, score }, asked }: Example, names: readonly string[]): string[] {
  return [
    `${code(sample.id, 60)}${epoch > 1 ? ` (epoch ${epoch})` : ''}`,
    ...names,
    clipped(asked, 160),
    clipped(rightAnswers(sample), 120),
    clipped(record?.output ?? '', 160),
    clipped(score?.reason ?? '', 160),
  ]
}

function manifestSection({ manifest, timings }: ReportedRun): string[] {
  const { runId, startedAt, assayVersion, seed, dataset, provider, scorers, gitCommit } = manifest
  const facts = [
    ...(timings ? [`run ${code(runId)} of ${code(startedAt)}`] : []),
    `assay ${code(assayVersion)}`,
    `dataset ${code(dataset.name)}, ${plural(dataset.samples, 'sample')}` +
      (dataset.sha256 === null ? '' : `, SHA-256 ${code(dataset.sha256.slice(0, 12))}`),
    `seed ${integer(seed)}`,
    `over ${code(provider.name)}`,
    `scored by ${scorers.length === 0 ? 'nothing' : scorers.map((label) => code(label, 60)).join(', ')}`,
    ...(gitCommit === null ? [] : [`commit ${code(gitCommit.slice(0, 12))}`]),
  ]
  return [`${facts.join(' · ')}.${timings ? ` To see all of it: ${code(`assay report ${runId} --open`)}` : ''}`]
}

function nameOf({ model, prompt }: Pick<GroupSummary, 'model' | 'prompt'>, summary: Summary): string {
  return severalPrompts(summary) ? `${code(model, 80)} ${code(prompt, 60)}` : code(model, 80)
}

function more(count: number, noun: string): string[] {
  return count <= 0 ? [] : ['', `… and ${plural(count, noun)} more.`]
}
