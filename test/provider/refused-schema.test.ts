import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { refusesSchema } from '../../src/provider/index.ts'
import { type ErrorKind, ProviderError } from '../../src/provider/types.ts'
import { ask, failureOf, reply } from './play.ts'

/** How the client tells a refusal with this body. */
const refusal = (status: number, body: unknown): Promise<ProviderError> =>
  failureOf(ask(reply(status, { 'content-type': 'application/json' }, JSON.stringify(body))))

const message = (text: string): object => ({ error: { message: text } })

test('a server that does not take the form of the answer is known by what it says', async () => {
  const rows: readonly [status: number, body: object][] = [
    [404, message('No endpoints found that can handle the requested parameters. To learn more, see the docs.')],
    [400, message("Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.")],
    [400, message("Invalid schema for response_format 'verdict': 'additionalProperties' is required.")],
    [400, message("'response_format.type' must be 'json_schema' or 'text'")],
    [400, message('This model does not support structured outputs.')],
    [400, message('Structured output is not supported by this backend')],
    [400, message('guided decoding is disabled')],
    [400, message('Unknown name "response_schema" at \'generation_config\': Cannot find field.')],
    [400, message('output format is not supported for this model')],
    [400, { error: { code: 400, message: 'failed to parse grammar', type: 'invalid_request_error' } }],
    [
      422,
      {
        detail: [{ loc: ['body', 'response_format'], msg: 'Extra inputs are not permitted', type: 'extra_forbidden' }],
      },
    ],
    [
      400,
      {
        error: { message: 'Provider returned error', metadata: { raw: '{"message":"json_schema is not supported"}' } },
      },
    ],
    [501, message('response_format: not implemented')],
    [200, { error: { code: 400, message: 'JSON mode is not enabled for this model' } }],
  ]
  for (const [status, body] of rows) assert.is(refusesSchema(await refusal(status, body)), true, JSON.stringify(body))
})

test('any other failure is none', async () => {
  const rows: readonly [status: number, body: object][] = [
    [404, message('No endpoints found for a/b.')],
    [400, message('a/b is not a valid model ID')],
    [400, message("This model's maximum context length is 8192 tokens.")],
    [422, { detail: [{ loc: ['body', 'seed'], msg: 'Extra inputs are not permitted' }] }],
    [429, message('Too many requests with response_format')],
    [500, message('json_schema')],
    [401, message('response_format')],
  ]
  for (const [status, body] of rows) assert.is(refusesSchema(await refusal(status, body)), false, JSON.stringify(body))
  const kind: ErrorKind = 'network'
  assert.is(refusesSchema(new ProviderError(kind, 'cannot connect to json_schema.example')), false)
})

test.run()
