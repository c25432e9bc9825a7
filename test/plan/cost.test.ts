import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { dividedBy, formatUsd, ZERO_USD } from '../../src/lib/usd.ts'
import { costOf, worstCost } from '../../src/plan/cost.ts'
import type { PriceRow } from '../../src/plan/types.ts'
import type { Usage } from '../../src/provider/types.ts'
import { priceRow } from './price.ts'

function usage(promptTokens: number, completionTokens: number, parts: Partial<Usage> = {}): Usage {
  return { promptTokens, completionTokens, reasoningTokens: null, cachedTokens: null, cacheWriteTokens: null, ...parts }
}

/** The cost as it is printed. */
function cost(tokens: Usage, price: PriceRow): string {
  return formatUsd(costOf(tokens, price))
}

// The worked examples of the pricing reference (OpenRouter), section 7, by their numbers there.
const SMALL = priceRow('0.0000002', '0.0000006')
const SMALL_2603 = priceRow('0.00000015', '0.0000006', { cacheRead: '0.000000015' })

test('example 1: mistral-small, a million tokens in and a million out cost $0.80', () => {
  assert.is(cost(usage(1_000_000, 1_000_000), SMALL), '0.8')
})

test('example 2: 1,234 tokens in and 567 out cost $0.000587, ten thousand times that $5.87', () => {
  assert.is(cost(usage(1_234, 567), SMALL), '0.000587')
  let sum = ZERO_USD
  for (let request = 0; request < 10_000; request++) sum += costOf(usage(1_234, 567), SMALL)
  assert.is(formatUsd(sum), '5.87')
})

test('example 3: cached tokens have their own price, and without one the full price', () => {
  assert.is(cost(usage(4_211, 96, { cachedTokens: 4_096 }), SMALL_2603), '0.00013629')
  assert.is(cost(usage(4_211, 96), SMALL_2603), '0.00068925')
  assert.is(cost(usage(4_211, 96, { cachedTokens: 4_096 }), { ...SMALL_2603, cacheReadUsd: null }), '0.00068925')
})

test('example 4: each side of a price step is charged by its own row', () => {
  const base = priceRow('0.0000025', '0.00001')
  const above = priceRow('0.000005', '0.00002')
  assert.is(cost(usage(250_000, 1_000), above), '1.27')
  assert.is(cost(usage(200_000, 1_000), base), '0.51')
})

test('example 5: at half price a million in and out cost $0.40', () => {
  const half = { ...SMALL, promptUsd: dividedBy(SMALL.promptUsd, 2), completionUsd: dividedBy(SMALL.completionUsd, 2) }
  assert.is(cost(usage(1_000_000, 1_000_000), half), '0.4')
})

test('example 6: reasoning tokens are part of the completion and not charged on top', () => {
  assert.is(cost(usage(38, 412, { reasoningTokens: 331 }), SMALL_2603), '0.0002529')
})

test('a price of its own replaces the common price for written, reasoning and request', () => {
  const price = priceRow('0.000001', '0.000002', { cacheWrite: '0.000003', reasoning: '0.000005', request: '0.01' })
  // 60 × 1 + 40 × 3 + 70 × 2 + 30 × 5 millionths, and a cent.
  assert.is(cost(usage(100, 100, { cacheWriteTokens: 40, reasoningTokens: 30 }), price), '0.01047')
})

test('a free reasoning price is a price', () => {
  assert.is(cost(usage(0, 100, { reasoningTokens: 100 }), priceRow('1', '1', { reasoning: '0' })), '0')
})

test('parts that exceed the whole are cut to it: no token is charged twice, none below zero', () => {
  const price = priceRow('0.000001', '0.000002', {
    cacheRead: '0.0000001',
    cacheWrite: '0.000003',
    reasoning: '0.000002',
  })
  assert.is(cost(usage(10, 10, { cachedTokens: 8, cacheWriteTokens: 8, reasoningTokens: 99 }), price), '0.0000268')
  assert.is(cost(usage(10, 0, { cachedTokens: 99, cacheWriteTokens: 99 }), price), '0.000001')
})

const tokens = fc.nat({ max: 10_000_000 })
const maybe = fc.option(tokens)
const anyUsage = fc.record({
  promptTokens: tokens,
  completionTokens: tokens,
  reasoningTokens: maybe,
  cachedTokens: maybe,
  cacheWriteTokens: maybe,
})
const amount = fc.bigInt({ min: 0n, max: 10n ** 21n })
/** Reading from a cache is never dearer than not reading from it; anything else goes. */
const anyPrice: fc.Arbitrary<PriceRow> = amount.chain((promptUsd) =>
  fc.record({
    promptUsd: fc.constant(promptUsd),
    completionUsd: amount,
    cacheReadUsd: fc.option(fc.bigInt({ min: 0n, max: promptUsd })),
    cacheWriteUsd: fc.option(amount),
    reasoningUsd: fc.option(amount),
    requestUsd: fc.option(amount),
    model: fc.constant('acme/any'),
    source: fc.constant('a test'),
    asOf: fc.constant(null),
  }),
)

test('no usage within the bounds costs more than the worst case that was reserved', () => {
  fc.assert(
    fc.property(anyUsage, anyPrice, tokens, tokens, (used, price, slackIn, slackOut) => {
      const worst = worstCost(used.promptTokens + slackIn, used.completionTokens + slackOut, price)
      const actual = costOf(used, price)
      assert.ok(actual >= ZERO_USD && actual <= worst, `${formatUsd(actual)} of ${formatUsd(worst)}`)
    }),
  )
})

test('the worst case takes the dearest price of each side', () => {
  const price = priceRow('0.000001', '0.000002', { cacheWrite: '0.000003', reasoning: '0.000005', request: '0.01' })
  assert.is(formatUsd(worstCost(100, 100, price)), '0.0108')
  assert.is(formatUsd(worstCost(100, 100, SMALL)), '0.00008')
  assert.is(formatUsd(worstCost(0, 0, SMALL)), '0')
})

test.run()
