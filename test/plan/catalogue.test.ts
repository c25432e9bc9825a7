import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { formatUsd, perMillion } from '../../src/lib/usd.ts'
import { catalogue, findModel } from '../../src/plan/catalogue.ts'

test('the catalogue is not empty, and every row stands under its own name', () => {
  assert.ok(catalogue.size >= 30)
  for (const [slug, row] of catalogue) {
    assert.is(row.model, slug)
    assert.is(row.price.model, slug)
    assert.match(slug, /^[a-z0-9-]+\/[a-z0-9.-]+$/)
  }
})

for (const [slug, { price, contextTokens }] of catalogue) {
  test(`${slug} has positive prices, a cache no dearer than its input, a context and an origin`, () => {
    assert.ok(price.promptUsd > 0n)
    assert.ok(price.completionUsd >= price.promptUsd, 'output is nowhere cheaper than input')
    assert.ok(price.cacheReadUsd === null || (price.cacheReadUsd > 0n && price.cacheReadUsd <= price.promptUsd))
    assert.ok(contextTokens === null || contextTokens >= 8_000)
    assert.ok(price.source.length > 0)
    assert.match(price.asOf ?? '', /^\d{4}-\d{2}(-\d{2})?$/)
  })
}

test('the default model costs 0.2 and 0.6 dollars per million tokens', () => {
  const price = catalogue.get('mistralai/mistral-small')?.price
  assert.is(formatUsd(perMillion(price?.promptUsd ?? 0n)), '0.2')
  assert.is(formatUsd(perMillion(price?.completionUsd ?? 0n)), '0.6')
})

test("a maker's own names are found without the author in front, at that maker only", () => {
  assert.is(findModel('gpt-4o-mini', 'openai')?.model, 'openai/gpt-4o-mini')
  assert.is(findModel('mistral-small-2603', 'mistral')?.model, 'mistralai/mistral-small-2603')
  assert.is(findModel('gpt-4o-mini', 'openrouter'), undefined)
  assert.is(findModel('openai/gpt-4o-mini', 'openrouter')?.model, 'openai/gpt-4o-mini')
  assert.is(findModel('acme/new', 'openrouter'), undefined)
})

test.run()
