/** Are changes dated where they are, and is noise left in one piece? */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { randomFrom } from '../../src/lib/random.ts'
import { changePoints } from '../../src/stats/change-point.ts'
import { normalQuantile } from '../../src/stats/special-functions.ts'

function nightsAround(label: string, levels: readonly number[], sigma = 0.01): number[] {
  const random = randomFrom(label)
  return levels.map((level) => level + sigma * normalQuantile(random.uniform()))
}

const HOW = { label: 'test|change' }

test('two drops are dated within a night or two, with the means on either side', () => {
  const levels = [...Array(20).fill(0.9), ...Array(20).fill(0.85), ...Array(20).fill(0.8)]
  const changes = changePoints(nightsAround('change|two', levels), HOW)
  assert.is(changes.length, 2)
  for (const [index, { index: night, pValue, meanBefore, meanAfter }] of changes.entries()) {
    assert.ok(Math.abs(night - 20 * (index + 1)) <= 2, `night ${night}`)
    assert.ok(pValue <= 0.01)
    assert.ok(meanAfter < meanBefore - 0.02)
  }
})

test('noise alone is split in about one in twenty histories', () => {
  let split = 0
  const histories = 200
  for (let history = 0; history < histories; history++) {
    const nights = nightsAround(`change|noise|${history}`, Array(30).fill(0.9))
    if (changePoints(nights, { label: `noise|${history}`, permutations: 199 }).length > 0) split += 1
  }
  assert.ok(split / histories < 0.05 + 3 * Math.sqrt((0.05 * 0.95) / histories), `${split} of ${histories}`)
})

test('fewer than ten nights and nights that are all alike have no change', () => {
  assert.equal(changePoints([1, 1, 1, 1, 0, 0, 0, 0, 0], HOW), [])
  assert.equal(changePoints(Array(30).fill(0.1 + 0.2), HOW), [])
  assert.equal(changePoints([], HOW), [])
})

test('the same label gives the same changes, and the nights stay as they are', () => {
  const nights = nightsAround('change|again', [...Array(15).fill(0.9), ...Array(15).fill(0.88)])
  const before = [...nights]
  assert.equal(changePoints(nights, HOW), changePoints(nights, HOW))
  assert.equal(nights, before)
})

test('a change at an edge keeps three nights aside', () => {
  const nights = nightsAround('change|edge', [...Array(27).fill(0.9), 0.2, 0.2, 0.2])
  assert.equal(
    changePoints(nights, HOW).map(({ index }) => index),
    [27],
  )
})

test.run()
