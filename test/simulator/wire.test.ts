import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createRecent } from '../../src/simulator/recent.ts'
import { completionTokens, firstTokens, promptTokens } from '../../src/simulator/tokens.ts'
import { piecesOf } from '../../src/simulator/wire.ts'

const anyText = fc.oneof(fc.string({ unit: 'grapheme' }), fc.lorem({ maxCount: 80 }), fc.stringMatching(/^[ \na]*$/))

test('pieces are at most twelve, none is empty, and joined they are the text', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const pieces = piecesOf(text)
      assert.is(pieces.join(''), text)
      assert.ok(pieces.length <= 12)
      assert.ok(pieces.every((piece) => piece !== ''))
    }),
  )
})

test('pieces are cut in front of blanks', () => {
  assert.equal(piecesOf('There is no\nsingle  answer. '), ['There', ' is', ' no', '\nsingle', '  answer.', ' '])
  assert.is(piecesOf('word '.repeat(100).trim()).length, 12)
  assert.equal(piecesOf(''), [])
})

test('a token is four bytes, and a prompt has three more', () => {
  assert.equal(['', 'a', 'abcd', 'abcde', '🍁'].map(completionTokens), [0, 1, 1, 2, 1])
  assert.is(promptTokens([{ role: 'user', content: 'abcde' }]), 5)
  assert.is(
    promptTokens([
      { role: 'system', content: 'abc' },
      { role: 'user', content: [{ type: 'text', text: 'de' }, { type: 'image_url' }] },
    ]),
    5,
    'the bytes of all messages are added up first',
  )
})

test('a cut text begins the whole one, ends with a whole character and has no more tokens than allowed', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.integer({ min: 1, max: 20 }), (text, limit) => {
      const cut = firstTokens(text, limit)
      assert.ok(text.startsWith(cut))
      assert.ok(!cut.includes('\ufffd') || text.includes('\ufffd'))
      assert.is(completionTokens(cut), Math.min(limit, completionTokens(text)))
    }),
  )
})

test('a map that forgets keeps what was set last', () => {
  const recent = createRecent<number>(2)
  recent.set('a', 1)
  recent.set('b', 2)
  recent.set('a', 3)
  recent.set('c', 4)
  assert.equal(
    ['a', 'b', 'c'].map((key) => recent.get(key)),
    [3, undefined, 4],
  )
})

test.run()
