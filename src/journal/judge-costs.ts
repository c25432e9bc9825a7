/** What have judges and embeddings cost? They are priced apart from the answers that they judge. */
import { parseUsd, type Usd, ZERO_USD } from '../lib/usd.ts'
import type { JudgeRecord } from './types.ts'

/** What judges and embeddings have cost so far. */
export interface JudgeCosts {
  readonly calls: number
  /** Known cost of the attempts that counted. */
  readonly spentUsd: Usd
  /** What the others of them billed or may have billed. */
  readonly retryUsd: Usd
  readonly possiblyBilled: number
  /** Calls of unknown cost: the sum leaves them out. */
  readonly costUnknown: number
}

export const NO_JUDGE_COSTS: JudgeCosts = {
  calls: 0,
  spentUsd: ZERO_USD,
  retryUsd: ZERO_USD,
  possiblyBilled: 0,
  costUnknown: 0,
}

/** The costs with one more call. */
export function withJudgeRecord(costs: JudgeCosts, { costUsd, retryCostUsd, possiblyBilled }: JudgeRecord): JudgeCosts {
  return {
    calls: costs.calls + 1,
    spentUsd: costs.spentUsd + parsed(costUsd),
    retryUsd: costs.retryUsd + parsed(retryCostUsd),
    possiblyBilled: costs.possiblyBilled + possiblyBilled,
    costUnknown: costs.costUnknown + (costUsd === null ? 1 : 0),
  }
}

export function sumOfJudgeCosts(one: JudgeCosts, other: JudgeCosts): JudgeCosts {
  return {
    calls: one.calls + other.calls,
    spentUsd: one.spentUsd + other.spentUsd,
    retryUsd: one.retryUsd + other.retryUsd,
    possiblyBilled: one.possiblyBilled + other.possiblyBilled,
    costUnknown: one.costUnknown + other.costUnknown,
  }
}

function parsed(text: string | null): Usd {
  return parseUsd(text ?? '0') ?? ZERO_USD
}
