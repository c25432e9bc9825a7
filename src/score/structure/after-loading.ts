/** How does a scorer use a library that can only be loaded asynchronously, and slowly? */
import type { Score, ScoreFunction, ScoreInput } from '../types.ts'

/** Loads at the first answer, which gets a promise; from then on scores come at once. */
export function afterLoading<T extends object>(
  load: () => Promise<T>,
  score: (library: T, input: ScoreInput) => Score,
): ScoreFunction {
  let library: T | undefined
  return (input) => {
    if (library !== undefined) return score(library, input)
    return load().then((loaded) => {
      library = loaded
      return score(loaded, input)
    })
  }
}
