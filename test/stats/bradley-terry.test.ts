/** Do the strengths meet the reference, and are they finite and honest where games say little? */
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bradleyTerry, elo } from '../../src/stats/bradley-terry.ts'
import { assertClose, goldenGroup } from './golden.ts'

interface GamesInput {
  readonly wins: readonly (readonly number[])[]
  readonly prior: number
}
interface GamesFigures {
  readonly log_strength: readonly number[]
  readonly se: readonly number[]
  readonly elo: readonly number[]
  readonly diff_0_1: number
  readonly se_diff_0_1: number
  readonly log_likelihood: number
}

const golden = goldenGroup<GamesInput, GamesFigures>('bradley_terry', 'bradley-terry.ts: bradleyTerry, elo')

for (const { name, in: input, out } of golden.cases) {
  test(`the strengths of ${name} are the golden ones`, () => {
    const fit = bradleyTerry(input.wins, input.prior)
    assert.equal([fit.prior, fit.isPriorNeeded], [input.prior, false])
    for (const [player, strength] of fit.strengths.entries()) {
      golden.close(strength, out.log_strength[player] ?? null, `strength ${player}`)
      golden.close(fit.standardErrors[player] ?? null, out.se[player] ?? null, `standard error ${player}`)
      golden.close(elo(strength ?? Number.NaN), out.elo[player] ?? null, `Elo ${player}`)
    }
    const difference = fit.difference(0, 1)
    golden.close(difference?.estimate ?? null, out.diff_0_1, 'difference')
    golden.close(difference?.standardError ?? null, out.se_diff_0_1, 'standard error of the difference')
    golden.close(fit.logLikelihood, out.log_likelihood, 'log likelihood')
  })
}

test('who never lost gets a finite strength from a prior game per pair, and that is told', () => {
  const swept = [
    [0, 5, 5],
    [0, 0, 5],
    [0, 0, 0],
  ]
  const fit = bradleyTerry(swept)
  assert.equal([fit.prior, fit.isPriorNeeded], [1, true])
  const asked = bradleyTerry(swept, 1)
  assert.equal(fit.strengths, asked.strengths)
  assert.is(asked.isPriorNeeded, false)
})

test('a model without games has no strength and changes no other one; a single model is 0', () => {
  const pair = bradleyTerry([
    [0, 7],
    [3, 0],
  ])
  const withIdle = bradleyTerry([
    [0, 0, 7],
    [0, 0, 0],
    [3, 0, 0],
  ])
  assert.equal(withIdle.strengths, [pair.strengths[0], null, pair.strengths[1]])
  assert.is(withIdle.difference(0, 1), null)
  assertClose(withIdle.difference(0, 2)?.estimate ?? null, Math.log(7 / 3), 'ln of the odds')
  assert.equal(bradleyTerry([[0]]).strengths, [null])
  assert.equal(bradleyTerry([]).strengths, [])
})

test('models that were only compared in two separate groups need the prior', () => {
  const apart = [
    [0, 4, 0, 0],
    [4, 0, 0, 0],
    [0, 0, 0, 3],
    [0, 0, 3, 0],
  ]
  assert.is(bradleyTerry(apart).isPriorNeeded, true)
})

test('at the strengths found every model is expected to win as often as it did, and they sum to 0', () => {
  const tables = fc.integer({ min: 2, max: 6 }).chain((size) =>
    fc.array(fc.array(fc.integer({ min: 1, max: 200 }), { minLength: size, maxLength: size }), {
      minLength: size,
      maxLength: size,
    }),
  )
  fc.assert(
    fc.property(tables, (wins) => {
      const { strengths } = bradleyTerry(wins)
      assert.ok(Math.abs(strengths.reduce<number>((sum, strength) => sum + (strength ?? 0), 0)) < 1e-9)
      for (const [player, row] of wins.entries()) {
        let [won, expected] = [0, 0]
        for (const [other, times] of row.entries()) {
          if (other === player) continue
          won += times
          const lead = (strengths[player] ?? 0) - (strengths[other] ?? 0)
          expected += (times + (wins[other]?.[player] ?? 0)) / (1 + Math.exp(-lead))
        }
        assert.ok(Math.abs(won - expected) < 1e-8, `${won} and ${expected}`)
      }
    }),
  )
})

golden.finish()
test.run()
