/** What does the body of a chat completion come to, whole or as an event stream, and when did its parts arrive? */
import { type Answer, type Decoded, type Failure, NO_ANSWER, decodeBody } from './decode.ts'
import { answerWithoutKey } from './errors.ts'
import { type Arrival, type BodyReader, type Wire, generationIdOf, post } from './http.ts'
import { fieldsOf, valueOf } from './json.ts'
import { rateLimitsOf } from './rate-limits.ts'
import { SseDecoder } from './sse.ts'
import { StreamAccumulator } from './stream.ts'
import type { AttemptTiming, Completion } from './types.ts'

/** A body is asked whether it is an unmarked stream until this much of it was there. */
const UNMARKED_START_BYTES = 16

/** Sends one attempt for a completion. Rejects with ProviderError. */
export async function complete(wire: Wire, body: string, signal: AbortSignal): Promise<Completion> {
  const reader = new ChatReader(body)
  const arrival = await post(wire, body, reader, signal)
  const { answer, headers } = arrival
  return {
    ...answerWithoutKey(answer, wire),
    generationId: generationIdOf(headers, answer.generationId),
    timing: reader.timing(arrival),
    rateLimits: rateLimitsOf(headers),
  }
}

class ChatReader implements BodyReader<Answer> {
  readonly #requestBody: string
  readonly #chunks: Buffer[] = []
  #bytes = 0
  #sse: SseDecoder | undefined
  readonly #stream = new StreamAccumulator()
  /** Stamp of the events that are being decoded. */
  #atUs = 0

  constructor(requestBody: string) {
    this.#requestBody = requestBody
  }

  get finished(): boolean {
    return this.#stream.finished
  }

  begin(contentType: string): void {
    if (contentType.startsWith('text/event-stream')) this.#sse = this.#decoder()
  }

  feed(chunk: Buffer, atUs: number): void {
    this.#atUs = atUs
    if (this.#sse !== undefined) {
      this.#sse.feed(chunk)
      return
    }
    this.#chunks.push(chunk)
    if (this.#bytes < UNMARKED_START_BYTES && this.#isUnmarkedStream()) {
      this.#sse = this.#decoder()
      this.#sse.feed(Buffer.concat(this.#chunks.splice(0)))
    }
    this.#bytes += chunk.length
  }

  end(atUs: number): void {
    this.#atUs = atUs
    this.#sse?.end()
  }

  soFar(): Answer {
    return this.#stream.decoded().answer
  }

  decoded(broken: Failure | null): Decoded {
    if (this.#sse !== undefined) return this.#stream.decoded()
    return broken === null ? decodeBody(this.#bodyText()) : { answer: NO_ANSWER, failure: broken }
  }

  timing({ headersUs, endUs }: Arrival<Answer>): AttemptTiming {
    if (this.#sse !== undefined) return this.#stream.timing(headersUs, endUs)
    return { headersUs, ttftUs: null, firstAnswerUs: null, latencyUs: endUs, endUs, chunks: 0 }
  }

  #decoder(): SseDecoder {
    return new SseDecoder(({ data, event }) => this.#stream.event(data, event, this.#atUs))
  }

  /** Some servers leave out the content type of a stream; no JSON starts like one. */
  #isUnmarkedStream(): boolean {
    return /^\s*(?:data:|:)/.test(this.#bodyText()) && fieldsOf(valueOf(this.#requestBody))['stream'] === true
  }

  #bodyText(): string {
    return Buffer.concat(this.#chunks).toString()
  }
}
