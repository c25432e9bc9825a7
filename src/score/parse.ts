/** Which scorer does a name mean? */
import { UserError } from '../lib/errors.ts'
import { didYouMean } from '../lib/suggest.ts'
import * as registry from './registry.ts'
import type { ParsedScorer, Scorer } from './types.ts'

const scorers: readonly Scorer[] = Object.values(registry)
const byName = new Map(scorers.map((scorer) => [scorer.name, scorer]))

/** All names that may follow --scorer, in alphabetical order. */
export function scorerNames(): readonly string[] {
  return Array.from(byName.keys()).sort()
}

/** The registry entry of that name, or undefined. */
export function findScorer(name: string): Scorer | undefined {
  return byName.get(name)
}

/**
 * Reads `name` or `name:argument`; the argument may hold further colons. Throws UserError for an unknown name, an argument
 * where none is taken, an empty argument and one that the scorer refuses.
 */
export function parseScorer(text: string): ParsedScorer {
  const typed = text.trim()
  const colon = typed.indexOf(':')
  const name = colon < 0 ? typed : typed.slice(0, colon)
  const argument = colon < 0 ? undefined : typed.slice(colon + 1)
  const scorer = findScorer(name)
  if (scorer === undefined) {
    const names = scorerNames()
    throw new UserError(
      `--scorer ${typed}: there is no scorer "${name}".${didYouMean(name, names)} Expected one of: ${names.join(', ')}.`,
    )
  }
  if (argument === '') {
    throw new UserError(
      `--scorer ${typed}: nothing follows the colon. Write ${name} alone, or its argument after the colon.`,
    )
  }
  if (argument !== undefined && scorer.argument === null) {
    throw new UserError(
      `--scorer ${typed}: the scorer ${name} takes no argument, found "${argument}". Write ${name} alone.`,
    )
  }
  const label = argument === undefined ? name : `${name}:${scorer.labelOf?.(argument) ?? argument}`
  return { label, scorer, argument, score: scorer.create(argument) }
}

/** What a row may ask for by itself: promptfoo's assertion words, with the scorer and argument that each stands for. */
export function promptfooTypes(): ReadonlyMap<string, { readonly scorer: string; readonly argument: string | null }> {
  return new Map(
    scorers.flatMap((scorer) =>
      Object.entries(scorer.promptfooTypes ?? {}).map(
        ([word, argument]) => [word, { scorer: scorer.name, argument: argument ?? null }] as const,
      ),
    ),
  )
}
