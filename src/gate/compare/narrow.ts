/** What of two runs can be compared, and what has to be left out? */
import { UserError } from '../../lib/errors.ts'
import { oneLine } from '../../lib/text.ts'
import { type Mismatch, mismatches } from '../compatible.ts'
import { FIXED_COLUMNS, scoreColumn } from '../rows.ts'
import type { SideFacts } from '../types.ts'

/** What means the same on both sides, and what a reader has to know. */
export interface Narrowed {
  /** Of the columns that both sides have those that can be compared: pass rate, scores, then what every run has. */
  columnsOf(candidate: readonly string[], baseline: readonly string[]): string[]
  readonly notes: readonly string[]
}

const SCORE = scoreColumn('')

/** Whether the column holds scores of one scorer. */
export function isScore(column: string): boolean {
  return column.startsWith(SCORE)
}

/** What follows from a difference, in words. */
const CONSEQUENCES: Readonly<Partial<Record<Mismatch['what'], string>>> = {
  dataset: '; only rows that are equal in both are compared',
  scorers: '; only scores that both have are compared, and no pass rates',
  judges: '; scores that judges gave are left out, and pass rates with them',
  embeddings: '; scores that embeddings gave are left out, and pass rates with them',
  provider: '; cost and latency differ by the endpoint as well',
  settings: '; the answers differ by these as well',
  epochs: '; only repetitions that both have are compared',
}

/** Throws UserError where the two say nothing about each other. */
export async function narrow(candidate: SideFacts, baseline: SideFacts): Promise<Narrowed> {
  if (candidate.simulated !== baseline.simulated) throw simulatedAgainstReal(candidate, baseline)
  const found = mismatches(candidate, baseline)
  const differs = new Set(found.map(({ what }) => what))
  const asking = await askingOf(differs)
  return {
    columnsOf: (ours, theirs) => {
      const scores = ours.filter(isScore)
      const left = scores.filter((column) => theirs.includes(column) && !asking(column.slice(SCORE.length)))
      // It is made of all of them.
      const isPassRateKept =
        !differs.has('scorers') &&
        [...scores, ...theirs.filter(isScore)].every((column) => !asking(column.slice(SCORE.length)))
      const fixed = FIXED_COLUMNS.filter(
        (column) => column !== 'pass_rate' && ours.includes(column) && theirs.includes(column),
      )
      return [
        ...(isPassRateKept && ours.includes('pass_rate') && theirs.includes('pass_rate') ? ['pass_rate'] : []),
        ...left,
        ...fixed,
      ]
    },
    notes: found
      // The key of a scoring covers its judges: one sentence is enough.
      .filter(({ what }) => what !== 'scorers' || !isSameButJudges(candidate, baseline, differs))
      .map(
        ({ what, candidate: ours, baseline: theirs }) =>
          `other ${what}: ${oneLine(theirs, 200)} in ${oneLine(baseline.name, 80)}, ` +
          `${oneLine(ours, 200)} in ${oneLine(candidate.name, 80)}${CONSEQUENCES[what] ?? ''}`,
      ),
  }
}

function isSameButJudges(candidate: SideFacts, baseline: SideFacts, differs: ReadonlySet<Mismatch['what']>): boolean {
  const ofScorers = ({ scoring: { scorers, weight, threshold, combine } }: SideFacts): string =>
    JSON.stringify([scorers, weight, threshold, combine])
  return (differs.has('judges') || differs.has('embeddings')) && ofScorers(candidate) === ofScorers(baseline)
}

/**
 * Tells by its label whether a scorer asks models that differ; `not-` and filters may stand in front. What the user's own
 * scorers ask nobody knows.
 */
async function askingOf(differs: ReadonlySet<Mismatch['what']>): Promise<(label: string) => boolean> {
  if (!differs.has('judges') && !differs.has('embeddings')) return () => false
  // All scorers are loaded for it: not for a comparison that has no need.
  const { findScorer } = await import('../../score/index.ts')
  return (label) => {
    const plain = label.split(' > ').at(-1) ?? label
    const scorer = findScorer(plain.split(':', 1)[0] ?? plain)
    if (scorer === undefined) return true
    return (
      (scorer.asks === 'judge' && differs.has('judges')) || (scorer.asks === 'embeddings' && differs.has('embeddings'))
    )
  }
}

function simulatedAgainstReal(candidate: SideFacts, baseline: SideFacts): UserError {
  const [simulated, real] = candidate.simulated ? [candidate, baseline] : [baseline, candidate]
  return new UserError(
    `${oneLine(simulated.name, 120)} was answered by the built-in simulator, ${oneLine(real.name, 120)} by real models: ` +
      'such answers say nothing about each other. Compare runs of one kind.',
  )
}
