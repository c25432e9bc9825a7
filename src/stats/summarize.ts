/** records + scores → summary, one trial at a time: nothing of a trial is kept but sums, counts and two durations. */
import type { ScoreLine, TrialRecord } from '../journal/types.ts'
import type { ErrorKind } from '../provider/types.ts'
import type { RunMetric } from '../score/types.ts'
import { CalibrationAccumulator } from './calibration.ts'
import { ClusterTotals, type Place, shareEstimate } from './cluster-totals.ts'
import { GroupCosts } from './group-costs.ts'
import { GroupTokens } from './group-tokens.ts'
import { Metrics } from './metrics.ts'
import { Micros } from './micros.ts'
import { ReducedRates } from './reduced-rates.ts'
import type { Reducer } from './reducer.ts'
import { SampleRate } from './sample-rate.ts'
import type { SlicePasses } from './slice-difference.ts'
import type { GroupSummary, SliceDifference } from './types.ts'

/** What is made of the scores beside their means. */
export interface GroupOptions {
  /** What the epochs of a sample come to. */
  readonly reducers?: readonly Reducer[]
  /** By scorer: its metric over the whole group. */
  readonly metrics?: ReadonlyMap<string, RunMetric>
  /** Of the run: resampled intervals draw from streams named by it. */
  readonly seed?: number
}

/** What is known of a trial beside its record and score. */
export interface TrialFacts {
  /** What people say of the answer, null where they say nothing; undefined in a run without labels. */
  readonly human?: boolean | null | undefined
  /** Number of the cluster that its sample belongs to; undefined in a run without --cluster. */
  readonly cluster?: number | undefined
}

/** Sums of one model × prompt × slice. Trials must come in dataset order: epochs of one sample next to each other. */
export class GroupAccumulator {
  readonly #place: { readonly model: string; readonly prompt: string; readonly slice: string }
  readonly #confidence: number
  readonly #seed: number
  #planned = 0
  #completed = 0
  #failed = 0
  #passed = 0
  #truncated = 0
  #emptyOutputs = 0
  readonly #shares = { failed: new ClusterTotals(), truncated: new ClusterTotals(), empty: new ClusterTotals() }
  readonly #errorKinds: Partial<Record<ErrorKind, number>> = {}
  readonly #errorExamples: Partial<Record<ErrorKind, string>> = {}
  readonly #costs = new GroupCosts()
  readonly #tokens = new GroupTokens()
  readonly #unscored = new Map<string, { readonly count: number; readonly example: string }>()
  #unjudged = 0
  #attempts = 0
  #retries = 0
  #possiblyBilled = 0
  readonly #ttft = new Micros()
  readonly #latency = new Micros()
  readonly #passRate: SampleRate
  readonly #scores = new Map<string, SampleRate>()
  readonly #reduced: ReducedRates
  readonly #metrics: Metrics
  /** The clusters of this group, numbered without gaps: sums are kept by these. */
  readonly #clusters = new Map<number, number>()
  /** Made when it is known that somebody has labels. */
  #calibration: CalibrationAccumulator | undefined

  constructor(
    place: { readonly model: string; readonly prompt: string; readonly slice: string },
    confidence: number,
    { reducers = [], metrics = new Map(), seed = 0 }: GroupOptions = {},
  ) {
    this.#place = place
    this.#confidence = confidence
    this.#seed = seed
    const streamOf = (metric: string): string => this.#streamOf(metric)
    this.#passRate = new SampleRate(streamOf('pass_rate'))
    this.#reduced = new ReducedRates(reducers, streamOf)
    this.#metrics = new Metrics(metrics, streamOf)
  }

  add(
    sampleIndex: number,
    record: TrialRecord | undefined,
    score: ScoreLine | undefined,
    { human, cluster }: TrialFacts = {},
  ): void {
    const place = { sample: sampleIndex, cluster: cluster === undefined ? undefined : this.#numberOf(cluster) }
    this.#planned += 1
    if (human !== undefined) {
      this.#calibration ??= new CalibrationAccumulator()
      this.#calibration.add(place, human, score?.passed ?? null)
    }
    if (record === undefined) return
    this.#addSettled(place, record, score)
    if (record.status === 'failed') {
      this.#failed += 1
      this.#addError(record)
      return
    }
    this.#completed += 1
    if (record.finishReason === 'length') this.#truncated += 1
    this.#shares.truncated.add(place, record.finishReason === 'length' ? 1 : 0)
    if (record.output === '') this.#emptyOutputs += 1
    this.#shares.empty.add(place, record.output === '' ? 1 : 0)
    this.#tokens.add(place, record)
    if (record.ttftUs !== null) this.#ttft.add(record.ttftUs)
    if (record.latencyUs !== null) this.#latency.add(record.latencyUs)
    if (score !== undefined) this.#addScore(place, score)
  }

  /** Passes by sample or cluster, to be compared with those of other slices. */
  get passes(): SlicePasses {
    const { answers } = this.#passRate
    if (this.#clusters.size === 0) return { totals: answers.totals(), clusters: null }
    const sums = [...answers.table]
    const clusters = [...this.#clusters].flatMap(([cluster, number]): [number, readonly number[]][] => {
      const [passes = 0, rows = 0] = sums[number] ?? []
      return rows === 0 ? [] : [[cluster, [passes, rows]]]
    })
    return { totals: answers.totals(), clusters: new Map(clusters) }
  }

  /** `differsFromRest`: of a slice that was compared with the rest. */
  finish(differsFromRest: SliceDifference | null = null): GroupSummary {
    const confidence = this.#confidence
    const passRate = this.#passRate.estimate(confidence)
    const unscored = this.#planned - passRate.n
    const { failed, truncated, empty } = this.#shares
    return {
      ...this.#place,
      planned: this.#planned,
      completed: this.#completed,
      failed: this.#failed,
      skipped: this.#planned - this.#completed - this.#failed,
      scored: passRate.n,
      passed: this.#passed,
      passRate,
      passRateBounds: {
        low: share(this.#passed, this.#planned),
        high: share(this.#passed + unscored, this.#planned),
      },
      differsFromRest,
      scores: Object.fromEntries([...this.#scores].map(([label, rate]) => [label, rate.estimate(confidence)])),
      unscored: Object.fromEntries(this.#unscored),
      ...this.#reduced.finish(confidence),
      metrics: this.#metrics.finish(confidence),
      calibration: this.#calibration?.finish({ confidence, label: this.#streamOf('pass') }) ?? null,
      failedShare: shareEstimate(failed.totals(), confidence),
      truncated: this.#truncated,
      truncatedShare: shareEstimate(truncated.totals(), confidence),
      emptyOutputs: this.#emptyOutputs,
      emptyShare: shareEstimate(empty.totals(), confidence),
      unjudged: this.#unjudged,
      errorKinds: this.#errorKinds,
      errorExamples: this.#errorExamples,
      ...this.#costs.finish(confidence),
      ...this.#tokens.finish(confidence),
      attempts: this.#attempts,
      retries: this.#retries,
      possiblyBilled: this.#possiblyBilled,
      ttftMs: this.#ttft.percentiles(confidence),
      latencyMs: this.#latency.percentiles(confidence),
    }
  }

  /** Each figure draws from a stream of its own: another figure more changes none of the others. */
  #streamOf(metric: string): string {
    const { model, prompt, slice } = this.#place
    return `${this.#seed}|bootstrap|${metric}|${model}|${prompt}|${slice}`
  }

  #numberOf(cluster: number): number {
    let number = this.#clusters.get(cluster)
    if (number === undefined) this.#clusters.set(cluster, (number = this.#clusters.size))
    return number
  }

  #addSettled(place: Place, record: TrialRecord, score: ScoreLine | undefined): void {
    this.#attempts += record.attempts
    this.#retries += Math.max(0, record.attempts - 1)
    this.#possiblyBilled += record.possiblyBilled
    this.#shares.failed.add(place, record.status === 'failed' ? 1 : 0)
    this.#costs.add(place, record, record.status === 'completed' && score?.passed === true)
  }

  #addUnscored(label: string, { reason }: ScoreLine): void {
    const before = this.#unscored.get(label)
    this.#unscored.set(label, { count: (before?.count ?? 0) + 1, example: before?.example ?? reason })
  }

  #addError({ errorKind, error }: TrialRecord): void {
    if (errorKind === null) return
    this.#errorKinds[errorKind] = (this.#errorKinds[errorKind] ?? 0) + 1
    this.#errorExamples[errorKind] ??= error ?? ''
  }

  #addScore(place: Place, score: ScoreLine): void {
    this.#costs.addJudgeCost(score)
    if (score.isOpen) this.#unjudged += 1
    this.#reduced.add(place, score)
    this.#metrics.add(place, score)
    for (const [label, value] of Object.entries(score.scores)) {
      let rate = this.#scores.get(label)
      // A scorer that could judge nothing is not left out of the reports.
      if (rate === undefined) this.#scores.set(label, (rate = new SampleRate(this.#streamOf(`score:${label}`))))
      if (value === null) this.#addUnscored(label, score)
      else rate.add(place, value)
    }
    if (score.passed === null) return
    this.#passed += score.passed ? 1 : 0
    this.#passRate.add(place, score.passed ? 1 : 0)
  }
}

function share(count: number, of: number): number {
  return of === 0 ? 0 : count / of
}
