/** How often has a row changed its verdict, and has it stayed so? */
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { RowTrack } from '../../../src/gate/history/track.ts'
import { randomFrom } from '../../../src/lib/random.ts'
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

/** The row in the middle of a set with these never changes. */
const STABLE = { y: '++++', z: '++++' }

test('the flip rate is the share of neighbouring nights between which the verdict changed', () => {
  const { flaky, flakyRows, changedRows, medianFlipRate, rows } = finish({
    a: '+-+-+',
    b: '-++-+-+-',
    c: '++-+++',
    d: '+++++',
    e: '-----',
    f: '+++++',
    g: '-----',
  })
  assert.equal([rows, flakyRows, changedRows, medianFlipRate], [7, 2, 3, 0])
  assert.equal(
    flaky.map(({ sample, flips, nights, flipRate, passRate }) => [sample, flips, nights, flipRate, passRate]),
    [
      ['a', 4, 5, 1, 0.6],
      ['b', 6, 8, 6 / 7, 1 / 2],
    ],
  )
})

test('nights without a verdict are passed over', () => {
  const { flaky } = finish({ a: '+.- .+-+', ...STABLE })
  assert.equal(flaky, [{ sample: 'a', epoch: 1, nights: 5, flips: 4, flipRate: 1, passRate: 3 / 5 }])
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
    Array.from({ length: 15 }, (_, index) => [`s${String(14 - index).padStart(2, '0')}`, '+-+-+-+']),
  )
  const stable = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`t${index}`, '++++']))
  const { flaky, flakyRows } = finish({ ...rows, ...stable, z: '-+-+-+-+' })
  assert.is(flakyRows, 16)
  assert.equal(
    flaky.map(({ sample }) => sample),
    ['s00', 's01', 's02', 's03', 's04', 's05', 's06', 's07', 's08', 's09'],
  )
})

test('where every row changes now and then, only those that change far more often are flaky', () => {
  const random = randomFrom('test|flaky')
  const drawn = (chance: number): string =>
    Array.from({ length: 30 }, () => (random.uniform() < chance ? '+' : '-')).join('')
  const noise = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`s${index}`, drawn(0.9)]))
  const alike = finish(noise)
  assert.equal([alike.flakyRows, alike.flaky], [0, []])
  assert.ok(alike.changedRows > 250, `${alike.changedRows}`)
  assert.ok(Math.abs((alike.medianFlipRate ?? 0) - 0.18) < 0.05, `${alike.medianFlipRate}`)
  const { flaky } = finish({ ...noise, coin: '+-'.repeat(15) })
  assert.equal(
    flaky.map(({ sample }) => sample),
    ['coin'],
  )
})

test('flips are counted as they would be by hand', () => {
  const verdicts = fc.array(fc.constantFrom('+', '-', '.'), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(verdicts, (nights) => {
      const known = nights.filter((verdict) => verdict !== '.')
      const flips = known.filter((verdict, index) => index > 0 && verdict !== known[index - 1]).length
      const found = finish({ a: nights.join(''), ...STABLE })
      assert.is(found.changedRows, Number(flips > 1))
      for (const row of found.flaky) assert.is(row.flips, flips)
    }),
  )
})

test.run()
