/** Which scorer does a name mean? `name`, `name:argument`, `not-name`, and any of them behind filters: `last-line > exact`. */
import { readFileSync } from 'node:fs'
import { UserError } from '../lib/errors.ts'
import { sha256 } from '../lib/hash.ts'
import { didYouMean } from '../lib/suggest.ts'
import { filtered } from './filter/filtered.ts'
import { allFilters, type ParsedFilter, parseFilters } from './filter/parse.ts'
import { negated, NOT } from './negate.ts'
import * as registry from './registry.ts'
import type { DocumentedScorer, ParsedScorer, Scorer } from './types.ts'

const scorers: readonly DocumentedScorer[] = Object.values(registry)
const byName = new Map(scorers.map((scorer) => [scorer.name, scorer]))

/** All names that may follow --scorer, in alphabetical order; `not-` may stand in front of each. */
export function scorerNames(): readonly string[] {
  return Array.from(byName.keys()).sort()
}

/** The registry entry of that name, negated behind `not-`, or undefined. */
export function findScorer(name: string): Scorer | undefined {
  const plain = byName.get(name)
  if (plain !== undefined || !name.startsWith(NOT)) return plain
  const opposite = byName.get(name.slice(NOT.length))
  return opposite && negated(opposite)
}

/**
 * Reads what follows --scorer; an argument may hold further colons. Throws UserError for an unknown name, an argument where
 * none is taken, an empty argument and one that the scorer or a filter refuses.
 */
export function parseScorer(text: string): ParsedScorer {
  const { filters, scorer } = parseFilters(text, isScorer)
  return behindFilters(filters, parsePlain(scorer))
}

/** A scorer that looks at what the filters leave of the answer. */
export function behindFilters(filters: readonly ParsedFilter[], parsed: ParsedScorer): ParsedScorer {
  if (filters.length === 0) return parsed
  const typed = filters.map(({ label }) => `${label} > `).join('')
  return {
    ...parsed,
    label: typed + parsed.label,
    score: filtered(parsed.score, filters, parsed.scorer.metric !== undefined),
    fingerprint: parsed.fingerprint === null ? null : typed + parsed.fingerprint,
  }
}

/** Whether a text begins like a scorer: by its name. */
export function isScorer(text: string): boolean {
  return findScorer(nameIn(text)) !== undefined
}

function nameIn(typed: string): string {
  return typed.split(':', 1)[0] ?? typed
}

function parsePlain(typed: string): ParsedScorer {
  const name = nameIn(typed)
  const argument = name === typed ? undefined : typed.slice(name.length + 1)
  const scorer = findScorer(name)
  if (scorer === undefined) throw unknownScorer(typed)
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
  return {
    label: argument === undefined ? name : `${name}:${scorer.labelOf?.(argument) ?? argument}`,
    scorer,
    argument,
    score: scorer.create(argument),
    fingerprint: fingerprintOf(typed, argument === undefined ? undefined : scorer.fileOf?.(argument)),
  }
}

/** What is meant by a name that is none: a scorer, its negation, or a filter in front of one. */
function unknownScorer(typed: string): UserError {
  const [head = typed] = typed.split(/\s+>\s/, 1)
  const name = nameIn(head)
  const names = scorerNames()
  const filters = allFilters().map((filter) => filter.name)
  if (filters.includes(name)) {
    return new UserError(
      `--scorer ${typed}: "${name}" is a filter, and no scorer follows it. Write one behind it, as in ${head} > exact.`,
    )
  }
  const isFilter = head !== typed
  const candidates = isFilter ? filters : name.startsWith(NOT) ? names.map((known) => NOT + known) : names
  return new UserError(
    `--scorer ${typed}: there is no ${isFilter ? 'filter' : 'scorer'} "${name}".${didYouMean(name, candidates)} ` +
      `Expected one of: ${(isFilter ? filters : names).join(', ')}.`,
  )
}

/** A scorer without a file gives what it is asked for; one with a file what the file says. */
function fingerprintOf(typed: string, file: string | undefined): string | null {
  if (file === undefined) return typed
  try {
    return `${typed} ${sha256(readFileSync(file))}`
  } catch {
    // It was there a moment ago, when the scorer has read it.
    return null
  }
}
