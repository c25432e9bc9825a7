/** A chat-completions server on loopback that bills what it generates, whether or not the client is there to hear of it. */
import { hash01 } from '../../src/lib/hash.ts'
import { times, toNumber, type Usd, ZERO_USD } from '../../src/lib/usd.ts'
import { promptTokensBound } from '../../src/prompt/tokens.ts'
import type { Message } from '../../src/prompt/types.ts'
import type { Answer, Asked, Script } from '../helpers/server.ts'

export interface BillingOptions {
  /** Per token. */
  readonly promptUsd: Usd
  readonly completionUsd: Usd
  /** Share of attempts that go wrong, in percent. */
  readonly failPercent: number
  /** The client waits no longer than this. */
  readonly timeoutMs: number
  readonly seed: number
}

/** The server and its own books. */
export class BillingServer {
  /** It only grows: what it is at the end it never exceeded before. */
  billedUsd = ZERO_USD
  readonly #options: BillingOptions
  readonly #seen = new Map<string, number>()
  readonly #late: Promise<void>[] = []

  constructor(options: BillingOptions) {
    this.#options = options
  }

  /** Resolves when nothing is generated any more. */
  async closed(): Promise<void> {
    await Promise.all(this.#late)
  }

  /** What happens to each request follows from its body and from how often it has come. */
  readonly script: Script = (asked) => {
    const attempt = (this.#seen.get(asked.body) ?? 0) + 1
    this.#seen.set(asked.body, attempt)
    const draw = (what: string): number => hash01(`${this.#options.seed}|${what}|${attempt}|${asked.body}`)
    const generation = this.#generate(asked, draw)
    if (draw('fails') * 100 >= this.#options.failPercent) return this.#answer(generation, draw)
    const failures = [this.#refuses, this.#breaks, this.#breaks, this.#keepsOn]
    return failures[Math.floor(draw('how') * failures.length)]?.(generation) ?? this.#refuses()
  }

  #generate(asked: Asked, draw: (what: string) => number): Generation {
    const { messages, max_tokens: maxTokens } = JSON.parse(asked.body) as { messages: Message[]; max_tokens: number }
    const promptTokens = Math.floor(draw('prompt') * (1 + promptTokensBound(messages, {})))
    const completionTokens = Math.floor(draw('completion') * (1 + maxTokens))
    const { promptUsd, completionUsd } = this.#options
    const costUsd = times(promptUsd, promptTokens) + times(completionUsd, completionTokens)
    return { promptTokens, completionTokens, costUsd }
  }

  /** Told with its cost, with its tokens alone, or with nothing. */
  #answer(generation: Generation, draw: (what: string) => number): Answer {
    const { promptTokens, completionTokens, costUsd } = generation
    const usage = { prompt_tokens: promptTokens, completion_tokens: completionTokens }
    const told = [{ ...usage, cost: toNumber(costUsd) }, usage, undefined][Math.floor(draw('told') * 3)]
    return (response) => {
      this.billedUsd += costUsd
      response.writeHead(200, { 'content-type': 'application/json' })
      const choice = { index: 0, message: { role: 'assistant', content: 'A.' }, finish_reason: 'stop' }
      response.end(JSON.stringify({ id: 'gen-1', choices: [choice], ...(told === undefined ? {} : { usage: told }) }))
    }
  }

  readonly #refuses = (): Answer => (response) => {
    response.writeHead(429, { 'content-type': 'application/json', 'retry-after-ms': '1' })
    response.end(JSON.stringify({ error: { code: 429, message: 'too many' } }))
  }

  /** Generated and billed, but the connection breaks in the middle of the answer. */
  readonly #breaks =
    ({ costUsd }: Generation): Answer =>
    (response) => {
      this.billedUsd += costUsd
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
      response.write('{"id":"gen-1"', () => response.destroy())
    }

  /** Silent for longer than the client waits; then it has generated, and bills. */
  readonly #keepsOn =
    ({ costUsd }: Generation): Answer =>
    () => {
      this.#late.push(
        new Promise((resolve) => {
          setTimeout(() => {
            this.billedUsd += costUsd
            resolve()
          }, this.#options.timeoutMs * 1.5)
        }),
      )
    }
}

interface Generation {
  readonly promptTokens: number
  readonly completionTokens: number
  readonly costUsd: Usd
}
