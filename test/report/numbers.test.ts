import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { dollars, integer, milliseconds, percent, percentWithInterval, seconds } from '../../src/report/numbers.ts'

test('a share is a percentage with one decimal', () => {
  assert.is(percent(0.8734), '87.3 %')
  assert.is(percent(0), '0.0 %')
  assert.is(percent(1), '100.0 %')
  assert.is(percent(null), '–')
})

test('no share but 1 is shown as 100 %, none but 0 as 0 %', () => {
  assert.is(percent(0.9999), '>99.9 %')
  assert.is(percent(0.0001), '<0.1 %')
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (share) => {
      assert.is(percent(share) === '100.0 %', share === 1)
      assert.is(percent(share) === '0.0 %', share === 0)
    }),
  )
})

test('an interval stands behind its rate, when there is one', () => {
  const estimate = { value: 0.5, low: 0.25, high: 0.75, n: 4, method: 'wilson' }
  assert.is(percentWithInterval(estimate), '50.0 % [25.0, 75.0]')
  assert.is(percentWithInterval({ ...estimate, low: null }), '50.0 %')
  assert.is(percentWithInterval({ ...estimate, value: null }), '–')
})

test('dollars have at least two decimals and about four digits that count', () => {
  assert.is(dollars('0'), '$0.00')
  assert.is(dollars('0.8'), '$0.80')
  assert.is(dollars('12.345'), '$12.35')
  assert.is(dollars('0.01230'), '$0.0123')
  assert.is(dollars('0.000587'), '$0.000587')
  assert.is(dollars('1234.5'), '$1234.50')
  assert.is(dollars(null), 'unknown')
})

test('times have the unit that fits them', () => {
  assert.equal([0.5, 9.94, 842.3, 9_999, 12_345].map(milliseconds), [
    '0.5 ms',
    '9.9 ms',
    '842 ms',
    '9,999 ms',
    '12.3 s',
  ])
  assert.is(milliseconds(null), '–')
  assert.equal([0, 9, 65, 3_599.6, 3_725].map(seconds), ['0s', '9s', '1m 05s', '1h 00m', '1h 02m'])
})

test('counts are grouped by thousands', () => {
  assert.is(integer(1_234_567), '1,234,567')
})

test.run()
