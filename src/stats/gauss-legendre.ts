/** Where to evaluate a smooth function, and with which weights, so that the sum is its integral? Gauss-Legendre quadrature. */

/** ∫ f ≈ Σ weights[i]·f(nodes[i]), nodes ascending. */
export interface Quadrature {
  readonly nodes: Float64Array<ArrayBuffer>
  readonly weights: Float64Array<ArrayBuffer>
}

/** Newton from Chebyshev's guess settles within six steps at any order that is used here. */
const NEWTON_STEPS = 10

const known = new Map<number, Quadrature>()

/** Exact for polynomials up to degree 2·order − 1 on [from, to]. Nodes by Newton on the Legendre recurrence (Golub & Welsch 1969 give the theory). */
export function gaussLegendre(order: number, from: number, to: number): Quadrature {
  const unit = known.get(order) ?? onUnit(order)
  known.set(order, unit)
  const [middle, half] = [(from + to) / 2, (to - from) / 2]
  return { nodes: unit.nodes.map((x) => middle + half * x), weights: unit.weights.map((weight) => half * weight) }
}

/** On [−1, 1]. */
function onUnit(order: number): Quadrature {
  const nodes = new Float64Array(order)
  const weights = new Float64Array(order)
  for (let index = 0; index < order; index++) {
    let x = -Math.cos((Math.PI * (index + 0.75)) / (order + 0.5))
    let slope = 1
    for (let step = 0; step < NEWTON_STEPS; step++) {
      const legendre = legendreAt(order, x)
      slope = legendre.slope
      x -= legendre.value / slope
    }
    nodes[index] = x
    weights[index] = 2 / ((1 - x * x) * slope * slope)
  }
  return { nodes, weights }
}

function legendreAt(order: number, x: number): { value: number; slope: number } {
  let [before, value] = [1, x]
  for (let degree = 2; degree <= order; degree++) {
    const next = ((2 * degree - 1) * x * value - (degree - 1) * before) / degree
    before = value
    value = next
  }
  return { value, slope: (order * (x * value - before)) / (x * x - 1) }
}
