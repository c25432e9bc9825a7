/** `assay compare` from run folders to a report: the first run is the baseline of the others. */
import type { PreviousRun } from '../../journal/find-run.ts'
import { UserError } from '../../lib/errors.ts'
import { oneLine } from '../../lib/text.ts'
import { pairRows, type Pairs, valuesOf } from '../pairs.ts'
import { mixShift } from '../mix.ts'
import { readSide } from '../side.ts'
import type { ServedBy, Side, SideFacts, SideGroup } from '../types.ts'
import { adjusted, type UnadjustedPair } from './adjust.ts'
import { CONFIDENCE } from './differences.ts'
import type { FlipFiles } from './flip-lines.ts'
import { Flips } from './flips.ts'
import { locateAnswers, locateSamples } from './locate.ts'
import { inOrder, type Match, matchAcross, matchWithin } from './match.ts'
import { compareMetric, isScore, kindOf, type UnadjustedMetric } from './metric.ts'
import { narrow } from './narrow.ts'
import { readSlices, slicePairs, type SliceColumn } from './slices.ts'
import type { Adjustment, ComparedPlace, ComparedRun, ComparisonReport, ServedShares } from './types.ts'

export interface CompareInputs {
  /** The baseline first; one alone is compared with itself, model by model and prompt by prompt. */
  readonly runs: readonly PreviousRun[]
  /** Columns that slice; undefined: those of the runs' settings. */
  readonly slices: readonly string[] | undefined
  readonly adjustSlices: Adjustment
  /** So many flips of either direction are in the report. */
  readonly flips: number
  /** Whether all flips are to be read afterwards, for a file. */
  readonly wantsAllFlips: boolean
  readonly signal: AbortSignal
}

/** The report, and behind it every flip of its pairs, in their order; null where flips were not asked for. */
export interface Comparison {
  readonly report: ComparisonReport
  readonly flips: readonly (Flips | null)[]
}

/** One run as it is compared. */
interface RunSide extends Side {
  readonly run: PreviousRun
}

/** What one candidate run adds. */
interface Part {
  readonly pairs: readonly UnadjustedPair[]
  readonly flips: readonly (Flips | null)[]
  readonly notes: readonly string[]
}

/** Throws UserError where the runs say nothing about each other. */
export async function compareRuns(inputs: CompareInputs): Promise<Comparison> {
  const [first, ...others] = inputs.runs
  if (first === undefined) throw new RangeError('no run to compare')
  requireDifferent(inputs.runs)
  const baseline = await readRun(first, inputs.signal)
  const parts: Part[] = []
  const candidates: ComparedRun[] = []
  if (others.length === 0) parts.push(await compareWithin(baseline, inputs))
  // One at a time: a run of a million rows takes 100 MB.
  for (const other of others) {
    const candidate = await readRun(other, inputs.signal)
    candidates.push(runOf(candidate.facts))
    parts.push(await compareAcross(candidate, baseline, inputs))
  }
  return {
    report: {
      formatVersion: 1,
      simulated: baseline.facts.simulated,
      confidence: CONFIDENCE,
      baseline: runOf(baseline.facts),
      candidates,
      ...adjusted(
        parts.flatMap(({ pairs }) => pairs),
        inputs.adjustSlices,
      ),
      notes: [...new Set(parts.flatMap(({ notes }) => notes))],
    },
    flips: parts.flatMap(({ flips }) => flips),
  }
}

function requireDifferent(runs: readonly PreviousRun[]): void {
  const dirs = runs.map(({ dir }) => dir)
  const twice = dirs.find((dir, index) => dirs.indexOf(dir) !== index)
  if (twice === undefined) return
  throw new UserError(
    `${oneLine(twice, 200)}: the same run is named twice, and does not differ from itself. ` +
      'Name it once to compare its models and prompts with each other.',
  )
}

async function readRun(run: PreviousRun, signal: AbortSignal): Promise<RunSide> {
  const { facts, groups } = await readSide(run.dir, run.manifest, signal)
  return { facts, groups: inOrder(groups, run.manifest), run }
}

async function compareWithin(side: RunSide, inputs: CompareInputs): Promise<Part> {
  const columns = (await narrow(side.facts, side.facts)).columns
  return compareMatches(matchWithin(side), { candidate: side, baseline: side, columns, notes: [] }, inputs)
}

async function compareAcross(candidate: RunSide, baseline: RunSide, inputs: CompareInputs): Promise<Part> {
  const narrowed = await narrow(candidate.facts, baseline.facts)
  const { matches, notes } = matchAcross(candidate, baseline)
  const sides = { candidate, baseline, columns: narrowed.columns, notes: [...narrowed.notes, ...notes] }
  return compareMatches(matches, sides, inputs)
}

interface Sides {
  readonly candidate: RunSide
  readonly baseline: RunSide
  /** What may be compared. */
  readonly columns: readonly string[]
  readonly notes: readonly string[]
}

async function compareMatches(matches: readonly Match[], sides: Sides, inputs: CompareInputs): Promise<Part> {
  const { candidate, baseline } = sides
  const paired = matches.map((match) => ({ ...match, pairs: pairRows(match.candidate.rows, match.baseline.rows) }))
  if (paired.every(({ pairs }) => pairs.candidateRows.length === 0)) throw noOverlap(candidate.facts, baseline.facts)
  const slices = await slicesOf(sides, inputs)
  const compared = paired.map((match) => comparePair(match, sides, slices))
  return {
    pairs: compared,
    flips: await flipsOf(
      paired.map(({ pairs }, index) => ({ pairs, metric: compared[index]?.flipMetric })),
      sides,
      inputs,
    ),
    notes: sides.notes,
  }
}
