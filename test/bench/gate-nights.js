/** Nights that can be had by the thousand: a baseline and a candidate on the same items, whose true difference is known. */
import { randomFrom } from '../../dist/lib/random.js'

/** Of Beta(½, 1/6). */
const MEAN_PASS = 0.75

/**
 * Items of statistics.md 11.7: each has a pass probability p ~ Beta(½, 1/6), so that two answers of an unchanged model differ
 * in 15 % of them. Baseline runs answer with p, the candidate with p(1 − drop/0.75). Returns a maker of nights: values by row.
 */
export function nightsOf({ rows, drop, baselineRuns = 1 }, label) {
  const random = randomFrom(label)
  const kept = 1 - drop / MEAN_PASS
  return () => {
    const [baseline, candidate] = [new Float64Array(rows), new Float64Array(rows)]
    for (let row = 0; row < rows; row++) {
      const p = passProbability(random)
      for (let run = 0; run < baselineRuns; run++) if (random.uniform() < p) baseline[row] += 1 / baselineRuns
      candidate[row] = random.uniform() < p * kept ? 1 : 0
    }
    return { baseline, candidate }
  }
}

/** The share of one of two powers of uniform numbers, where their sum is at most 1 (Jöhnk 1964). */
function passProbability(random) {
  for (;;) {
    const [x, y] = [random.uniform() ** 2, random.uniform() ** 6]
    if (x + y > 0 && x + y <= 1) return x / (x + y)
  }
}
