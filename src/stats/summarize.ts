/** records + scores → summary, one trial at a time: nothing of a trial is kept but sums, counts and two durations. */
import type { ScoreLine, TrialRecord } from '../journal/types.ts'
import { dividedBy, formatUsd, parseUsd, type Usd, ZERO_USD } from '../lib/usd.ts'
import type { ErrorKind } from '../provider/types.ts'
import type { RunMetric } from '../score/types.ts'
import { CalibrationAccumulator } from './calibration.ts'
import { Metrics } from './metrics.ts'
import { Micros } from './micros.ts'
import { ReducedRates } from './reduced-rates.ts'
import type { Reducer } from './reducer.ts'
import { SampleRate } from './sample-rate.ts'
import type { GroupSummary } from './types.ts'

/** What is made of the scores beside their means. */
export interface GroupOptions {
  /** What the epochs of a sample come to. */
  readonly reducers?: readonly Reducer[]
  /** By scorer: its metric over the whole group. */
  readonly metrics?: ReadonlyMap<string, RunMetric>
  /** Of the run: resampled intervals draw from streams named by it. */
  readonly seed?: number
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
  readonly #errorKinds: Partial<Record<ErrorKind, number>> = {}
  readonly #errorExamples: Partial<Record<ErrorKind, string>> = {}
  #costUsd: Usd = ZERO_USD
  #costKnown = 0
  #retryCostUsd: Usd = ZERO_USD
  #retryCostUnknown = 0
  #cachedAnswers = 0
  #cacheSavedUsd: Usd = ZERO_USD
  #cacheSavedUnknown = 0
  readonly #unscored = new Map<string, { readonly count: number; readonly example: string }>()
  #judgeCostUsd: Usd = ZERO_USD
  #judgeCostUnknown = 0
  #unjudged = 0
  readonly #tokens = { prompt: 0, completion: 0, reasoning: 0, cached: 0, estimated: 0 }
  #attempts = 0
  #retries = 0
  #possiblyBilled = 0
  readonly #ttft = new Micros()
  readonly #latency = new Micros()
  readonly #passRate = new SampleRate()
  readonly #scores = new Map<string, SampleRate>()
  readonly #reduced: ReducedRates
  readonly #metrics: Metrics
  /** Made when it is known that somebody has labels. */
  #calibration: CalibrationAccumulator | undefined

  constructor(
    place: { readonly model: string; readonly prompt: string; readonly slice: string },
    confidence: number,
    { reducers = [], metrics = new Map(), seed = 0 }: GroupOptions = {},
  ) {
    this.#place = place
    this.#confidence = confidence
    this.#reduced = new ReducedRates(reducers)
    this.#metrics = new Metrics(metrics)
    this.#seed = seed
  }

  /** `human` is what people say of the answer, null where they say nothing; undefined in a run without labels. */
  add(
    sampleIndex: number,
    record: TrialRecord | undefined,
    score: ScoreLine | undefined,
    human?: boolean | null,
  ): void {
    this.#planned += 1
    if (human !== undefined) {
      this.#calibration ??= new CalibrationAccumulator()
      this.#calibration.add(sampleIndex, human, score?.passed ?? null)
    }
    if (record === undefined) return
    this.#addCost(record)
    if (record.status === 'failed') {
      this.#failed += 1
      this.#addError(record)
      return
    }
    this.#completed += 1
    if (record.fromCache !== null) this.#addSaving(record)
    if (record.finishReason === 'length') this.#truncated += 1
    if (record.output === '') this.#emptyOutputs += 1
    this.#addTokens(record)
    if (record.ttftUs !== null) this.#ttft.add(record.ttftUs)
    if (record.latencyUs !== null) this.#latency.add(record.latencyUs)
    if (score !== undefined) this.#addScore(sampleIndex, score)
  }

  finish(): GroupSummary {
    const passRate = this.#passRate.estimate(this.#confidence)
    const skipped = this.#planned - this.#completed - this.#failed
    const settled = this.#completed + this.#failed
    const costUnknown = this.#completed - this.#costKnown
    const allKnown = costUnknown === 0 && this.#retryCostUnknown === 0 && this.#cacheSavedUnknown === 0
    const allCostsUsd = allKnown ? this.#costUsd + this.#retryCostUsd + this.#cacheSavedUsd : null
    const unscored = this.#planned - passRate.n
    return {
      ...this.#place,
      planned: this.#planned,
      completed: this.#completed,
      failed: this.#failed,
      skipped,
      scored: passRate.n,
      passed: this.#passed,
      passRate,
      passRateBounds: {
        low: share(this.#passed, this.#planned),
        high: share(this.#passed + unscored, this.#planned),
      },
      scores: Object.fromEntries([...this.#scores].map(([label, rate]) => [label, rate.estimate(this.#confidence)])),
      unscored: Object.fromEntries(this.#unscored),
      ...this.#reduced.finish(this.#confidence),
      metrics: this.#metrics.finish(),
      calibration: this.#calibration?.finish({ confidence: this.#confidence, label: this.#streamLabel() }) ?? null,
      truncated: this.#truncated,
      emptyOutputs: this.#emptyOutputs,
      judgeCostUsd: formatUsd(this.#judgeCostUsd),
      judgeCostUnknown: this.#judgeCostUnknown,
      unjudged: this.#unjudged,
      cachedAnswers: this.#cachedAnswers,
      cacheSavedUsd: formatUsd(this.#cacheSavedUsd),
      errorKinds: this.#errorKinds,
      errorExamples: this.#errorExamples,
      // Where nothing was answered nothing was paid for an answer; where every cost is unknown the sum is, too.
      costUsd: costUnknown > 0 && this.#costKnown === 0 ? null : formatUsd(this.#costUsd),
      retryCostUsd: formatUsd(this.#retryCostUsd),
      retryCostUnknown: this.#retryCostUnknown,
      costUnknown,
      costPerCorrectUsd: perUnit(allCostsUsd, this.#passed, 1),
      costPer1000Usd: perUnit(allCostsUsd, settled, 1_000),
      promptTokens: this.#tokens.prompt,
      completionTokens: this.#tokens.completion,
      reasoningTokens: this.#tokens.reasoning,
      cachedTokens: this.#tokens.cached,
      tokensEstimated: this.#tokens.estimated,
      attempts: this.#attempts,
      retries: this.#retries,
      possiblyBilled: this.#possiblyBilled,
      ttftMs: this.#ttft.percentiles(this.#confidence),
      latencyMs: this.#latency.percentiles(this.#confidence),
    }
  }

  #streamLabel(): string {
    const { model, prompt, slice } = this.#place
    return `${this.#seed}|bootstrap|pass|${model}|${prompt}|${slice}`
  }

  #addCost(record: TrialRecord): void {
    this.#attempts += record.attempts
    this.#retries += Math.max(0, record.attempts - 1)
    this.#possiblyBilled += record.possiblyBilled
    if (record.retryCostUsd === null) this.#retryCostUnknown += 1
    else this.#retryCostUsd += parseUsd(record.retryCostUsd) ?? ZERO_USD
    if (record.costUsd === null) return
    this.#costUsd += parseUsd(record.costUsd) ?? ZERO_USD
    if (record.status === 'completed') this.#costKnown += 1
  }

  #addSaving({ fromCache, costSource }: TrialRecord): void {
    if (costSource === 'cache') this.#cachedAnswers += 1
    const costUsd = parseUsd(fromCache?.costUsd ?? '')
    if (costUsd === undefined) this.#cacheSavedUnknown += 1
    else this.#cacheSavedUsd += costUsd
  }

  #addUnscored(label: string, { reason }: ScoreLine): void {
    const before = this.#unscored.get(label)
    this.#unscored.set(label, { count: (before?.count ?? 0) + 1, example: before?.example ?? reason })
  }

  /** Score lines of older runs know of no judges. */
  #addJudgeCost({ judgeCostUsd, isOpen }: Partial<ScoreLine>): void {
    if (judgeCostUsd === null) this.#judgeCostUnknown += 1
    else if (judgeCostUsd !== undefined && judgeCostUsd !== '0')
      this.#judgeCostUsd += parseUsd(judgeCostUsd) ?? ZERO_USD
    if (isOpen === true) this.#unjudged += 1
  }

  #addError({ errorKind, error }: TrialRecord): void {
    if (errorKind === null) return
    this.#errorKinds[errorKind] = (this.#errorKinds[errorKind] ?? 0) + 1
    this.#errorExamples[errorKind] ??= error ?? ''
  }

  #addTokens(record: TrialRecord): void {
    this.#tokens.prompt += record.promptTokens ?? 0
    this.#tokens.completion += record.completionTokens ?? 0
    this.#tokens.reasoning += record.reasoningTokens ?? 0
    this.#tokens.cached += record.cachedTokens ?? 0
    if (record.tokensSource === 'estimated') this.#tokens.estimated += 1
  }

  #addScore(sampleIndex: number, score: ScoreLine): void {
    this.#addJudgeCost(score)
    this.#reduced.add(sampleIndex, score)
    this.#metrics.add(score)
    for (const [label, value] of Object.entries(score.scores)) {
      let rate = this.#scores.get(label)
      // A scorer that could judge nothing is not left out of the reports.
      if (rate === undefined) this.#scores.set(label, (rate = new SampleRate()))
      if (value === null) this.#addUnscored(label, score)
      else rate.add(sampleIndex, value)
    }
    if (score.passed === null) return
    this.#passed += score.passed ? 1 : 0
    this.#passRate.add(sampleIndex, score.passed ? 1 : 0)
  }
}

function share(count: number, of: number): number {
  return of === 0 ? 0 : count / of
}

/** Cost per `scale` units, rounded to 12 decimals of a dollar: a quotient need not end. */
function perUnit(costUsd: Usd | null, units: number, scale: number): string | null {
  if (costUsd === null || units === 0) return null
  const grain = 10n ** 12n
  return formatUsd(dividedBy(dividedBy(costUsd * BigInt(scale), units), Number(grain)) * grain)
}
