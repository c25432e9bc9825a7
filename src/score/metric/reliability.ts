/**
 * Do stated probabilities mean what they say? Brier score (Brier 1950) and expected calibration error with 10 bins of equal
 * width, (lo, hi], the first one with 0 (Guo et al. 2017, "On Calibration of Modern Neural Networks", eq. 3 and 5).
 */
import type { MetricTable, Observation, RunMetric } from '../types.ts'
import { share } from './shares.ts'

const BINS = 10

/** Sums over the answers of one bin. */
interface Bin {
  readonly n: number
  readonly confidence: number
  readonly right: number
}

/** Calibration over a run; an observation is the stated probability and whether the answer was right (1 or 0). */
export const reliabilityMetric: RunMetric = {
  figures: {
    brier: 'mean of (probability − right)², right being 1 or 0; 0 is best',
    ece: 'expected calibration error: |accuracy − mean confidence| of each of 10 bins, weighted by its answers',
    mce: 'maximum calibration error: the largest of these gaps',
    mean_confidence: 'mean of the stated probabilities',
    accuracy: 'share of the answers that are right',
    overconfidence: 'mean confidence − accuracy; negative when the model trusts itself too little',
  },
  shares: ['accuracy'],
  // The largest of ten gaps is a maximum.
  withoutInterval: ['mce'],
  create: () => ({ termsOf, figuresOf, tableOf }),
}

/** Place of the squared errors; each bin has three of its own after it. */
const SQUARES = 0
const FIRST_BIN = 1
const PER_BIN = 3

function termsOf([stated, outcome]: Observation): readonly number[] {
  const probability = Number(stated)
  const right = Number(outcome)
  const place = FIRST_BIN + PER_BIN * binOf(probability)
  return [SQUARES, (probability - right) ** 2, place, 1, place + 1, probability, place + 2, right]
}

function binsOf(sums: ArrayLike<number>): readonly Bin[] {
  return Array.from({ length: BINS }, (_, index) => {
    const place = FIRST_BIN + PER_BIN * index
    return { n: sums[place] ?? 0, confidence: sums[place + 1] ?? 0, right: sums[place + 2] ?? 0 }
  })
}

function figuresOf(sums: ArrayLike<number>): Readonly<Record<string, number | null>> {
  const bins = binsOf(sums)
  const sum = (of: (bin: Bin) => number): number => bins.reduce((total, bin) => total + of(bin), 0)
  const n = sum((bin) => bin.n)
  const confidence = share(
    sum((bin) => bin.confidence),
    n,
  )
  const accuracy = share(
    sum((bin) => bin.right),
    n,
  )
  return {
    brier: share(sums[SQUARES] ?? 0, n),
    ece: share(
      sum((bin) => Math.abs(bin.right - bin.confidence)),
      n,
    ),
    mce: n === 0 ? null : Math.max(...bins.map((bin) => Math.abs(gapOf(bin) ?? 0))),
    mean_confidence: confidence,
    accuracy,
    overconfidence: confidence === null || accuracy === null ? null : confidence - accuracy,
  }
}

function tableOf(sums: ArrayLike<number>): MetricTable {
  return {
    title: 'Reliability',
    columns: ['answers', 'mean confidence', 'accuracy', 'gap'],
    rows: binsOf(sums).map((bin, index) => ({
      label: `${index === 0 ? '[' : '('}${index / BINS}, ${(index + 1) / BINS}]`,
      cells: [bin.n, share(bin.confidence, bin.n), share(bin.right, bin.n), gapOf(bin)],
    })),
  }
}

/** The first bin whose upper edge is not below the probability. */
function binOf(probability: number): number {
  let index = 0
  while (index < BINS - 1 && probability > (index + 1) / BINS) index += 1
  return index
}

function gapOf({ n, confidence, right }: Bin): number | null {
  return n === 0 ? null : (confidence - right) / n
}
