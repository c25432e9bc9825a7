/**
 * Did it get worse, asked after every row? Two e-processes on paired differences, candidate − baseline, each −1..1
 * (statistics.md 11.4 and 11.9).
 *
 * An e-process starts at 1 and, where its null is true, reaches 1/α with probability at most α however often one looks (Ville
 * 1939). That holds because no bet knows the row that it is laid on and because the order of the rows was committed before
 * the first answer. Sources: Waudby-Smith & Ramdas 2024, "Estimating means of bounded random variables by betting";
 * Grünwald, de Heide & Koolen 2024, "Safe Testing".
 */
import {
  betsAt,
  type GateDesign,
  nullOfRegression,
  type SettledDesign,
  settled,
  varianceBefore,
} from './gate-design.ts'
import { invertedLimits } from './gate-limits.ts'
import type { PredictableVariance } from './predictable-variance.ts'
import { UnitLog } from './unit-log.ts'

export type { AlarmOn, GateDesign } from './gate-design.ts'

/** What the processes can reach. A gate without either is INCONCLUSIVE. */
export type SequentialVerdict = 'PASS' | 'REGRESSION'

/** The gate on one metric: add units in committed order until one process has reached its level. */
export class GateProcess {
  readonly #design: SettledDesign
  readonly #variance: PredictableVariance
  readonly #log = new UnitLog()
  #verdict: SequentialVerdict | null = null
  #logPass = 0
  #logRegression = 0
  #logAnyDrop = 0
  #isDropProven = false
  #sum = 0
  #rows = 0
  #missing = 0

  constructor(design: GateDesign) {
    this.#design = settled(design)
    this.#variance = varianceBefore(this.#design)
  }

  /**
   * One unit in committed order: the sum of its known differences, how many rows it has in all and how many of them are
   * missing. A missing row counts as +1 against REGRESSION and as −1 against PASS, and tells nothing of the variance.
   * Returns the verdict once it is reached; units added later change nothing.
   */
  add(sum: number, rows = 1, missing = 0): SequentialVerdict | null {
    checkUnit(sum, rows, missing, this.#design.largestUnit)
    if (this.#verdict !== null) return this.#verdict
    this.#bet(sum, rows, missing)
    this.#log.add(sum, rows, missing)
    this.#rows += rows
    this.#missing += missing
    this.#sum += sum
    if (missing < rows) this.#variance.add(sum / this.#design.largestUnit)
    this.#verdict = this.#reached()
    return this.#verdict
  }

  get units(): number {
    return this.#log.length
  }

  get rows(): number {
    return this.#rows
  }

  get missing(): number {
    return this.#missing
  }

  get verdict(): SequentialVerdict | null {
    return this.#verdict
  }

  /** ln of the evidence against "worse by the margin or more". */
  get logPass(): number {
    return this.#logPass
  }

  /** ln of the evidence against the null of REGRESSION, which `alarmOn` chooses. */
  get logRegression(): number {
    return this.#logRegression
  }

  /** Whether "not worse at all" is rejected now at the level of REGRESSION, whatever `alarmOn` says: to be shown, not acted upon. */
  get isDropProven(): boolean {
    return this.#isDropProven
  }

  /** Mean difference of the known rows so far. After an early stop it is biased outward; the interval is not. */
  get mean(): number | null {
    const known = this.#rows - this.#missing
    return known === 0 ? null : this.#sum / known
  }

  /**
   * The means that neither process rejects now: level 1 − alphaPass − alphaRegression at any stop. `low` is at least
   * −margin exactly when PASS was reached, `high` at most the null of REGRESSION exactly when that was.
   */
  interval(): { low: number; high: number } {
    const { low, high } = invertedLimits(this.#log, this.#design)
    // Both sums are rounded in ways of their own: at the very level the verdict has the last word.
    return {
      low: this.#verdict === 'PASS' ? Math.max(low, -this.#design.margin) : low,
      high: this.#verdict === 'REGRESSION' ? Math.min(high, nullOfRegression(this.#design)) : high,
    }
  }

  /**
   * About how many more units would reach a verdict if the true mean were `assumedMean` (what was seen so far, unless given);
   * 0 after a verdict, null where the bets lose on average: at and near the margin no number of rows settles it.
   *
   * Each unit adds E ln(1 + λY) ≈ λe − λ²(σ² + e²)/2 to a process whose bet on Y, of mean e, is λ (Kelly 1956, second-order).
   * From the start and with the truth "unchanged" that is the 2 ln(1/α)·(σ² + δ²)/δ² of statistics.md 11.4.
   */
  unitsToSettle(assumedMean: number | null = this.mean): number | null {
    if (this.#verdict !== null) return 0
    if (assumedMean === null) return null
    const { margin, alphaPass, alphaRegression } = this.#design
    const { pass, regression } = betsAt(this.#design, this.#variance.value)
    const above = assumedMean + margin
    const below = assumedMean - nullOfRegression(this.#design)
    const needed = Math.min(
      this.#unitsFor(-Math.log(alphaPass) - this.#logPass, pass, above),
      this.#unitsFor(-Math.log(alphaRegression) - this.#logRegression, regression, -below),
    )
    return needed === Infinity ? null : Math.ceil(needed)
  }

  #unitsFor(evidence: number, bet: number, rowEffect: number): number {
    const effect = (rowEffect * this.#design.meanUnit) / this.#design.largestUnit
    const growth = bet * effect - (bet * bet * (this.#variance.value + effect * effect)) / 2
    return growth > 0 ? evidence / growth : Infinity
  }

  #bet(sum: number, rows: number, missing: number): void {
    const { margin, largestUnit } = this.#design
    const { pass, regression, anyDrop } = betsAt(this.#design, this.#variance.value)
    const tolerated = margin * rows
    const worst = (sum - missing) / largestUnit
    const best = (sum + missing) / largestUnit
    this.#logPass += Math.log1p(pass * (worst + tolerated / largestUnit))
    this.#logRegression += Math.log1p(-regression * (best - (nullOfRegression(this.#design) * rows) / largestUnit))
    this.#logAnyDrop += Math.log1p(-anyDrop * best)
    this.#isDropProven = this.#logAnyDrop >= -Math.log(this.#design.alphaRegression)
  }

  #reached(): SequentialVerdict | null {
    if (this.#logRegression >= -Math.log(this.#design.alphaRegression)) return 'REGRESSION'
    return this.#logPass >= -Math.log(this.#design.alphaPass) ? 'PASS' : null
  }
}

/** A sum of rounded differences may be this far outside of what is possible. */
const ROUNDING = 1e-9

/** A wrong unit would void every guarantee in silence. */
function checkUnit(sum: number, rows: number, missing: number, largestUnit: number): void {
  const isCount = Number.isInteger(rows) && Number.isInteger(missing) && missing >= 0 && missing <= rows
  if (isCount && rows >= 1 && rows <= largestUnit && Math.abs(sum) <= rows - missing + ROUNDING) return
  throw new RangeError(`a unit of ${rows} rows (at most ${largestUnit}), ${missing} missing, cannot sum to ${sum}`)
}
