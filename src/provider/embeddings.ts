/** Which vectors came back for the texts? POST /embeddings in OpenAI's contract, read tolerantly and checked strictly. */
import { type Decoded, type Failure, NO_ANSWER, garbage, hiddenError } from './decode.ts'
import type { PaidAnswer } from './errors.ts'
import { type BodyReader, type Wire, post } from './http.ts'
import { type Fields, fieldsOf, itemsOf, nonEmptyText, valueOf } from './json.ts'
import { rateLimitsOf } from './rate-limits.ts'
import type { Embeddings } from './types.ts'
import { readCost, readEmbeddingUsage } from './usage.ts'

const BYTES_PER_NUMBER = Float32Array.BYTES_PER_ELEMENT

/** Embeddings but for what their body does not tell. */
type VectorAnswer = PaidAnswer & Pick<Embeddings, 'vectors' | 'usage' | 'servedModel'>

const NO_VECTORS: VectorAnswer = { ...NO_ANSWER, vectors: [] }

/** Sends one attempt for embeddings. Rejects with ProviderError. */
export async function embed(wire: Wire, body: string, signal: AbortSignal): Promise<Embeddings> {
  const reader = new EmbeddingsReader(itemsOf(fieldsOf(valueOf(body))['input']).length)
  const { answer, headers, endUs } = await post(wire, body, reader, signal)
  const { vectors, usage, reportedCostUsd, servedModel } = answer
  return {
    vectors,
    usage,
    reportedCostUsd,
    servedModel,
    rateLimits: rateLimitsOf(headers),
    timing: { latencyUs: endUs },
  }
}

class EmbeddingsReader implements BodyReader<VectorAnswer> {
  /** Nothing of a body that is read as a whole can be had before its end. */
  readonly finished = false
  readonly #inputs: number
  readonly #chunks: Buffer[] = []

  constructor(inputs: number) {
    this.#inputs = inputs
  }

  begin(): void {}

  feed(chunk: Buffer): void {
    this.#chunks.push(chunk)
  }

  end(): void {}

  soFar(): PaidAnswer {
    return NO_ANSWER
  }

  decoded(broken: Failure | null): Decoded<VectorAnswer> {
    if (broken !== null) return { answer: NO_VECTORS, failure: broken }
    return decodeEmbeddings(Buffer.concat(this.#chunks).toString(), this.#inputs)
  }
}

/** Decodes the body of an answer to so many inputs. */
export function decodeEmbeddings(text: string, inputs: number): Decoded<VectorAnswer> {
  const parsed = valueOf(text.trim())
  const body = fieldsOf(parsed)
  if (parsed !== body) return { answer: NO_VECTORS, failure: garbage(text, 'list of embeddings') }
  const told = {
    ...NO_VECTORS,
    usage: readEmbeddingUsage(body['usage']),
    reportedCostUsd: readCost(body['usage']),
    servedModel: nonEmptyText(body['model']),
    generationId: nonEmptyText(body['id']),
  }
  const failure = hiddenError(body, {}) ?? (Array.isArray(body['data']) ? null : garbage(text, 'list of embeddings'))
  if (failure !== null) return { answer: told, failure }
  const vectors = orderedVectors(itemsOf(body['data']).map(fieldsOf), inputs)
  return typeof vectors === 'string'
    ? { answer: told, failure: { by: 'us', kind: 'invalid_response', message: vectors } }
    : { answer: { ...told, vectors }, failure: null }
}

/** The vectors in the order of the inputs, or what is wrong with them. */
function orderedVectors(items: readonly Fields[], inputs: number): readonly Float32Array[] | string {
  if (items.length !== inputs) return `the answer has ${items.length} embeddings for ${inputs} inputs`
  const vectors: Float32Array[] = []
  for (const [place, item] of items.entries()) {
    // A server that leaves out the index answers in order.
    const index = item['index'] ?? place
    if (!isIndexBelow(index, inputs)) return `an embedding of the answer has the index ${JSON.stringify(index)}`
    if (vectors[index] !== undefined) return `the answer has two embeddings with the index ${index}`
    const vector = readVector(item['embedding'])
    if (vector === null) return `embedding ${index} of the answer is no list of finite numbers`
    vectors[index] = vector
  }
  const dimension = vectors[0]?.length ?? 0
  const other = vectors.find(({ length }) => length !== dimension)
  return other === undefined ? vectors : `the embeddings of the answer have ${dimension} and ${other.length} dimensions`
}

function isIndexBelow(index: unknown, inputs: number): index is number {
  return typeof index === 'number' && Number.isInteger(index) && index >= 0 && index < inputs
}

/** Numbers, or their bytes as base64 (little-endian, whatever the machine); null when it is neither, empty or not finite. */
function readVector(value: unknown): Float32Array | null {
  const vector = typeof value === 'string' ? fromBase64(value) : fromNumbers(itemsOf(value))
  return vector !== null && vector.length > 0 && vector.every(Number.isFinite) ? vector : null
}

function fromNumbers(items: readonly unknown[]): Float32Array | null {
  return items.every((item) => typeof item === 'number') ? Float32Array.from(items) : null
}

function fromBase64(text: string): Float32Array | null {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length % BYTES_PER_NUMBER !== 0) return null
  return Float32Array.from({ length: bytes.length / BYTES_PER_NUMBER }, (_, place) =>
    bytes.readFloatLE(place * BYTES_PER_NUMBER),
  )
}
