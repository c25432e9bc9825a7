/** Is there an answer of a server that makes the client fail in any way but its own? */
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { NO_ANSWER, decodeBody } from '../../src/provider/decode.ts'
import { MODEL_FLAGS } from '../../src/provider/endpoint.ts'
import { type FailedAttempt, errorOfAnswer, errorOfStatus } from '../../src/provider/errors.ts'
import { StreamAccumulator } from '../../src/provider/stream.ts'
import { ProviderError } from '../../src/provider/types.ts'
import { KEY } from './play.ts'

const ATTEMPT: Omit<FailedAttempt, 'answer'> = {
  status: 429,
  headers: {},
  generationId: null,
  elapsedUs: 1,
  wallTime: new Date(0),
  model: 'a/b',
  url: new URL('https://openrouter.ai/api/v1/chat/completions'),
  apiKey: KEY,
  apiKeyEnv: 'OPENROUTER_API_KEY',
  flags: MODEL_FLAGS,
}

/** Every name that is looked for anywhere, and some that an object should rather not have. */
const NAMES = `
  error choices message delta content text finish_reason usage object id model prompt_tokens completion_tokens
  prompt_tokens_details completion_tokens_details cached_tokens cost is_byok cost_details
  upstream_inference_cost reasoning reasoning_details refusal type thinking tool_calls function name arguments
  index summary provider code http_status metadata raw headers X-RateLimit-Reset availability retryable
  retry_after detail msg loc reasons provider_name error_type toString valueOf toJSON __proto__ constructor
  length`
  .trim()
  .split(/\s+/)

const TEXTS = [
  '',
  'error',
  'thinking',
  'stop',
  '429',
  '0.5',
  '6m0s',
  'insufficient_quota',
  `key ${KEY}`,
  '\ud800',
  '\n\u202e',
]

/** JSON of known names in unknown places. */
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.constantFrom<unknown>(null, true, false, 0, -1, 0.5, 200, 429, 1e300, ...TEXTS),
    fc.array(tie('json'), { maxLength: 4 }),
    fc
      .array(fc.tuple(fc.constantFrom(...NAMES), tie('json')), { maxLength: 6 })
      .map((entries) => Object.fromEntries(entries) as unknown),
  ),
}))

const problems = fc.array(fc.record({ loc: fc.array(json, { maxLength: 2 }), msg: json }), { maxLength: 2 })

/** The shape of an error, with anything in its places. */
const error = fc.record(
  {
    code: json,
    message: json,
    detail: problems,
    availability: fc.record({ retryable: json, retry_after: json }),
    metadata: fc.record({
      raw: json,
      headers: fc.record({ 'X-RateLimit-Reset': json }),
      reasons: json,
      provider_name: json,
    }),
  },
  { requiredKeys: [] },
)

/** One line for people, without the key. */
function assertTells(thrown: unknown): void {
  assert.instance(thrown, ProviderError)
  const { message } = thrown as ProviderError
  assert.ok(message !== '' && message.length < 500, message)
  assert.not.match(message, /[\n\r\u202e]/)
  assert.not.ok(message.includes(KEY), message)
}

function assertDecoded({ answer, failure }: ReturnType<typeof decodeBody>): void {
  assert.type(JSON.stringify({ ...answer, reportedCostUsd: String(answer.reportedCostUsd) }), 'string')
  if (failure !== null) assertTells(errorOfAnswer({ ...ATTEMPT, status: 200, answer }, failure))
}

test('any JSON as a body gives an answer or a failure that people can read', () => {
  fc.assert(
    fc.property(fc.oneof(json, error, fc.record({ error }), fc.record({ detail: problems })), (value) => {
      const text = JSON.stringify(value)
      const decoded = decodeBody(text)
      assertDecoded(decoded)
      assertTells(errorOfStatus({ ...ATTEMPT, answer: decoded.answer }, text))
    }),
    { numRuns: 2_000 },
  )
})

test('any JSON as the events of a stream gives an answer or a failure that people can read', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.oneof(json, fc.record({ error })), fc.constantFrom(undefined, 'error', 'message')), {
        maxLength: 5,
      }),
      (events) => {
        const stream = new StreamAccumulator()
        for (const [value, name] of events) stream.event(JSON.stringify(value), name, 1)
        assertDecoded(stream.decoded())
      },
    ),
    { numRuns: 2_000 },
  )
})

test('JSON of fifty thousand levels, wherever it stands, does not exhaust the stack', () => {
  const deep = (opening: string, closing: string): string => `${opening.repeat(50_000)}"x"${closing.repeat(50_000)}`
  const nests = [
    deep('[', ']'),
    deep('[{"type":"thinking","thinking":', '}]'),
    ...['message', 'error', 'detail', 'msg', 'a'].map((name) => deep(`{"${name}":`, '}')),
  ]
  for (const nest of nests) {
    for (const name of ['content', 'reasoning', 'reasoning_details', 'refusal', 'tool_calls']) {
      assertDecoded(decodeBody(`{"choices":[{"message":{"${name}":${nest}},"finish_reason":"stop"}],"usage":${nest}}`))
    }
    assertDecoded(decodeBody(`{"choices":[{"message":{"tool_calls":[{"function":{"arguments":${nest}}}]}}]}`))
    assertDecoded(decodeBody(`{"error":${nest}}`))
    const headers = `{"X-RateLimit-Reset":${nest}}`
    const metadata = `{"headers":${headers},"reasons":${nest},"raw":${nest},"provider_name":${nest}}`
    const details = `[{"loc":${nest},"msg":${nest}}]`
    const said = `{"message":${nest},"detail":${details},"availability":{"retry_after":${nest}},"metadata":${metadata}}`
    for (const body of [said, `{"error":${said}}`, `{"detail":${details}}`]) {
      assertTells(errorOfStatus({ ...ATTEMPT, answer: NO_ANSWER }, body))
    }
  }
})

test.run()
