/** One trial, from its sample to its score: send until settled, journal, score. */
import { attemptUntilSettled } from '../dispatch/dispatch.ts'
import { RETRY_TABLE } from '../dispatch/retry.ts'
import type { DispatchContext, DispatchPolicy, Outcome } from '../dispatch/types.ts'
import type { ScoreLine, TrialRecord } from '../journal/types.ts'
import { formatUsd } from '../lib/usd.ts'
import type { Trial } from '../plan/types.ts'
import { promptTokensBound } from '../prompt/tokens.ts'
import type { Completion, Provider, ProviderError } from '../provider/types.ts'
import type { TrialScorer } from '../score/index.ts'
import type { AnswerFacts, Observation } from '../score/types.ts'
import type { AnswerCache } from './answer-cache.ts'
import { Attempts, type AttemptsContext, type Call } from './attempts.ts'
import type { TrialJudges } from './judging.ts'
import { type PreparedTrial, prepareTrial, type TrialInputs } from './prepare-trial.ts'
import { billingOf, cachedRecord, completedRecord, failedRecord, type Losses, replayedRecord } from './record.ts'
import { placeOf } from './score-place.ts'

/** What a token limit is kept by until the first answers tell better. */
const BYTES_PER_TOKEN = 4
const EXPECTED_ANSWER_TOKENS = 256

/** What scores an answer, and where the scores belong. */
export interface ScoringContext {
  readonly score: TrialScorer
  /** The judges, who know which trial they are asked about. */
  readonly judgesOf: (prepared: PreparedTrial) => TrialJudges
  /** Which scorers, as a key. */
  readonly scoring: string
  /** Which pass over the answers this run's scores belong to, from 1. */
  readonly scoringPass: number
  /** Column that says which samples hang together; null: each stands alone. */
  readonly clusterColumn: string | null
}

/** Everything a trial needs of the run around it. */
export interface TrialContext extends DispatchContext, AttemptsContext, TrialInputs, ScoringContext {
  readonly policy: DispatchPolicy
  readonly provider: Provider
  /** Answers of earlier runs; null: every trial is sent. */
  readonly cache: AnswerCache | null
  /** The failure of one trial is the failure of all: no key, no money, no such model. Nothing more is to be sent. */
  giveUp(error: ProviderError): void
}

/** What the run has to know of a trial that is over. */
export type TrialEnd =
  | { readonly kind: 'settled'; readonly record: TrialRecord; readonly score: ScoreLine | undefined }
  /** Not settled; `unsettled` is what no record tells of its attempts. */
  | { readonly kind: 'stopped' | 'budget'; readonly unsettled: Losses }

/**
 * Runs one trial to its end; its record is on disk when the promise resolves. An answer that exists already, recorded or in
 * the cache, needs no slot, no money and no attempt. Rejects only when the journal cannot be written, or the cache not be read.
 */
export async function settleTrial(trial: Trial, context: TrialContext): Promise<TrialEnd> {
  let made: PreparedTrial | undefined
  const prepared = (): PreparedTrial => (made ??= prepareTrial(trial, context))
  const attempts = new Attempts(() => callOf(prepared(), context), context)
  const existing = existingAnswer(prepared, attempts, context)
  if (existing !== undefined) return settleAnswer(prepared(), existing, context)
  const outcome = await attemptUntilSettled(attempts, context.policy, context)
  if (outcome.kind === 'unsettled') return { kind: outcome.why, unsettled: attempts.unsettled }
  return outcome.kind === 'failed'
    ? settleFailure(prepared(), attempts, outcome, context)
    : settleCompletion(prepared(), attempts, outcome, context)
}

/** Scores an answer that an earlier session has: nothing is asked but judges. */
export async function scoreAgain(
  trial: Trial,
  record: TrialRecord | undefined,
  context: TrialContext,
): Promise<Extract<TrialEnd, { kind: 'settled' }>> {
  if (record === undefined) throw new Error(`trial ${trial.index} has no record to score`)
  const score = await keepScore(prepareTrial(trial, context), record, context)
  // Nothing else would let files and signals have their turn.
  await context.journal.scoresWritten()
  return { kind: 'settled', record, score }
}

/** The record of an answer that is there already. */
function existingAnswer(
  prepared: () => PreparedTrial,
  attempts: Attempts<Completion>,
  { replay, cache, clock }: TrialContext,
): TrialRecord | undefined {
  if (replay === null && cache === null) return undefined
  const { replayed } = prepared()
  // Taken first: what earlier sessions have lost on the trial belongs to its record.
  void attempts.call
  if (replayed !== null) return replayedRecord(prepared(), replayed, attempts.earlier, clock)
  const cached = cache?.find(prepared())
  return cached && cachedRecord(prepared(), cached, attempts.earlier, clock)
}

function callOf(prepared: PreparedTrial, { provider, request }: TrialContext): Call<Completion> {
  const { trialKey, model, worstUsd, messages, body } = prepared
  return {
    key: trialKey,
    model: model.slug,
    worstUsd,
    estimateTokens: () => {
      const promptTokens = promptTokensBound(messages, request.params) / BYTES_PER_TOKEN
      return Math.ceil(promptTokens + Math.min(request.maxTokens, EXPECTED_ANSWER_TOKENS))
    },
    send: (signal) => provider.complete(body, signal),
    learn: ({ usage, rateLimits }) => ({
      tokens: usage === null ? null : usage.promptTokens + usage.completionTokens,
      rateLimits,
    }),
  }
}

async function settleFailure(
  prepared: PreparedTrial,
  attempts: Attempts<Completion>,
  outcome: Extract<Outcome<Completion>, { kind: 'failed' }>,
  context: TrialContext,
): Promise<TrialEnd> {
  const { error } = outcome
  if (RETRY_TABLE[error.kind].stopsRun) context.giveUp(error)
  attempts.writeOff(error)
  const record = failedRecord(prepared, outcome, attempts.earlier, context.clock)
  const onDisk = context.journal.settled(prepared.trial.index, record)
  context.journal.noted({ ...placeOf(prepared, record, context), failed: error.kind })
  await onDisk
  return { kind: 'settled', record, score: undefined }
}

async function settleCompletion(
  prepared: PreparedTrial,
  attempts: Attempts<Completion>,
  outcome: Extract<Outcome<Completion>, { kind: 'completed' }>,
  context: TrialContext,
): Promise<TrialEnd> {
  const completion = outcome.value
  const billing = billingOf(prepared, completion, context.request.maxTokens)
  attempts.pay(billing)
  const record = completedRecord(prepared, outcome, billing, attempts.earlier, context.clock)
  const end = await settleAnswer(prepared, record, context)
  context.cache?.keep(prepared, record)
  return end
}

/** Journals a trial and scores its answer, where there is one; both at once, since a score can be made again. */
async function settleAnswer(prepared: PreparedTrial, record: TrialRecord, context: TrialContext): Promise<TrialEnd> {
  const onDisk = context.journal.settled(prepared.trial.index, record)
  const score = record.status === 'completed' ? await keepScore(prepared, record, context) : undefined
  if (record.status === 'failed')
    context.journal.noted({ ...placeOf(prepared, record, context), failed: record.errorKind })
  await onDisk
  return { kind: 'settled', record, score }
}

/** Scores an answer and writes the score down, or that it has none. */
async function keepScore(
  prepared: PreparedTrial,
  record: TrialRecord,
  context: TrialContext,
): Promise<ScoreLine | undefined> {
  const score = await scoreOf(prepared, record, context)
  if (score === undefined) context.journal.noted({ ...placeOf(prepared, record, context), failed: null })
  else context.journal.scored(prepared.trial.index, score)
  return score
}

/** Scores stand beside the journal: they can be made again from it. Undefined when nothing scores the sample. */
export async function scoreOf(
  prepared: PreparedTrial,
  record: TrialRecord,
  context: ScoringContext,
): Promise<ScoreLine | undefined> {
  const { score, judgesOf, scoring } = context
  const { sample, messages } = prepared
  const { expected, vars, assertions, passFrom } = sample
  const asked = { expected, vars, assertions, ...(passFrom === undefined ? {} : { passFrom }) }
  const input = { ...asked, output: record.output, messages, facts: factsOf(record) }
  const judges = judgesOf(prepared)
  const pending = score(input, judges)
  const scored = pending instanceof Promise ? await pending : pending
  const failure = judges.failure()
  // A score that a full disk has made would look like one that the scorer has.
  if (failure !== undefined) throw failure
  const entries = Object.entries(scored.scores)
  if (entries.length === 0) return undefined
  const observations = entries.flatMap(([label, { observation }]): [string, Observation][] =>
    observation === undefined ? [] : [[label, observation]],
  )
  const judgeCostUsd = judges.costUsd()
  return {
    ...placeOf(prepared, record, context),
    scoring,
    ...comparedBy(record),
    passed: scored.pass,
    score: scored.score,
    scores: Object.fromEntries(entries.map(([label, { value }]) => [label, value])),
    reason: scored.reason,
    ...(entries.length > 1 ? { passes: Object.fromEntries(entries.map(([label, { pass }]) => [label, pass])) } : {}),
    ...(observations.length === 0 ? {} : { observations: Object.fromEntries(observations) }),
    judgeCostUsd: judgeCostUsd === null ? null : formatUsd(judgeCostUsd),
    isOpen: !scored.isFinal,
  }
}

/** What the answer took, beside its score. */
function comparedBy(
  record: TrialRecord,
): Pick<ScoreLine, 'costUsd' | 'latencyUs' | 'tokens' | 'servedModel' | 'servedProvider' | 'answeredIn'> {
  const { fromCache, latencyUs, promptTokens, completionTokens, servedModel, servedProvider } = record
  return {
    costUsd: fromCache === null ? record.costUsd : fromCache.costUsd,
    latencyUs,
    tokens: promptTokens === null || completionTokens === null ? null : promptTokens + completionTokens,
    servedModel,
    servedProvider,
    ...(fromCache === null ? {} : { answeredIn: fromCache.runId }),
  }
}

function factsOf(record: TrialRecord): AnswerFacts {
  const { finishReason, refusal, toolCalls, costUsd, completionTokens, latencyUs, ttftUs } = record
  return {
    finishReason,
    refusal,
    toolCalls,
    latencyMs: latencyUs === null ? null : latencyUs / 1_000,
    ttftMs: ttftUs === null ? null : ttftUs / 1_000,
    costUsd,
    completionTokens,
  }
}
