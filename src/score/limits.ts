/**
 * What if judging an answer takes more time or stack than there is? A pattern such as `(a+)+$` needs 2ⁿ steps on some
 * answers, and V8 offers one way to interrupt running code, its regular expressions included: the `timeout` of node:vm. It
 * guards functions of this realm that a script calls as well, so nothing has to be moved into the script's own world. It
 * costs 50 to 150 µs a call, the start of the watchdog's thread: callers leave it out where they can bound the work
 * themselves.
 */
import { createContext, isContext, Script } from 'node:vm'
import { unscored } from './marks.ts'
import type { Score } from './types.ts'

/** Longest time in ms that judging one answer may take. */
const LIMIT_MS = 200

/** What `withinTimeLimit` gives when the work was interrupted. */
export const TIMED_OUT = Symbol('timed out')

/** The reason of a score that was given up. */
export const TIMED_OUT_REASON = `given up after ${LIMIT_MS} ms: judging this answer takes too long`

// The global object of the script's world; it becomes one at first use, which costs about a millisecond.
const world: { work: () => void } = { work: () => {} }
const callWork = new Script('work()')

/** Runs pure synchronous work; gives TIMED_OUT when it takes longer than 200 ms. What the work throws passes through. */
export function withinTimeLimit<T>(work: () => T): T | typeof TIMED_OUT {
  let outcome: T | typeof TIMED_OUT = TIMED_OUT
  if (!isContext(world)) createContext(world)
  world.work = () => {
    outcome = work()
  }
  try {
    callWork.runInContext(world, { timeout: LIMIT_MS })
  } catch (error) {
    if (!isTimeout(error)) throw error
  }
  return outcome
}

/** The error comes from the script's own world: it is no `instanceof Error` of ours. */
function isTimeout(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
}

/** The reason of a score for which there was not stack enough. */
export const TOO_DEEP_REASON = 'the answer is too long or too deeply nested to judge'

/** The score; unscored when the work runs out of stack, as it does on JSON of ten thousand levels or text of many megabytes. */
export function unlessTooDeep(score: () => Score): Score {
  try {
    return score()
  } catch (error) {
    if (error instanceof RangeError) return unscored(TOO_DEEP_REASON)
    throw error
  }
}
