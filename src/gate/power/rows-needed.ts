/** How many rows does a margin need, and how small a drop can so many rows show? */
import { minimumDetectable, requiredNonInferiority } from '../../stats/power.ts'
import { GateProcess } from '../../stats/sequential/gate-process.ts'
import { differenceVariance } from './noise.ts'
import type { PowerPlan, RowsNeeded } from './types.ts'

/** The chance that a smallest drop is told at. */
const POWER = 0.8

/** In units of σ²/δ²: rows that a sequential gate needs in seven of eight runs, and in the mean (statistics.md 11.4). */
const SEQUENTIAL_MOST = 12
const SEQUENTIAL_MEAN = 6

/** `variance` is that of one sample's difference when nothing has changed. */
export function rowsNeeded(variance: number, margin: number, alpha: number): RowsNeeded {
  // Even if no pair differs: so many rows without a loss would be less likely than α if one in 1/margin were lost.
  const fewest = Math.ceil(Math.log(alpha) / Math.log1p(-margin))
  const fixed = (power: number): number =>
    Math.max(fewest, requiredNonInferiority({ discordance: variance, margin, alpha, power }) ?? fewest)
  const fewestSequential = tiesToPass(margin, alpha)
  const sequential = (times: number): number => Math.max(fewestSequential, Math.ceil((times * variance) / margin ** 2))
  return {
    fixed80: fixed(0.8),
    fixed95: fixed(0.95),
    sequentialMost: sequential(SEQUENTIAL_MOST),
    sequentialMean: sequential(SEQUENTIAL_MEAN),
  }
}

/** Rows after which a sequential gate says PASS when no pair differs. */
function tiesToPass(margin: number, alpha: number): number {
  const process = new GateProcess({ margin, alphaRegression: alpha, alphaPass: alpha, alarmOn: 'over-margin' })
  while (process.verdict === null) process.add(0)
  return process.units
}

/** What is known before a run. */
export interface PowerQuestion
  extends Pick<
    PowerPlan,
    'metric' | 'margin' | 'alpha' | 'noise' | 'epochs' | 'rows' | 'candidateAnswers' | 'baselineAnswers'
  > {
  /** Metrics over all models and prompts: REGRESSION of any is at most α in all. */
  readonly family: number
}

/** What a run of so many rows could show, and how many a margin needs. */
export function powerPlan({ family, ...asked }: PowerQuestion): PowerPlan {
  const variance = differenceVariance(asked.noise, asked)
  const level = { alpha: asked.alpha / family, power: POWER, sides: 1 } as const
  return {
    ...asked,
    minimumDetectable: minimumDetectable(asked.rows, Math.sqrt(variance), level),
    rowsNeeded: asked.margin === null ? null : rowsNeeded(variance, asked.margin, asked.alpha),
  }
}
