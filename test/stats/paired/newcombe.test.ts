/** Do Newcombe's limits for pairs meet the reference and mirror each other? */
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { newcombePaired } from '../../../src/stats/paired/newcombe.ts'
import { tangoInterval } from '../../../src/stats/paired/tango.ts'
import { assertClose, goldenGroup } from '../golden.ts'

interface Counts {
  readonly both_pass: number
  readonly wins: number
  readonly losses: number
  readonly both_fail: number
  readonly confidence: number
}
type Expected = Readonly<Record<'diff' | 'phi' | 'lo' | 'hi', number>>

const golden = goldenGroup<Counts, Expected>('newcombe_paired', 'paired/newcombe.ts: newcombePaired')
for (const { name, in: input, out } of golden.cases) {
  test(`Newcombe for pairs at ${name} has the golden limits`, () => {
    const { both_pass: bothPass, wins, losses, both_fail: bothFail, confidence } = input
    const found = newcombePaired({ bothPass, wins, losses, bothFail }, confidence)
    golden.close(found.estimate, out.diff, 'difference')
    golden.close(found.phi, out.phi, 'phi')
    golden.close(found.low, out.lo, 'low')
    golden.close(found.high, out.hi, 'high')
  })
}
golden.finish()

const counts = fc
  .record({ bothPass: fc.nat(200), wins: fc.nat(60), losses: fc.nat(60), bothFail: fc.nat(200) })
  .filter(({ bothPass, wins, losses, bothFail }) => bothPass + wins + losses + bothFail > 0)

test('limits enclose what was seen with a real width, and swapping the models mirrors them', () => {
  fc.assert(
    fc.property(counts, (table) => {
      const { estimate, low, high } = newcombePaired(table)
      assert.ok(estimate !== null && -1 <= low && low <= estimate && estimate <= high && high <= 1 && low < high)
      const other = newcombePaired({ ...table, wins: table.losses, losses: table.wins })
      assertClose(other.low, -high, 'low')
      assertClose(other.high, -low, 'high')
    }),
  )
})

test('with many pairs it agrees with Tango', () => {
  const { low, high } = newcombePaired({ bothPass: 7_000, wins: 400, losses: 700, bothFail: 1_900 })
  const tango = tangoInterval(400, 700, 10_000)
  assert.ok(Math.abs(low - tango.low) < 1e-4 && Math.abs(high - tango.high) < 1e-4, `${low} to ${high}`)
})

test('without pairs nothing is known', () => {
  assert.equal(newcombePaired({ bothPass: 0, wins: 0, losses: 0, bothFail: 0 }), {
    estimate: null,
    low: -1,
    high: 1,
    phi: 0,
  })
})

test.run()
