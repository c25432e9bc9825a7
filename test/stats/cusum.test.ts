/** Do sums and run lengths meet the reference, and does a chart of noise alarm as seldom as its run length says? */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { randomFrom } from '../../src/lib/random.ts'
import { averageRunLength, cusum, movingRangeSigma, siegmundRunLength, thresholdForArl } from '../../src/stats/cusum.ts'
import { normalQuantile } from '../../src/stats/special-functions.ts'
import { assertClose, goldenGroup } from './golden.ts'

interface ChartInput {
  readonly k: number
  readonly h?: number
  readonly target_arl0?: number
  readonly z?: readonly number[]
}
interface ChartFigures {
  readonly arl0?: number
  readonly arl_shift_1?: number
  readonly siegmund_arl0?: number
  readonly h?: number
  readonly upper?: readonly number[]
  readonly lower?: readonly number[]
  readonly alarm_at?: number
}

const golden = goldenGroup<ChartInput, ChartFigures>(
  'cusum',
  'cusum.ts: cusum, averageRunLength, siegmundRunLength, thresholdForArl',
)

for (const { name, in: input, out } of golden.cases) {
  test(`CUSUM, ${name}: the golden figures`, () => {
    const { k, h = 0, target_arl0, z } = input
    if (z !== undefined) {
      const chart = cusum(z, k, h)
      for (const [index, value] of (out.upper ?? []).entries()) {
        golden.close(chart.upper[index] ?? null, value, `upper sum ${index + 1}`)
        golden.close(chart.lower[index] ?? null, out.lower?.[index] ?? null, `lower sum ${index + 1}`)
      }
      assert.equal(chart.alarms, [{ index: (out.alarm_at ?? 0) - 1, side: 'upper' }])
    } else if (target_arl0 === undefined) {
      golden.close(averageRunLength(k, h), out.arl0 ?? null, 'run length')
      golden.close(averageRunLength(k, h, 1), out.arl_shift_1 ?? null, 'run length after a shift of 1')
      golden.close(siegmundRunLength(k, h), out.siegmund_arl0 ?? null, "Siegmund's run length")
    } else {
      golden.close(thresholdForArl(target_arl0, k), out.h ?? null, 'threshold')
    }
  })
}

test('after an alarm the sum starts anew, and the other one goes on', () => {
  const { upper, lower, alarms } = cusum([3, 3, 0.5, -6], 0.5, 4)
  assert.equal([...upper], [2.5, 5, 0, 0])
  assert.equal([...lower], [0, 0, 0, 5.5])
  assert.equal(alarms, [
    { index: 1, side: 'upper' },
    { index: 3, side: 'lower' },
  ])
})

test('a chart of noise alarms once in its run length, and finds a drop of 1σ within nine nights', () => {
  const random = randomFrom('cusum|noise')
  const noise = (count: number, mean: number): number[] =>
    Array.from({ length: count }, () => mean + normalQuantile(random.uniform()))
  const alarms = cusum(noise(100_000, 0), 0.5, 4).alarms.filter(({ side }) => side === 'lower').length
  assert.ok(Math.abs(alarms / (100_000 / 335.4) - 1) < 0.2, `${alarms} alarms`)
  const found = cusum(noise(10_000, -1), 0.5, 4).alarms.length
  assert.ok(Math.abs(found / (10_000 / 8.383) - 1) < 0.1, `${found} alarms`)
})

test('without a threshold a night alarms as often as it is above k, so that no shorter run length can be asked for', () => {
  assertClose(averageRunLength(0.5, 0), 1 / 0.308537538725987, 'run length at 0')
  assert.is(thresholdForArl(3, 0.5), 0)
  assert.ok(thresholdForArl(4, 0.5) > 0)
})

test('σ of the nights is told by their steps: a drift leaves it, one night has none', () => {
  const random = randomFrom('cusum|range')
  const nights = Array.from({ length: 2_000 }, (_, night) => 0.02 * normalQuantile(random.uniform()) + night / 100_000)
  assert.ok(Math.abs((movingRangeSigma(nights) ?? 0) / 0.02 - 1) < 0.06, `${movingRangeSigma(nights)}`)
  assert.equal([movingRangeSigma([0.9]), movingRangeSigma([])], [null, null])
})

golden.finish()
test.run()
