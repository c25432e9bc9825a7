/**
 * How do scorers come to a judge's answer? Through the same dispatch, budget, journal and cache as the answers of the models,
 * with slots of their own: a trial that waits for its judge holds none.
 */
import type { ResponseCache } from '../cache/index.ts'
import { attemptUntilSettled } from '../dispatch/dispatch.ts'
import { RETRY_TABLE } from '../dispatch/retry.ts'
import type { DispatchContext, DispatchPolicy } from '../dispatch/types.ts'
import { type JudgeCosts, NO_JUDGE_COSTS, withJudgeRecord } from '../journal/judge-costs.ts'
import type { JudgeRecord } from '../journal/types.ts'
import { key128 } from '../lib/hash.ts'
import { messageOf } from '../lib/errors.ts'
import type { KeyTable } from '../lib/key-table.ts'
import { formatUsd, parseUsd, type Usd, ZERO_USD } from '../lib/usd.ts'
import { refusesSchema } from '../provider/index.ts'
import type { ErrorKind, ProviderError } from '../provider/types.ts'
import { type JudgeQuestion, type Judges, NotJudged } from '../score/types.ts'
import { cachedJudgement } from './answer-cache.ts'
import { Attempts, type AttemptsContext } from './attempts.ts'
import {
  embeddingCall,
  type JudgeCall,
  judgeCall,
  type JudgeModel,
  type Judgement,
  type Lenience,
  refusesTemperature,
  STRICT,
} from './judge-calls.ts'
import type { PreparedTrial } from './prepare-trial.ts'
import { type Losses, NOTHING_LOST, sumOfLosses } from './record.ts'

/** The judges of one answer, and what they have cost. */
export interface TrialJudges extends Judges {
  /** Of all calls so far, whenever they were paid; null when one of them is unknown. */
  costUsd(): Usd | null
  /** What went wrong here and not with the judge, such as a full disk: no score may be made of it. Undefined: nothing. */
  failure(): unknown
}

/** Who is asked, and by which rules. */
export interface JudgingOptions {
  /** The panel, in its order. */
  readonly judges: readonly JudgeModel[]
  readonly panel: Judges['panel']
  readonly maxTokens: number
  /** Null: no scorer may ask for embeddings. */
  readonly embeddings: JudgeModel | null
  readonly seed: number
  /** Names the run that pays for what the cache keeps. */
  readonly runId: string
  /** Sets apart what simulated judges answer under each version of the simulator. */
  readonly cacheScope: string
}

export interface JudgingContext extends DispatchContext, AttemptsContext {
  readonly policy: DispatchPolicy
  readonly cache: ResponseCache | null
  /** Answers of earlier sessions: where they stand, and how they are read. */
  readonly judgedAt: KeyTable
  readonly recordAt: (offset: number) => JudgeRecord
  /** The failure of one call is the failure of all: no key, no money, no such model. */
  giveUp(error: ProviderError): void
}

/** The failure lies in what is judged: asked again it would end in the same way. */
class Unjudgeable extends Error {
  override readonly name = 'Unjudgeable'
}

/** Failures of the question itself. */
const FINAL: ReadonlySet<ErrorKind> = new Set(['context_overflow', 'payload_too_large', 'blocked'])

export class Judging {
  readonly #options: JudgingOptions
  readonly #context: JudgingContext
  readonly #judges: ReadonlyMap<string, JudgeModel>
  /** By model: what it has refused. */
  readonly #lenience = new Map<string, Lenience>()
  #costs: JudgeCosts = NO_JUDGE_COSTS
  #unsettled: Losses = NOTHING_LOST
  #skippedByBudget = 0
  #failed = 0

  constructor(options: JudgingOptions, context: JudgingContext) {
    this.#options = options
    this.#context = context
    this.#judges = new Map(options.judges.map((judge) => [judge.plan.slug, judge]))
  }

  /** Of the calls of this session. */
  get costs(): JudgeCosts {
    return this.#costs
  }

  /** Of calls that came to nothing. */
  get unsettled(): Losses {
    return this.#unsettled
  }

  /** Calls that no money was left for. */
  get skippedByBudget(): number {
    return this.#skippedByBudget
  }

  /** Calls that failed, and may be answered when they are asked again. */
  get failed(): number {
    return this.#failed
  }

  judgesOf({ trialKey }: Pick<PreparedTrial, 'trialKey'>): TrialJudges {
    const { judges, panel, embeddings, seed, maxTokens } = this.#options
    // Two scorers that ask the same are answered by one call.
    const asked = new Map<string, Promise<JudgeRecord>>()
    let costUsd: Usd | null = ZERO_USD
    let failure: unknown
    const answerTo = async (make: (lenience: Lenience) => JudgeCall): Promise<string> => {
      const { key } = make(STRICT)
      let answer = asked.get(key)
      if (answer === undefined) {
        answer = this.#answer(make).catch((error: unknown) => {
          if (error instanceof NotJudged || error instanceof Unjudgeable) throw error
          failure ??= error
          throw new NotJudged(messageOf(error), { cause: error })
        })
        asked.set(key, answer)
        const record = await answer
        costUsd = costUsd === null || record.costUsd === null ? null : costUsd + usdOf(record.costUsd)
      }
      return (await answer).text
    }
    return {
      models: judges.map(({ plan }) => plan.slug),
      panel,
      ask: (question: JudgeQuestion) => {
        const judge = this.#judges.get(question.model)
        if (judge === undefined) throw new Error(`no judge ${question.model}`)
        return answerTo((lenience) => judgeCall(judge, question, { trialKey, seed, maxTokens }, lenience))
      },
      similarities: async (text, others) => {
        if (embeddings === null) throw new NotJudged('no --embedding-model is named')
        // Endpoints refuse empty texts; equal ones need no model.
        if (text.trim() === '') return others.map((other) => (other.trim() === '' ? 1 : 0))
        const filled = others.filter((other) => other.trim() !== '')
        if (filled.length === 0) return others.map(() => 0)
        const found = JSON.parse(
          await answerTo(() => embeddingCall(embeddings, text, filled, trialKey)),
        ) as readonly number[]
        return others.map((other) => (other.trim() === '' ? 0 : (found[filled.indexOf(other)] ?? 0)))
      },
      costUsd: () => costUsd,
      failure: () => failure,
    }
  }

  async #answer(make: (lenience: Lenience) => JudgeCall): Promise<JudgeRecord> {
    const asked = make(STRICT)
    const { key, requestKey } = asked
    const { judgedAt, recordAt, cache } = this.#context
    const before = judgedAt.get(key)
    if (before !== undefined) return recordAt(before)
    const cached = cache?.get(this.#cacheKey(requestKey))
    const record = cached === undefined ? await this.#ask(asked, make) : this.#fromCache(asked, make, cached.output)
    await this.#context.journal.judged(record)
    if (cached === undefined) cache?.put(this.#cacheKey(requestKey), cachedJudgement(record, this.#options.runId))
    this.#costs = withJudgeRecord(this.#costs, record)
    return record
  }

  #cacheKey(requestKey: string): string {
    const { cacheScope } = this.#options
    return cacheScope === '' ? requestKey : key128(`simulated judge\n${requestKey}\n${cacheScope}`)
  }

  #lenienceOf(model: string): Lenience {
    return this.#lenience.get(model) ?? STRICT
  }

  /** What the model refuses is left out, once and for the rest of the run: also by the calls that wait for their turn now. */
  async #ask(
    asked: Pick<JudgeCall, 'key' | 'kind' | 'model'>,
    make: (lenience: Lenience) => JudgeCall,
  ): Promise<JudgeRecord> {
    const { key, kind, model } = asked
    let lenience = STRICT
    const attempts = new Attempts(() => make((lenience = this.#lenienceOf(model))), this.#context)
    const outcome = await attemptUntilSettled(attempts, this.#context.policy, this.#context)
    if (outcome.kind === 'completed') return this.#settled(asked, attempts, outcome.value, outcome.attempts)
    if (outcome.kind === 'unsettled') {
      this.#unsettled = sumOfLosses(this.#unsettled, attempts.unsettled)
      if (outcome.why === 'budget') this.#skippedByBudget += 1
      throw new NotJudged(outcome.why === 'budget' ? 'no money was left for the judge' : 'the run was stopped')
    }
    attempts.giveUp(outcome.error)
    const refused = refusedField(kind, lenience, outcome.error)
    if (refused !== undefined) {
      this.#lenience.set(model, { ...this.#lenienceOf(model), [refused]: true })
      // The record of the call that follows tells of these attempts as well.
      const losses = { ...attempts.unsettled, attempts: attempts.earlier.attempts + outcome.attempts }
      this.#context.carried.set(key, { losses, failure: null })
      return this.#ask(asked, make)
    }
    this.#unsettled = sumOfLosses(this.#unsettled, attempts.unsettled)
    if (RETRY_TABLE[outcome.error.kind].stopsRun) this.#context.giveUp(outcome.error)
    const why = `${model} (${outcome.error.kind}): ${outcome.error.message}`
    if (FINAL.has(outcome.error.kind)) throw new Unjudgeable(why)
    this.#failed += 1
    throw new NotJudged(why)
  }

  #settled(
    call: Pick<JudgeCall, 'key' | 'kind' | 'model'>,
    attempts: Attempts<Judgement>,
    answer: Judgement,
    count: number,
  ): JudgeRecord {
    attempts.pay(answer.billing)
    const { costUsd, source, usage } = answer.billing
    const { attempts: before, lostUsd, possiblyBilled } = attempts.earlier
    return {
      type: 'judged',
      trial: call.key,
      kind: call.kind,
      model: call.model,
      at: this.#context.clock.wallTime().toISOString(),
      attempts: before + count,
      text: answer.text,
      promptTokens: usage.promptTokens,
      completionTokens: usage.completionTokens,
      costUsd: costUsd === null ? null : formatUsd(costUsd),
      costSource: source,
      retryCostUsd: lostUsd === null ? null : formatUsd(lostUsd),
      possiblyBilled,
      latencyUs: answer.latencyUs,
      servedModel: answer.servedModel,
      generationId: answer.generationId,
    }
  }

  /** Nothing was sent and nothing is paid, but for what earlier sessions may have lost on the call. */
  #fromCache(call: JudgeCall, make: (lenience: Lenience) => JudgeCall, text: string): JudgeRecord {
    const attempts = new Attempts(() => make(STRICT), this.#context)
    void attempts.call
    const { attempts: before, lostUsd, possiblyBilled } = attempts.earlier
    return {
      type: 'judged',
      trial: call.key,
      kind: call.kind,
      model: call.model,
      at: this.#context.clock.wallTime().toISOString(),
      attempts: before,
      text,
      promptTokens: null,
      completionTokens: null,
      costUsd: '0',
      costSource: 'cache',
      retryCostUsd: lostUsd === null ? null : formatUsd(lostUsd),
      possiblyBilled,
      latencyUs: null,
      servedModel: null,
      generationId: null,
    }
  }
}

/** The field that the model does not take; undefined when the failure is not about one that can be left out. */
function refusedField(kind: JudgeCall['kind'], lenience: Lenience, error: ProviderError): keyof Lenience | undefined {
  if (kind === 'embedding') return undefined
  if (!lenience.withoutSchema && refusesSchema(error)) return 'withoutSchema'
  if (!lenience.withoutTemperature && refusesTemperature(error)) return 'withoutTemperature'
  return undefined
}

function usdOf(text: string): Usd {
  return parseUsd(text) ?? ZERO_USD
}
