/** Does an answer hold well-formed text somewhere, with prose around it? */
import { UserError } from '../../lib/errors.ts'
import { TIMED_OUT, withinTimeLimit } from '../limits.ts'

/** What may follow the colon, for the docs of the scorers that use this. */
export const EXTENT_ARGUMENT = '`anywhere`: a part of the answer is enough; the whole answer unless given'

/** Characters that are looked at without a time limit: it costs more than short work. */
const UNTIMED_WORK = 200_000

/** True for `anywhere`, false without an argument. Throws UserError for another one. */
export function readsAnywhere(scorer: string, argument: string | undefined): boolean {
  if (argument === undefined || argument === 'anywhere') return argument !== undefined
  throw new UserError(
    `--scorer ${scorer}:${argument}: "${argument}" says nothing to ${scorer}. Write ${scorer} (the whole answer counts) or ` +
      `${scorer}:anywhere (a part of it is enough).`,
  )
}

/** Whether the rest of the text from one of the starts on `begins` with what is looked for; each start may read to the end. */
export function holdsAnywhere(
  text: string,
  start: RegExp,
  begins: (rest: string) => boolean,
): boolean | typeof TIMED_OUT {
  const starts = Array.from(text.matchAll(start), ({ index }) => index)
  const search = (): boolean => starts.some((index) => begins(text.slice(index)))
  return starts.length * text.length > UNTIMED_WORK ? withinTimeLimit(search) : search()
}
