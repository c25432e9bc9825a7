import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { NumberList } from '../../src/lib/number-list.ts'

test('numbers stay where they were put, over the edges of chunks', () => {
  const list = new NumberList()
  const numbers = Array.from({ length: 300_000 }, (_, index) => index * 1.5 - 7)
  for (const number of numbers) list.push(number)
  assert.is(list.length, numbers.length)
  assert.equal(
    numbers.map((_, index) => list.at(index)),
    numbers,
  )
  for (const index of [-1, 300_000, 393_215, 393_216]) assert.is(list.at(index), undefined, `${index}`)
})

test('a list can begin with many of one number, and each can be replaced', () => {
  fc.assert(
    fc.property(fc.nat({ max: 300_000 }), fc.nat(), fc.double(), (length, place, number) => {
      const list = new NumberList(length, -1)
      assert.is(list.length, length)
      if (length === 0) return
      const index = place % length
      list.set(index, number)
      assert.ok(Object.is(list.at(index), number))
      for (const other of [0, index - 1, index + 1, length - 1]) {
        if (other >= 0 && other < length && other !== index) assert.is(list.at(other), -1)
      }
    }),
    { numRuns: 20 },
  )
})

test.run()
