import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  betaQuantile,
  binomialCdf,
  lnChoose,
  lnGamma,
  normalCdf,
  normalQuantile,
  regularizedBeta,
  studentCdf,
  studentQuantile,
} from '../../src/stats/special-functions.ts'
import { assertClose, goldenGroup } from './golden.ts'

type Arguments = Readonly<Partial<Record<'x' | 'p' | 'df' | 'a' | 'b' | 'k' | 'n', number>>>

const functions: Readonly<Record<string, (args: Arguments) => number>> = {
  normal_cdf: ({ x = Number.NaN }) => normalCdf(x),
  normal_ppf: ({ p = Number.NaN }) => normalQuantile(p),
  t_cdf: ({ x = Number.NaN, df = Number.NaN }) => studentCdf(x, df),
  t_ppf: ({ p = Number.NaN, df = Number.NaN }) => studentQuantile(p, df),
  betainc_regularized: ({ a = Number.NaN, b = Number.NaN, x = Number.NaN }) => regularizedBeta(x, a, b),
  beta_ppf: ({ a = Number.NaN, b = Number.NaN, p = Number.NaN }) => betaQuantile(p, a, b),
  binom_cdf: ({ k = Number.NaN, n = Number.NaN, p = Number.NaN }) => binomialCdf(k, n, p),
  lgamma: ({ x = Number.NaN }) => lnGamma(x),
}

const golden = goldenGroup<Arguments & { fn: string }, { value: number }>(
  'special_functions',
  'special-functions.ts: normalCdf, normalQuantile, studentCdf, studentQuantile, regularizedBeta, betaQuantile, binomialCdf, lnGamma',
)
for (const { name, in: input, out } of golden.cases) {
  test(`${name} has the golden value`, () => {
    const compute = functions[input.fn]
    assert.ok(compute, `no function for ${input.fn}`)
    golden.close(compute(input), out.value, name)
  })
}
golden.finish()

const probability = fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true })
const shape = fc.double({ min: 0.5, max: 5_000, noNaN: true })

test('the Student cdf undoes the Student quantile', () => {
  fc.assert(
    fc.property(probability, shape, (p, df) => {
      assertClose(studentCdf(studentQuantile(p, df), df), p, `p = ${p}, df = ${df}`)
    }),
  )
})

test('the incomplete beta is mirrored: I_x(a, b) + I_(1-x)(b, a) = 1', () => {
  fc.assert(
    fc.property(probability, shape, shape, (x, a, b) => {
      assertClose(regularizedBeta(x, a, b) + regularizedBeta(1 - x, b, a, x), 1, `x = ${x}, a = ${a}, b = ${b}`)
    }),
  )
})

test('the binomial cdf is the sum of its probabilities', () => {
  const [n, p] = [30, 0.83]
  let sum = 0
  let choose = 1
  for (let k = 0; k <= n; k++) {
    sum += choose * p ** k * (1 - p) ** (n - k)
    choose = (choose * (n - k)) / (k + 1)
    assertClose(binomialCdf(k, n, p), sum, `k = ${k}`)
  }
  assert.equal([binomialCdf(-1, n, p), binomialCdf(n + 1, n, p)], [0, 1])
})

test('the number of ways to choose is that of Pascal’s triangle', () => {
  let choose = 1
  for (let k = 0; k <= 40; k++) {
    assertClose(Math.exp(lnChoose(40, k)), choose, `k = ${k}`)
    choose = (choose * (40 - k)) / (k + 1)
  }
})

test('quantiles at the ends of the range are the ends of the support, and back', () => {
  assert.equal([normalQuantile(0), normalQuantile(1)], [-Infinity, Infinity])
  assert.equal([normalCdf(-Infinity), normalCdf(-40), normalCdf(Infinity)], [0, 0, 1])
  assert.equal([betaQuantile(0, 2, 3), betaQuantile(1, 2, 3)], [0, 1])
})

// Values of mpmath 1.3.0 at 40 digits.
test('a far tail keeps its digits', () => {
  assertClose(normalQuantile(1e-300), -37.0470962993612, 'normal quantile')
})

test('the Student functions keep their digits at a million degrees of freedom', () => {
  assertClose(studentQuantile(0.975, 999_999), 1.959966356816479, 't quantile')
  assertClose((studentCdf(0.001, 1_000_000) - 0.5) / 0.000398942114175455, 1, 't cdf')
})

test.run()
