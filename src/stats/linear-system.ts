/** Which x solves A·x = b? Gaussian elimination with partial pivoting, for the few hundred unknowns that occur here. */

/** Solves for each of the `right` sides, which are overwritten with the solutions, as the rows of the matrix are with rubbish. */
export function solveInPlace(matrix: readonly Float64Array[], right: readonly Float64Array[]): void {
  const rows = [...matrix]
  for (let column = 0; column < rows.length; column++) {
    bringUp(largestBelow(rows, column), column, { rows, right })
    for (let row = column + 1; row < rows.length; row++) eliminate(row, column, { rows, right })
  }
  for (const values of right) substituteBack(rows, values)
}

interface System {
  readonly rows: Float64Array[]
  readonly right: readonly Float64Array[]
}

function largestBelow(rows: readonly Float64Array[], column: number): number {
  let largest = column
  for (let row = column + 1; row < rows.length; row++) {
    if (Math.abs(rows[row]?.[column] ?? 0) > Math.abs(rows[largest]?.[column] ?? 0)) largest = row
  }
  return largest
}

function bringUp(pivot: number, column: number, { rows, right }: System): void {
  const [lower, upper] = [rows[pivot], rows[column]]
  if (lower === undefined || upper === undefined || lower === upper) return
  rows[pivot] = upper
  rows[column] = lower
  for (const values of right) {
    const moved = values[pivot] ?? 0
    values[pivot] = values[column] ?? 0
    values[column] = moved
  }
}

function eliminate(row: number, column: number, { rows, right }: System): void {
  const [values, pivot] = [rows[row], rows[column]]
  if (values === undefined || pivot === undefined) return
  const factor = (values[column] ?? 0) / (pivot[column] ?? 0)
  if (factor === 0) return
  for (let at = column; at < values.length; at++) values[at] = (values[at] ?? 0) - factor * (pivot[at] ?? 0)
  for (const side of right) side[row] = (side[row] ?? 0) - factor * (side[column] ?? 0)
}

function substituteBack(rows: readonly Float64Array[], values: Float64Array): void {
  for (let row = rows.length - 1; row >= 0; row--) {
    const coefficients = rows[row] ?? new Float64Array()
    let rest = values[row] ?? 0
    for (let at = row + 1; at < rows.length; at++) rest -= (coefficients[at] ?? 0) * (values[at] ?? 0)
    values[row] = rest / (coefficients[row] ?? 0)
  }
}
