/** What does a request for embeddings get? POST /embeddings in OpenAI's contract, from its body to the reply. */
import type { Clock } from '../lib/clock.ts'
import { key128 } from '../lib/hash.ts'
import { formatUsd, times, ZERO_USD } from '../lib/usd.ts'
import type { Attempts, Endpoint } from './attempts.ts'
import { DEFAULT_LATENCY, timelineOf } from './behaviour.ts'
import { type Catalogue, CONTEXT_LENGTH } from './catalogue.ts'
import { errorReply, RequestRefused } from './errors.ts'
import { cutShort, type FailedAttempt, misbehave, unbilled } from './misbehaviour.ts'
import { parseObject, refuse } from './request.ts'
import { completionTokens } from './tokens.ts'
import type { Misbehaviour, Reply, SimulatorOptions } from './types.ts'
import { DIMENSIONS, vectorOf } from './vector.ts'
import type { Generation } from './wire.ts'

export interface EmbeddingServices {
  readonly catalogue: Catalogue
  readonly attempts: Attempts
  readonly clock: Clock
}

interface EmbeddingsRequest {
  readonly model: string
  readonly inputs: readonly string[]
  readonly asBase64: boolean
}

/** Texts in one request, as OpenAI limits them. */
const MOST_INPUTS = 2048

export function createEmbeddings(
  options: Pick<SimulatorOptions, 'latency'>,
  { catalogue, attempts, clock }: EmbeddingServices,
): Endpoint {
  const latency = { ...DEFAULT_LATENCY, ...options.latency }

  return (bodyText, inFlight) => {
    const request = readEmbeddingsRequest(bodyText)
    const prices = catalogue.pricesOf(request.model)
    if (!/embed/i.test(request.model)) {
      throw new RequestRefused(errorReply(404, 'not_found', `No endpoint serves embeddings of ${request.model}.`))
    }
    const bodyHash = key128(bodyText)
    const tokens = request.inputs.reduce((sum, input) => sum + completionTokens(input), 0)
    const generation: Generation = {
      id: `gen-${bodyHash}`,
      model: request.model,
      createdS: Math.floor(clock.wallTime().getTime() / 1000),
      streamed: false,
      pieces: [],
      finishReason: 'stop',
      promptTokens: tokens,
      completionTokens: 0,
      promptCostUsd: times(prices.prompt, tokens),
      completionCostUsd: ZERO_USD,
      timelineMs: timelineOf(bodyHash, 1, 0, latency),
    }
    const reply = (): Reply => embeddingsReply(generation, dataJson(request))
    return attempts(bodyHash, inFlight, {
      generation,
      reply,
      fail: (kind, now) => failed(kind, generation, reply, now),
    })
  }
}

function readEmbeddingsRequest(bodyText: string): EmbeddingsRequest {
  const { model, input, encoding_format: format = 'float', dimensions = DIMENSIONS } = parseObject(bodyText)
  if (typeof model !== 'string' || model === '') refuse('model: expected the name of a model.')
  const inputs: readonly unknown[] = Array.isArray(input) ? input : [input]
  if (inputs.length === 0 || inputs.length > MOST_INPUTS) refuse(`input: expected 1 to ${MOST_INPUTS} texts.`)
  if (!inputs.every(isText)) refuse('input: expected a text or a list of texts, none of them empty.')
  if (format !== 'float' && format !== 'base64') refuse('encoding_format: expected float or base64.')
  if (dimensions !== DIMENSIONS) refuse(`dimensions: expected ${DIMENSIONS}, or none.`)
  const longest = Math.max(...inputs.map(completionTokens))
  if (longest > CONTEXT_LENGTH) {
    const message = `The maximum context length of this model is ${CONTEXT_LENGTH} tokens; an input has ${longest}.`
    throw new RequestRefused(errorReply(400, 'context_length_exceeded', message))
  }
  return { model, inputs, asBase64: format === 'base64' }
}

/** OpenAI refuses an empty text. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function dataJson({ inputs, asBase64 }: EmbeddingsRequest): string {
  const written = asBase64 ? base64Of : (vector: readonly number[]) => vector
  return JSON.stringify(
    inputs.map((input, index) => ({ object: 'embedding', index, embedding: written(vectorOf(input)) })),
  )
}

/** 32-bit numbers, the lowest byte first whatever the machine. */
function base64Of(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * Float32Array.BYTES_PER_ELEMENT)
  for (const [place, component] of vector.entries())
    bytes.writeFloatLE(component, place * Float32Array.BYTES_PER_ELEMENT)
  return bytes.toString('base64')
}

function embeddingsReply({ id, model, promptTokens, promptCostUsd, timelineMs }: Generation, data: string): Reply {
  const usage = `{"prompt_tokens":${promptTokens},"total_tokens":${promptTokens},"cost":${formatUsd(promptCostUsd)}}`
  return {
    status: 200,
    headers: { 'content-type': 'application/json', 'x-generation-id': id },
    writes: [
      {
        atMs: timelineMs[0] ?? 0,
        text: `{"id":"${id}","object":"list","provider":"Simulator","model":${JSON.stringify(model)},"data":${data},"usage":${usage}}`,
      },
    ],
    ending: 'end',
  }
}

/** As for completions, but for what shows inside a body. Vectors do not stream: what would break off amid them fails before. */
function failed(
  kind: Exclude<Misbehaviour, 'ok'>,
  generation: Generation,
  reply: () => Reply,
  now: Date,
): FailedAttempt {
  if (kind === 'truncated') return { reply: cutShort(reply()), generation }
  if (kind === 'empty') {
    const nothing = unbilled(generation, null)
    return { reply: embeddingsReply(nothing, '[]'), generation: nothing }
  }
  return misbehave(kind === 'mid-stream-error' ? '502' : kind, generation, now)
}
