/** Every recorded answer, over real HTTP, gives what its manifest says. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { formatUsd } from '../../src/lib/usd.ts'
import { type Play, KEY, ask, failureOf, fixture, reply, stream } from './play.ts'

interface Expected {
  readonly class: string
  readonly text?: string
  readonly finishReason?: string
  readonly promptTokens?: number
  readonly completionTokens?: number
  readonly reasoningTokens?: number
  readonly cachedTokens?: number
  readonly costUsd?: string | null
  readonly toolCalls?: readonly { readonly name: string; readonly arguments: unknown }[]
  readonly json?: unknown
  readonly effectiveStatus?: number
  readonly partialText?: string
  readonly retryAfterMs?: number
  readonly detail?: string
  readonly provider?: string
  readonly reasons?: readonly string[]
}

interface Entry {
  readonly file: string
  readonly status?: number
  readonly headers?: Record<string, string>
  readonly expect: Expected
}

interface Recorded {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: unknown
}

const { fixtures } = JSON.parse(fixture('manifest.json').toString()) as { fixtures: readonly Entry[] }

function recorded(entry: Entry): Recorded & { readonly play: Play } {
  const bytes = fixture(entry.file)
  if (entry.file.endsWith('.sse')) {
    const { status = 0, headers = {} } = entry
    return { status, headers, body: null, play: reply(status, headers, bytes) }
  }
  const { status, headers, body } = JSON.parse(bytes.toString()) as Recorded
  return { status, headers, body, play: reply(status, headers, JSON.stringify(body)) }
}

for (const entry of fixtures) {
  const { file, expect } = entry
  const { play, headers } = recorded(entry)
  const generationId = headers['x-generation-id'] ?? null

  if (expect.class === 'ok') {
    test(`${file} is a completion`, async () => {
      const completion = await ask(play)
      const { usage } = completion
      assert.is(completion.finishReason, expect.finishReason)
      assert.is(usage?.promptTokens, expect.promptTokens)
      assert.is(usage?.completionTokens, expect.completionTokens)
      assert.is(usage?.reasoningTokens, expect.reasoningTokens ?? 0)
      assert.is(usage?.cachedTokens, expect.cachedTokens ?? 0)
      assert.is(completion.reportedCostUsd === null ? null : formatUsd(completion.reportedCostUsd), expect.costUsd)
      assert.is(completion.generationId, generationId)
      assert.is(completion.servedProvider, 'Mistral')
      if (expect.text !== undefined) assert.is(completion.text, expect.text)
      if (expect.json !== undefined) assert.equal(JSON.parse(completion.text), expect.json)
      assert.equal(
        completion.toolCalls.map((call) => ({ name: call.name, arguments: JSON.parse(call.arguments) as unknown })),
        expect.toolCalls ?? [],
      )
      assert.is(completion.timing.ttftUs === null, !file.endsWith('.sse'), 'only a stream has a first token')
    })
  } else {
    test(`${file} is a failure of kind ${expect.class}`, async () => {
      const error = await failureOf(ask(play))
      assert.is(error.kind, expect.class)
      assert.is(error.status, expect.effectiveStatus)
      assert.is(error.partialText, expect.partialText ?? '')
      assert.is(error.generationId, generationId)
      assert.is(error.reportedCostUsd === null ? null : formatUsd(error.reportedCostUsd), expect.costUsd ?? null)
      assert.is(error.retryAfterMs, expect.retryAfterMs ?? null)
      for (const part of [expect.detail, expect.provider, ...(expect.reasons ?? [])])
        assert.match(error.message, part ?? '')
      assert.not.match(error.message, KEY)
      assert.ok(error.elapsedUs > 0)
    })
  }
}

test('the reasoning of 11 is told once and stays out of the answer', async () => {
  const entry = fixtures.find(({ file }) => file === '11-reasoning.json')
  assert.ok(entry)
  const { reasoningText, text } = await ask(recorded(entry).play)
  assert.is(reasoningText.split('The question asks').length, 2)
  assert.not.match(text, 'The question asks')
})

test('the streams read the same when the connection cuts them', async () => {
  const bytes = fixture('02-stream.sse')
  const whole = await ask(stream(bytes))
  for (const cut of [1, 30, 500, bytes.indexOf('é') + 1, bytes.indexOf('🍁') + 2, bytes.length - 1]) {
    const { timing: _, ...cutAnswer } = await ask(stream(bytes.subarray(0, cut), bytes.subarray(cut)))
    const { timing: __, ...wholeAnswer } = whole
    assert.equal(cutAnswer, wholeAnswer, `cut at ${cut}`)
  }
})

test.run()
