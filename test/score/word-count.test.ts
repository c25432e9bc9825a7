import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { countWords } from '../../src/score/text/count-words.ts'
import { wordCount } from '../../src/score/word-count.ts'
import { refusalOf, scoring } from './helpers.ts'

for (const [text, words] of [
  ['', 0],
  [' \n— 👍 !', 0],
  ['Paris is the capital of France.', 6],
  ["don't 3.14 1,000 snake_case", 4],
  ['state-of-the-art', 4],
  ['C++ costs 10%', 3],
  ['cafe\u0301', 1],
  ['مرحبا بالعالم', 2],
  ['안녕하세요 세계', 2],
] as const) {
  test(`${JSON.stringify(text)} has ${words} words`, () => {
    assert.is(countWords(text), words)
  })
}

test('texts without spaces have words as well', () => {
  for (const text of ['東京都に住んでいます', '我爱北京天安门', 'สวัสดีครับ'])
    assert.ok(countWords(text) > 1 && countWords(text) < text.length)
})

test('a long text has as many words as one segmentation of all of it finds', () => {
  const segmenter = new Intl.Segmenter('en', { granularity: 'word' })
  const piece = fc.constantFrom('word ', "don't ", '3.14 ', 'a.b ', '🇫🇷🇯🇵', 'e\u0301', '. ', 'x-y ', '\n', '10,000 ')
  fc.assert(
    fc.property(fc.array(piece, { minLength: 300, maxLength: 900 }), (pieces) => {
      const text = pieces.join('')
      const whole = Array.from(segmenter.segment(text)).filter(({ isWordLike }) => isWordLike === true)
      assert.is(countWords(text), whole.length)
    }),
    { numRuns: 30 },
  )
})

test('counting takes time in proportion to the text', () => {
  // V8's segmenter alone needs half a minute for these; in pieces it is well below a second.
  const startedMs = performance.now()
  assert.is(countWords('a '.repeat(100_000)), 100_000)
  assert.ok(performance.now() - startedMs < 15_000)
})

for (const [argument, output, pass, reason] of [
  ['3', 'a b c', true, '3 words'],
  ['3', 'a b', false, '2 words, at least 3 expected'],
  ['2..3', 'a b c', true, '3 words'],
  ['2..3', 'a', false, '1 word, at least 2 expected'],
  [' 2 .. 3 ', 'a b c d', false, '4 words, at most 3 expected'],
  ['..3', '', true, '0 words'],
  ['3..', 'a b c d', true, '4 words'],
] as const) {
  test(`"${output}" ${pass ? 'has' : 'has not'} ${argument} words`, () => {
    const score = scoring(wordCount, argument)(output, [])
    assert.equal([score.pass, score.reason], [pass, reason])
  })
}

test('without an argument each row has its own range, of which one has to fit', () => {
  assert.is(scoring(wordCount)('a b', ['2']).pass, true)
  assert.is(scoring(wordCount)('a b', ['1', '3..']).pass, false)
  assert.is(scoring(wordCount)('a b', ['5..9', '..2']).pass, true)
  assert.is(scoring(wordCount)('a b', ['few']).value, null)
  const check = (argument: string | undefined, ...expected: string[]): string | undefined =>
    wordCount.checkSample({ expected, vars: {} }, argument)
  assert.match(check(undefined, '2', 'few') ?? '', '"few" is no number of words')
  assert.match(check(undefined) ?? '', 'no expected number of words')
  assert.is(check('..3', 'few'), undefined)
})

test('a cell of spaces is read as fast as any other', () => {
  const startedMs = performance.now()
  const cell = `${' '.repeat(100_000)}1${' '.repeat(100_000)}x`
  assert.is(scoring(wordCount)('a', [cell]).value, null)
  assert.ok(performance.now() - startedMs < 15_000)
})

for (const argument of ['..', '5..3', '-1', 'ten', '1.5', '1...2', '1 2', '']) {
  test(`refuses "${argument}"`, () => {
    assert.match(
      refusalOf(() => wordCount.create(argument)),
      'Expected a range such as 10..100',
    )
  })
}

test.run()
