/** The mean of numbers that are known by their logarithms. */

/** ln of the mean of e^x, without leaving the range of a double; −Infinity without values. */
export function logMean(logs: readonly number[]): number {
  const largest = Math.max(...logs)
  if (largest === -Infinity) return -Infinity
  return largest + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - largest), 0) / logs.length)
}
