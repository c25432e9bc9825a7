import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  dividedBy,
  formatUsd,
  parseUsd,
  parseUsdPerMillion,
  perMillion,
  times,
  toNumber,
  type Usd,
  ZERO_USD,
} from '../../src/lib/usd.ts'

const ONE_USD = 10n ** 24n

/** The amount as it is printed; bigints do not survive uvu's diff. */
function shown(usd: Usd | undefined): string {
  return usd === undefined ? 'no amount' : formatUsd(usd)
}

for (const [written, amount] of [
  ['0', '0'],
  ['0.2', '0.2'],
  ['.5', '0.5'],
  ['5.', '5'],
  ['12', '12'],
  ['007.50', '7.5'],
  ['+3', '3'],
  ['-1', '-1'],
  ['-0.25', '-0.25'],
  ['-0', '0'],
  ['  1.5\n', '1.5'],
  ['6e-7', '0.0000006'],
  ['6E-7', '0.0000006'],
  ['1.25e+3', '1250'],
  ['-2.5e-3', '-0.0025'],
  ['1e-24', '0.000000000000000000000001'],
  ['123456789012345678901234567890.123', '123456789012345678901234567890.123'],
  // Half a unit rounds away from zero, less than half to zero.
  ['5e-25', '0.000000000000000000000001'],
  ['-5e-25', '-0.000000000000000000000001'],
  ['4.9e-25', '0'],
  ['1e-999', '0'],
] as const) {
  test(`reads ${JSON.stringify(written)} as ${amount} dollars`, () => {
    assert.is(shown(parseUsd(written)), amount)
  })
}

for (const written of [
  '',
  ' ',
  '.',
  '-',
  'e5',
  '1e',
  '1e1.5',
  '1e1000',
  '1,5',
  '$1',
  '1 2',
  '0x10',
  'NaN',
  'Infinity',
  '--1',
]) {
  test(`does not read ${JSON.stringify(written)} as an amount`, () => {
    assert.is(parseUsd(written), undefined)
  })
}

test('formatting and parsing are inverse, whatever the amount', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), (usd) => {
      const text = formatUsd(usd)
      assert.match(text, /^-?(0|[1-9]\d*)(\.\d*[1-9])?$/)
      assert.ok(parseUsd(text) === usd, text)
    }),
  )
})

test('moving the point and the exponent together changes nothing', () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: -12, max: 12 }), (digits, exponent) => {
      const moved = parseUsd(`${digits}e${exponent}`)
      const expected =
        exponent >= 0
          ? BigInt(digits) * ONE_USD * 10n ** BigInt(exponent)
          : (BigInt(digits) * ONE_USD) / 10n ** BigInt(-exponent)
      assert.ok(moved === expected, `${digits}e${exponent}: ${shown(moved)}`)
    }),
  )
})

test('a million tokens in and a million out at 0.2 and 0.6 per million cost 0.8 to the last digit', () => {
  const input = parseUsdPerMillion('0.2') ?? ZERO_USD
  const output = parseUsdPerMillion('0.6') ?? ZERO_USD
  assert.is(shown(times(input, 1_000_000) + times(output, 1_000_000)), '0.8')
})

test('a million trials of one token in and one out sum to the same 0.8, which doubles do not', () => {
  const trial = times(parseUsdPerMillion('0.2') ?? ZERO_USD, 1) + times(parseUsdPerMillion('0.6') ?? ZERO_USD, 1)
  let sum = ZERO_USD
  let double = 0
  for (let count = 0; count < 1_000_000; count++) {
    sum += trial
    double += 0.2e-6 + 0.6e-6
  }
  assert.is(shown(sum), '0.8')
  assert.is.not(double, 0.8)
})

test('a price per million and the price of one token are the same price', () => {
  assert.is(shown(parseUsdPerMillion('0.2')), '0.0000002')
  assert.is(shown(perMillion(parseUsdPerMillion('0.09375') ?? ZERO_USD)), '0.09375')
  assert.is(parseUsdPerMillion('cheap'), undefined)
})

test('a share of an amount rounds half away from zero', () => {
  assert.is(shown(dividedBy(10n, 4)), '0.000000000000000000000003')
  assert.is(shown(dividedBy(-10n, 4)), '-0.000000000000000000000003')
  assert.is(shown(dividedBy(9n, 4)), '0.000000000000000000000002')
  assert.is(shown(dividedBy(ONE_USD, 8)), '0.125')
})

test('the double for display is the nearest one', () => {
  assert.is(toNumber(parseUsd('0.8') ?? ZERO_USD), 0.8)
  assert.is(toNumber(parseUsd('-12.5') ?? ZERO_USD), -12.5)
  assert.is(toNumber(ZERO_USD), 0)
})

test.run()
