/** What of two runs can be compared, and what has to be left out? */
import { FIXED_COLUMNS, scoreColumn } from '../rows.ts'
import { mismatches } from '../compatible.ts'
import type { SideFacts } from '../types.ts'
import { UserError } from '../../lib/errors.ts'
import { oneLine } from '../../lib/text.ts'
import { findScorer } from '../../score/index.ts'

/** Columns of rows that mean the same on both sides, and what a reader has to know. */
export interface Narrowed {
  /** pass_rate first, where it can be compared; then scores, then what every run has. */
  readonly columns: readonly string[]
  readonly notes: readonly string[]
}

/** Throws UserError where the two say nothing about each other. */
export function narrow(candidate: SideFacts, baseline: SideFacts): Narrowed {
  const found = mismatches(candidate, baseline)
  const differs = new Set(found.map(({ what }) => what))
  if (differs.has('kind of provider')) throw simulatedAgainstReal(candidate, baseline)
  const told = found.map(
    ({ what, candidate: ours, baseline: theirs }) =>
      `other ${what}: ${oneLine(theirs, 200)} in the baseline, ${oneLine(ours, 200)} in ${oneLine(candidate.name, 80)}${CONSEQUENCES[what] ?? ''}`,
  )
  const asks = (label: string, which: 'judge' | 'embeddings'): boolean => {
    const asked = asksOf(label)
    return asked === which || asked === 'unknown'
  }
  const labels = candidate.scoring.scorers.filter((label) => baseline.scoring.scorers.includes(label))
  const left = labels.filter(
    (label) =>
      !(differs.has('judges') && asks(label, 'judge')) && !(differs.has('embeddings') && asks(label, 'embeddings')),
  )
  const isPassRateKept = !differs.has('scorers') && left.length === labels.length
  return {
    columns: [
      ...(isPassRateKept ? ['pass_rate'] : []),
      ...left.map(scoreColumn),
      ...FIXED_COLUMNS.filter((column) => column !== 'pass_rate'),
    ],
    notes: told,
  }
}

/** What follows from a difference, in words. */
const CONSEQUENCES: Readonly<Record<string, string>> = {
  dataset: '; only rows that are equal in both are compared',
  scorers: '; only scores that both have are compared, and no pass rates',
  judges: '; scores that judges gave are left out',
  embeddings: '; scores that embeddings gave are left out',
  provider: '; cost and latency differ by the endpoint as well',
  epochs: '; only repetitions that both have are compared',
}

function simulatedAgainstReal(candidate: SideFacts, baseline: SideFacts): UserError {
  const [simulated, real] = candidate.simulated ? [candidate, baseline] : [baseline, candidate]
  return new UserError(
    `assay compare: ${oneLine(simulated.name, 120)} was answered by the built-in simulator, ${oneLine(real.name, 120)} by real models. ` +
      'Simulated and real answers say nothing about each other: compare runs of one kind.',
  )
}

/** Whether a scorer asks a model, by its label: `not-` and filters may stand in front. Of the user's own nobody knows. */
function asksOf(label: string): 'judge' | 'embeddings' | 'unknown' | undefined {
  const plain = label.slice(label.lastIndexOf(' > ') + 1).trim().replace(/^> /, '')
  const scorer = findScorer(plain.split(':', 1)[0] ?? plain)
  return scorer === undefined ? 'unknown' : scorer.asks
}
