import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { formatUsd } from '../../src/lib/usd.ts'
import { SseDecoder } from '../../src/provider/sse.ts'
import { StreamAccumulator } from '../../src/provider/stream.ts'
import { fixture } from './play.ts'

/** Feeds reads at given stamps, the body ending at the last one. */
function accumulate(...reads: readonly (string | Buffer)[]) {
  const accumulator = new StreamAccumulator()
  const events: string[] = []
  let atUs = 0
  const sse = new SseDecoder(({ data, event }) => {
    events.push(data)
    accumulator.event(data, event, atUs)
  })
  for (const read of reads) {
    atUs += 1000
    sse.feed(Buffer.from(read))
  }
  sse.end()
  return { events, accumulator, ...accumulator.decoded(), timing: accumulator.timing(500, atUs) }
}

const data = (body: unknown): string => `data: ${JSON.stringify(body)}\n\n`
const delta = (fields: object, finish: string | null = null): string =>
  data({ choices: [{ delta: fields, finish_reason: finish }] })

test('the byte cases of event streams', () => {
  const cases: readonly [reads: readonly (string | Buffer)[], events: readonly string[]][] = [
    [[': k\ndata: {"a":1}\n\n'], ['{"a":1}']],
    [
      ['data:{"a":1}\r\n\r', '\ndata: x\r\n\r\n'],
      ['{"a":1}', 'x'],
    ],
    [['data: a\ndata: b\n\n'], ['a\nb']],
    [[...Buffer.from('data: "é€😀"\n\n')].map((byte) => Buffer.from([byte])), ['"é€😀"']],
    [['data: {"a":1}'], []],
    [['data: {"a":1}\n'], []],
    [['data: {"a":1}\r'], []],
    [['data: a\r\rdata: b\r\r'], ['a', 'b']],
    [
      ['data: a\r', '\n', '\r', '\ndata: b\n', '\n'],
      ['a', 'b'],
    ],
    [['\uFEFFdata: a\n\n'], ['a']],
    [[Buffer.from([0xef]), Buffer.from([0xbb, 0xbf]), 'data: a\n\n'], ['a']],
    [['data:  two blanks\n\n'], [' two blanks']],
    [['data: a\u2028b\u0085c\n\n'], ['a\u2028b\u0085c']],
    [['id: 1\nunknown: x\nretry: soon\ndata: a\n\n\n\n'], ['a']],
  ]
  for (const [reads, expected] of cases) {
    assert.equal(accumulate(...reads).events, expected, JSON.stringify(reads.map(String)))
  }
})

test('an event that was cut off leaves the stream truncated', () => {
  const { failure } = accumulate('data: {"a":1}')
  assert.is(failure?.by === 'us' && failure.kind, 'truncated')
})

test('a recorded stream reads the same wherever its bytes are cut', () => {
  for (const file of ['02-stream.sse', '03-stream-midstream-error.sse']) {
    const bytes = fixture(file)
    const whole = accumulate(bytes)
    for (let cut = 1; cut < bytes.length; cut++) {
      const { answer, failure, events } = accumulate(bytes.subarray(0, cut), bytes.subarray(cut))
      if (whole.answer.text !== answer.text || events.length !== whole.events.length)
        assert.unreachable(`cut at ${cut}`)
      if (cut % 97 === 0) assert.equal({ answer, failure }, { answer: whole.answer, failure: whole.failure })
    }
    const bytewise = accumulate(...Array.from(bytes, (byte) => Buffer.from([byte])))
    assert.equal(bytewise.answer, whole.answer)
  }
})

test('comments are neither events nor output', () => {
  const { events, answer, timing } = accumulate(fixture('02-stream.sse'))
  assert.is(events.length, 10, 'nine chunks and [DONE]')
  assert.is(timing.chunks, 6)
  assert.is(answer.reportedCostUsd === null ? null : formatUsd(answer.reportedCostUsd), '0.000015')
})

test('a stream cut anywhere before its finish reason is truncated with what had arrived', () => {
  const bytes = fixture('02-stream.sse')
  const finished = bytes.indexOf('"finish_reason":"stop"')
  const text = accumulate(bytes).answer.text
  for (let end = 0; end < finished; end += 13) {
    const { answer, failure } = accumulate(bytes.subarray(0, end))
    assert.is(failure?.by === 'us' && failure.kind, 'truncated')
    assert.ok(text.startsWith(answer.text))
  }
})

test('a finish reason or [DONE] alone ends a stream well', () => {
  assert.is(accumulate(delta({ content: 'a' }, 'stop')).failure, null)
  assert.is(accumulate(delta({ content: 'a' }), 'data: [DONE]\n\n').failure, null)
  const { failure } = accumulate(delta({ role: 'assistant', content: '' }), 'data: [DONE]\n\n')
  assert.is(failure?.by === 'us' && failure.kind, 'empty')
})

// The vectors V1 and V3 of the latency reference; times in ms from the start of the final attempt.
test('V1: reasoning, an answer, an empty end, usage and [DONE]', () => {
  const stream = new StreamAccumulator()
  const at = (ms: number, body: unknown): void => stream.event(JSON.stringify(body), undefined, ms * 1000)
  const say = (ms: number, fields: object, finish: string | null = null): void =>
    at(ms, { choices: [{ delta: fields, finish_reason: finish }] })
  say(400, { role: 'assistant', content: '' })
  for (const ms of [500, 700, 900]) say(ms, { reasoning: 'hm ' })
  for (const ms of [1000, 1100, 1300]) say(ms, { content: 'yes ' })
  say(1305, { content: '' }, 'stop')
  at(1350, {
    choices: [],
    usage: { prompt_tokens: 9, completion_tokens: 15, completion_tokens_details: { reasoning_tokens: 10 } },
  })
  assert.not.ok(stream.finished)
  stream.event('[DONE]', undefined, 1_351_000)
  assert.ok(stream.finished)
  assert.equal(stream.timing(200_000, 1_360_000), {
    headersUs: 200_000,
    ttftUs: 500_000,
    firstAnswerUs: 1_000_000,
    latencyUs: 1_300_000,
    endUs: 1_351_000,
    chunks: 6,
  })
  const { answer, failure } = stream.decoded()
  assert.is(failure, null)
  assert.is(answer.text, 'yes yes yes ')
  assert.is(answer.reasoningText, 'hm hm hm ')
  assert.is(answer.usage?.completionTokens, 15)
  assert.is(answer.usage?.reasoningTokens, 10)
})

test('V3: hidden reasoning counts in the time to the first token', () => {
  const stream = new StreamAccumulator()
  const say = (ms: number, text: string): void =>
    stream.event(JSON.stringify({ choices: [{ delta: { content: text } }] }), undefined, ms * 1000)
  say(100, '')
  say(21_000, 'a')
  say(25_000, 'b')
  const usage = { prompt_tokens: 9, completion_tokens: 1200, completion_tokens_details: { reasoning_tokens: 1000 } }
  stream.event(JSON.stringify({ choices: [], usage }), undefined, 25_001_000)
  stream.event('[DONE]', undefined, 25_002_000)
  const timing = stream.timing(50_000, 25_002_000)
  assert.is(timing.ttftUs, 21_000_000)
  assert.is(timing.firstAnswerUs, 21_000_000)
  assert.is(timing.latencyUs, 25_000_000)
  assert.is(stream.decoded().answer.usage?.reasoningTokens, 1000)
})

test('a stream without any output has no first token and ends with its body', () => {
  const { timing } = accumulate(delta({ role: 'assistant' }), delta({}, 'stop'), 'data: [DONE]\n\n')
  assert.equal(timing, { headersUs: 500, ttftUs: null, firstAnswerUs: null, latencyUs: 3000, endUs: 3000, chunks: 0 })
})

test('the last usage counts, wherever it stands, and a null takes nothing away', () => {
  const usage = (completion: number) => ({
    usage: { prompt_tokens: 1, completion_tokens: completion, cost: completion },
  })
  const { answer } = accumulate(
    data({ choices: [{ delta: { content: 'a' } }], ...usage(1) }),
    data({ choices: [{ delta: { content: 'b' }, finish_reason: 'stop' }], ...usage(2) }),
    data({ choices: [], usage: null }),
    data({ choices: [], usage: { prompt_tokens: null } }),
    'data: [DONE]\n\n',
  )
  assert.is(answer.usage?.completionTokens, 2)
  assert.is(answer.reportedCostUsd, 2n * 10n ** 24n)
})

test('nothing counts after [DONE]', () => {
  const { answer, failure } = accumulate(
    delta({ content: 'a' }, 'stop'),
    'data: [DONE]\n\n',
    delta({ content: 'b' }),
    'data: x\n\n',
  )
  assert.is(answer.text, 'a')
  assert.is(failure, null)
})

test('an error in the middle keeps the text and tells the error', () => {
  const streams: readonly (readonly string[])[] = [
    [data({ error: { code: 502, message: 'lost' }, choices: [] })],
    [data({ error: { code: 'server_error', message: 'lost' } }), 'data: [DONE]\n\n'],
    [data({ choices: [{ delta: {}, finish_reason: 'error', error: { message: 'lost' } }] })],
    ['event: error\ndata: {"message":"lost"}\n\n'],
    ['event: error\ndata: {"error":{"message":"lost"}}\n\n'],
    ['event: error\ndata: lost\n\n'],
  ]
  for (const end of streams) {
    const { answer, failure, accumulator } = accumulate(delta({ content: 'so far' }), ...end)
    assert.is(answer.text, 'so far')
    assert.is(failure?.by, 'server')
    assert.match(JSON.stringify(failure), 'lost')
    assert.ok(accumulator.finished)
  }
})

test('a chunk that is not JSON spoils the answer', () => {
  for (const bad of ['data: {"choi\n\n', 'data: 1\n\n', 'data: null\n\n']) {
    const { answer, failure } = accumulate(delta({ content: 'a' }), bad, delta({ content: 'b' }, 'stop'))
    assert.is(failure?.by === 'us' && failure.kind, 'invalid_response')
    assert.is(answer.text, 'ab')
  }
  assert.is(accumulate('data:\n\n', delta({ content: 'a' }, 'stop')).failure, null)
})

const pieces = (...deltas: readonly (readonly object[])[]) =>
  accumulate(...deltas.map((calls) => delta({ tool_calls: calls })), delta({}, 'tool_calls'))

const A = { id: 'a', name: 'f', arguments: '{"x":1}' }
const B = { id: 'b', name: 'g', arguments: '{"y":2}' }

test('pieces of tool calls find each other', () => {
  const whole = (call: typeof A) => ({ id: call.id, function: { name: call.name, arguments: call.arguments } })
  const head = (call: typeof A) => ({ id: call.id, function: { name: call.name, arguments: '' } })
  const tail = (call: typeof A, from: number, to?: number) => ({
    function: { arguments: call.arguments.slice(from, to) },
  })
  const ways: readonly (readonly (readonly object[])[])[] = [
    // By index, interleaved.
    [
      [{ index: 0, ...head(A) }],
      [{ index: 1, ...head(B) }],
      [
        { index: 0, ...tail(A, 0, 3) },
        { index: 1, ...tail(B, 0) },
      ],
      [{ index: 0, ...tail(A, 3) }],
    ],
    // Whole calls, with and without index, in one delta or two.
    [
      [
        { index: 0, ...whole(A) },
        { index: 1, ...whole(B) },
      ],
    ],
    [[whole(A), whole(B)]],
    [[whole(A)], [whole(B)]],
    // The id in every piece.
    [[{ index: 0, ...head(A) }], [{ index: 0, id: 'a', ...tail(A, 0) }], [{ index: 1, ...whole(B) }]],
    [[head(A), head(B)], [{ id: 'b', ...tail(B, 0) }], [{ id: 'a', ...tail(A, 0) }]],
    // Every call at index 0.
    [[{ index: 0, ...whole(A) }], [{ index: 0, ...whole(B) }]],
    // Position only.
    [[head(A)], [tail(A, 0, 2)], [tail(A, 2)], [head(B)], [tail(B, 0)]],
  ]
  for (const way of ways) assert.equal(pieces(...way).answer.toolCalls, [A, B], JSON.stringify(way))
})

test('a tool call is the first answer, its empty shell is not', () => {
  const { timing } = accumulate(
    delta({ tool_calls: [{ index: 0, id: 'a', function: { name: '', arguments: '' } }] }),
    delta({ reasoning: 'hm' }),
    delta({ tool_calls: [{ index: 0, function: { name: 'f' } }] }),
    delta({ tool_calls: [{ index: 0, function: { arguments: '{}' } }] }),
    delta({}, 'tool_calls'),
  )
  assert.is(timing.ttftUs, 2000)
  assert.is(timing.firstAnswerUs, 3000)
  assert.is(timing.latencyUs, 4000)
  assert.is(timing.chunks, 3)
})

test('a refusal is output, but no answer', () => {
  const { answer, timing, failure } = accumulate(delta({ refusal: 'I can' }), delta({ refusal: 'not' }, 'stop'))
  assert.is(answer.refusal, 'I cannot')
  assert.is(timing.ttftUs, 1000)
  assert.is(timing.firstAnswerUs, null)
  assert.is(failure, null)
})

test('who served is told once', () => {
  const { answer } = accumulate(
    data({ id: '', model: '', choices: [], prompt_filter_results: [] }),
    data({
      id: 'gen-9',
      model: 'm-dated',
      provider: 'Mistral',
      system_fingerprint: 'fp',
      choices: [{ delta: { content: 'a' } }],
    }),
    delta({}, 'stop'),
  )
  assert.is(answer.generationId, 'gen-9')
  assert.is(answer.servedModel, 'm-dated')
  assert.is(answer.servedProvider, 'Mistral')
  assert.is(answer.systemFingerprint, 'fp')
})

test.run()
