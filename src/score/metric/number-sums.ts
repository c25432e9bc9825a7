/** How do the counts of single answers come to those of a run? By addition, place by place. */
import type { MetricSums } from '../types.ts'

/** Place of the number of answers; the numbers of an observation have those after it. */
const ANSWERS = 0

/** Of observations that are all numbers. `figuresOf` gets the number of answers and the sums of each of their numbers. */
export function numberSums(
  figuresOf: (answers: number, totals: readonly number[]) => Readonly<Record<string, number | null>>,
): MetricSums {
  return {
    termsOf: (observation) => [ANSWERS, 1, ...observation.flatMap((number, index) => [index + 1, Number(number)])],
    figuresOf: (sums) => {
      const [answers = 0, ...totals] = Array.from(sums)
      return figuresOf(answers, totals)
    },
  }
}
