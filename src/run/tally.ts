/** Where does the run stand? Counts for the progress display and the exit code, while trials settle. */
import type { ScoreLine, TrialRecord } from '../journal/types.ts'

export class Tally {
  readonly planned: number
  completed = 0
  failed = 0
  skippedByBudget = 0
  scored = 0
  passed = 0
  retries = 0
  completionTokens = 0
  /** Answers whose cost nobody reported, neither in money nor in tokens. */
  estimated = 0

  constructor(planned: number) {
    this.planned = planned
  }

  /** `isNew` false: the answer was there before, and is scored only. */
  add(record: TrialRecord, score: ScoreLine | undefined, isNew = true): void {
    if (record.status === 'completed') this.completed += 1
    else this.failed += 1
    if (isNew && record.costSource === 'estimated') this.estimated += 1
    if (isNew && record.fromCache === null && record.costSource !== 'replay') {
      this.retries += record.attempts - 1
      this.completionTokens += record.completionTokens ?? 0
    }
    if (score === undefined || score.passed === null) return
    this.scored += 1
    this.passed += score.passed ? 1 : 0
  }

  /** What the progress display shows of it. */
  state(): Pick<Tally, 'planned' | 'settled' | 'scored' | 'passed' | 'failed' | 'retries' | 'completionTokens'> {
    const { planned, settled, scored, passed, failed, retries, completionTokens } = this
    return { planned, settled, scored, passed, failed, retries, completionTokens }
  }

  get settled(): number {
    return this.completed + this.failed
  }
}
