/** Which number of a score line does the choice look at? */
import type { ScoreLine } from '../../journal/types.ts'
import { scoreColumn } from '../rows.ts'

const PREFIX = scoreColumn('')

/** 0..1; NaN where the scorers could not judge. */
export function scoreIn({ passed, scores }: ScoreLine, metric: string): number {
  if (metric.startsWith(PREFIX)) return scores[metric.slice(PREFIX.length)] ?? Number.NaN
  return passed === null ? Number.NaN : passed ? 1 : 0
}
