/** Does the sum over the nodes come to the integral? */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { gaussLegendre } from '../../src/stats/gauss-legendre.ts'

function integral(order: number, [from, to]: readonly [number, number], f: (x: number) => number): number {
  const { nodes, weights } = gaussLegendre(order, from, to)
  return weights.reduce((sum, weight, index) => sum + weight * f(nodes[index] ?? Number.NaN), 0)
}

test('polynomials up to twice the order less one are integrated exactly, and the next one is not', () => {
  for (const order of [1, 2, 5, 8]) {
    const exact = (degree: number): number => (3 ** (degree + 1) - 1) / (degree + 1)
    const found = (degree: number): number => integral(order, [1, 3], (x) => x ** degree)
    assert.ok(Math.abs(found(2 * order - 1) / exact(2 * order - 1) - 1) < 1e-13)
    assert.ok(Math.abs(found(2 * order) / exact(2 * order) - 1) > 1e-12)
  }
})

test('two hundred nodes are ascending, inside of the ends, and integrate a normal density to 1', () => {
  const { nodes } = gaussLegendre(200, -9, 9)
  for (const [index, node] of nodes.entries()) assert.ok(node > (nodes[index - 1] ?? -9) && node < 9)
  const mass = integral(200, [-9, 9], (x) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI))
  assert.ok(Math.abs(mass - 1) < 1e-13, `${mass}`)
})

test.run()
