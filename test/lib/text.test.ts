import { spawnSync } from 'node:child_process'
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { oneLine, plural, printable, printableJson, shellWord } from '../../src/lib/text.ts'

/** Whatever a terminal could act on. */
const ACTS = /[\p{Cc}\p{Cs}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u

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

test('what is invisible, and half a character, becomes a blank; joiners of scripts and emoji stay', () => {
  assert.is(oneLine('a\u200bb\ufeffc\u2060d\u200ee'), 'a b c d e')
  assert.is(oneLine('x\ud800y\udc00z'), 'x y z')
  assert.is(oneLine('\u0646\u0645\u06cc\u200c\u062e 👩\u200d💻'), '\u0646\u0645\u06cc\u200c\u062e 👩\u200d💻')
})

test('blanks of every width are one blank: text cannot be pushed to where a line of its own would begin', () => {
  assert.is(oneLine(`a${'\u00a0'.repeat(80)}b${'\u3000'.repeat(40)}c${'\u2800'.repeat(80)}d`), 'a b c d')
})

test('JSON without what a terminal acts on means the same', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), (texts) => {
      const told = [...texts, '\u009b2J\u202e\u2028\u007f\ufeff']
      const json = printableJson(`${JSON.stringify(told, null, 2)}\n`)
      assert.not.match(json.replaceAll('\n', ''), ACTS)
      assert.equal(JSON.parse(json), told)
    }),
  )
})

test('a word of a command is taken by a shell as it is, and nothing in it is run', () => {
  const words = [
    'results/a',
    'a b',
    "it's",
    '$(touch owned)',
    '`touch owned`',
    '"; touch owned #',
    'é\\n',
    '-',
    '!!',
    'a*',
  ]
  assert.is(shellWord('results/20260101T000000Z-qa-1a2b3c'), 'results/20260101T000000Z-qa-1a2b3c')
  const shell = spawnSync('sh', ['-c', `printf '%s\\n' ${words.map(shellWord).join(' ')}`], { encoding: 'utf8' })
  assert.equal(shell.stdout.trimEnd().split('\n'), words)
  assert.is(shellWord("a\u001b[2J\n'b\\"), "$'a\\u001b[2J\\u000a\\'b\\\\'")
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
