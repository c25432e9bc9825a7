import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { columnPrompt, messagesPrompt, textPrompt } from '../../src/prompt/parse.ts'
import { cellOf, type Renderable, render } from '../../src/prompt/render.ts'
import { parseTemplate } from '../../src/prompt/template.ts'
import { refusalOf } from '../lib/thrown.ts'

function sample(vars: Readonly<Record<string, string>>, around: Partial<Renderable> = {}): Renderable {
  return { vars, prefix: '', suffix: '', ...around }
}

const ask = textPrompt('ask', 'Q: {{question}}', null)

test('a text prompt becomes one user message', () => {
  assert.equal(render(ask, sample({ question: 'why?' })), [{ role: 'user', content: 'Q: why?' }])
})

test('columns are found whatever their capitals, the exact name first', () => {
  assert.is(cellOf({ QUESTION: 'a', question: 'b' }, 'question'), 'b')
  assert.is(cellOf({ QUESTION: 'a' }, 'question'), 'a')
  assert.is(cellOf({ answer: 'a' }, 'question'), undefined)
  assert.equal(render(ask, sample({ Question: 'why?' })), [{ role: 'user', content: 'Q: why?' }])
})

test('names that every object has are no columns', () => {
  for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
    assert.is(cellOf({ question: 'x' }, name), undefined)
  }
})

test('an empty cell is an empty text', () => {
  assert.equal(render(ask, sample({ question: '' })), [{ role: 'user', content: 'Q: ' }])
})

test('a cell is never a template: it arrives as it is, in every part of the prompt', () => {
  const system = parseTemplate('S {{cell}}')
  const chat = messagesPrompt('chat', '[{"role":"user","content":"U {{cell}}"}]', 'chat.json', system)
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('{{cell}}', '{{secret}}', '\\{{cell}}', '@file', '$&')),
      (cell) => {
        assert.equal(render(chat, sample({ cell, secret: 'never' })), [
          { role: 'system', content: `S ${cell}` },
          { role: 'user', content: `U ${cell}` },
        ])
      },
    ),
  )
})

test('a system text stands in front, filled from the same sample', () => {
  const prompt = textPrompt('ask', '{{q}}', parseTemplate('Answer in {{language}}.'))
  assert.equal(render(prompt, sample({ q: 'why?', language: 'Latin' })), [
    { role: 'system', content: 'Answer in Latin.' },
    { role: 'user', content: 'why?' },
  ])
})

test('prefix and suffix stand around the rendered text, not around the system text', () => {
  const prompt = textPrompt('ask', '{{q}}', parseTemplate('S'))
  assert.equal(render(prompt, sample({ q: 'why?' }, { prefix: 'please: {{q}} ', suffix: ' now' })), [
    { role: 'system', content: 'S' },
    { role: 'user', content: 'please: {{q}} why? now' },
  ])
})

test('prefix and suffix stand around the last user message of a conversation', () => {
  const list = [
    { role: 'user', content: 'one' },
    { role: 'user', content: 'two' },
    { role: 'assistant', content: 'three', name: 'bot' },
  ]
  const prompt = columnPrompt('messages', 'messages', null)
  assert.equal(render(prompt, sample({ messages: JSON.stringify(list) }, { suffix: '!' })), [
    { role: 'user', content: 'one' },
    { role: 'user', content: 'two!' },
    { role: 'assistant', content: 'three', name: 'bot' },
  ])
})

test('a conversation without a user text has no place for them', async () => {
  const prompt = columnPrompt('messages', 'messages', null)
  for (const list of [
    '[{"role":"system","content":"x"}]',
    '[{"role":"user","content":[{"type":"text","text":"x"}]}]',
  ]) {
    assert.match(
      await refusalOf(() => render(prompt, sample({ messages: list }, { prefix: 'p' }))),
      /^__prefix and __suffix need a user message of plain text/,
    )
  }
})

test('a messages column is sent as it is, behind the system text', () => {
  const prompt = columnPrompt('messages', 'messages', parseTemplate('S'))
  const list = '[{"role":"user","content":"{{not a placeholder}}","name":"ann"}]'
  assert.equal(render(prompt, sample({ Messages: list })), [
    { role: 'system', content: 'S' },
    { role: 'user', content: '{{not a placeholder}}', name: 'ann' },
  ])
})

test('a cell that is no conversation is refused with its line and column', async () => {
  const prompt = columnPrompt('messages', 'messages', null)
  assert.match(
    await refusalOf(() => render(prompt, sample({ messages: 'hello' }))),
    /^column "messages": not valid JSON/,
  )
  assert.match(
    await refusalOf(() => render(prompt, sample({ messages: '[{"role":"robot","content":"x"}]' }))),
    /^column "messages": message 1 has the role "robot"/,
  )
})

test.run()
