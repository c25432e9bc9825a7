/**
 * Would one of k tries have passed, would all k? Unbiased from the n tries that there are, as running products: factorials
 * would overflow, and the plug-in 1 − (1 − c/n)^k is biased.
 */

/** 1 − C(n−c, k) / C(n, k): at least one of k passes (Chen et al. 2021). Null when k > n, which nobody can tell. */
export function passAtK(n: number, passes: number, k: number): number | null {
  return k > n ? null : 1 - shareWithout(n, n - passes, k)
}

/** C(c, k) / C(n, k): all k pass (Yao et al. 2024, "τ-bench"). Null when k > n. */
export function passHatK(n: number, passes: number, k: number): number | null {
  return k > n ? null : shareWithout(n, passes, k)
}

/** The share of all draws of k out of n that take from `some` of them alone. */
function shareWithout(n: number, some: number, k: number): number {
  if (some < k) return 0
  let share = 1
  for (let drawn = 0; drawn < k; drawn++) share *= (some - drawn) / (n - drawn)
  return share
}
