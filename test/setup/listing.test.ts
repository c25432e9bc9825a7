/** Are the lists of all known servers read, and is a model found by the names that it goes by? */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { findListed, readListing, successorsOf } from '../../src/setup/doctor/listing.ts'
import { parseUsd } from '../../src/lib/usd.ts'

const listed = (...models: readonly object[]) => readListing(JSON.stringify({ data: models })) ?? []

test('what OpenRouter tells of a model is read, and its longest context is that of the provider that would serve it', () => {
  const [model] = listed({
    id: 'a/b',
    canonical_slug: 'a/b-2603',
    context_length: 200_000,
    top_provider: { context_length: 131_072, max_completion_tokens: 8_192 },
    pricing: { prompt: '0.00000015', completion: '6e-7' },
    expiration_date: '2027-01-31',
    created: 7,
  })
  assert.equal(model, {
    id: 'a/b',
    contextTokens: 131_072,
    completionTokens: 8_192,
    promptUsd: parseUsd('0.00000015'),
    completionUsd: parseUsd('0.0000006'),
    expires: '2027-01-31',
    created: 7,
    aliases: ['a/b-2603'],
  })
})

test('what is not told is null, and a price that varies is not told', () => {
  const [model] = listed({ id: 'gpt', object: 'model', pricing: { prompt: '-1', completion: '-1' } })
  assert.equal([model?.contextTokens, model?.promptUsd, model?.completionUsd, model?.expires], [null, null, null, null])
})

test('vLLM and servers that send a bare list are read', () => {
  assert.is(listed({ id: 'm', max_model_len: 4_096 })[0]?.contextTokens, 4_096)
  assert.is(readListing('[{"id":"m"}]')?.[0]?.id, 'm')
})

test('what is no list is none', () => {
  for (const body of ['', '<html>', '{}', '{"data":{}}', 'null', '7', '{"error":{"message":"no"}}']) {
    assert.is(readListing(body), null, body)
  }
  assert.equal(
    readListing('{"data":[null,{"id":""},{"id":7},{"id":"m"}]}')?.map(({ id }) => id),
    ['m'],
  )
})

test('a model is found by its alias, its variant and without the tag that Ollama adds', () => {
  const models = listed({ id: 'a/b', canonical_slug: 'a/b-1' }, { id: 'llama3:latest' }, { id: 'c/d', aliases: ['c'] })
  for (const [name, id] of [
    ['a/b', 'a/b'],
    ['a/b-1', 'a/b'],
    ['a/b:nitro', 'a/b'],
    ['llama3', 'llama3:latest'],
    ['c', 'c/d'],
  ] as const) {
    assert.is(findListed(models, name)?.id, id, name)
  }
  assert.is(findListed(models, 'a/c'), undefined)
})

test('names that begin as the one typed come newest first, without variants', () => {
  const models = listed(
    { id: 'x/small-1', created: 1 },
    { id: 'x/small-2', created: 2 },
    { id: 'x/small-2:free', created: 2 },
    { id: 'x/large', created: 3 },
  )
  assert.equal(successorsOf(models, 'x/small'), ['x/small-2', 'x/small-1'])
  assert.equal(successorsOf(models, 'y'), [])
})

test.run()
