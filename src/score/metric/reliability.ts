/**
 * Do stated probabilities mean what they say? Brier score (Brier 1950) and expected calibration error with 10 bins of equal
 * width, (lo, hi], the first one with 0 (Guo et al. 2017, "On Calibration of Modern Neural Networks", eq. 3 and 5).
 */
import type { MetricAccumulator, RunMetric } from '../types.ts'
import { share } from './shares.ts'

const BINS = 10

/** Sums over the answers of one bin. */
interface Bin {
  n: number
  confidence: number
  right: number
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
  create: accumulator,
}

function accumulator(): MetricAccumulator {
  const bins: readonly Bin[] = Array.from({ length: BINS }, () => ({ n: 0, confidence: 0, right: 0 }))
  let squares = 0
  return {
    add: ([stated, outcome]) => {
      const probability = Number(stated)
      const right = Number(outcome)
      squares += (probability - right) ** 2
      const bin = bins[binOf(probability)]
      if (bin === undefined) return
      bin.n += 1
      bin.confidence += probability
      bin.right += right
    },
    finish: () => {
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
        n,
        figures: {
          brier: share(squares, n),
          ece: share(
            sum((bin) => Math.abs(bin.right - bin.confidence)),
            n,
          ),
          mce: n === 0 ? null : Math.max(...bins.map((bin) => Math.abs(gapOf(bin) ?? 0))),
          mean_confidence: confidence,
          accuracy,
          overconfidence: confidence === null || accuracy === null ? null : confidence - accuracy,
        },
        table: {
          title: 'Reliability',
          columns: ['answers', 'mean confidence', 'accuracy', 'gap'],
          rows: bins.map((bin, index) => ({
            label: `${index === 0 ? '[' : '('}${index / BINS}, ${(index + 1) / BINS}]`,
            cells: [bin.n, share(bin.confidence, bin.n), share(bin.right, bin.n), gapOf(bin)],
          })),
        },
      }
    },
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
