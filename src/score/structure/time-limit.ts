/** Did an answer come in time? What the scorers of latencies have in common. */
import { parseDurationMs } from '../../lib/duration.ts'
import { UserError } from '../../lib/errors.ts'
import { failed, passed, unscored } from '../marks.ts'
import type { AnswerFacts, ScoreFunction } from '../types.ts'

/** Passes when the time is known and at most that of the argument. */
export function scoreTime(
  scorer: string,
  argument: string | undefined,
  what: string,
  timeOf: (facts: AnswerFacts) => number | null,
): ScoreFunction {
  const limitMs = parseLimit(scorer, argument)
  return ({ facts }) => {
    const timeMs = timeOf(facts)
    if (timeMs === null) return unscored(`the ${what} of this answer is not known`)
    const text = `${what} ${formatMs(timeMs)}, at most ${formatMs(limitMs)} asked for`
    return timeMs <= limitMs ? passed(text) : failed(text)
  }
}

function parseLimit(scorer: string, argument: string | undefined): number {
  const limitMs = argument === undefined ? undefined : parseDurationMs(argument)
  if (limitMs !== undefined && limitMs > 0) return limitMs
  throw new UserError(
    `--scorer ${scorer}${argument === undefined ? ' needs a limit' : `:${argument}: "${argument}" is no time above 0`}. Expected a ` +
      `time with its unit, such as ${scorer}:500ms or ${scorer}:2s.`,
  )
}

function formatMs(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms * 10) / 10} ms` : `${Math.round(ms / 10) / 100} s`
}
