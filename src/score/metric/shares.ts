/** Precision, recall and F1 of counts. */

/** What was found, what was to be found, and what is both. */
export interface Counts {
  readonly found: number
  readonly wanted: number
  readonly same: number
}

/** Null where it is not defined: nothing found, nothing to be found, or neither. */
export interface Shares {
  readonly precision: number | null
  readonly recall: number | null
  readonly f1: number | null
}

/** The part, null when the whole is 0. */
export function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole
}

/** precision = same / found, recall = same / wanted, F1 = 2·same / (found + wanted). */
export function sharesOf({ found, wanted, same }: Counts): Shares {
  return { precision: share(same, found), recall: share(same, wanted), f1: share(2 * same, found + wanted) }
}
