/** One trial as a test case. */
import { oneLine, plural } from '../../lib/text.ts'
import { bothEnds } from '../comparison-words.ts'
import { rightAnswers } from '../right-answers.ts'
import type { ReportedRun, ResultRow } from '../types.ts'
import { attributes, element, propertiesXml } from './xml.ts'

/** A failure is an answer that does not pass, an error a request without an answer, skipped what nobody asked or judged. */
export type Outcome = 'error' | 'failure' | 'skipped' | 'passed'

const MOST_CHARACTERS = 1_000

export function outcomeOf({ status, score }: ResultRow): Outcome {
  if (status === 'failed') return 'error'
  if (status !== 'completed' || score === undefined || score.passed === null) return 'skipped'
  return score.passed ? 'passed' : 'failure'
}

export function caseXml(
  row: ResultRow,
  { timings, scoreLabels }: Pick<ReportedRun, 'timings' | 'scoreLabels'>,
): string {
  const { sample, epoch, model, prompt, record, score } = row
  const start = `<testcase${attributes({
    classname: `${oneLine(model, 200)}/${oneLine(prompt, 200)}`,
    name: `${oneLine(sample.id, 200)}${epoch > 1 ? ` epoch ${epoch}` : ''}`,
    ...(timings ? { time: ((record?.totalUs ?? 0) / 1e6).toFixed(6) } : {}),
  })}>\n`
  const scores = scoreLabels.map((label): [string, number | null | undefined] => [
    `score:${label}`,
    score?.scores[label],
  ])
  const properties = propertiesXml({
    score: score?.score,
    ...Object.fromEntries(scores),
    cost_usd: record?.costUsd,
    ...(timings && record?.latencyUs != null ? { latency_ms: record.latencyUs / 1_000 } : {}),
  })
  return `${start}${properties}${resultXml(row)}</testcase>\n`
}

function resultXml(row: ResultRow): string {
  const { sample, record, score } = row
  switch (outcomeOf(row)) {
    case 'passed':
      return ''
    case 'error':
      return element(
        'error',
        { type: record?.errorKind ?? 'failed', message: clipped(record?.error ?? '') },
        record?.output ? `what had arrived: ${clippedLines(record.output)}` : '',
      )
    case 'failure':
      return element(
        'failure',
        { type: 'wrong answer', message: clipped(score?.reason ?? '') },
        `expected: ${clippedLines(rightAnswers(sample))}\nanswered: ${clippedLines(record?.output ?? '')}`,
      )
    case 'skipped':
      return element('skipped', { message: whySkipped(row) }, '')
  }
}

function whySkipped({ status, score }: ResultRow): string {
  if (status !== 'completed') return status
  return score === undefined ? 'nothing scores it' : clipped(score.reason)
}

/** In one line; of longer texts the beginning and the end. */
function clipped(text: string): string {
  return bothEnds(text, MOST_CHARACTERS)
}

/** The same with its lines. */
function clippedLines(text: string): string {
  if (text.length <= MOST_CHARACTERS) return text
  const half = MOST_CHARACTERS / 2
  return `${text.slice(0, half)}\n… of ${plural(text.length, 'character')} …\n${text.slice(-half)}`
}
