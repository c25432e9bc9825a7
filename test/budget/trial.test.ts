/**
 * Does the budget hold, whatever happens? Real dispatch, real trials and the real budget against a played server that keeps its
 * own bill, in played time: hundreds of runs in seconds.
 */
import * as fc from 'fast-check'
import pLimit from 'p-limit'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Sample } from '../../src/dataset/types.ts'
import { dispatch } from '../../src/dispatch/dispatch.ts'
import { Pace } from '../../src/dispatch/pace.ts'
import type { Journal } from '../../src/journal/journal.ts'
import { randomFrom } from '../../src/lib/random.ts'
import { times, type Usd, ZERO_USD } from '../../src/lib/usd.ts'
import { Budget, type Reservation } from '../../src/plan/budget.ts'
import { costOf, worstCost } from '../../src/plan/cost.ts'
import { trialsInOrder } from '../../src/plan/trials.ts'
import type { PriceRow } from '../../src/plan/types.ts'
import { textPrompt } from '../../src/prompt/parse.ts'
import { promptTokensBound } from '../../src/prompt/tokens.ts'
import type { Message } from '../../src/prompt/types.ts'
import { type Completion, type ErrorKind, type Provider, ProviderError, type Usage } from '../../src/provider/types.ts'
import { settleTrial, type TrialContext } from '../../src/run/trial.ts'
import { NO_JUDGES } from '../score/helpers.ts'
import { POLICY } from '../dispatch/play.ts'
import { JumpingClock } from '../dispatch/simulated.ts'

/** One run: what is asked, at which prices, and how much may be spent. */
interface Case {
  readonly rows: number
  readonly concurrency: number
  readonly retries: number
  readonly maxTokens: number
  /** Units of 10⁻²⁴ dollars per token: how small a unit is makes no difference to the budget. */
  readonly promptPrice: number
  readonly completionPrice: number
  /** Of what all rows cost in the worst case without a retry. */
  readonly budgetPercent: number
  /** Share of attempts that fail, in percent. */
  readonly failPercent: number
  /** Judge calls at once; 0: nothing is judged. */
  readonly judges: number
  readonly judgePrice: number
  readonly seed: number
}

const cases = fc.record<Case>({
  rows: fc.integer({ min: 1, max: 40 }),
  concurrency: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 200 })),
  retries: fc.integer({ min: 0, max: 4 }),
  maxTokens: fc.integer({ min: 1, max: 500 }),
  promptPrice: fc.integer({ min: 0, max: 30 }),
  completionPrice: fc.integer({ min: 1, max: 90 }),
  budgetPercent: fc.oneof(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 300 })),
  failPercent: fc.constantFrom(0, 20, 60, 95),
  judges: fc.constantFrom(0, 1, 4, 50),
  judgePrice: fc.integer({ min: 1, max: 20_000 }),
  seed: fc.nat(),
})

/** Kinds that a trial can fail with, but for those that end the whole run. */
const REFUSALS: readonly ErrorKind[] = ['rate_limited', 'overloaded', 'provider_error', 'invalid_request', 'blocked']
const BROKEN: readonly ErrorKind[] = ['network', 'timeout', 'truncated', 'invalid_response', 'empty', 'gateway_timeout']

/** A budget that is looked at whenever something changes, and that knows what it is holding back. */
class WatchedBudget extends Budget {
  readonly limitUsd: Usd
  reservedUsd = ZERO_USD
  readonly refusedUsd: Usd[] = []
  /** What the server has billed so far. */
  billedUsd = ZERO_USD
  /** The sums when the promise was broken for the first time. */
  broken: string | undefined

  constructor(limitUsd: Usd, stop: AbortSignal) {
    super(limitUsd, stop)
    this.limitUsd = limitUsd
  }

  override async reserve(worstUsd: Usd, model: string): Promise<Reservation | null> {
    const reservation = await super.reserve(worstUsd, model)
    if (reservation === null) this.refusedUsd.push(worstUsd)
    else this.reservedUsd += reservation.usd
    this.check()
    return reservation
  }

  override settle(reservation: Reservation, outcome: Parameters<Budget['settle']>[1]): void {
    super.settle(reservation, outcome)
    this.reservedUsd -= reservation.usd
    this.check()
  }

  bill(usd: Usd): void {
    this.billedUsd += usd
    this.check()
  }

  /** The promise: the bill ≤ settled + reserved + possibly billed ≤ the limit. */
  check(): void {
    const accounted = this.committedUsd + this.reservedUsd
    const sums = `${this.billedUsd} billed, ${accounted} accounted for, ${this.limitUsd} allowed`
    if (accounted > this.limitUsd || this.billedUsd > accounted) this.broken ??= sums
  }
}

/** Everything that happens in one run, drawn from its seed. */
class World {
  readonly clock = new JumpingClock()
  readonly stopper = new AbortController()
  readonly budget: WatchedBudget
  readonly case: Case
  readonly price: PriceRow
  /** Bills that come when the client is gone. */
  readonly late: Promise<void>[] = []
  readonly #random

  constructor(one: Case) {
    this.case = one
    this.#random = randomFrom(`budget|${one.seed}`)
    this.price = {
      model: 'acme/large',
      promptUsd: BigInt(one.promptPrice),
      completionUsd: BigInt(one.completionPrice),
      cacheReadUsd: null,
      cacheWriteUsd: null,
      reasoningUsd: null,
      requestUsd: null,
      source: 'a test',
      asOf: null,
    }
    const allUsd = Array.from({ length: one.rows }, (_, row) =>
      this.worstUsd([{ role: 'user', content: questionOf(row) }]),
    )
    const limitUsd = (allUsd.reduce((sum, usd) => sum + usd, ZERO_USD) * BigInt(one.budgetPercent)) / 100n
    this.budget = new WatchedBudget(limitUsd, this.stopper.signal)
  }

  worstUsd(messages: readonly Message[]): Usd {
    return worstCost(promptTokensBound(messages, {}), this.case.maxTokens, this.price)
  }

  /** A whole number from 0 to `most`. */
  upTo(most: number): number {
    return Math.floor(this.#random.uniform() * (most + 1))
  }

  oneOf<T>(list: readonly T[]): T {
    const item = list[this.upTo(list.length - 1)]
    if (item === undefined) throw new Error('nothing to choose from')
    return item
  }

  /** Part of an amount. */
  partOf(usd: Usd): Usd {
    return (usd * BigInt(this.upTo(100))) / 100n
  }

  /** One attempt as the server sees it: it works, it bills, and the client may or may not hear of it. */
  async complete(body: string): Promise<Completion> {
    const { messages } = JSON.parse(body) as { messages: Message[] }
    await this.clock.sleep(this.upTo(20))
    if (this.upTo(99) >= this.case.failPercent) return this.#answer(messages)
    const refused = this.oneOf([true, false])
    if (refused) throw new ProviderError(this.oneOf(REFUSALS), 'refused', { retryAfterMs: this.upTo(5) })
    const costUsd = this.partOf(this.worstUsd(messages))
    if (this.oneOf([true, false])) {
      this.budget.bill(costUsd)
      throw new ProviderError(this.oneOf(BROKEN), 'broken', { possiblyBilled: true, reportedCostUsd: costUsd })
    }
    // The client gives up; the server goes on, and bills when it has finished.
    this.late.push(this.clock.sleep(this.upTo(200)).then(() => this.budget.bill(costUsd)))
    throw new ProviderError(this.oneOf(BROKEN), 'gone', { possiblyBilled: true, retryAfterMs: this.upTo(5) })
  }

  /** Reported with its cost, with its tokens alone, or without either. */
  #answer(messages: readonly Message[]): Completion {
    const usage: Usage = {
      promptTokens: this.upTo(promptTokensBound(messages, {})),
      completionTokens: this.upTo(this.case.maxTokens),
      reasoningTokens: null,
      cachedTokens: null,
      cacheWriteTokens: null,
    }
    const costUsd = costOf(usage, this.price)
    this.budget.bill(costUsd)
    const told = this.oneOf(['cost', 'tokens', 'nothing'])
    return {
      text: 'A.',
      reasoningText: '',
      refusal: null,
      toolCalls: [],
      finishReason: 'stop',
      usage: told === 'nothing' ? null : usage,
      reportedCostUsd: told === 'cost' ? costUsd : null,
      servedModel: null,
      servedProvider: null,
      generationId: null,
      systemFingerprint: null,
      serviceTier: null,
      rateLimits: null,
      timing: { headersUs: 1, ttftUs: 1, firstAnswerUs: 1, latencyUs: 1, endUs: 1, chunks: 1 },
    }
  }

  /** A call of another kind, to another model, that an answer leads to: it draws on the same budget. */
  async judge(): Promise<void> {
    const worstUsd = times(BigInt(this.case.judgePrice), 1 + this.upTo(3))
    const reservation = await this.budget.reserve(worstUsd, 'acme/judge')
    if (reservation === null) return
    await this.clock.sleep(this.upTo(30))
    const costUsd = this.partOf(worstUsd)
    this.budget.bill(costUsd)
    this.budget.settle(reservation, this.oneOf(['possibly billed', { costUsd }]))
  }
}

function questionOf(row: number): string {
  return `Question ${row}${' and so on'.repeat(row % 7)}?`
}

function sampleOf(row: number): Sample {
  const question = questionOf(row)
  return {
    id: `q${row}`,
    line: row + 2,
    vars: { question },
    expected: [],
    assertions: [],
    metadata: {},
    prefix: '',
    suffix: '',
  }
}

/** Takes its time, as a disk does. */
function playedJournal({ clock, upTo }: { clock: JumpingClock; upTo: (most: number) => number }): Journal {
  const written = (): Promise<void> => clock.sleep(upTo(3))
  const nothing = (): void => {}
  const journal: Partial<Journal> = {
    started: written,
    settled: written,
    retrying: nothing,
    scored: nothing,
    noted: nothing,
  }
  return journal as Journal
}

/** Plays a run; resolves with how each trial ended. */
async function run(world: World): Promise<string[]> {
  const { clock, budget, stopper, price } = world
  const { rows, concurrency, retries, maxTokens, judges } = world.case
  const policy = { ...POLICY, concurrency, retries, trialTimeoutMs: 60_000 }
  const provider: Provider = {
    identity: 'played',
    encode: ({ messages }) => JSON.stringify({ messages }),
    complete: (body) => world.complete(body),
    encodeEmbedding: () => '',
    embed: () => Promise.reject(new Error('no embeddings are asked for')),
    close: async () => {},
  }
  const pace = new Pace(policy, { clock, stop: stopper.signal, probing: () => {}, giveUp: () => stopper.abort() })
  const context: TrialContext = {
    clock,
    random: randomFrom(`jitter|${world.case.seed}`),
    stop: stopper.signal,
    pace,
    policy,
    prompts: [textPrompt('question', '{{question}}', null)],
    models: [{ slug: price.model, price, contextTokens: null }],
    sampleOf: ({ sampleIndex }) => sampleOf(sampleIndex),
    request: { maxTokens, temperature: null, stream: false, params: {} },
    seed: 0,
    provider,
    score: () => ({ pass: null, score: null, scores: {}, reason: '', isFinal: true }),
    judgesOf: () => ({ ...NO_JUDGES, costUsd: () => ZERO_USD, failure: () => undefined }),
    replay: null,
    budget,
    journal: playedJournal({ clock, upTo: (most) => world.upTo(most) }),
    cache: null,
    scoring: '',
    clusterColumn: null,
    scoringPass: 1,
    carried: new Map(),
    giveUp: () => stopper.abort(),
  }
  const judgeSlots = pLimit(Math.max(1, judges))
  const ends: string[] = []
  const settle = async (trial: Parameters<typeof settleTrial>[0]): Promise<void> => {
    const end = await settleTrial(trial, context)
    ends.push(end.kind === 'settled' ? end.record.status : end.kind)
    if (end.kind === 'settled' && end.record.status === 'completed' && judges > 0) await judgeSlots(() => world.judge())
  }
  const order = Uint32Array.from({ length: rows }, (_, row) => row)
  const trials = trialsInOrder(order, { samples: rows, prompts: 1, models: 1, epochs: 1 })
  const over = dispatch(trials, settle, pace, stopper.signal).finally(() => pace.close())
  await clock.runUntil(over)
  await clock.runUntil(Promise.all(world.late))
  return ends
}

test('settled, reserved and possibly billed cover the bill and stay within the budget at every instant', async () => {
  const seen = new Map<string, number>()
  await fc.assert(
    fc.asyncProperty(cases, async (one) => {
      const world = new World(one)
      const ends = await run(world)
      for (const end of ends) seen.set(end, (seen.get(end) ?? 0) + 1)
      const { budget } = world
      assert.is(budget.broken, undefined)
      assert.is(budget.reservedUsd, ZERO_USD, 'nothing stays reserved')
      const unusedUsd = budget.limitUsd - budget.committedUsd
      // Every refusal was final: money that was too little then has not become more.
      for (const usd of budget.refusedUsd) assert.ok(unusedUsd < usd, `${unusedUsd} unused, ${usd} refused`)
      if (!world.stopper.signal.aborted) assert.is(ends.length, one.rows)
      if (ends.includes('budget')) assert.ok(budget.refusedUsd.length > 0)
    }),
    { numRuns: 1_000, includeErrorInReport: true },
  )
  // What was to be tried has been tried.
  for (const end of ['completed', 'failed', 'budget']) assert.ok((seen.get(end) ?? 0) > 100, `${end}: ${seen.get(end)}`)
})

test.run()
