/**
 * How many rows does a question need, and how small a difference can so many rows show? Asked before a run; afterwards the
 * smallest difference it could have shown belongs beside its interval, never a power computed from what was seen.
 *
 * Differences, spreads and margins are in the unit of the score; `power` is the chance to find what is there.
 */
import { normalCdf, normalQuantile, studentQuantile } from './special-functions.ts'

/** The error level of a test, its chance to find what is there, and whether it looks in one direction or in both. */
export interface TestLevel {
  /** 0.05 unless given. */
  readonly alpha?: number
  /** 0.8 unless given. */
  readonly power?: number
  readonly sides?: 1 | 2
}

/** Points at which a noncentral t probability is evaluated; half as many give the same 12 digits. */
const QUADRATURE_POINTS = 800

/** Pairs that a paired mean needs. */
export interface RequiredPairs {
  /** By the normal approximation, not rounded. */
  readonly normal: number
  /** The smallest number with which Student's test has the power, at least 2, and the power it then has. */
  readonly student: number
  readonly power: number
}

/** Pairs to find a mean difference, single differences having this standard deviation. Null where one of the two is 0. */
export function requiredPairs({
  difference,
  standardDeviation,
  ...level
}: TestLevel & { difference: number; standardDeviation: number }): RequiredPairs | null {
  const normal = rowsFor({ ...level, effect: Math.abs(difference), spread: standardDeviation })
  if (normal === null || standardDeviation === 0) return null
  const { alpha, power, sides } = withDefaults(level)
  // The normal approximation never asks for more rows than Student's test.
  for (let n = wholeRows(normal); ; n++) {
    const noncentrality = (Math.abs(difference) * Math.sqrt(n)) / standardDeviation
    const attained = studentPower(noncentrality, n - 1, alpha, sides)
    if (attained >= power) return { normal, student: n, power: attained }
  }
}

/** The difference that n pairs show with the given power. Null without pairs. */
export function minimumDetectable(n: number, standardDeviation: number, level: TestLevel = {}): number | null {
  return n === 0 ? null : (reach(level) * standardDeviation) / Math.sqrt(n)
}

/**
 * Pairs, all of them, to find a difference of two pass rates by McNemar's test (Miettinen 1968; Connor 1987). `discordance`
 * is the share of pairs that differ. Null for a difference of 0 and for one larger than the discordance.
 */
export function requiredDiscordant({
  discordance,
  difference,
  ...level
}: TestLevel & { discordance: number; difference: number }): number | null {
  const effect = Math.abs(difference)
  if (effect > discordance) return null
  const rows = rowsFor({
    ...level,
    effect,
    spread: Math.sqrt(discordance - effect ** 2),
    nullSpread: Math.sqrt(discordance),
  })
  return rows === null ? null : wholeRows(rows)
}

/**
 * Pairs to prove that a pass rate has not dropped by `margin`, one-sided. `trueDifference` is 0 for a model that has not
 * changed. Null where nothing can be proven: a true drop of the margin or more, or larger than the discordance.
 */
export function requiredNonInferiority({
  discordance,
  trueDifference = 0,
  margin,
  ...level
}: Omit<TestLevel, 'sides'> & { discordance: number; trueDifference?: number; margin: number }): number | null {
  if (Math.abs(trueDifference) > discordance) return null
  const spread = Math.sqrt(discordance - trueDifference ** 2)
  const rows = rowsFor({ ...level, sides: 1, effect: trueDifference + margin, spread })
  return rows === null ? null : wholeRows(rows)
}

/** Where the spread of a paired mean comes from when items are asked several times. Variances of scores. */
export interface EpochSpread {
  /** Of the difference of expected scores, over items. */
  readonly betweenVariance: number
  /** Within an item, the mean over items, of each model; and how often each is asked. */
  readonly candidate: { readonly withinVariance: number; readonly epochs: number }
  readonly baseline: { readonly withinVariance: number; readonly epochs: number }
}

/** Items to find a mean difference when they are asked several times (Miller 2024). Null for a difference of 0. */
export function requiredWithEpochs({
  betweenVariance,
  candidate,
  baseline,
  difference,
  ...level
}: EpochSpread & TestLevel & { difference: number }): number | null {
  const sampling = candidate.withinVariance / candidate.epochs + baseline.withinVariance / baseline.epochs
  const spread = Math.sqrt(betweenVariance + sampling)
  const rows = rowsFor({ ...level, effect: Math.abs(difference), spread })
  return rows === null ? null : wholeRows(rows)
}

/** By how much clusters of this mean size multiply the rows needed, given the correlation of two rows of one cluster. */
export function designEffect(meanClusterSize: number, correlation: number): number {
  return 1 + (meanClusterSize - 1) * correlation
}

/** ((z of the level · spread if nothing is there + z of the power · spread if it is) / effect)², not rounded. */
function rowsFor({
  effect,
  spread,
  nullSpread = spread,
  ...level
}: TestLevel & { effect: number; spread: number; nullSpread?: number }): number | null {
  if (effect <= 0) return null
  const { alpha, power, sides } = withDefaults(level)
  return ((normalQuantile(1 - alpha / sides) * nullSpread + normalQuantile(power) * spread) / effect) ** 2
}

/** How many standard errors a difference has to be from 0. */
function reach(level: TestLevel): number {
  const { alpha, power, sides } = withDefaults(level)
  return normalQuantile(1 - alpha / sides) + normalQuantile(power)
}

function withDefaults({ alpha = 0.05, power = 0.8, sides = 2 }: TestLevel): Required<TestLevel> {
  return { alpha, power, sides }
}

/** No comparison can do with fewer than two. */
function wholeRows(rows: number): number {
  return Math.max(2, Math.ceil(rows))
}

/**
 * The chance that a noncentral t is beyond the critical value, on either side where the test has two: the mean of
 * Φ(±noncentrality − critical · √(u/df)) over u ~ χ² with df degrees of freedom. The trapezoid rule over t = ln(u/df), whose
 * density is proportional to exp(df/2 · (1 + t − eᵗ)); it converges geometrically, and needs no normalising constant.
 */
function studentPower(noncentrality: number, df: number, alpha: number, sides: 1 | 2): number {
  const critical = studentQuantile(1 - alpha / sides, df)
  // Beyond these the density is below 1e-18 of its peak: a normal curve for many degrees, a slow left tail for few.
  const width = 13 / Math.sqrt(df)
  const from = -width - 85 / df
  const step = (width - from) / QUADRATURE_POINTS
  let [sum, weights] = [0, 0]
  for (let point = 0; point <= QUADRATURE_POINTS; point++) {
    const t = from + point * step
    const weight = Math.exp((df / 2) * (t - Math.expm1(t)))
    const bound = critical * Math.exp(t / 2)
    const wrongSide = sides === 2 ? normalCdf(-noncentrality - bound) : 0
    weights += weight
    sum += weight * (normalCdf(noncentrality - bound) + wrongSide)
  }
  return sum / weights
}
