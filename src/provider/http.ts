/** How does one attempt travel? The edge to the network: its callbacks, its limits and the clock. */
import type { Dispatcher } from 'undici'
import { errorCode, messageOf } from '../lib/errors.ts'
import { type Decoded, type Failure, NO_ANSWER, brokenOff, compressed } from './decode.ts'
import type { EndpointFlags } from './endpoint.ts'
import { type FailedAttempt, type PaidAnswer, errorOfAnswer, errorOfStatus, factsOf, forPeople } from './errors.ts'
import { fieldsOf, nonEmptyText, valueOf, textOf } from './json.ts'
import { type ResponseHeaders, headerOf } from './retry-after.ts'
import { ProviderError } from './types.ts'

/** The largest body that is read: far above any answer, far below what would hurt. */
export const BODY_CAP_BYTES = 32 * 1024 * 1024

/** How much is read of the body of a failure: what it says stands at its start. */
const ERROR_CAP_BYTES = 1024 * 1024

/** How long a server may keep the body open after its last event before the connection is given up. */
const DRAIN_MS = 1000

/** Codes of certificates whose issuer is not known here; a wrong name or date is no question of the issuer. */
const UNKNOWN_AUTHORITY = /SELF_SIGNED|ISSUER_CERT|LEAF_SIGNATURE|CERT_UNTRUSTED/

/** Where and how attempts are sent. */
export interface Wire {
  readonly url: URL
  /** Parts of the URL as undici wants them, cut once. */
  readonly origin: string
  readonly path: string
  /** How messages name the server: its host, but for the simulator, whose port is another each time. */
  readonly name: string
  readonly headers: Readonly<Record<string, string>>
  readonly dispatcher: Dispatcher
  readonly apiKey: string | null
  readonly apiKeyEnv: string | null
  readonly bodyCapBytes: number
  /** What the user can change about it, for hints. */
  readonly flags: EndpointFlags
}

/** What the body of a good answer comes to. One is made for each attempt. */
export interface BodyReader<A extends PaidAnswer> {
  /** True when nothing more is to come but the end of the body. */
  readonly finished: boolean
  /** The headers are there. */
  begin(contentType: string): void
  /** Takes the bytes of one piece, cut anywhere. `atUs`: when the socket read that brought it came. */
  feed(chunk: Buffer, atUs: number): void
  /** The body has ended as it should. */
  end(atUs: number): void
  /** What had arrived of an attempt that is given up. */
  soFar(): PaidAnswer
  /** What it comes to. `broken`: that the connection broke before the end. */
  decoded(broken: Failure | null): Decoded<A>
}

/** A good answer, and how it came. */
export interface Arrival<A> {
  readonly answer: A
  readonly headers: ResponseHeaders
  /** Microseconds since the start of the attempt, as all stamps. */
  readonly headersUs: number
  readonly endUs: number
}

/** Sends one attempt. Rejects with ProviderError; anything else is a mistake of ours. */
export function post<A extends PaidAnswer>(
  wire: Wire,
  body: string,
  reader: BodyReader<A>,
  signal: AbortSignal,
): Promise<Arrival<A>> {
  return new Promise((resolve, reject) => new Attempt(wire, body, reader, signal, resolve, reject).start())
}

/** The id under which the endpoint can tell more of an answer. */
export function generationIdOf(headers: ResponseHeaders, inBody: string | null): string | null {
  return nonEmptyText(headerOf(headers, 'x-generation-id')) ?? inBody
}

/** One exchange, driven by undici's callbacks: no promise and no stream object per chunk, and stamps right at the read. */
class Attempt<A extends PaidAnswer> implements Dispatcher.DispatchHandler {
  readonly #wire: Wire
  readonly #body: string
  readonly #reader: BodyReader<A>
  readonly #signal: AbortSignal
  readonly #resolve: (arrival: Arrival<A>) => void
  readonly #reject: (error: unknown) => void
  readonly #startMs = performance.now()
  #controller: Dispatcher.DispatchController | undefined
  #status = 0
  #headers: ResponseHeaders = {}
  #headersUs = 0
  #bytes = 0
  /** Of the body of a refusal. */
  readonly #chunks: Buffer[] = []
  /** Stamp of the socket read that is being handled; null between reads. */
  #readUs: number | null = null
  #drainTimer: NodeJS.Timeout | undefined
  #settled = false

  constructor(
    wire: Wire,
    body: string,
    reader: BodyReader<A>,
    signal: AbortSignal,
    resolve: (arrival: Arrival<A>) => void,
    reject: (error: unknown) => void,
  ) {
    this.#wire = wire
    this.#body = body
    this.#reader = reader
    this.#signal = signal
    this.#resolve = resolve
    this.#reject = reject
  }

  start(): void {
    if (this.#signal.aborted) {
      this.#onAbort()
      return
    }
    this.#signal.addEventListener('abort', this.#onAbort)
    const { origin, path, headers, dispatcher } = this.#wire
    dispatcher.dispatch({ origin, path, method: 'POST', headers, body: this.#body }, this)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#settled) controller.abort(new Error('given up before it was sent'))
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: ResponseHeaders): void {
    if (status < 200) return
    this.#status = status
    this.#headers = headers
    this.#headersUs = this.#nowUs()
    if (status < 300) this.#reader.begin(headerOf(headers, 'content-type').toLowerCase())
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#settled) return
    if (this.#readUs === null) this.#stampRead()
    this.#bytes += chunk.length
    if (this.#status >= 300 && this.#bytes > ERROR_CAP_BYTES) this.#finish()
    else if (this.#bytes > this.#wire.bodyCapBytes) this.#giveUp(this.#tooLarge())
    else if (this.#status >= 300) this.#chunks.push(chunk)
    else this.#reader.feed(chunk, this.#readUs ?? this.#nowUs())
  }

  onResponseEnd(): void {
    if (this.#status < 300) this.#reader.end(this.#nowUs())
    this.#finish()
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    if (this.#settled) return
    // Undici and the system name their errors; what has neither code nor parser behind it is a mistake of ours.
    if (errorCode(error) === undefined && error.name !== 'HTTPParserError') this.#settle(() => this.#reject(error))
    else if (this.#status === 0) this.#giveUp(this.#unanswered(error))
    else this.#finish(error)
  }

  /** The body has ended, or broke off with `cause`. */
  #finish(cause?: Error): void {
    if (this.#settled) return
    const endUs = this.#nowUs()
    if (this.#status >= 300) {
      this.#giveUp(errorOfStatus(this.#failed(endUs, NO_ANSWER), Buffer.concat(this.#chunks).toString()))
      return
    }
    const encoding = headerOf(this.#headers, 'content-encoding')
    if (encoding !== '' && encoding !== 'identity') {
      this.#giveUp(errorOfAnswer(this.#failed(endUs, NO_ANSWER), compressed(encoding), cause))
      return
    }
    const { answer, failure } = this.#reader.decoded(
      cause === undefined ? null : brokenOff(this.#bytes, messageOf(cause)),
    )
    if (failure !== null) {
      this.#giveUp(errorOfAnswer(this.#failed(endUs, answer), failure, cause))
      return
    }
    this.#settle(() => this.#resolve({ answer, headers: this.#headers, headersUs: this.#headersUs, endUs }))
  }

  readonly #stopDraining = (): void => {
    this.#finish()
    this.#controller?.abort(new Error('the answer is complete, but its body does not end'))
  }

  readonly #onAbort = (): void => {
    // What was wanted is here already; only the end of the body is missing.
    if (this.#reader.finished) {
      this.#stopDraining()
      return
    }
    const reason: unknown = this.#signal.reason
    const [kind, message] =
      reason instanceof ProviderError
        ? [reason.kind, reason.message]
        : (['cancelled', 'cancelled before the answer was complete'] as const)
    const facts = factsOf(this.#failed(this.#nowUs(), this.#reader.soFar()))
    this.#giveUp(new ProviderError(kind, message, { ...facts, ...this.#exposure(), cause: reason }))
  }

  #tooLarge(): ProviderError {
    const message = `the answer is larger than ${this.#wire.bodyCapBytes} bytes`
    const facts = factsOf(this.#failed(this.#nowUs(), this.#reader.soFar()))
    return new ProviderError('body_too_large', message, { ...facts, possiblyBilled: this.#status < 300 })
  }

  /** The connection failed before an answer began. */
  #unanswered(error: Error): ProviderError {
    const { name, url } = this.#wire
    const sent = this.#controller !== undefined
    const happened = sent ? `the connection to ${name} broke before an answer` : `cannot connect to ${name}`
    const reason = (messageOf(error) || `${errorCode(error)}`).replaceAll(url.host, name)
    const hint = UNKNOWN_AUTHORITY.test(`${errorCode(error)}`)
      ? ' Name your own authority with NODE_EXTRA_CA_CERTS.'
      : ''
    return new ProviderError('network', forPeople(`${happened}: ${reason}`, this.#wire) + hint, {
      elapsedUs: this.#nowUs(),
      ...this.#exposure(),
      cause: error,
    })
  }

  /** Until the request has gone out nothing can be billed; an answer of 300 or above is a refusal. */
  #exposure(): { possiblyBilled: boolean; status: number | null } {
    const answered = this.#status !== 0
    return {
      possiblyBilled: this.#controller !== undefined && this.#status < 300,
      status: answered ? this.#status : null,
    }
  }

  #failed(elapsedUs: number, answer: PaidAnswer): FailedAttempt {
    const { url, apiKey, apiKeyEnv, flags } = this.#wire
    return {
      status: this.#status,
      headers: this.#headers,
      answer,
      generationId: generationIdOf(this.#headers, answer.generationId),
      elapsedUs,
      wallTime: new Date(),
      model: textOf(fieldsOf(valueOf(this.#body))['model']),
      url,
      apiKey,
      apiKeyEnv,
      flags,
    }
  }

  #nowUs(): number {
    return Math.round((performance.now() - this.#startMs) * 1000)
  }

  /** All callbacks of one socket read run before the next microtask, so they share one stamp. */
  #stampRead(): void {
    this.#readUs = this.#nowUs()
    queueMicrotask(this.#onReadHandled)
  }

  readonly #onReadHandled = (): void => {
    this.#readUs = null
    if (this.#reader.finished && !this.#settled) this.#drainTimer ??= setTimeout(this.#stopDraining, DRAIN_MS)
  }

  /** Rejects, and closes the connection unless its answer has been read to the end. */
  #giveUp(error: ProviderError): void {
    this.#settle(() => this.#reject(error))
    this.#controller?.abort(error)
  }

  #settle(how: () => void): void {
    this.#settled = true
    if (this.#drainTimer !== undefined) clearTimeout(this.#drainTimer)
    this.#signal.removeEventListener('abort', this.#onAbort)
    how()
  }
}
