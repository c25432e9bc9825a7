/**
 * What would people say of all answers, when a judge has seen all and people some? PPI++ (Angelopoulos, Duchi & Zrnic 2023,
 * "PPI++: Efficient Prediction-Powered Inference"): the judge's mean, corrected by its errors where people looked as well.
 *
 * Right for a judge of any quality, as long as the labelled answers are drawn at random and the judge was not tuned on them.
 */
import { studentQuantile } from './special-functions.ts'

/** Answers that hang together, such as the epochs of a sample; an answer that stands alone is a cluster of its own. */
export interface JudgedCluster {
  readonly answers: readonly JudgedAnswer[]
  /** So many clusters are like this one. */
  readonly count: number
}

export interface JudgedAnswer {
  /** What people gave, 0..1; null where nobody looked. */
  readonly human: number | null
  /** What the judge gave, 0..1. */
  readonly judge: number
  /** So many answers of the cluster are like this one. */
  readonly count: number
}

export interface PowerTuned {
  /** Answers that people labelled, and answers that the judge alone saw. */
  readonly labelled: number
  readonly unlabelled: number
  /** How far the judge is trusted: 0 leaves people's labels alone, 1 takes the judge's word in full. */
  readonly lambda: number
  readonly estimate: number | null
  /** Null with fewer than two labelled clusters. */
  readonly standardError: number | null
  /** Student's t at the labelled clusters; may leave 0..1. Null without a standard error, or when that is 0. */
  readonly low: number | null
  readonly high: number | null
}

/** The estimate of people's mean over all answers. Clusters that are partly labelled count in both parts. */
export function powerTunedMean(clusters: readonly JudgedCluster[], confidence = 0.95): PowerTuned {
  const unlabelled = sumOver(clusters, ({ human }) => (human === null ? 1 : 0))
  const labelled = sumOver(clusters, ({ human }) => (human === null ? 0 : 1))
  const lambda = lambdaOf(clusters, labelled, unlabelled)
  if (labelled === 0) {
    return { labelled, unlabelled, lambda, estimate: null, standardError: null, low: null, high: null }
  }
  const correction = sumOver(clusters, ({ human, judge }) => (human === null ? 0 : human - lambda * judge)) / labelled
  const judgeMean = ratio(
    sumOver(clusters, ({ human, judge }) => (human === null ? judge : 0)),
    unlabelled,
  )
  const estimate = lambda * judgeMean + correction
  const variance = new TwoPartVariance()
  for (const { answers, count } of clusters) {
    const parts = { labelled: 0, unlabelled: 0, hasLabelled: false, hasUnlabelled: false }
    for (const { human, judge, count: times } of answers) {
      if (human === null) {
        parts.hasUnlabelled = true
        parts.unlabelled += (times * lambda * (judge - judgeMean)) / unlabelled
      } else {
        parts.hasLabelled = true
        parts.labelled += (times * (human - lambda * judge - correction)) / labelled
      }
    }
    variance.add(parts, count)
  }
  const standardError = variance.standardError
  if (standardError === null || standardError === 0) {
    return { labelled, unlabelled, lambda, estimate, standardError, low: null, high: null }
  }
  const halfWidth = studentQuantile((1 + confidence) / 2, variance.labelledClusters - 1) * standardError
  return {
    labelled,
    unlabelled,
    lambda,
    estimate,
    standardError,
    low: estimate - halfWidth,
    high: estimate + halfWidth,
  }
}

/** cov(Y, Ŷ) / ((1 + n/N) var(Ŷ)) within 0..1: what makes the variance least. 0 for a judge that always says the same. */
function lambdaOf(clusters: readonly JudgedCluster[], labelled: number, unlabelled: number): number {
  const all = labelled + unlabelled
  if (labelled === 0 || unlabelled === 0 || all < 2) return 0
  const judgeMean = sumOver(clusters, ({ judge }) => judge) / all
  const variance = sumOver(clusters, ({ judge }) => (judge - judgeMean) ** 2) / (all - 1)
  if (variance <= 1e-24) return 0
  const of = (value: (answer: { human: number; judge: number }) => number): number =>
    sumOver(clusters, ({ human, judge }) => (human === null ? 0 : value({ human, judge }))) / labelled
  const [humanMean, labelledJudgeMean] = [of(({ human }) => human), of(({ judge }) => judge)]
  const covariance = of(({ human, judge }) => (human - humanMean) * (judge - labelledJudgeMean))
  return Math.min(1, Math.max(0, covariance / ((1 + labelled / unlabelled) * variance)))
}

function sumOver(clusters: readonly JudgedCluster[], value: (answer: JudgedAnswer) => number): number {
  let sum = 0
  for (const { answers, count } of clusters) {
    for (const answer of answers) sum += count * answer.count * value(answer)
  }
  return sum
}

/** What one cluster adds to the estimate's error by its labelled and by its other answers. */
interface Parts {
  readonly labelled: number
  readonly unlabelled: number
  readonly hasLabelled: boolean
  readonly hasUnlabelled: boolean
}

/**
 * Cluster-robust variance of a sum of two means, Σu² · G/(G−1) for each, G its clusters; where a cluster has a part in both,
 * their product joins. With clusters of one answer that is s²/N + s²/n.
 */
class TwoPartVariance {
  labelledClusters = 0
  #unlabelledClusters = 0
  #labelled = 0
  #unlabelled = 0
  #both = 0

  add({ labelled, unlabelled, hasLabelled, hasUnlabelled }: Parts, count: number): void {
    if (hasLabelled) this.labelledClusters += count
    if (hasUnlabelled) this.#unlabelledClusters += count
    this.#labelled += count * labelled ** 2
    this.#unlabelled += count * unlabelled ** 2
    this.#both += count * labelled * unlabelled
  }

  /** Null with fewer than two labelled clusters. */
  get standardError(): number | null {
    const [n, others] = [this.labelledClusters, this.#unlabelledClusters]
    if (n < 2) return null
    const variance =
      (this.#labelled * n) / (n - 1) + (this.#unlabelled * others) / Math.max(1, others - 1) + 2 * this.#both
    return Math.sqrt(Math.max(0, variance))
  }
}

function ratio(numerator: number, denominator: number): number {
  return denominator === 0 ? 0 : numerator / denominator
}
