import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { columnPrompt, messagesPrompt, parseMessages, requiredColumns, textPrompt } from '../../src/prompt/parse.ts'
import { parseTemplate } from '../../src/prompt/template.ts'
import { refusalOf } from '../lib/thrown.ts'

const messages = (...list: unknown[]): string => JSON.stringify(list)
const user = { role: 'user', content: '{{q}}' }

test('a text prompt asks with one user message', () => {
  const prompt = textPrompt('short', 'Answer {{q}}', null)
  assert.is(prompt.name, 'short')
  assert.is(prompt.body.kind, 'text')
  assert.equal(requiredColumns(prompt), ['q'])
})

test('an empty prompt is refused by name', async () => {
  assert.is(
    await refusalOf(() => textPrompt('short', ' \n', null)),
    'prompt "short" is empty. Give its text, or @file.',
  )
})

test('every message of a prompt file is a template', () => {
  const json = messages({ role: 'system', content: 'Be {{tone}}.' }, user, { role: 'assistant', content: '{{draft}}' })
  const prompt = messagesPrompt('chat', json, 'chat.json', null)
  assert.is(prompt.body.kind, 'messages')
  assert.equal(requiredColumns(prompt), ['tone', 'q', 'draft'])
})

test('a column prompt needs its column, and any prompt the columns of its system text', () => {
  assert.equal(requiredColumns(columnPrompt('messages', 'messages', null)), ['messages'])
  assert.equal(requiredColumns(textPrompt('p', '{{q}} {{q}}', parseTemplate('{{tone}} {{q}}'))), ['q', 'tone'])
})

test('the roles of the API are taken, with further fields as they are', () => {
  const list = [
    { role: 'developer', content: 'Be brief.' },
    { role: 'user', content: [{ type: 'text', text: 'What is this?' }], name: 'ann' },
    { role: 'assistant', content: null, tool_calls: [{ id: '1' }] },
    { role: 'tool', content: '42', tool_call_id: '1' },
  ]
  assert.equal(parseMessages(JSON.stringify(list), 'here'), list)
})

for (const [what, json, message] of [
  ['text that is no JSON', 'hello', /^chat\.json: not valid JSON \(.+\)\. Expected a list of/],
  ['an object', '{"role":"user","content":"x"}', /^chat\.json: expected a non-empty JSON list/],
  ['an empty list', '[]', /^chat\.json: expected a non-empty JSON list/],
  ['a message that is text', messages('hello'), /^chat\.json: message 1 is no object/],
  ['a message that is null', messages(user, null), /^chat\.json: message 2 is no object/],
  ['a message that is a list', messages([]), /^chat\.json: message 1 is no object/],
  [
    'an unknown role',
    messages(user, { role: 'bot', content: 'x' }),
    /^chat\.json: message 2 has the role "bot"\. Expected one of system, developer, user, assistant, tool\.$/,
  ],
  ['a missing role', messages({ content: 'x' }), /message 1 has the role undefined/],
  ['a role that is no text', messages({ role: ['user'], content: 'x' }), /message 1 has the role \["user"\]/],
  ['a missing content', messages({ role: 'user' }), /message 1 has no content/],
  ['a user message without text', messages({ role: 'user', content: null }), /message 1 has no content/],
  ['a content that is a number', messages({ role: 'user', content: 5 }), /message 1 has no content/],
  ['parts without a type', messages({ role: 'user', content: [{ text: 'x' }] }), /message 1 has no content/],
  ['parts that are null', messages({ role: 'user', content: [null] }), /message 1 has no content/],
] as const) {
  test(`${what} is refused with its place`, async () => {
    assert.match(await refusalOf(() => parseMessages(json, 'chat.json')), message)
    assert.match(await refusalOf(() => messagesPrompt('chat', json, 'chat.json', null)), message)
  })
}

test('a prompt file takes text only', async () => {
  const json = messages({ role: 'user', content: [{ type: 'text', text: 'x' }] })
  assert.match(
    await refusalOf(() => messagesPrompt('chat', json, 'chat.json', null)),
    /content of a user message is not text/,
  )
})

test('the id of a prompt stands for everything that decides the messages, and for nothing else', () => {
  const system = parseTemplate('Be brief.')
  const prompts = [
    textPrompt('p', '{{q}}', null),
    textPrompt('p', '{{q}} ', null),
    textPrompt('p', '{{q}}', system),
    columnPrompt('p', '{{q}}', null),
    messagesPrompt('p', messages(user), 'f', null),
    messagesPrompt('p', messages({ ...user, role: 'developer' }), 'f', null),
    messagesPrompt('p', messages(user), 'f', system),
  ]
  assert.is(new Set(prompts.map(({ id }) => id)).size, prompts.length)
  assert.is(textPrompt('other name', '{{q}}', null).id, prompts[0]?.id)
  assert.is(messagesPrompt('p', ` ${messages(user)}\n`, 'g', null).id, prompts[4]?.id)
})

test('the ids are pinned: a change would send every finished trial again', () => {
  assert.is(textPrompt('p', '{{q}}', null).id, 'f07ebd9cf208')
  assert.is(messagesPrompt('p', messages(user), 'f', parseTemplate('s')).id, '5ae5bc38a32c')
  assert.is(columnPrompt('p', 'messages', null).id, 'a2bccc382790')
})

test.run()
