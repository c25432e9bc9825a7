import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { formatUsd } from '../../src/lib/usd.ts'
import * as values from '../../src/config/values.ts'

type Schema = {
  safeParse(value: unknown): { success: boolean; data?: unknown; error?: { issues: readonly { message: string }[] } }
}

/** What a schema makes of a value, or its complaint. */
function read(schema: Schema, value: unknown): unknown {
  const result = schema.safeParse(value)
  return result.success ? result.data : `refused: ${result.error?.issues.map(({ message }) => message).join('; ')}`
}

function refuses(schema: Schema, cases: readonly unknown[], wanted: RegExp): void {
  for (const value of cases) assert.match(String(read(schema, value)), wanted, JSON.stringify(value))
}

test('a time has a unit and becomes milliseconds', () => {
  const cases = { '500ms': 500, '60s': 60_000, '5m': 300_000, '1h': 3_600_000, '1.5s': 1_500, ' 2 s ': 2_000, '0s': 0 }
  for (const [written, ms] of Object.entries(cases)) assert.is(read(values.duration, written), ms)
})

test('a time without its unit, or no time at all, is refused with what was found', () => {
  refuses(
    values.duration,
    ['60', 60, '', 's', '-1s', '1d', '1e3s', '1s2', true, null, ['1s']],
    /^refused: expected a time with its unit, such as 500ms, 60s, 5m or 1h, found /,
  )
  assert.is(read(values.duration, 60), 'refused: expected a time with its unit, such as 500ms, 60s, 5m or 1h, found 60')
  assert.is(
    read(values.duration, '60'),
    'refused: expected a time with its unit, such as 500ms, 60s, 5m or 1h, found "60"',
  )
})

test('a timeout is a time above 0', () => {
  assert.is(read(values.timeout, '60s'), 60_000)
  refuses(values.timeout, ['0s', '0ms', '60', 60], /^refused: expected a time above 0 with its unit/)
})

test('a share is a number from 0 to 1 or a percentage', () => {
  const cases = [
    ['0.05', 0.05],
    ['5%', 0.05],
    [' 5 % ', 0.05],
    [0.25, 0.25],
    ['0', 0],
    ['100%', 1],
    [1, 1],
    ['12.5%', 0.125],
  ] as const
  for (const [written, share] of cases) assert.is(read(values.share, written), share)
  refuses(
    values.share,
    ['5', '105%', -0.1, 'x', '', '%', '1.2.3%', Number.NaN, null],
    /^refused: expected a share such as 0\.05 or 5%, found /,
  )
})

test('a whole number is in its range, as number or digits', () => {
  const schema = values.wholeNumber(1, 2_000)
  const cases = [
    ['8', 8],
    [8, 8],
    [' 2000 ', 2_000],
    ['1e3', 1_000],
    ['8.0', 8],
  ] as const
  for (const [written, number] of cases) assert.is(read(schema, written), number)
  refuses(
    schema,
    ['0', 0, 2_001, '1.5', 1.5, 'eight', '', '0x10', '1,000', Infinity, true],
    /^refused: expected a whole number from 1 to 2,000, found /,
  )
})

test('a decimal number is in its range', () => {
  const schema = values.decimalNumber(0, 2)
  for (const [written, number] of [
    ['0.7', 0.7],
    ['.5', 0.5],
    [2, 2],
    ['0', 0],
  ] as const)
    assert.is(read(schema, written), number)
  refuses(schema, ['2.1', -1, 'hot', ''], /^refused: expected a number from 0 to 2, found /)
})

test('an amount is exact money above zero, or none', () => {
  for (const [written, amount] of [
    ['0.50', '0.5'],
    [1, '1'],
    ['1e-6', '0.000001'],
    [0.1, '0.1'],
  ] as const) {
    assert.is(formatUsd(read(values.usdOrNone, written) as bigint), amount)
  }
  assert.is(read(values.usdOrNone, 'none'), null)
  refuses(
    values.usdOrNone,
    ['0', 0, '-1', '$1', '', 'free', null],
    /^refused: expected an amount in US dollars such as 0\.50, or none, found /,
  )
})

test('one text or a list of them becomes a list', () => {
  assert.equal(read(values.texts, 'a'), ['a'])
  assert.equal(read(values.texts, ['a', 'b']), ['a', 'b'])
  refuses(values.texts, [5, null, {}], /^refused: expected a text or a list of texts, found /)
  refuses(values.texts, [['']], /found nothing/)
})

test('a text is not empty', () => {
  assert.is(read(values.text, 'a'), 'a')
  refuses(values.text, [''], /^refused: expected text, found nothing$/)
  refuses(values.text, [5, true, ['a']], /^refused: expected text, found /)
})

test('a switch is true or false, not a word for it', () => {
  assert.is(read(values.flag, true), true)
  refuses(values.flag, ['true', 1, 'yes'], /^refused: expected true or false, found /)
})

test('pairs are key=value texts, one or several, or an object', () => {
  assert.equal(read(values.pairs, 'a=1'), [['a', '1']])
  assert.equal(read(values.pairs, ['a=1', 'b = x=y']), [
    ['a', '1'],
    ['b', ' x=y'],
  ])
  assert.equal(read(values.pairs, { a: 1, b: { c: [2] } }), [
    ['a', 1],
    ['b', { c: [2] }],
  ])
  assert.equal(read(values.pairs, 'a='), [['a', '']])
  refuses(values.pairs, ['a', '=1', ['a=1', 'b'], 5, null], /^refused: expected key=value, found /)
})

test('whatever the text of a value, key and value are cut at the first equals sign', () => {
  const key = fc.string({ minLength: 1 }).filter((text) => !text.includes('=') && text.trim() === text)
  fc.assert(
    fc.property(key, fc.string(), (name, value) => {
      assert.equal(read(values.pairs, `${name}=${value}`), [[name, value]])
    }),
  )
})

test.run()
