import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Occurrences } from '../../src/dataset/occurrences.ts'

test('remembers the last number noted for each of many texts, and 0 for others', () => {
  const seen = new Occurrences()
  const count = 50_000
  for (let index = 1; index <= count; index += 1) seen.set(`text ${index}`, index)
  for (let index = 1; index <= count; index += 2) seen.set(`text ${index}`, 2 ** 32 - index)
  for (let index = 1; index <= count; index += 1) {
    assert.is(seen.get(`text ${index}`), index % 2 === 1 ? 2 ** 32 - index : index)
    assert.is(seen.get(`other ${index}`), 0)
  }
})

test('takes at most 24 bytes per text', () => {
  const seen = new Occurrences()
  const count = 200_000
  for (let index = 1; index <= count; index += 1) seen.set(`text ${index}`, 1)
  assert.ok(seen.bytes / count <= 24, `${seen.bytes / count} bytes per text`)
})

test.run()
