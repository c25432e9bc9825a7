import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { memoized } from '../../src/score/memo.ts'

test('computes once per text, undefined included, and forgets the oldest beyond the limit', () => {
  const computed: string[] = []
  const lookUp = memoized(2, (text) => {
    computed.push(text)
    return text === 'a' ? undefined : text.length
  })
  for (const text of ['a', 'a', 'bb', 'a', 'ccc', 'bb', 'a']) lookUp(text)
  assert.equal(computed, ['a', 'bb', 'ccc', 'a'])
  assert.is(lookUp('ccc'), 3)
})

test.run()
