import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { closest, didYouMean } from '../../src/lib/suggest.ts'

const NAMES = ['concurrency', 'model', 'max-cost', 'max-tokens']

test('a slip of the finger finds the name that was meant', () => {
  assert.is(closest('concurency', NAMES), 'concurrency')
  assert.is(closest('modle', NAMES), 'model')
  assert.is(closest('max-token', NAMES), 'max-tokens')
})

test('capitals do not count', () => {
  assert.is(closest('MODEL', NAMES), 'model')
  assert.is(closest('model', ['Model']), 'Model')
})

test('the nearest of several candidates wins', () => {
  assert.is(closest('max-cost', ['max-post', 'max-cost', 'max-most']), 'max-cost')
})

test('something else entirely suggests nothing', () => {
  assert.is(closest('banana', NAMES), undefined)
  assert.is(closest('model', []), undefined)
})

test('the question is part of a sentence, or absent', () => {
  assert.is(didYouMean('modle', NAMES), ' Did you mean "model"?')
  assert.is(didYouMean('banana', NAMES), '')
})

test.run()
