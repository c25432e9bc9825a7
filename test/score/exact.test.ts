import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { exact } from '../../src/score/exact.ts'
import { parseNormalisations } from '../../src/score/normalise.ts'
import { refusalOf, scoring } from './helpers.ts'

const CASES: readonly (readonly [argument: string | undefined, output: string, expected: string[], pass: boolean])[] = [
  [undefined, 'Paris', ['Paris'], true],
  [undefined, ' Paris\n', ['Paris'], true],
  [undefined, 'Paris', ['  Paris '], true],
  [undefined, 'Paris', ['London', 'Paris'], true],
  [undefined, 'paris', ['Paris'], false],
  [undefined, 'Paris.', ['Paris'], false],
  [undefined, 'Par is', ['Paris'], false],
  [undefined, 'cafe\u0301', ['caf\u00e9'], true],
  [undefined, 'caf\u00e9', ['cafe\u0301'], true],
  [undefined, 'cafe', ['caf\u00e9'], false],
  [undefined, '', [''], true],
  [undefined, '', ['Paris'], false],
  ['strict', 'Paris', ['Paris'], true],
  ['strict', 'Paris ', ['Paris'], false],
  ['strict', 'cafe\u0301', ['caf\u00e9'], false],
  ['ignore-case', 'PARIS', ['paris'], true],
  ['ignore-case', 'ÉCOLE', ['école'], true],
  ['ignore-case', 'Paris!', ['paris'], false],
  ['ignore-punctuation', '“Paris”!', ['Paris'], true],
  ['ignore-punctuation', 'paris!', ['Paris'], false],
  ['ignore-articles', 'the Eiffel Tower', ['Eiffel Tower'], true],
  ['ignore-articles', 'Eiffel Tower, the', ['Eiffel Tower,'], true],
  ['ignore-articles', 'theatre', ['atre'], false],
  ['ignore-articles', 'éa', ['é'], false],
  ['collapse-space', 'New \n  York', ['New York'], true],
  ['ignore-accents', 'São Tomé', ['Sao Tome'], true],
  ['ignore-case, ignore-punctuation', 'PARIS!', ['paris'], true],
  ['ignore-punctuation,ignore-case', 'PARIS!', ['paris'], true],
  ['ignore-punctuation,collapse-space', 'a - b', ['a b'], true],
  ['squad', 'The (Eiffel) tower!', ['eiffel Tower'], true],
  ['squad', 'cafe\u0301', ['caf\u00e9'], false],
  ['unicode', 'Straße', ['STRASSE'], true],
  ['unicode', 'ẞ', ['ss'], true],
  ['unicode', 'ΟΔΟΣ', ['οδος'], true],
  ['unicode', 'οδοσ', ['οδος'], true],
  ['unicode', 'İSTANBUL', ['istanbul'], true],
  ['unicode', 'ISPARTA', ['ısparta'], true],
  ['unicode', 'ＴＯＫＹＯ　東京。', ['tokyo 東京'], true],
  ['unicode', 'ｶﾞｷﾞ', ['ガギ'], true],
  ['unicode', '\ufefbا', ['لاا'], true],
  ['unicode', 'مصر، \u200fالقاهرة؟', ['مصر القاهرة'], true],
  ['unicode', 'می\u200cخواهم', ['میخواهم'], true],
  ['unicode', '“don’t” — $5!', ["don't 5"], true],
  ['unicode', 'one\u0085two\u2003\u3000three', ['one two three'], true],
  ['unicode', '👨\u200d👩\u200d👧 ok', ['ok'], true],
  ['unicode', 'नमस्ते।', ['नमस्ते'], true],
  ['unicode', 'cafe\u0301', ['CAFÉ'], true],
  ['unicode', 'café', ['cafe'], false],
  ['unicode', '٣', ['3'], false],
  ['unicode,ignore-accents', 'CAFÉ!', ['cafe'], true],
  ['unicode,ignore-articles', 'The “Eiffel” Tower', ['eiffel tower'], true],
]

for (const [argument, output, expected, pass] of CASES) {
  test(`${JSON.stringify(output)} ${pass ? 'is' : 'is not'} ${JSON.stringify(expected)} under ${argument ?? 'the default'}`, () => {
    const score = scoring(exact, argument)(output, expected)
    assert.is(score.pass, pass)
    assert.is(score.value, pass ? 1 : 0)
  })
}

test('the form of `unicode` is the form of itself', () => {
  const normalise = parseNormalisations('exact', 'unicode')
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (text) => {
      assert.is(normalise(normalise(text)), normalise(text))
      assert.not.match(normalise(text), /[\p{P}\p{S}\p{Default_Ignorable_Code_Point}]|^\s|\s$|\s\s/u)
    }),
    { numRuns: 2_000 },
  )
})

test('tells what was compared with what', () => {
  assert.is(scoring(exact)('Lyon', ['Paris', 'Paname']).reason, '"Lyon" is not "Paris" or 1 other')
  assert.is(scoring(exact)('Ly\u001bon', ['Paris']).reason, '"Ly on" is not "Paris"')
})

test('does not judge without an expected answer', () => {
  assert.is(scoring(exact)('Paris', []).value, null)
})

test('refuses an unknown normalisation and suggests one', () => {
  const message = refusalOf(() => exact.create('ignore-caes'))
  assert.match(message, 'Did you mean "ignore-case"?')
  assert.match(message, 'collapse-space')
})

for (const argument of ['strict,ignore-case', 'ignore-case,squad', 'squad,strict']) {
  test(`refuses ${argument}: a whole way to compare stands alone`, () => {
    assert.match(
      refusalOf(() => exact.create(argument)),
      'cannot be combined',
    )
  })
}

test.run()
