/** Are wins, ties and losses counted as said, within a band and at its edge? */
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { wilsonInterval } from '../../../src/stats/interval.ts'
import { winTieLoss } from '../../../src/stats/paired/win-rate.ts'

test('pass and fail: one more is a win, one less a loss', () => {
  const { wins, ties, losses, net, winRate } = winTieLoss([1, 0, -1, 1, 0, 1])
  assert.equal([wins, ties, losses], [3, 2, 1])
  assert.is(net, 2 / 6)
  assert.equal(winRate, wilsonInterval(3, 4))
})

test('a difference on the edge of the band is a tie, however it was rounded', () => {
  const { wins, ties, losses } = winTieLoss([0.3 - 0.1, 0.1 - 0.3, 0.2, -0.2, 0.21, -0.21], 0.2)
  assert.equal([wins, ties, losses], [1, 4, 1])
  assert.is(winTieLoss([0.1 + 0.2 - 0.3]).ties, 1)
})

test('where all are ties there is no win rate, and without pairs no net either', () => {
  assert.equal(winTieLoss([0, 0]), { wins: 0, ties: 2, losses: 0, net: 0, winRate: null })
  assert.equal(winTieLoss([]), { wins: 0, ties: 0, losses: 0, net: null, winRate: null })
})

test('swapping the models swaps wins and losses and negates the net', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -4, max: 4 })), fc.integer({ min: 0, max: 2 }), (list, band) => {
      const one = winTieLoss(list, band)
      const other = winTieLoss(
        list.map((value) => 0 - value),
        band,
      )
      assert.equal([one.wins, one.ties, one.losses], [other.losses, other.ties, other.wins])
      if (one.net !== null) assert.is(one.net, 0 - (other.net ?? Number.NaN))
    }),
  )
})

test.run()
