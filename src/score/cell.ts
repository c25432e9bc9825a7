/**
 * What may a dataset ask for? The words of promptfoo that stand in a scorer's `promptfooTypes`, with the argument that stands
 * there, negated or not. A number is all that a cell can add to it: no cell names a file, a pattern for all rows or a command.
 */
import { CELL_NUMBER } from '../dataset/types.ts'
import { findScorer, scorerNames } from './parse.ts'
import type { Scorer } from './types.ts'

/** How a cell writes a number. */
const DIGITS = String.raw`\d{1,15}(?:\.\d{1,15})?`

/** Promptfoo's assertion words, with the scorer and argument that each stands for. */
export function promptfooTypes(): ReadonlyMap<string, { readonly scorer: string; readonly argument: string | null }> {
  return new Map(
    scorerNames().flatMap((name) =>
      Object.entries(findScorer(name)?.promptfooTypes ?? {}).map(
        ([word, argument]) => [word, { scorer: name, argument: argument ?? null }] as const,
      ),
    ),
  )
}

/** The scorer that an assertion asks for, or undefined when no cell may: samples are read from disk again on resume. */
export function scorerForCell(name: string, argument: string | null): Scorer | undefined {
  const words = findScorer(name.replace(/^not-/, ''))?.promptfooTypes ?? {}
  const isAllowed = Object.values(words).some((allowed) => isFilled(allowed ?? null, argument))
  return isAllowed ? findScorer(name) : undefined
}

/** Whether the argument is the allowed one, with a number where it has a place for one. */
function isFilled(allowed: string | null, argument: string | null): boolean {
  if (allowed === null || argument === null) return allowed === argument
  const [front = '', , back] = allowed.split(CELL_NUMBER)
  if (back === undefined) return allowed === argument
  const inner = argument.slice(front.length, argument.length - back.length)
  return argument === front + inner + back && new RegExp(`^${DIGITS}$`).test(inner)
}
