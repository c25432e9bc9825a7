import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { configSchema, flagOf, options } from '../../src/config/options.ts'
import { readConfig } from '../../src/config/read.ts'
import { refusalOf } from '../lib/thrown.ts'

const NAME = 'eval.config.ts'

test('nothing written is nothing set: defaults come later', () => {
  assert.equal(readConfig({}, undefined), {})
  assert.equal(readConfig({}, { name: NAME, content: {} }), {})
})

test('flags win over the file, setting by setting', () => {
  const file = { name: NAME, content: { dataset: 'a.csv', retries: 3, quiet: true, timeout: '5s' } }
  assert.equal(readConfig({ retries: '7' }, file), { dataset: 'a.csv', retries: 7, quiet: true, timeout: 5_000 })
})

test('a list that was typed replaces the list of the file', () => {
  const file = { name: NAME, content: { model: ['a', 'b'], price: { a: '1/2', b: '3/4' } } }
  assert.equal(readConfig({ model: ['c'], price: ['c=5/6'] }, file), { model: ['c'], price: [['c', '5/6']] })
})

test('a flag that was not typed does not hide the setting of the file', () => {
  assert.equal(readConfig({ retries: undefined }, { name: NAME, content: { retries: 3 } }), { retries: 3 })
})

test('false and none are values', () => {
  const file = { name: NAME, content: { stream: true, maxCost: 1 } }
  assert.equal(readConfig({ stream: false, maxCost: 'none' }, file), { stream: false, maxCost: null })
})

test('an unknown setting is refused, with the one that was meant', async () => {
  assert.is(
    await refusalOf(() => readConfig({}, { name: NAME, content: { concurency: 4 } })),
    'eval.config.ts: concurency: there is no such setting. Did you mean "concurrency"?',
  )
  assert.is(
    await refusalOf(() => readConfig({}, { name: NAME, content: { whatever: 4 } })),
    'eval.config.ts: whatever: there is no such setting.',
  )
})

test('all problems are listed at once, each at its place, those of flags and file together', async () => {
  const message = await refusalOf(() =>
    readConfig(
      { retries: 'many', timeout: '60', maxFailed: '105%', stream: 'no' },
      { name: NAME, content: { dataset: 5, modle: 'x', model: ['a', ''], seed: 1.5, format: 'xls' } },
    ),
  )
  const lines = message.split('\n')
  assert.is(lines.length, 9)
  for (const start of [
    '--retries: expected a whole number from 0 to 100, found "many".',
    '--timeout: expected a time above 0 with its unit',
    '--max-failed: expected a share such as 0.05 or 5%, found "105%".',
    '--no-stream: expected true or false, found "no".',
    'eval.config.ts: dataset: expected text, found 5.',
    'eval.config.ts: modle: there is no such setting. Did you mean "model"?',
    'eval.config.ts: model[1]: expected text, found nothing.',
    'eval.config.ts: seed: expected a whole number',
    'eval.config.ts: format: ',
  ]) {
    assert.ok(
      lines.some((line) => line.startsWith(start)),
      `${start}\nnot in\n${message}`,
    )
  }
})

for (const content of [undefined, null, 5, 'text', [], [{ dataset: 'a.csv' }]]) {
  test(`a file that exports ${JSON.stringify(content) ?? 'nothing'} is told what to export`, async () => {
    assert.is(
      await refusalOf(() => readConfig({}, { name: NAME, content })),
      'eval.config.ts: expected an object as default export, e.g. export default defineConfig({ … }).',
    )
  })
}

test('every setting has a flag of the same name, and says what it is about', () => {
  assert.equal(Object.keys(configSchema.shape), Object.keys(options))
  assert.is(flagOf('maxTokens'), 'max-tokens')
  assert.is(flagOf('expectedSeparator'), 'expected-separator')
  const flags = Object.keys(options).map(flagOf)
  assert.is(new Set(flags).size, flags.length)
  for (const [key, { about }] of Object.entries(options)) {
    assert.match(key, /^[a-z][a-zA-Z]*$/)
    assert.match(about, /^[A-Z].*[^.]$/, key)
  }
})

test.run()
