/**
 * How often does this gate raise a false alarm on this dataset, and how large a drop does it find? Nights by the thousand, drawn
 * from the answers of finished runs.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { UserError } from '../../lib/errors.ts'
import { randomFrom } from '../../lib/random.ts'
import { oneLine, plural } from '../../lib/text.ts'
import { wilsonInterval } from '../../stats/interval.ts'
import type { Estimate } from '../../stats/types.ts'
import { mismatches } from '../compatible.ts'
import { isBounded, requireColumns } from '../metrics.ts'
import type { Rows } from '../rows.ts'
import type { GateDesignAsked, MetricAsked, Side } from '../types.ts'
import { Night, type NightDesign } from './night.ts'
import { ASSUMED_DISCORDANCE, differenceVariance } from './noise.ts'
import { type AnswerPool, isRise, poolOf } from './pool.ts'
import { rowsNeeded } from './rows-needed.ts'
import type { CalibratedGate, DropOutcome, GateCalibration } from './types.ts'

/** True drops that are tried, in margins. */
const DROPS = [0, 0.5, 1, 1.5, 2]

const CONFIDENCE = 0.95

/** Nights between two turns of timers and signals. */
const NIGHTS_PER_TURN = 20

export interface CalibrationInputs {
  /** Runs of one setup, at least one. */
  readonly runs: readonly Side[]
  readonly design: GateDesignAsked
  /** For each share. */
  readonly nights: number
  /** What is assumed where no sample was asked twice; undefined: the usual. */
  readonly discordance: number | undefined
  readonly signal: AbortSignal
  /** Told now and then how much is done, 0..1. */
  readonly progress: (share: number) => void
}

/** Throws UserError at runs of different setups and at metrics that no drop can be put into. */
export async function calibrateGate(inputs: CalibrationInputs): Promise<GateCalibration> {
  const { runs, design, nights } = inputs
  const [first, ...others] = runs
  if (first === undefined) throw new RangeError('no run to calibrate on')
  requireOneSetup(first, others)
  const { metrics, notes } = boundedMetrics(design)
  for (const { facts, groups } of runs) {
    for (const { rows } of groups) requireColumns(metrics, rows.columns, `run ${oneLine(facts.name, 80)}`)
  }
  const family = design.metrics.length * first.groups.length
  const tasks = first.groups.flatMap(({ rows }) => metrics.map((metric) => ({ rows, metric })))
  const groups: CalibratedGate[] = []
  for (const [done, { rows, metric }] of tasks.entries()) {
    const progress = (share: number): void => inputs.progress((done + share) / tasks.length)
    const group = await calibrateMetric(rows, { ...design, metric, family }, { ...inputs, progress })
    if (group === null) notes.push(`${placeOf(rows, metric)}: no answer has a value, nothing can be tried`)
    else groups.push(group.gate)
    notes.push(...(group?.notes ?? []))
  }
  return {
    formatVersion: 1,
    runIds: runIdsOf(runs),
    simulated: first.facts.simulated,
    design,
    nights,
    confidence: CONFIDENCE,
    groups,
    notes,
  }
}

function requireOneSetup(first: Side, others: readonly Side[]): void {
  const seen = new Set(first.facts.runIds)
  for (const { facts } of others) {
    const mismatch = mismatches(facts, first.facts)[0]
    if (mismatch !== undefined) {
      throw new UserError(
        `${oneLine(facts.name, 120)}: other ${mismatch.what} than ${oneLine(first.facts.name, 120)}: ${oneLine(mismatch.candidate, 300)} against ` +
          `${oneLine(mismatch.baseline, 300)}. What differs between two runs is noise in runs of one setup alone: name such runs.`,
      )
    }
    const again = facts.runIds.find((id) => seen.has(id))
    if (again !== undefined) {
      throw new UserError(
        `${oneLine(again, 120)} is named twice. A run does not differ from itself: name another one of the same setup.`,
      )
    }
    for (const id of facts.runIds) seen.add(id)
  }
}

function boundedMetrics({ metrics: asked }: GateDesignAsked): {
  readonly metrics: readonly MetricAsked[]
  readonly notes: string[]
} {
  const metrics = asked.filter(isBounded)
  const left = asked.filter((metric) => !isBounded(metric)).map(({ name }) => name)
  if (metrics.length === 0) {
    throw new UserError(
      `--metric ${oneLine(left.join(', '), 120)}: a drop is put in by making answers wrong, which leaves amounts as they are. Expected pass_rate, failures or score:<label>.`,
    )
  }
  const notes =
    left.length === 0
      ? []
      : [`${left.join(', ')}: not tried, since a drop is put in by making answers wrong; it counts in the error level`]
  return { metrics, notes }
}

interface Calibrated {
  readonly gate: CalibratedGate
  readonly notes: readonly string[]
}

/** Null where no answer has a value. */
async function calibrateMetric(place: Rows, asked: NightDesign, inputs: CalibrationInputs): Promise<Calibrated | null> {
  const { metric, alpha } = asked
  const pool = poolOf(groupsOf(place, inputs.runs), metric, {
    discordance: inputs.discordance,
    runIds: runIdsOf(inputs.runs),
  })
  if (pool === null) return null
  const { answers, mean, noise } = pool
  const drops = await tryDrops(place, asked, pool, inputs)
  const epochs = inputs.runs.length === 1 ? 1 : (inputs.runs[0]?.facts.epochs ?? 1)
  const variance = differenceVariance(noise, { candidateAnswers: epochs, baselineAnswers: epochs })
  const gate: CalibratedGate = {
    model: place.model,
    prompt: place.prompt,
    metric,
    value: isRise(metric) ? 1 - mean : mean,
    samples: answers.samples.length,
    clusters: answers.units.length,
    noise,
    drops,
    rowsNeeded: rowsNeeded(variance, metric.margin, alpha),
  }
  return { gate, notes: notesOn(pool, drops, inputs).map((note) => `${placeOf(place, metric)}: ${note}`) }
}

async function tryDrops(
  { model, prompt }: Rows,
  asked: NightDesign,
  { answers, mean, replaced }: AnswerPool,
  inputs: CalibrationInputs,
): Promise<DropOutcome[]> {
  const { metric } = asked
  // A rise of failures is a drop of what did not fail.
  const design: NightDesign = { ...asked, metric: { ...metric, kind: 'quality' } }
  const possible = DROPS.map((times) => times * metric.margin).filter((drop) => drop <= mean)
  const outcomes: DropOutcome[] = []
  for (const [index, drop] of possible.entries()) {
    const label = `${inputs.design.seed}|calibrate-gate|${metric.name}|${model}|${prompt}|${drop}`
    const rules = { spoiled: drop === 0 ? 0 : drop / mean, replaced }
    const night = new Night(answers, design, rules, randomFrom(label))
    const progress = (share: number): void => inputs.progress((index + share) / possible.length)
    outcomes.push(await outcomeOf(drop, night, { ...inputs, progress }))
  }
  return outcomes
}

function notesOn(
  { mean, noise, replaced, left }: AnswerPool,
  drops: readonly DropOutcome[],
  { discordance }: CalibrationInputs,
): string[] {
  const isCapped = replaced === 1 && noise.discordance < (discordance ?? ASSUMED_DISCORDANCE)
  return [
    ...(left > 0 ? [`${plural(left, 'sample')} asked once: left out`] : []),
    ...(noise.discordance === 0 ? ['no two answers differ: an unchanged model is the same in every row'] : []),
    ...(isCapped ? [`answers like these cannot differ more: ${noise.discordance.toFixed(3)} is assumed`] : []),
    ...(discordance !== undefined && replaced === null
      ? ['--discordance is not used: how much answers differ is measured']
      : []),
    ...(drops.length < DROPS.length ? [`drops beyond ${mean.toFixed(3)} are not tried: there is no more to lose`] : []),
  ]
}

function groupsOf({ model, prompt }: Rows, runs: readonly Side[]): Rows[] {
  return runs.flatMap(({ groups }) =>
    groups.flatMap(({ rows }) => (rows.model === model && rows.prompt === prompt ? [rows] : [])),
  )
}

function runIdsOf(runs: readonly Side[]): string[] {
  return runs.flatMap(({ facts }) => facts.runIds)
}

function placeOf({ model, prompt }: Rows, { name }: MetricAsked): string {
  return [model, prompt, name].map((part) => oneLine(part, 60)).join(', ')
}

async function outcomeOf(
  drop: number,
  night: Night,
  { nights, signal, progress }: CalibrationInputs,
): Promise<DropOutcome> {
  const counts = { REGRESSION: 0, PASS: 0, INCONCLUSIVE: 0 }
  let rowsUsed = 0
  for (let number = 0; number < nights; number++) {
    if (number % NIGHTS_PER_TURN === 0) {
      await nextTurn()
      signal.throwIfAborted()
      progress(number / nights)
    }
    const end = night.play()
    counts[end.verdict] += 1
    rowsUsed += end.rowsUsed
  }
  const share = (count: number): Estimate => {
    const { estimate: value, low, high, method } = wilsonInterval(count, nights, CONFIDENCE)
    return { value, low, high, n: nights, method }
  }
  return {
    drop,
    regression: share(counts.REGRESSION),
    pass: share(counts.PASS),
    inconclusive: share(counts.INCONCLUSIVE),
    rowsUsed: rowsUsed / nights,
  }
}
