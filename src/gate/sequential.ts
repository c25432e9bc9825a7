/**
 * Is the verdict known already? Differences of one model × prompt in the order that was fixed before the first answer,
 * whatever order they arrive in; an e-process per metric decides (statistics.md 11.4 and 11.9).
 */
import { GateProcess } from '../stats/sequential/gate-process.ts'
import { columnOf } from './metrics.ts'
import type { PlannedTrials } from './planned.ts'
import type { Rows, RowValues } from './rows.ts'
import type { AlarmOn, MetricAsked } from './types.ts'

export interface WalkDesign {
  /** Bounded ones: isBounded(). */
  readonly metrics: readonly MetricAsked[]
  readonly alpha: number
  readonly alarmOn: AlarmOn
  /** Metrics over all models and prompts: REGRESSION of any is at most α in all. */
  readonly family: number
}

/** What one metric came to by the time the walk stopped. */
export interface WalkResult {
  readonly metric: MetricAsked
  readonly process: GateProcess
  /** Means over the trials that both sides have values for; null without any. */
  readonly candidate: number | null
  readonly baseline: number | null
  /** Units (samples, or clusters) and trials that were looked at. */
  readonly units: number
  readonly pairs: number
  readonly missingCandidate: number
  readonly missingBaseline: number
  /** Trials that are missing on one side or on both. */
  readonly missing: number
}

/** One metric on its way. */
interface Track {
  readonly metric: MetricAsked
  readonly process: GateProcess
  readonly sums: { candidate: number; baseline: number }
  readonly counts: { pairs: number; missingCandidate: number; missingBaseline: number; missing: number }
}

/** A unit some of whose trials have settled: by metric the differences, and what is missing. */
interface OpenUnit {
  readonly parts: {
    sum: number
    missing: number
    candidate: number
    baseline: number
    noCandidate: number
    noBaseline: number
  }[]
  settled: number
}

export class SequentialWalk {
  readonly #epochs: number
  readonly #baseline: Rows
  /** Row of the baseline for every planned trial; −1: it was never asked there, so the trial is no part of the comparison. */
  readonly #baselineRows: Int32Array
  /** Unit of each sample, numbered in the order in which they are looked at. */
  readonly #unitOf: Uint32Array
  /** Trials of each unit that the baseline has. */
  readonly #unitSize: Uint32Array
  readonly #open = new Map<number, OpenUnit>()
  readonly #tracks: readonly Track[]
  #next = 0

  constructor(planned: PlannedTrials, baseline: Rows, baselineRows: Int32Array, design: WalkDesign) {
    this.#epochs = planned.epochs
    this.#baseline = baseline
    this.#baselineRows = baselineRows
    this.#unitOf = planned.clusterOf === null ? identity(planned.samples) : byLastMember(planned.clusterOf)
    this.#unitSize = new Uint32Array(this.#unitOf.reduce((most, unit) => Math.max(most, unit + 1), 0))
    for (const [index, row] of baselineRows.entries()) {
      const unit = this.#unitAt(index)
      if (row >= 0) this.#unitSize[unit] = (this.#unitSize[unit] ?? 0) + 1
    }
    const sizes = this.#unitSize.filter((size) => size > 0)
    const rows = sizes.reduce((sum, size) => sum + size, 0)
    const largestUnit = sizes.reduce((most, size) => Math.max(most, size), 1)
    this.#tracks = design.metrics.map((metric) => ({
      metric,
      process: new GateProcess({
        margin: metric.margin,
        alphaRegression: design.alpha / design.family,
        alphaPass: design.alpha,
        alarmOn: design.alarmOn,
        largestUnit,
        meanUnit: sizes.length === 0 ? 1 : rows / sizes.length,
      }),
      sums: { candidate: 0, baseline: 0 },
      counts: { pairs: 0, missingCandidate: 0, missingBaseline: 0, missing: 0 },
    }))
    this.#advance()
  }

  /** One REGRESSION decides, and so does PASS on every metric. */
  get isDecided(): boolean {
    const verdicts = this.#tracks.map(({ process }) => process.verdict)
    return verdicts.includes('REGRESSION') || verdicts.every((verdict) => verdict === 'PASS')
  }

  /** All units have been looked at. */
  get isAtEnd(): boolean {
    return this.#next >= this.#unitSize.length
  }

  /** The trial of a sample, by its place in the order of sending, has settled; once for each trial. */
  settle(place: number, epoch: number, values: RowValues['values']): void {
    const index = place * this.#epochs + epoch - 1
    const row = this.#baselineRows[index] ?? -1
    if (row < 0 || this.isDecided) return
    const number = this.#unitAt(index)
    const unit = this.#open.get(number) ?? newUnit(this.#tracks.length)
    this.#open.set(number, unit)
    unit.settled += 1
    for (const [track, { metric }] of this.#tracks.entries()) {
      const part = unit.parts[track]
      const candidate = values[columnOf(metric)] ?? Number.NaN
      const baseline = this.#baseline.value(columnOf(metric), row)
      if (part === undefined) continue
      if (Number.isNaN(candidate)) part.noCandidate += 1
      if (Number.isNaN(baseline)) part.noBaseline += 1
      if (Number.isNaN(candidate) || Number.isNaN(baseline)) part.missing += 1
      else {
        part.candidate += candidate
        part.baseline += baseline
        part.sum += (metric.kind === 'failures' ? -1 : 1) * (candidate - baseline)
      }
    }
    this.#advance()
  }

  results(): WalkResult[] {
    return this.#tracks.map(({ metric, process, sums, counts }) => ({
      metric,
      process,
      candidate: counts.pairs === 0 ? null : sums.candidate / counts.pairs,
      baseline: counts.pairs === 0 ? null : sums.baseline / counts.pairs,
      units: process.units,
      ...counts,
    }))
  }

  /** Looks at every unit that is complete, up to the first that is not. */
  #advance(): void {
    for (; !this.isAtEnd && !this.isDecided; this.#next += 1) {
      const size = this.#unitSize[this.#next] ?? 0
      if (size === 0) continue
      const unit = this.#open.get(this.#next)
      if (unit === undefined || unit.settled < size) return
      this.#open.delete(this.#next)
      this.#look(unit, size)
    }
  }

  #look({ parts }: OpenUnit, size: number): void {
    for (const [index, { process, sums, counts }] of this.#tracks.entries()) {
      const part = parts[index]
      // What is decided stays as it was decided.
      if (part === undefined || process.verdict !== null) continue
      process.add(part.sum, size, part.missing)
      sums.candidate += part.candidate
      sums.baseline += part.baseline
      counts.pairs += size - part.missing
      counts.missingCandidate += part.noCandidate
      counts.missingBaseline += part.noBaseline
      counts.missing += part.missing
    }
  }

  #unitAt(index: number): number {
    return this.#unitOf[Math.floor(index / this.#epochs)] ?? 0
  }
}

function newUnit(metrics: number): OpenUnit {
  const part = (): OpenUnit['parts'][number] => ({
    sum: 0,
    missing: 0,
    candidate: 0,
    baseline: 0,
    noCandidate: 0,
    noBaseline: 0,
  })
  return { parts: Array.from({ length: metrics }, part), settled: 0 }
}

function identity(length: number): Uint32Array {
  return Uint32Array.from({ length }, (_, index) => index)
}

/** A cluster is complete with its last sample: numbered by the place of that, clusters come in the order of completion. */
function byLastMember(clusterOf: Uint32Array): Uint32Array {
  const last = new Map<number, number>()
  for (const [place, cluster] of clusterOf.entries()) last.set(cluster, place)
  const inOrder = [...last].sort(([, a], [, b]) => a - b)
  const numbers = new Map(inOrder.map(([cluster], number) => [cluster, number]))
  return clusterOf.map((cluster) => numbers.get(cluster) ?? 0)
}
