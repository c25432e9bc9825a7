import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { oneLine, plural, printable } from '../../src/lib/text.ts'

/** Whatever a terminal could act on. */
const ACTS = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u

test('a terminal escape becomes plain text', () => {
  assert.is(oneLine('\u001b[2J\u001b]0;owned\u0007done'), '[2J ]0;owned done')
  assert.is(oneLine('\u009b31mred'), '31mred')
})

test('line breaks, tabs and carriage returns become one space', () => {
  assert.is(oneLine('a\r\nb\tc\u2028d\u0085e'), 'a b c d e')
})

test('text cannot be turned around', () => {
  assert.is(oneLine('a\u202egnp.exe\u2066b'), 'a gnp.exe b')
})

test('letters of every script stay as they are', () => {
  assert.is(oneLine('Zürich 東京 مرحبا 🙂'), 'Zürich 東京 مرحبا 🙂')
})

test('no text gives anything that a terminal acts on, nor more characters than asked for', () => {
  const unit = fc.oneof(fc.constantFrom('\u001b', '\n', '\u009b', '\u202e', ' ', '🙂'), fc.string({ unit: 'binary' }))
  fc.assert(
    fc.property(fc.array(unit), fc.integer({ min: 1, max: 50 }), (units, width) => {
      const line = oneLine(units.join(''), width)
      assert.not.match(line, ACTS)
      assert.ok(Array.from(line).length <= width, JSON.stringify(line))
    }),
  )
})

test('a cut is marked, and does not split a character', () => {
  assert.is(oneLine('abcdef', 6), 'abcdef')
  assert.is(oneLine('abcdefg', 6), 'abcde…')
  assert.is(oneLine('🙂🙂🙂🙂', 3), '🙂🙂…')
})

test('a very long text is cut without looking at all of it', () => {
  assert.is(oneLine('x'.repeat(10_000_000), 5), 'xxxx…')
})

test('a noun follows its count', () => {
  assert.is(plural(1, 'row'), '1 row')
  assert.is(plural(0, 'row'), '0 rows')
  assert.is(plural(12_345, 'row'), '12,345 rows')
})

test('several lines stay several lines, without anything else that a terminal acts on', () => {
  assert.is(printable('a\u001b[2J\r\nb\tc\u009b31m\u202ed\u007f'), 'a [2J \nb c 31m d ')
  assert.is(printable('Zürich\n東京'), 'Zürich\n東京')
})

test.run()
