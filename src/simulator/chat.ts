/** What happens to one completion request? From its body to the reply and the generation to be billed. */
import type { Clock } from '../lib/clock.ts'
import { key128 } from '../lib/hash.ts'
import { times } from '../lib/usd.ts'
import { createFate, createThrottle, DEFAULT_LATENCY, timelineOf } from './behaviour.ts'
import type { Catalogue } from './catalogue.ts'
import { rateLimitReply } from './errors.ts'
import { answerReply, misbehave } from './misbehaviour.ts'
import type { Oracle } from './oracle.ts'
import { readChatRequest } from './request.ts'
import type { ChatRequest } from './request.ts'
import { completionTokens, firstTokens, promptTokens } from './tokens.ts'
import type { Reply, SimulatorOptions } from './types.ts'
import { piecesOf } from './wire.ts'
import type { Generation } from './wire.ts'

export interface ChatOutcome {
  readonly kind: 'completed' | 'failed' | 'rateLimited'
  readonly reply: Reply
  /** What is billed, at its cost; null when nothing was generated. */
  readonly generation: Generation | null
}

/** Answers one body, given how many others are in progress. Throws RequestRefused for a request that cannot be served. */
export type Chat = (bodyText: string, inFlight: number) => ChatOutcome

export function createChat(options: SimulatorOptions, oracle: Oracle, catalogue: Catalogue, clock: Clock): Chat {
  const latency = { ...DEFAULT_LATENCY, ...options.latency }
  const fate = createFate(options)
  const throttle = createThrottle(options, clock)

  const generate = (request: ChatRequest, bodyHash: string): Generation => {
    const prices = catalogue.pricesOf(request.model)
    const answer = oracle.answer(request.model, request.messages, request.seed).text
    const text = firstTokens(answer, request.maxTokens)
    const tokensIn = promptTokens(request.messages)
    const tokensOut = completionTokens(text)
    const pieces = piecesOf(text)
    return {
      id: `gen-${bodyHash}`,
      model: request.model,
      createdS: Math.floor(clock.wallTime().getTime() / 1000),
      streamed: request.stream,
      pieces,
      finishReason: text === answer ? 'stop' : 'length',
      promptTokens: tokensIn,
      completionTokens: tokensOut,
      promptCostUsd: times(prices.prompt, tokensIn),
      completionCostUsd: times(prices.completion, tokensOut),
      timelineMs: timelineOf(bodyHash, Math.max(1, pieces.length), tokensOut, latency),
    }
  }

  return (bodyText, inFlight) => {
    const request = readChatRequest(bodyText)
    const bodyHash = key128(bodyText)
    const generation = generate(request, bodyHash)
    const refusal = throttle.admit(inFlight)
    if (refusal !== null) {
      return { kind: 'rateLimited', reply: rateLimitReply(refusal, clock.wallTime()), generation: null }
    }
    const misbehaviour = fate.next(bodyHash)
    if (misbehaviour === 'ok') return { kind: 'completed', reply: answerReply(generation), generation }
    return { kind: 'failed', ...misbehave(misbehaviour, generation, clock.wallTime()) }
  }
}
