/** What does each kind of failure look like to the client, and what does it cost? */
import { ZERO_USD } from '../lib/usd.ts'
import { errorReply, rateLimitReply, statusReply } from './errors.ts'
import type { Misbehaviour, Reply } from './types.ts'
import { completionJson, streamParts } from './wire.ts'
import type { Generation } from './wire.ts'

/** A failed attempt, and what is booked for it; null when generation never began. */
export interface FailedAttempt {
  readonly reply: Reply
  readonly generation: Generation | null
}

type Play = (generation: Generation, now: Date) => FailedAttempt

/** The table of everything a script may name; see the type for what each means. */
const PLAYS: Readonly<Record<Exclude<Misbehaviour, 'ok'>, Play>> = {
  '401': refused('401'),
  '402': refused('402'),
  '403': refused('403', { reasons: ['simulated'], flagged_input: '', provider_name: 'Simulator' }),
  '404': refused('404'),
  '408': refused('408'),
  '429': (_, now) => ({ reply: rateLimitReply({ limit: 1, retryAfterMs: 1000 }, now), generation: null }),
  '500': providerFailed('500'),
  '502': providerFailed('502', { raw: '{"object":"error","message":"Service unavailable (simulated)."}' }),
  '503': providerFailed('503'),
  '504': providerFailed('504'),
  '529': providerFailed('529'),
  'context-overflow': ({ promptTokens }) => ({
    reply: errorReply(
      400,
      'context_length_exceeded',
      `The maximum context length of this model is ${promptTokens - 1} tokens; the request has ${promptTokens}.`,
    ),
    generation: null,
  }),
  html: () => ({
    reply: {
      status: 502,
      headers: { 'content-type': 'text/html' },
      writes: [{ atMs: 0, text: '<html><body><h1>502 Bad Gateway</h1></body></html>\n' }],
      ending: 'end',
    },
    generation: null,
  }),
  'error-in-200': (generation) => {
    const failed = providerFailed('502')(generation)
    return { ...failed, reply: { ...failed.reply, status: 200 } }
  },
  'mid-stream-error': (generation) => broken(half(generation), 'error'),
  empty: (generation) => broken({ ...generation, pieces: [], completionTokens: 0 }, null),
  truncated: (generation) => ({ reply: cutShort(answerReply(generation)), generation }),
  'hang-up': (generation) => ({ reply: unanswered('hang-up'), generation }),
  silence: (generation) => ({ reply: unanswered('silence'), generation }),
}

/** Names for a script, as typed by people. */
export const MISBEHAVIOURS: readonly string[] = ['ok', ...Object.keys(PLAYS)]

export function isMisbehaviour(name: string): name is Misbehaviour {
  return MISBEHAVIOURS.includes(name)
}

/** One failed attempt at what would have been this generation. */
export function misbehave(kind: Exclude<Misbehaviour, 'ok'>, generation: Generation, now: Date): FailedAttempt {
  return PLAYS[kind](generation, now)
}

/** The reply with a whole answer in it, streamed when the client asked for a stream. */
export function answerReply(generation: Generation): Reply {
  const { timelineMs, streamed } = generation
  const readyMs = timelineMs.at(-1) ?? 0
  const id = { 'x-generation-id': generation.id }
  if (!streamed) {
    const text = completionJson(generation)
    return {
      status: 200,
      headers: { 'content-type': 'application/json', ...id },
      writes: [{ atMs: readyMs, text }],
      ending: 'end',
    }
  }
  const { head, deltas, tail } = streamParts(generation)
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache', ...id },
    writes: [
      { atMs: 0, text: head },
      ...deltas.map((text, place) => ({ atMs: timelineMs[place] ?? readyMs, text })),
      { atMs: readyMs, text: tail },
    ],
    ending: 'end',
  }
}

/** Turned away before a provider saw it. */
function refused(
  status: '401' | '402' | '403' | '404' | '408',
  metadata: Readonly<Record<string, unknown>> = {},
): Play {
  return () => ({ reply: statusReply(status, { metadata }), generation: null })
}

/** Failed at the provider, after the time to its first token; it has a generation id and costs nothing. */
function providerFailed(
  status: '500' | '502' | '503' | '504' | '529',
  metadata: Readonly<Record<string, unknown>> = {},
): (generation: Generation) => FailedAttempt {
  return (generation) => ({
    reply: statusReply(status, {
      metadata: { provider_name: 'Simulator', ...metadata },
      headers: { 'x-generation-id': generation.id },
      atMs: generation.timelineMs[0] ?? 0,
    }),
    generation: unbilled({ ...generation, pieces: [], completionTokens: 0 }, 'error'),
  })
}

/** A 200 with an abnormal end, which OpenRouter does not bill. */
function broken(generation: Generation, finishReason: 'error' | null): FailedAttempt {
  const failed = unbilled(generation, finishReason)
  return { reply: answerReply(failed), generation: failed }
}

/** The same generation at no cost. */
export function unbilled(generation: Generation, finishReason: 'error' | null): Generation {
  return { ...generation, finishReason, promptCostUsd: ZERO_USD, completionCostUsd: ZERO_USD }
}

/** The first half of the pieces, at least one when there is any. */
function half(generation: Generation): Generation {
  const kept = Math.ceil(generation.pieces.length / 2)
  return {
    ...generation,
    pieces: generation.pieces.slice(0, kept),
    timelineMs: generation.timelineMs.slice(0, Math.max(1, kept)),
    completionTokens: Math.ceil(generation.completionTokens / 2),
  }
}

/** The body up to about its middle, and then its regular end. */
export function cutShort(reply: Reply): Reply {
  const [only, ...more] = reply.writes
  const writes =
    only !== undefined && more.length === 0
      ? [{ ...only, text: only.text.slice(0, only.text.length / 2) }]
      : reply.writes.slice(0, Math.ceil(reply.writes.length / 2))
  return { ...reply, writes }
}

function unanswered(ending: 'hang-up' | 'silence'): Reply {
  return { status: 200, headers: {}, writes: [], ending }
}
