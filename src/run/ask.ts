/** How does all that is to be done get done? Every trial is asked and scored, within budget and pace, until none is left. */
import type { ResponseCache } from '../cache/index.ts'
import type { Settings } from '../config/types.ts'
import { dispatch } from '../dispatch/dispatch.ts'
import { Pace } from '../dispatch/pace.ts'
import type { Down } from '../dispatch/types.ts'
import type { Journal } from '../journal/journal.ts'
import type { JournalReader } from '../journal/reader.ts'
import { sumOfJudgeCosts } from '../journal/judge-costs.ts'
import type { Clock } from '../lib/clock.ts'
import { randomFrom } from '../lib/random.ts'
import { formatUsd } from '../lib/usd.ts'
import { Budget } from '../plan/budget.ts'
import { trialsInOrder } from '../plan/trials.ts'
import type { Trial } from '../plan/types.ts'
import type { Provider, ProviderError } from '../provider/types.ts'
import type { Progress, ProgressState } from '../report/progress.ts'
import { AnswerCache, judgeCacheScope } from './answer-cache.ts'
import type { JudgeConnections } from './connections.ts'
import { Judging } from './judging.ts'
import type { Prepared } from './prepare.ts'
import type { TrialInputs } from './prepare-trial.ts'
import { NOTHING_LOST, sumOfLosses } from './record.ts'
import type { Session } from './session.ts'
import { Tally } from './tally.ts'
import type { StopRule } from './stop-rule.ts'
import { scoreAgain, type ScoringContext, settleTrial, type TrialContext } from './trial.ts'
import type { Asked } from './verdict.ts'

/** What makes a request of a trial and a score of its answer. */
export interface SessionTools extends TrialInputs, Pick<ScoringContext, 'score' | 'scoring'> {
  readonly provider: Provider
}

interface AskTools extends SessionTools {
  readonly cache: ResponseCache | null
  readonly judges: JudgeConnections
  readonly session: Session
  readonly progress: Progress
  /** Null: every trial is wanted. */
  readonly stopRule: StopRule | null
}

interface AskIo {
  readonly clock: Clock
  readonly interrupt: AbortSignal
}

/** Sends every trial that is to be asked and closes the connections; all records are in the journal when this resolves. */
export async function askAll(
  prepared: Prepared,
  settings: Settings,
  { clock, interrupt }: AskIo,
  { session, progress, cache, judges, stopRule, ...tools }: AskTools,
): Promise<Asked> {
  const { journal, carried } = session
  const tally = new Tally(session.toDoCount)
  const hopeless = new AbortController()
  const decided = new AbortController()
  // Not a listener on the interrupt: it may have come already.
  const stop = AbortSignal.any([interrupt, hopeless.signal, decided.signal])
  const budget = new Budget(settings.maxCostUsd, stop, session)
  let fatal: ProviderError | undefined
  let gaveUp: Down | undefined
  let unsettled = NOTHING_LOST
  const startMs = clock.nowMs()
  const state = (down: Down | null): ProgressState => ({
    ...tally.state(),
    spentUsd: formatUsd(budget.spentUsd),
    elapsedMs: clock.nowMs() - startMs,
    down,
  })
  const paceOf = (): Pace =>
    new Pace(settings.policy, {
      clock,
      stop,
      probing: (down) => progress.update(() => state(down)),
      giveUp: (down) => {
        gaveUp = down
        hopeless.abort()
      },
    })
  const pace = paceOf()
  // Judges have slots of their own: a limiter that is nested in itself would come to a stand.
  const judgePace = paceOf()
  const reader = new EarlierLines(journal)
  const shared = {
    clock,
    random: randomFrom(`${settings.seed}|retry jitter`),
    stop,
    policy: settings.policy,
    budget,
    journal,
    carried,
    giveUp: (error: ProviderError) => {
      fatal ??= error
      hopeless.abort()
    },
  }
  const { runId } = session.manifest
  const judging = new Judging(
    {
      ...judges,
      panel: settings.judging.panel,
      maxTokens: settings.judging.maxTokens,
      seed: settings.seed + 1,
      runId,
      cacheScope: judgeCacheScope(settings),
    },
    {
      ...shared,
      pace: judgePace,
      cache,
      judgedAt: session.judgedAt,
      recordAt: (offset) => reader.get().judgedAt(offset),
    },
  )
  const context: TrialContext = {
    ...tools,
    ...shared,
    pace,
    cache: cache === null ? null : new AnswerCache(cache, runId, settings.endpoint),
    judgesOf: (trial) => judging.judgesOf(trial),
    scoringPass: session.scoringPass,
    clusterColumn: settings.dataset.clusterColumn,
  }
  const settle = async (trial: Trial): Promise<void> => {
    const isAnswered = session.workOf(trial.index) === 'score'
    const work = isAnswered ? scoreAgain(trial, reader.get().record(trial.index), context) : settleTrial(trial, context)
    const end = await work.catch((error: unknown) => {
      // Without a journal nothing more may be sent; those that wait for money or a retry must not wait on.
      hopeless.abort()
      throw error
    })
    if (end.kind === 'settled') {
      if (stopRule?.settled(trial, end.score ?? null, end.record.status === 'failed') === true) decided.abort()
      tally.add(end.record, end.score, !isAnswered)
      progress.update(() => state(null))
      return
    }
    unsettled = sumOfLosses(unsettled, end.unsettled)
    if (end.kind === 'stopped') return
    // A failure of an earlier session stays what it is.
    if (!journal.isSettled(trial.index)) journal.skip(trial.index)
    tally.skippedByBudget += 1
    // A verdict in order cannot get past a trial that there is no money for: others would be paid for nothing.
    if (stopRule !== null) decided.abort()
  }
  try {
    tellEarlier(prepared, session, reader, stopRule)
    await dispatch(trialsToAsk(prepared, session, stopRule), settle, pace, stop)
  } finally {
    pace.close()
    judgePace.close()
    progress.stop()
    reader.close()
    await tools.provider.close()
    await judges.close()
  }
  unsettled = sumOfLosses(unsettled, judging.unsettled)
  for (const { losses } of carried.values()) unsettled = sumOfLosses(unsettled, losses)
  const wallMs = clock.nowMs() - startMs
  return {
    tally,
    fatal,
    gaveUp,
    unsettled,
    overruns: budget.overruns,
    committedUsd: budget.committedUsd,
    leastRefusedUsd: budget.leastRefusedUsd,
    wallMs,
    pace: pace.report(),
    judges: {
      costs: sumOfJudgeCosts(session.judgeCosts, judging.costs),
      skippedByBudget: judging.skippedByBudget,
      failed: judging.failed,
    },
  }
}

function* trialsToAsk({ order, shape }: Prepared, session: Session, stopRule: StopRule | null): Generator<Trial> {
  for (const trial of trialsInOrder(order, shape)) {
    if (session.workOf(trial.index) !== null && stopRule?.wants(trial) !== false) yield trial
  }
}

/** What earlier sessions have settled counts as if it were settled now. */
function tellEarlier(
  { order, shape }: Prepared,
  session: Session,
  reader: EarlierLines,
  stopRule: StopRule | null,
): void {
  if (stopRule === null || session.resumed === null) return
  for (const trial of trialsInOrder(order, shape)) {
    if (session.workOf(trial.index) !== null) continue
    const record = reader.get().record(trial.index)
    if (record === undefined) continue
    stopRule.settled(trial, reader.get().score(trial.index) ?? null, record.status === 'failed')
  }
}

/** Lines of earlier sessions, read while this one appends; opened at first use, since a run that begins has none. */
class EarlierLines {
  readonly #journal: Journal
  #reader: JournalReader | undefined

  constructor(journal: Journal) {
    this.#journal = journal
  }

  get(): JournalReader {
    return (this.#reader ??= this.#journal.reader())
  }

  close(): void {
    this.#reader?.close()
  }
}
