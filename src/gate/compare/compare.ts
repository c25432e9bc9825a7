/** `assay compare` from run folders to a report: the first run is the baseline of the others. */
import type { PreviousRun } from '../../journal/find-run.ts'
import { UserError } from '../../lib/errors.ts'
import { oneLine, plural } from '../../lib/text.ts'
import { pairRows, type Pairs } from '../pairs.ts'
import { readSide } from '../side.ts'
import type { Side, SideFacts } from '../types.ts'
import { adjusted, type FlippedPair } from './adjust.ts'
import { CONFIDENCE } from './differences.ts'
import { WantedPlaces } from './flip-places.ts'
import { countFlips, findFlips, type Flips } from './flips.ts'
import { locateAnswers, locateSamples } from './locate.ts'
import { inOrder, type Match, matchAcross, matchWithin } from './match.ts'
import { narrow, type Narrowed } from './narrow.ts'
import { comparePair, flipMetric, type UnadjustedPair } from './pair.ts'
import { readSlices, type SliceColumn } from './slices.ts'
import type { Adjustment, ComparedRun, ComparisonReport, FlipCounts } from './types.ts'

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
  readonly pairs: readonly FlippedPair[]
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
  const narrowed = await narrow(side.facts, side.facts)
  return compareMatches(matchWithin(side), { candidate: side, baseline: side, narrowed, notes: [] }, inputs)
}

async function compareAcross(candidate: RunSide, baseline: RunSide, inputs: CompareInputs): Promise<Part> {
  const narrowed = await narrow(candidate.facts, baseline.facts)
  const { matches, notes } = matchAcross(candidate, baseline)
  const sides = { candidate, baseline, narrowed, notes: [...narrowed.notes, ...notes] }
  return compareMatches(matches, sides, inputs)
}

interface Sides {
  readonly candidate: RunSide
  readonly baseline: RunSide
  readonly narrowed: Narrowed
  readonly notes: readonly string[]
}

async function compareMatches(matches: readonly Match[], sides: Sides, inputs: CompareInputs): Promise<Part> {
  const { candidate, baseline, narrowed, notes } = sides
  const paired = matches.map((match) => ({ ...match, pairs: pairRows(match.candidate.rows, match.baseline.rows) }))
  if (paired.every(({ pairs }) => pairs.candidateRows.length === 0)) throw noOverlap(candidate.facts, baseline.facts)
  const context = {
    candidate: candidate.facts.name,
    baseline: baseline.facts.name,
    narrowed,
    slices: await slicesOf(sides, inputs),
    seed: candidate.facts.seed,
  }
  const compared = paired.map((match) => {
    const pair = comparePair(match, context)
    return { pair, pairs: match.pairs, metric: flipMetric(pair) }
  })
  if (compared.every(({ metric }) => metric === undefined)) throw noScoreInCommon(candidate.facts, baseline.facts)
  const flips = await flipsOf(compared, sides, inputs)
  return {
    pairs: compared.map(({ pair, pairs, metric }, index) => {
      const counts = metric === undefined ? null : (flips[index]?.counts(inputs.flips) ?? countFlips(pairs, metric))
      return withFlips(pair, counts)
    }),
    flips,
    notes,
  }
}

function withFlips(pair: UnadjustedPair, flips: FlipCounts | null): FlippedPair {
  return { ...pair, flips }
}

async function slicesOf({ candidate, baseline }: Sides, { slices, signal }: CompareInputs): Promise<SliceColumn[]> {
  const columns = slices ?? [candidate, baseline].flatMap(({ run }) => run.manifest.settings['slice'] ?? []).map(String)
  return readSlices(
    candidate.run.dir,
    { columns: [...new Set(columns)], isTyped: slices !== undefined },
    { groups: candidate.groups.map(({ rows }) => rows), epochs: candidate.facts.epochs, signal },
  )
}

/** Finds the lines of all flips; a null for each pair where none are asked for. */
async function flipsOf(
  compared: readonly { readonly pairs: Pairs; readonly metric: string | undefined }[],
  { candidate, baseline }: Sides,
  { flips, wantsAllFlips, signal }: CompareInputs,
): Promise<(Flips | null)[]> {
  if (flips === 0 && !wantsAllFlips) return compared.map(() => null)
  const files = {
    candidate: { dir: candidate.run.dir, run: candidate.facts.name },
    baseline: { dir: baseline.run.dir, run: baseline.facts.name },
  }
  const ours = new WantedPlaces()
  const theirs = candidate === baseline ? ours : new WantedPlaces()
  const wanted = { candidate: ours, baseline: theirs }
  const found = compared.map(({ pairs, metric }) =>
    metric === undefined ? null : findFlips(pairs, metric, files, wanted),
  )
  await locateAnswers(candidate.run.dir, candidate.facts, ours, signal)
  if (theirs !== ours) await locateAnswers(baseline.run.dir, baseline.facts, theirs, signal)
  await locateSamples(candidate.run.dir, candidate.facts, ours, signal)
  return found
}

function noOverlap(candidate: SideFacts, baseline: SideFacts): UserError {
  return new UserError(
    `${oneLine(candidate.name, 120)} and ${oneLine(baseline.name, 120)} have no row in common: ${oneLine(candidate.dataset.name, 60)} ` +
      `with ${plural(candidate.dataset.samples, 'sample')} against ${oneLine(baseline.dataset.name, 60)} with ${plural(baseline.dataset.samples, 'sample')}. ` +
      'Rows are the same when id, columns and right answers are: compare runs of the same questions.',
  )
}

function noScoreInCommon(candidate: SideFacts, baseline: SideFacts): UserError {
  const scored = ({ name, scoring: { scorers, judges } }: SideFacts): string =>
    `${oneLine(name, 120)} by ${oneLine(scorers.join(', ') || 'nothing', 200)}${judges.length === 0 ? '' : ` (judged by ${oneLine(judges.join(', '), 200)})`}`
  return new UserError(
    `${scored(baseline)}, ${scored(candidate)}: no score means the same in both. Score one of them as the other was: assay score.`,
  )
}

function runOf({ name, startedAt, dataset }: SideFacts): ComparedRun {
  return { run: name, startedAt, dataset: dataset.name, samples: dataset.samples }
}
