/** The filter that takes what a pattern matches. */
import { UserError } from '../../lib/errors.ts'
import { withinTimeLimit } from '../limits.ts'
import { quote } from '../marks.ts'
import { compileTyped, isSurelyFast } from '../regex.ts'
import type { Filter } from './types.ts'

/** First group that takes part in the match, else all of it; of the last match that is not blank. */
function lastMatch(pattern: RegExp, text: string): string | null {
  let last: string | null = null
  for (const [whole, ...groups] of text.matchAll(pattern)) {
    // A group that takes no part is undefined, whatever the type says.
    const part = groups.find((group: string | undefined) => group !== undefined) ?? whole
    if (part.trim() !== '') last = part
  }
  return last
}

export const extract = {
  name: 'extract',
  summary:
    'What the first group of a pattern matches, or the whole pattern when it has no group; of several matches, the last.',
  argument: 'a pattern in JavaScript syntax, also as /pattern/flags',
  missing: (source) => `no match of ${quote(source)}`,
  create: (source) => {
    const compiled = compileTyped(source)
    if ('problem' in compiled) {
      throw new UserError(
        `--scorer extract:${source} > …: ${compiled.problem}. Expected a pattern in JavaScript syntax.`,
      )
    }
    const { regex } = compiled
    const pattern = regex.global ? regex : new RegExp(regex.source, `${regex.flags}g`)
    return (text) =>
      isSurelyFast(pattern.source, text.length)
        ? lastMatch(pattern, text)
        : withinTimeLimit(() => lastMatch(pattern, text))
  },
} as const satisfies Filter
