/**
 * Has the level drifted over the nights? Tabular CUSUM of standardised nights (Page 1954; statistics.md 18.1 and 18.2), its
 * run lengths by the integral equation that they solve (Brook & Evans 1972).
 *
 * Nights that share one stored baseline are no independent nights, and with twenty of them for mean and σ the real run length
 * is off by a factor of several.
 */
import { gaussLegendre } from './gauss-legendre.ts'
import { solveInPlace } from './linear-system.ts'
import { signChange } from './sequential/bisect.ts'
import { normalCdf } from './special-functions.ts'

/** A shift of 1σ is found soonest with half of it tolerated. */
const TOLERATED = 0.5
const NODES = 200
/** Mean range of two normal values, in σ. */
const MEAN_RANGE = 1.128
/** Between a boundary and its continuous approximation (Siegmund 1985): 2 · 0.583. */
const OVERSHOOT = 1.166

export interface CusumAlarm {
  /** Place of the night among those given. */
  readonly index: number
  /** Which way the level went. */
  readonly side: 'upper' | 'lower'
}

/** Both sums after each night, as they stood before an alarm set its own back to 0. */
export interface Cusum {
  readonly upper: Float64Array
  readonly lower: Float64Array
  readonly alarms: readonly CusumAlarm[]
}

/** S⁺ = max(0, S⁺ + z − k) and S⁻ = max(0, S⁻ − z − k); an alarm above h, after which that sum starts anew. */
export function cusum(z: ArrayLike<number>, k: number, h: number): Cusum {
  const upper = new Float64Array(z.length)
  const lower = new Float64Array(z.length)
  const alarms: CusumAlarm[] = []
  let [up, down] = [0, 0]
  for (let index = 0; index < z.length; index++) {
    up = Math.max(0, up + (z[index] ?? 0) - k)
    down = Math.max(0, down - (z[index] ?? 0) - k)
    upper[index] = up
    lower[index] = down
    if (up > h) alarms.push({ index, side: 'upper' })
    if (down > h) alarms.push({ index, side: 'lower' })
    if (up > h) up = 0
    if (down > h) down = 0
  }
  return { upper, lower, alarms }
}

/**
 * Mean number of nights to the first alarm of one sum, from 0, when z is normal with mean `shift` towards the alarm and σ 1. Two sums
 * together have half of it when nothing has shifted. L(s) = 1 + L(0)Φ(k − s) + ∫₀ʰ L(y)φ(y − s + k)dy, at Gauss nodes (Nyström).
 */
export function averageRunLength(k: number, h: number, shift = 0): number {
  const drift = k - shift
  const { nodes, weights } = gaussLegendre(NODES, 0, h)
  // The start is one more unknown, the last one, on which no mass of the integral lies.
  const starts = [...nodes, 0]
  const system = starts.map((start, row) => {
    const values = new Float64Array(NODES + 1)
    for (let at = 0; at < NODES; at++) {
      values[at] = -(weights[at] ?? 0) * normalDensity((nodes[at] ?? 0) - start + drift)
    }
    values[NODES] = -normalCdf(drift - start)
    values[row] = (values[row] ?? 0) + 1
    return values
  })
  const lengths = new Float64Array(NODES + 1).fill(1)
  solveInPlace(system, [lengths])
  return lengths[NODES] ?? Number.NaN
}

/** Siegmund's formula, (e^{2kb} − 2kb − 1)/(2k²) with b = h + 1.166: within 1 % at k = ½ and h ≥ 4, and no system to solve. */
export function siegmundRunLength(k: number, h: number): number {
  const exponent = 2 * k * (h + OVERSHOOT)
  return (Math.expm1(exponent) - exponent) / (2 * k * k)
}

/**
 * The h at which one sum has that run length when nothing has shifted; for both sums together ask for twice as much. 0 where a
 * single night above k comes as seldom as that.
 */
export function thresholdForArl(arl: number, k: number = TOLERATED): number {
  const excess = (h: number): number => averageRunLength(k, h) - arl
  if (excess(0) >= 0) return 0
  let furthest = 1
  while (excess(furthest) < 0) furthest *= 2
  return signChange(excess, { holds: furthest, fails: 0 }).holds
}

/**
 * σ from night to night of the same items: mean |difference of neighbours| / 1.128, which a slow drift does not widen as it
 * widens the standard deviation (Shewhart 1931). Null with fewer than two nights; 20 of them make it worth something.
 */
export function movingRangeSigma(nights: ArrayLike<number>): number | null {
  if (nights.length < 2) return null
  let sum = 0
  for (let index = 1; index < nights.length; index++) sum += Math.abs((nights[index] ?? 0) - (nights[index - 1] ?? 0))
  return sum / (nights.length - 1) / MEAN_RANGE
}

function normalDensity(z: number): number {
  return Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)
}
