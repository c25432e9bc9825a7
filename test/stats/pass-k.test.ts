/** Are pass@k and pass^k the exact shares of draws? */
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { passAtK, passHatK } from '../../src/stats/pass-k.ts'
import { assertClose, goldenGroup } from './golden.ts'

const golden = goldenGroup<
  { n: number; correct: number; k: number },
  { pass_at_k: number | null; pass_hat_k: number | null }
>('pass_k', 'pass-k.ts: passAtK, passHatK')
for (const { name, in: input, out } of golden.cases) {
  test(`pass@k and pass^k at ${name} have the golden values`, () => {
    golden.close(passAtK(input.n, input.correct, input.k), out.pass_at_k, 'pass@k')
    golden.close(passHatK(input.n, input.correct, input.k), out.pass_hat_k, 'pass^k')
  })
}
golden.finish()

/** Of all ways to take k of n tries, the share in which `holds` is true of the number of passes. */
function shareOfDraws(n: number, passes: number, k: number, holds: (drawn: number) => boolean): number {
  let [good, all] = [0, 0]
  for (let subset = 0; subset < 2 ** n; subset++) {
    const drawn = Array.from({ length: n }, (_, index) => (subset >> index) & 1)
    if (drawn.reduce((sum, bit) => sum + bit, 0) !== k) continue
    all += 1
    if (holds(drawn.slice(0, passes).reduce((sum, bit) => sum + bit, 0))) good += 1
  }
  return good / all
}

test('both are what counting every draw of k gives', () => {
  const few = fc.integer({ min: 1, max: 9 })
  fc.assert(
    fc.property(few, few, few, (n, some, k) => {
      const passes = some % (n + 1)
      if (k > n) {
        assert.is(passAtK(n, passes, k), null)
        assert.is(passHatK(n, passes, k), null)
        return
      }
      assertClose(
        passAtK(n, passes, k),
        shareOfDraws(n, passes, k, (drawn) => drawn > 0),
        'pass@k',
      )
      assertClose(
        passHatK(n, passes, k),
        shareOfDraws(n, passes, k, (drawn) => drawn === k),
        'pass^k',
      )
    }),
  )
})

test('all failures and all passes are 0 and 1 for any k, without rounding', () => {
  for (const k of [1, 7, 200]) {
    assert.equal([passAtK(200, 0, k), passHatK(200, 0, k)], [0, 0])
    assert.equal([passAtK(200, 200, k), passHatK(200, 200, k)], [1, 1])
  }
})

test.run()
