/** What did the user write after a scorer's colon? */
import { UserError } from '../lib/errors.ts'

/**
 * Reads the score from which an answer passes: `0.8` or `80%`, more than 0 and at most 1. Throws UserError when the text is
 * no such number.
 */
export function parseThreshold(scorer: string, argument: string | undefined, byDefault: number): number {
  if (argument === undefined) return byDefault
  const match = /^\s*(\d+\.?\d*|\.\d+)\s*(%?)\s*$/.exec(argument)
  const threshold = match === null ? Number.NaN : Number(match[1]) / (match[2] === '%' ? 100 : 1)
  if (threshold > 0 && threshold <= 1) return threshold
  throw new UserError(
    `--scorer ${scorer}:${argument}: "${argument}" is no threshold. Expected a number above 0 and at most 1, such as ` +
      `${scorer}:${byDefault} or ${scorer}:${byDefault * 100}%.`,
  )
}
