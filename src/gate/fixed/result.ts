/** What the numbers of one metric come to when all rows are in. */
import type { AlarmOn } from '../types.ts'

/** What the numbers of one metric come to, before the family it belongs to is known. */
export interface FixedResult {
  readonly baseline: number | null
  readonly candidate: number | null
  readonly difference: number | null
  readonly low: number | null
  readonly high: number | null
  readonly method: string
  /** P-value of the null that REGRESSION rejects, and of the one that PASS rejects; 1 where nothing can be said. */
  readonly pRegression: number
  readonly pPass: number
  /** P-value of "not worse at all". */
  readonly pAnyDrop: number
  readonly worstCase: { readonly low: number; readonly high: number } | null
  /** What PASS needs when every missing value had been the worst. */
  readonly pPassAtWorst: number
  readonly minimumDetectable: number | null
  readonly rowsToSettle: number | null
  readonly flags: readonly string[]
}

export interface FixedDesign {
  readonly alpha: number
  readonly alarmOn: AlarmOn
  /** Names the stream of resampled limits: `seed|purpose|metric|comparison`. */
  readonly label: string
}

/** Without pairs nothing can be said. */
export const NOTHING: FixedResult = {
  baseline: null,
  candidate: null,
  difference: null,
  low: null,
  high: null,
  method: 'none',
  pRegression: 1,
  pPass: 1,
  pAnyDrop: 1,
  worstCase: null,
  pPassAtWorst: 1,
  minimumDetectable: null,
  rowsToSettle: null,
  flags: ['no pairs'],
}

export function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
