import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { TIMED_OUT, withinTimeLimit } from '../../src/score/limits.ts'

test('gives what the work gives', () => {
  assert.is(
    withinTimeLimit(() => 42),
    42,
  )
  assert.is(
    withinTimeLimit(() => undefined),
    undefined,
  )
})

test('lets through what the work throws', () => {
  assert.throws(
    () =>
      withinTimeLimit(() => {
        throw new RangeError('too deep')
      }),
    (error: unknown) => error instanceof RangeError,
  )
})

test('interrupts an endless loop, and works on afterwards', () => {
  const endless = (): never => {
    for (;;);
  }
  assert.is(withinTimeLimit(endless), TIMED_OUT)
  assert.is(
    withinTimeLimit(() => 'next'),
    'next',
  )
})

test.run()
