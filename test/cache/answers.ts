/** Answers as a run would keep them, and a cache in a folder. */
import { readdirSync } from 'node:fs'
import { openCache, type ResponseCache } from '../../src/cache/index.ts'
import type { CachedAnswer } from '../../src/cache/types.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { key128 } from '../../src/lib/hash.ts'

export const forever: AbortSignal = new AbortController().signal

export function answer(output: string, changes: Partial<CachedAnswer> = {}): CachedAnswer {
  return {
    model: 'mistralai/mistral-small',
    output,
    reasoning: '',
    refusal: null,
    toolCalls: [],
    finishReason: 'stop',
    promptTokens: 18,
    completionTokens: 2,
    reasoningTokens: 0,
    cachedTokens: null,
    tokensSource: 'reported',
    costUsd: '0.0000048',
    costSource: 'reported',
    servedModel: 'mistralai/mistral-small-2409',
    servedProvider: 'Mistral',
    generationId: 'gen-1',
    systemFingerprint: null,
    serviceTier: null,
    runId: '20250115T100000Z-qa-abc123',
    at: '2025-01-15T10:00:00.000Z',
    ...changes,
  }
}

/** The key of a question. */
export const keyOf = (question: string): string => key128(question)

/** Opens the cache of a folder and closes it whatever happens. */
export async function withCache<T>(dir: string, use: (cache: ResponseCache) => T): Promise<T> {
  const cache = await openCache(dir, { clock: systemClock, interrupt: forever })
  try {
    return use(cache)
  } finally {
    await cache.close()
  }
}

/** Keeps an answer to each question in a session of its own. */
export async function keep(dir: string, answers: Readonly<Record<string, CachedAnswer>>): Promise<void> {
  await withCache(dir, (cache) => {
    for (const [question, kept] of Object.entries(answers)) cache.put(keyOf(question), kept)
  })
}

/** What a new session finds for a question. */
export function found(dir: string, question: string): Promise<CachedAnswer | undefined> {
  return withCache(dir, (cache) => cache.get(keyOf(question)))
}

/** The names of the segments, oldest first. */
export function segments(dir: string): string[] {
  return readdirSync(dir)
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
}
