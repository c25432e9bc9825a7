import { readFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { refusal } from '../../src/score/refusal.ts'
import type { AnswerFacts } from '../../src/score/types.ts'
import { scoreInput } from './helpers.ts'

/** Language and text. */
type Answer = readonly [language: string, text: string]

const answers = JSON.parse(readFileSync(new URL('refusal-answers.json', import.meta.url), 'utf8')) as Readonly<
  Record<'refusals' | 'others' | 'unseenRefusals' | 'unseenOthers', readonly Answer[]>
>

function isRefusal(output: string, facts: Partial<AnswerFacts> = {}): boolean | null {
  return refusal.create()(scoreInput({ output, facts })).pass
}

function countRefusals(texts: readonly Answer[]): number {
  return texts.filter(([, text]) => isRefusal(text) === true).length
}

for (const [language, text] of answers.refusals) {
  test(`${language}: a refusal is ${JSON.stringify(text)}`, () => {
    assert.is(isRefusal(text), true)
  })
}

for (const [language, text] of answers.others) {
  test(`${language}: no refusal is ${JSON.stringify(text)}`, () => {
    assert.is(isRefusal(text), false)
  })
}

test('finds as many of the unseen answers as its page says', () => {
  const languages = new Set(answers.unseenRefusals.map(([language]) => language))
  assert.is(languages.size, 8)
  const found = `Of ${answers.unseenRefusals.length} refusals in eight languages`
  assert.match(refusal.details, found)
  assert.match(refusal.details, `${countRefusals(answers.unseenRefusals)} are found`)
  assert.match(
    refusal.details.replace(/\s+/g, ' '),
    `of ${answers.unseenOthers.length} answers that were written to look like a refusal, ${countRefusals(answers.unseenOthers)} are taken for one`,
  )
})

test('believes the API', () => {
  assert.is(isRefusal('Paris', { refusal: 'I cannot do that.' }), true)
  assert.is(isRefusal('', { finishReason: 'content_filter' }), true)
  assert.is(isRefusal('Paris', { refusal: ' ', finishReason: 'stop' }), false)
})

test('looks at the beginning of an answer, outside of quotations', () => {
  const refusing = "I'm sorry, but I can't help with that."
  assert.is(isRefusal(`${'The poem is long. '.repeat(5)}${refusing}`), false)
  assert.is(isRefusal(`He said: "${refusing}"`), false)
  assert.is(isRefusal(`Thank you. ${refusing}`), true)
  assert.is(isRefusal(`# ${refusing}`), true)
})

test.run()
