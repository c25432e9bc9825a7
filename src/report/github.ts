/**
 * Lines that GitHub shows as annotations: the verdict, answers that went wrong, requests that failed. A line is a command of the
 * runner, `::error title=…::…`, in which data is escaped as the runner reads it; a step has at most ten of each level.
 */
import type { Flip } from '../gate/compare/types.ts'
import type { VerdictWord } from '../gate/types.ts'
import { oneLine, plural, printable } from '../lib/text.ts'
import { bothEnds } from './comparison-words.ts'
import { severalPrompts } from './group-figures.ts'
import { percentWithInterval } from './numbers.ts'
import { rightAnswers } from './right-answers.ts'
import type { ReportedRun, Reporter, ResultRow } from './types.ts'
import { verdictLines } from './verdict.ts'

/** GitHub keeps so many of a level and of a step, and drops what comes later. */
const MOST_OF_LEVEL = 10
const MOST_CHARACTERS = 300
const LEVELS: Readonly<Record<VerdictWord, Level>> = { REGRESSION: 'error', INCONCLUSIVE: 'warning', PASS: 'notice' }

type Level = 'error' | 'warning' | 'notice'

interface Annotation {
  readonly level: Level
  /** Line of the dataset that it is about; null: it is about no row. */
  readonly line: number | null
  /** Made only for what is shown. */
  readonly text: () => { readonly title: string; readonly message: string }
}

export const githubReporter: Reporter = {
  name: 'github',
  about: 'Annotations of a GitHub job on standard output: the verdict, answers that went wrong, failed requests',
  file: null,
  render: annotationLines,
}

function* annotationLines(run: ReportedRun): Generator<string> {
  const left: Record<Level, number> = { error: MOST_OF_LEVEL, warning: MOST_OF_LEVEL, notice: MOST_OF_LEVEL - 1 }
  let leftOut = 0
  for (const annotation of annotationsOf(run)) {
    if (left[annotation.level] === 0) {
      leftOut += 1
      continue
    }
    left[annotation.level] -= 1
    yield commandOf(annotation, run.datasetFile)
  }
  if (leftOut > 0) {
    const message = `${plural(leftOut, 'annotation')} left out: GitHub shows ten of a level. All rows are in results.csv.`
    yield commandOf({ level: 'notice', line: null, text: () => ({ title: 'assay', message }) }, undefined)
  }
}

/** The verdict, then what it rests on: answers that flipped, then every other row that failed or does not pass. */
function* annotationsOf(run: ReportedRun): Generator<Annotation> {
  yield* verdictAnnotations(run)
  const wrong = (run.comparison?.pairs ?? []).flatMap(({ flips }) =>
    (flips?.listed ?? []).filter(({ went }) => went === 'wrong'),
  )
  const flipped = new Map(wrong.map((flip) => [flipKey(flip.sample, flip.epoch, flip.candidate), flip]))
  // Rows know their line of the dataset, and flips what the answer was before.
  const level = run.summary.gate?.verdict === 'REGRESSION' ? 'warning' : 'notice'
  const withPrompt = severalPrompts(run.summary)
  if (flipped.size > 0) {
    yield* rowAnnotations(run, (row) => flipAnnotation(row, flipped.get(rowKey(row)), level, withPrompt))
  }
  yield* rowAnnotations(run, (row) => (flipped.has(rowKey(row)) ? undefined : rowAnnotation(row, level, withPrompt)))
}

function* verdictAnnotations({ summary }: ReportedRun): Generator<Annotation> {
  const { gate, groups, simulated } = summary
  const suffix = simulated ? ' (simulated)' : ''
  if (gate !== null) {
    const [, ...lines] = verdictLines(gate)
    const message = lines.map((line) => line.trimStart()).join('\n')
    yield { level: LEVELS[gate.verdict], line: null, text: () => ({ title: `${gate.verdict}${suffix}`, message }) }
    return
  }
  const rates = groups.map(
    ({ model, prompt, passRate }) => `${oneLine(model, 80)} (${oneLine(prompt, 60)}): ${percentWithInterval(passRate)}`,
  )
  const title = `pass rate of ${oneLine(summary.dataset, 60)}${suffix}`
  yield { level: 'notice', line: null, text: () => ({ title, message: rates.slice(0, MOST_OF_LEVEL).join('\n') }) }
}

function* rowAnnotations(run: ReportedRun, of: (row: ResultRow) => Annotation | undefined): Generator<Annotation> {
  for (const row of run.rows()) {
    const annotation = of(row)
    if (annotation !== undefined) yield annotation
  }
}

/** A wrong answer alarms nobody by itself: `level` is that of the run's wrong answers. */
function rowAnnotation(row: ResultRow, level: Level, withPrompt: boolean): Annotation | undefined {
  const { sample, record, score, status } = row
  const title = (what: string): string => `${what}: ${nameOf(row, withPrompt)}`
  if (status === 'failed') {
    const message = (): string => `${record?.errorKind ?? 'failed'}: ${shown(record?.error ?? '')}`
    return { level: 'error', line: sample.line, text: () => ({ title: title('request failed'), message: message() }) }
  }
  if (score?.passed !== false) return undefined
  const message = (): string =>
    `expected ${shown(rightAnswers(sample))}, answered ${shown(record?.output ?? '')}\n${shown(score.reason)}`
  return { level, line: sample.line, text: () => ({ title: title('wrong answer'), message: message() }) }
}

function flipAnnotation(
  row: ResultRow,
  flip: Flip | undefined,
  level: Level,
  withPrompt: boolean,
): Annotation | undefined {
  if (flip === undefined) return undefined
  const { baseline, candidate } = flip
  const message = (): string =>
    `was ${shown(baseline.output ?? '?')}, now ${shown(candidate.output ?? '?')}\n${shown(candidate.reason)}`
  const title = `went wrong: ${nameOf(row, withPrompt)}`
  return { level, line: row.sample.line, text: () => ({ title, message: message() }) }
}

/** Which answer is meant, in as few words as tell it from the others. */
function nameOf({ sample, model, prompt, epoch }: ResultRow, withPrompt: boolean): string {
  return [
    oneLine(sample.id, 80),
    oneLine(model, 80),
    ...(withPrompt ? [oneLine(prompt, 60)] : []),
    ...(epoch > 1 ? [`epoch ${epoch}`] : []),
  ].join(' · ')
}

function flipKey(
  sample: string,
  epoch: number,
  { model, prompt }: { readonly model: string; readonly prompt: string },
): string {
  return JSON.stringify([sample, epoch, model, prompt])
}

function rowKey(row: ResultRow): string {
  return flipKey(row.sample.id, row.epoch, row)
}

function shown(text: string): string {
  return text === '' ? '(empty)' : bothEnds(text, MOST_CHARACTERS)
}

function commandOf({ level, line, text }: Annotation, file: string | undefined): string {
  const { title, message } = text()
  // A log is shown by terminals too: a name that one would act on is no place.
  const isPlain = file !== undefined && printable(file) === file
  const place = !isPlain || line === null ? [] : [`file=${property(file)}`, `line=${line}`]
  return `::${level} ${[...place, `title=${property(title)}`].join(',')}::${data(message)}\n`
}

/** As the runner reads data: https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
