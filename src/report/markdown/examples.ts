/** The worst answers of a run, for a reader who wants to see what went wrong. */
import type { Message } from '../../prompt/types.ts'
import type { ReportedRun, ResultRow } from '../types.ts'

/** One answer that does not pass. */
export interface Example {
  readonly row: ResultRow
  /** The last that was said to the model. */
  readonly asked: string
}

/** Characters of a question that are kept: a report shows fewer. */
const KEPT_CHARACTERS = 4_000

/** At most so many answers that do not pass, those with the lowest scores first and of every model × prompt alike; and how many there are. */
export function worstAnswers(
  run: ReportedRun,
  most: number,
): { readonly shown: readonly Example[]; readonly count: number } {
  const share = Math.max(1, Math.ceil(most / Math.max(1, run.summary.groups.length)))
  const worst = new Map<string, ResultRow[]>()
  let count = 0
  for (const row of run.rows()) {
    if (row.score?.passed !== false) continue
    count += 1
    const group = JSON.stringify([row.model, row.prompt])
    const kept = worst.get(group) ?? []
    worst.set(group, kept)
    // The rows come in dataset order: of equal ones the first stays.
    const place = kept.findIndex((other) => valueOf(other) > valueOf(row))
    if (place < 0 && kept.length >= share) continue
    kept.splice(place < 0 ? kept.length : place, 0, row)
    if (kept.length > share) kept.pop()
  }
  const shown = [...worst.values()]
    .flat()
    .toSorted((a, b) => valueOf(a) - valueOf(b))
    .slice(0, most)
    .map((row) => ({ row, asked: lastSaid(run.messagesOf(row)) }))
  return { shown, count }
}

function valueOf({ score }: ResultRow): number {
  return score?.score ?? 0
}

function lastSaid(messages: readonly Message[]): string {
  const content = messages.at(-1)?.content ?? ''
  return (typeof content === 'string' ? content : JSON.stringify(content)).slice(0, KEPT_CHARACTERS)
}
