/** What does a completion request get? From its body to the reply and the generation to be billed. */
import type { Clock } from '../lib/clock.ts'
import { key128 } from '../lib/hash.ts'
import { times } from '../lib/usd.ts'
import type { Attempts, Endpoint } from './attempts.ts'
import { DEFAULT_LATENCY, timelineOf } from './behaviour.ts'
import type { Catalogue } from './catalogue.ts'
import { answerReply, misbehave } from './misbehaviour.ts'
import { readChatRequest } from './request.ts'
import type { ChatRequest } from './request.ts'
import { completionTokens, firstTokens, promptTokens } from './tokens.ts'
import type { SimulatorOptions } from './types.ts'
import { piecesOf } from './wire.ts'
import type { Generation } from './wire.ts'

export interface ChatServices {
  readonly catalogue: Catalogue
  readonly attempts: Attempts
  /** The text that a model answers with. */
  readonly answer: (request: ChatRequest) => string
  readonly clock: Clock
}

export function createChat(
  options: Pick<SimulatorOptions, 'latency'>,
  { catalogue, attempts, answer, clock }: ChatServices,
): Endpoint {
  const latency = { ...DEFAULT_LATENCY, ...options.latency }

  const generate = (request: ChatRequest, bodyHash: string): Generation => {
    const prices = catalogue.pricesOf(request.model)
    const whole = answer(request)
    const text = firstTokens(whole, request.maxTokens)
    const tokensIn = promptTokens(request.messages)
    const tokensOut = completionTokens(text)
    const pieces = piecesOf(text)
    return {
      id: `gen-${bodyHash}`,
      model: request.model,
      createdS: Math.floor(clock.wallTime().getTime() / 1000),
      streamed: request.stream,
      pieces,
      finishReason: text === whole ? 'stop' : 'length',
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
    return attempts(bodyHash, inFlight, {
      generation,
      reply: () => answerReply(generation),
      fail: (kind, now) => misbehave(kind, generation, now),
    })
  }
}
