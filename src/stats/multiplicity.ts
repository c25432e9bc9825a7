/**
 * Which of many results stand up? P-values and e-values of several metrics, slices or models, corrected for their number.
 *
 * That every one of them passes needs no correction; that any of them has regressed does. A p-value that is not defined is
 * null: it stays null and does not count.
 */

/** Adjusted so that the chance of any false alarm is kept, whatever depends on what (Holm 1979). In the order given. */
export function holm(pValues: readonly (number | null)[]): (number | null)[] {
  const adjusted: (number | null)[] = pValues.map(() => null)
  const ascending = definedAscending(pValues)
  let least = 0
  for (const [rank, { pValue, index }] of ascending.entries()) {
    least = Math.max(least, Math.min(1, (ascending.length - rank) * pValue))
    adjusted[index] = least
  }
  return adjusted
}

/**
 * Adjusted so that the share of false alarms among the alarms is kept, for p-values that are independent or depend on each
 * other positively (Benjamini & Hochberg 1995). In the order given.
 */
export function benjaminiHochberg(pValues: readonly (number | null)[]): (number | null)[] {
  const adjusted: (number | null)[] = pValues.map(() => null)
  const ascending = definedAscending(pValues)
  let most = 1
  for (const [rank, { pValue, index }] of [...ascending.entries()].toReversed()) {
    most = Math.min(most, (ascending.length * pValue) / (rank + 1))
    adjusted[index] = most
  }
  return adjusted
}

/**
 * Indices, ascending, of the e-values that are alarms when the share of false ones among them is to stay at `alpha`, whatever
 * depends on what and whenever each was stopped (Wang & Ramdas 2022, "False discovery rate control with e-values").
 */
export function eBenjaminiHochberg(eValues: readonly number[], alpha: number): number[] {
  const descending = eValues.map((eValue, index) => ({ eValue, index })).sort((a, b) => b.eValue - a.eValue)
  const alarms = descending.findLastIndex(({ eValue }, rank) => eValue * alpha * (rank + 1) >= eValues.length) + 1
  return descending
    .slice(0, alarms)
    .map(({ index }) => index)
    .sort((a, b) => a - b)
}

function definedAscending(pValues: readonly (number | null)[]): { pValue: number; index: number }[] {
  return pValues
    .flatMap((pValue, index) => (pValue === null ? [] : [{ pValue, index }]))
    .sort((a, b) => a.pValue - b.pValue)
}
