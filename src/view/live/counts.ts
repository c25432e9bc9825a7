/**
 * How far has a run come? The lines of its journal and its scores → counts.
 *
 * Of each trial stay 24 bytes: where its last line starts, whether it was answered, and whether it passed. They are there for
 * trials that settle again, as failures do when a later session asks them once more.
 */
import type { JournalLine, Manifest, ScoreLine, StaleLine, TrialRecord, UnscoredLine } from '../../journal/types.ts'
import { key128 } from '../../lib/hash.ts'
import { KeyTable } from '../../lib/key-table.ts'
import { oneLine } from '../../lib/text.ts'
import { formatUsd, parseUsd, type Usd, ZERO_USD } from '../../lib/usd.ts'
import { wilsonInterval } from '../../stats/interval.ts'
import type { GroupProgress, ProgressError, RunProgress } from '../types.ts'
import { RecentRate } from './recent-rate.ts'

const ERRORS_SHOWN = 5
const MESSAGE_WIDTH = 400

/** Of a trial, beside the place of its line: two digits of base 4. */
const SETTLED = { no: 0, answered: 1, failed: 2 } as const
const SCORED = { no: 0, passed: 1, missed: 2, unknown: 3 } as const
const STATES = 16

interface Trial {
  /** Byte of the journal; 0: no line of it has been read. */
  readonly offset: number
  readonly settled: number
  readonly scored: number
}

const UNKNOWN: Trial = { offset: 0, settled: SETTLED.no, scored: SCORED.no }

/** Running counts of one model × prompt. */
interface Group {
  readonly model: string
  readonly prompt: string
  settled: number
  failed: number
  scored: number
  passed: number
}

/** What is planned, as the manifest of the last session tells it. */
type Plan = Pick<Manifest, 'trials' | 'settings' | 'prompts' | 'scorings' | 'resumes'>

/** A line of scores.jsonl of any kind. */
export type AnyScoreLine = ScoreLine | UnscoredLine | StaleLine

export class RunCounts {
  readonly #plan: Plan
  /** Reads the record that starts at a byte of the journal. */
  readonly #recordAt: (offset: number) => TrialRecord
  readonly #groups = new Map<string, Group>()
  readonly #trials = new KeyTable()
  readonly #inFlight = new Set<string>()
  readonly #rate = new RecentRate()
  readonly #errorKinds = new Map<string, number>()
  #lastErrors: readonly ProgressError[] = []
  /** When the last session began; lines before are of earlier ones. */
  readonly #sessionAt: string
  #isOfSession: boolean
  #costUsd: Usd = ZERO_USD
  #costUnknown = 0
  #promptTokens = 0
  #completionTokens = 0
  #retries = 0

  constructor(plan: Plan, recordAt: (offset: number) => TrialRecord) {
    this.#plan = plan
    this.#recordAt = recordAt
    this.#sessionAt = plan.resumes.at(-1)?.at ?? ''
    this.#isOfSession = plan.resumes.length === 0
    for (const model of [plan.settings['model'] ?? []].flat().map(String)) {
      for (const { name: prompt } of plan.prompts) {
        this.#groups.set(groupKey(model, prompt), { model, prompt, settled: 0, failed: 0, scored: 0, passed: 0 })
      }
    }
  }

  /** A line of the journal, and the byte where it starts. */
  journalLine(line: JournalLine, offset: number): void {
    switch (line.type) {
      case 'started':
        this.#inFlight.add(line.trial)
        break
      case 'retrying':
        this.#inFlight.delete(line.trial)
        this.#retries += 1
        this.#remember(line.errorKind, line.error, false)
        break
      case 'settled':
        this.#enterSession(line.at)
        this.#inFlight.delete(line.trial)
        this.#settle(line, offset)
        break
      case 'judged':
        this.#inFlight.delete(line.trial)
        this.#pay(line.costUsd, line.retryCostUsd)
        break
    }
  }

  /** A line of scores.jsonl; those of other scorers than the last ones say nothing here. */
  scoreLine(line: AnyScoreLine): void {
    const group = this.#groups.get(groupKey(line.model, line.prompt))
    if (group === undefined) return
    if ('stale' in line) this.#set(line, group, UNKNOWN)
    else if ('failed' in line) this.#set(line, group, { ...this.#get(line), scored: SCORED.no })
    else if (line.scoring === (this.#plan.scorings.at(-1)?.key ?? line.scoring)) {
      const scored = line.passed === null ? SCORED.unknown : line.passed ? SCORED.passed : SCORED.missed
      this.#set(line, group, { ...this.#get(line), scored })
    }
  }

  /** `nowMs` since 1970. */
  progress(nowMs: number): RunProgress {
    const groups = [...this.#groups.values()]
    const planned = groups.length === 0 ? 0 : this.#plan.trials / groups.length
    const sum = (of: (group: Group) => number): number => groups.reduce((total, group) => total + of(group), 0)
    const [scored, passed] = [sum((group) => group.scored), sum((group) => group.passed)]
    return {
      planned: this.#plan.trials,
      // Answers to rows that are asked no more stay in the journal.
      settled: Math.min(
        this.#plan.trials,
        sum(({ settled }) => settled),
      ),
      failed: sum(({ failed }) => failed),
      scored,
      passed,
      passRate: wilsonInterval(passed, scored),
      inFlight: this.#inFlight.size,
      retries: this.#retries,
      costUsd: formatUsd(this.#costUsd),
      costUnknown: this.#costUnknown,
      promptTokens: this.#promptTokens,
      completionTokens: this.#completionTokens,
      ratePerMinute: this.#rate.perMinute(nowMs),
      groups: groups.map((group) => withRate(group, planned)),
      errorKinds: Object.fromEntries(this.#errorKinds),
      lastErrors: this.#lastErrors,
    }
  }

  #settle(record: TrialRecord, offset: number): void {
    const group = this.#groups.get(groupKey(record.model, record.prompt))
    this.#pay(record.status === 'completed' ? record.costUsd : '0', record.retryCostUsd)
    this.#promptTokens += record.promptTokens ?? 0
    this.#completionTokens += record.completionTokens ?? 0
    if (record.status === 'failed') this.#remember(record.errorKind ?? 'unknown', record.error ?? '', true)
    if (group === undefined) return
    const before = this.#get(record)
    // The record covers all attempts of its trial, those that an earlier one has counted included.
    if (before.offset > 0 && before.settled === SETTLED.failed) this.#takeBack(this.#recordAt(before.offset))
    const settled = record.status === 'failed' ? SETTLED.failed : SETTLED.answered
    this.#set(record, group, { ...before, settled, offset })
    this.#rate.add(Date.parse(record.at))
  }

  #get(subject: Subject): Trial {
    const value = this.#trials.get(subjectKey(subject))
    if (value === undefined) return UNKNOWN
    const state = value % STATES
    return { offset: (value - state) / STATES, settled: state % 4, scored: Math.floor(state / 4) }
  }

  #set(subject: Subject, group: Group, trial: Trial): void {
    this.#count(group, this.#get(subject), -1)
    this.#count(group, trial, 1)
    this.#trials.set(subjectKey(subject), trial.offset * STATES + trial.scored * 4 + trial.settled)
  }

  #count(group: Group, { settled, scored }: Trial, sign: 1 | -1): void {
    if (settled !== SETTLED.no) group.settled += sign
    if (settled === SETTLED.failed) group.failed += sign
    if (scored === SCORED.passed || scored === SCORED.missed) group.scored += sign
    if (scored === SCORED.passed) group.passed += sign
  }

  #pay(costUsd: string | null, retryCostUsd: string | null): void {
    this.#costUsd += (parseUsd(costUsd ?? '0') ?? ZERO_USD) + (parseUsd(retryCostUsd ?? '0') ?? ZERO_USD)
    if (costUsd === null || retryCostUsd === null) this.#costUnknown += 1
  }

  #takeBack({ retryCostUsd }: TrialRecord): void {
    this.#costUsd -= parseUsd(retryCostUsd ?? '0') ?? ZERO_USD
    if (retryCostUsd === null) this.#costUnknown -= 1
  }

  /** Attempts of a session before that have no end will never have one. */
  #enterSession(at: string): void {
    if (this.#isOfSession || at < this.#sessionAt) return
    this.#isOfSession = true
    this.#inFlight.clear()
  }

  #remember(kind: string, message: string, isFinal: boolean): void {
    this.#errorKinds.set(kind, (this.#errorKinds.get(kind) ?? 0) + 1)
    const error = { kind, message: oneLine(message, MESSAGE_WIDTH), isFinal }
    this.#lastErrors = [error, ...this.#lastErrors].slice(0, ERRORS_SHOWN)
  }
}

function withRate({ model, prompt, settled, failed, scored, passed }: Group, planned: number): GroupProgress {
  return { model, prompt, planned, settled, failed, scored, passed, passRate: wilsonInterval(passed, scored) }
}

/** What a trial asks, in whatever words. */
type Subject = Pick<TrialRecord, 'sample' | 'prompt' | 'model' | 'epoch'>

function subjectKey({ sample, prompt, model, epoch }: Subject): string {
  return key128(JSON.stringify([sample, prompt, model, epoch]))
}

function groupKey(model: string, prompt: string): string {
  return JSON.stringify([model, prompt])
}
