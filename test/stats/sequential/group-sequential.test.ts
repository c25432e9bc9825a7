/** Do the bounds of scheduled looks meet the published constants, and spend what they may? */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  boundaryConstant,
  crossingProbability,
  obfBoundaries,
  obfSpending,
  obrienFlemingShape,
  pocockShape,
  pocockSpending,
  spendingBoundaries,
} from '../../../src/stats/sequential/group-sequential.ts'
import { goldenGroup } from '../golden.ts'

interface LooksInput {
  readonly kind: 'inflation' | 'pocock' | 'obrien_fleming' | 'lan_demets_obf' | 'lan_demets_pocock'
  readonly looks: number
  readonly z?: number
  readonly alpha?: number
  readonly two_sided: boolean
}
interface LooksFigures {
  readonly type_i_error?: number
  readonly constant?: number
  readonly bounds?: readonly number[]
  readonly cumulative_alpha?: readonly number[]
}

const golden = goldenGroup<LooksInput, LooksFigures>(
  'group_sequential',
  'sequential/group-sequential.ts: spendingBoundaries, crossingProbability, boundaryConstant',
  { relative: 1e-6, absolute: 1e-6 },
)

function equallySpaced(looks: number): number[] {
  return Array.from({ length: looks }, (_, index) => (index + 1) / looks)
}

for (const { name, in: input, out } of golden.cases) {
  const fractions = equallySpaced(input.looks)
  const sides = input.two_sided ? 'two-sided' : 'one-sided'
  const { alpha = 0 } = input

  test(`${name} (${input.kind}) has the golden figures`, () => {
    if (input.kind === 'inflation') {
      const bounds = fractions.map(() => input.z ?? 0)
      golden.close(crossingProbability(fractions, bounds, sides), out.type_i_error ?? null, 'type I error')
      return
    }
    if (input.kind === 'pocock' || input.kind === 'obrien_fleming') {
      const shape = input.kind === 'pocock' ? pocockShape : obrienFlemingShape
      const constant = boundaryConstant(fractions, alpha, { shape, sides })
      golden.close(constant, out.constant ?? null, 'constant')
      for (const [look, bound] of (out.bounds ?? []).entries()) {
        golden.close(constant * shape(fractions[look] ?? 1), bound, `bound ${look + 1}`)
      }
      return
    }
    const spending = input.kind === 'lan_demets_obf' ? obfSpending : pocockSpending
    const each = alpha / (input.two_sided ? 2 : 1)
    const bounds = spendingBoundaries(fractions, each, { spending, sides })
    for (const [look, t] of fractions.entries()) {
      golden.close(bounds[look] ?? null, out.bounds?.[look] ?? null, `bound ${look + 1}`)
      golden.close(
        (spending(t, each) * alpha) / each,
        out.cumulative_alpha?.[look] ?? null,
        `spent by look ${look + 1}`,
      )
    }
  })
}

test('what is spent is the level, at twenty looks and at looks that are not equally far apart', () => {
  for (const fractions of [equallySpaced(20), [0.11, 0.2, 0.55, 0.8, 1]]) {
    const bounds = obfBoundaries(fractions, 0.05)
    assert.ok(Math.abs(crossingProbability(fractions, bounds, 'one-sided') - 0.05) < 1e-7)
    for (const [look, bound] of bounds.entries()) assert.ok(look === 0 || bound < (bounds[look - 1] ?? 0))
  }
})

test('one look at the end is the fixed test', () => {
  assert.ok(Math.abs((obfBoundaries([1], 0.05)[0] ?? 0) - 1.6448536269514722) < 1e-9)
})

golden.finish()
test.run()
