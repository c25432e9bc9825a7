/** How often has a row changed its verdict, and has it stayed so? */
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { RowTrack } from '../../../src/gate/history/track.ts'
import { keyOf } from '../made-sides.ts'

/** By row, a letter a night: + passed, - did not, . has no verdict, and a blank is a night that did not ask it. */
function finish(rows: Readonly<Record<string, string>>): ReturnType<RowTrack['finish']> {
  const track = new RowTrack()
  const nights = Math.max(...Object.values(rows).map(({ length }) => length))
  for (let night = 0; night < nights; night++) {
    for (const [sample, verdicts] of Object.entries(rows)) {
      const verdict = verdicts[night] ?? ' '
      if (verdict === ' ') continue
      track.see({ key: keyOf(sample, 1), sample, epoch: 1 }, verdict === '.' ? null : verdict === '+')
    }
    track.endNight(`night-${night}`)
  }
  return track.finish()
}

test('the flip rate is the share of neighbouring nights between which the verdict changed', () => {
  const { flaky, flakyRows, rows } = finish({ a: '+-+-+', b: '++-+++', c: '+++++', d: '-----' })
  assert.equal([rows, flakyRows], [4, 2])
  assert.equal(
    flaky.map(({ sample, flips, nights, flipRate, passRate }) => [sample, flips, nights, flipRate, passRate]),
    [
      ['a', 4, 5, 1, 0.6],
      ['b', 2, 6, 0.4, 5 / 6],
    ],
  )
})

test('nights without a verdict are passed over', () => {
  const { flaky } = finish({ a: '+.- .+' })
  assert.equal(flaky, [{ sample: 'a', epoch: 1, nights: 3, flips: 2, flipRate: 1, passRate: 2 / 3 }])
})

test('a row that changed once and stayed so for three more nights is no flaky one', () => {
  const found = finish({ wrong: '++++----', right: '-----++++', early: '+++-----', late: '+++++---' })
  assert.is(found.flakyRows, 0)
  assert.equal([found.shiftedToFail, found.shiftedToPass], [1, 1])
  assert.equal(found.shifted, [
    { sample: 'right', epoch: 1, to: 'pass', since: 'night-5', before: 5, after: 4 },
    { sample: 'wrong', epoch: 1, to: 'fail', since: 'night-4', before: 4, after: 4 },
  ])
})

test('of two lines of one night the later one holds', () => {
  const track = new RowTrack()
  const place = { key: keyOf('a', 1), sample: 'a', epoch: 1 }
  for (const [night, first, second] of [
    [0, true, true],
    [1, null, true],
    [2, false, true],
  ] as const) {
    track.see(place, first)
    track.see(place, second)
    track.endNight(String(night))
  }
  assert.equal([track.finish().flakyRows, track.finish().rows], [0, 1])
})

test('ten rows are named, the most changeable first, equal ones by name', () => {
  const rows = Object.fromEntries(
    Array.from({ length: 15 }, (_, index) => [`s${String(14 - index).padStart(2, '0')}`, '+-+']),
  )
  const { flaky, flakyRows } = finish({ ...rows, z: '+-+-' })
  assert.is(flakyRows, 16)
  assert.equal(
    flaky.map(({ sample }) => sample),
    ['s00', 's01', 's02', 's03', 's04', 's05', 's06', 's07', 's08', 's09'],
  )
})

test('flips are counted as they would be by hand', () => {
  const verdicts = fc.array(fc.constantFrom('+', '-', '.'), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(verdicts, (nights) => {
      const known = nights.filter((verdict) => verdict !== '.')
      const flips = known.filter((verdict, index) => index > 0 && verdict !== known[index - 1]).length
      const found = finish({ a: nights.join('') })
      assert.is(found.flakyRows, Number(flips > 1))
      if (flips > 1) assert.is(found.flaky[0]?.flips, flips)
    }),
  )
})

test.run()
