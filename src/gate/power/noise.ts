/** How much do two answers of an unchanged model differ? Measured where samples were asked more than once, else assumed. */
import type { Answers } from './answers.ts'
import type { Noise } from './types.ts'

/** The share of differing pairs that is taken where nothing is known (statistics.md 10). */
export const ASSUMED_DISCORDANCE = 0.2

/** Nothing was measured. */
export function assumedNoise(discordance: number = ASSUMED_DISCORDANCE): Noise {
  return { discordance, source: 'assumed', samples: 0, runIds: [] }
}

/**
 * Twice the variance between the answers to one sample, in the mean over samples: what the square of the difference of two of
 * them is on the average. Null where no sample has two known answers.
 */
export function measuredNoise({ samples }: Answers, runIds: readonly string[]): Noise | null {
  let [sum, count] = [0, 0]
  for (const askings of samples) {
    const variance = sampleVariance(askings.flat().filter((value) => !Number.isNaN(value)))
    if (variance === null) continue
    sum += variance
    count += 1
  }
  return count === 0 ? null : { discordance: (2 * sum) / count, source: 'measured', samples: count, runIds }
}

function sampleVariance(values: readonly number[]): number | null {
  if (values.length < 2) return null
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
}

/** Variance of the difference of an unchanged model's means, each over so many answers. */
export function differenceVariance(
  { discordance }: Pick<Noise, 'discordance'>,
  { candidateAnswers, baselineAnswers }: { readonly candidateAnswers: number; readonly baselineAnswers: number },
): number {
  return (discordance / 2) * (1 / candidateAnswers + 1 / baselineAnswers)
}
