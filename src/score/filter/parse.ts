/**
 * `last-line > exact`: which part of an answer is scored, and by what? Filters stand in front of the scorer, the first one
 * applied first, each with ` > ` behind it. Only the name of a filter makes a filter, so that an argument may hold ` > ` too.
 */
import { UserError } from '../../lib/errors.ts'
import { TIMED_OUT, TIMED_OUT_REASON, TOO_DEEP_REASON } from '../limits.ts'
import * as registry from './registry.ts'
import type { Extract, Filter } from './types.ts'

const byName = new Map<string, Filter>(Object.values(registry).map((filter: Filter) => [filter.name, filter]))

/** All filters, in alphabetical order. */
export function allFilters(): readonly Filter[] {
  return Array.from(byName.values()).sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** A filter as typed, read. */
export interface ParsedFilter {
  /** As typed. */
  readonly label: string
  readonly filter: Filter
  readonly argument: string
  readonly extract: Extract
}

/** What is typed in front of a scorer, and the scorer. */
export interface Filtered {
  readonly filters: readonly ParsedFilter[]
  readonly scorer: string
}

const ARROW = /\s+>\s+/g

/**
 * Reads the filters. Behind an argument with ` > ` in it, a filter ends where `isScorer` knows what follows, or another
 * filter does. Throws UserError for an argument that is missing, not taken or wrong.
 */
export function parseFilters(typed: string, isScorer: (text: string) => boolean): Filtered {
  const filters: ParsedFilter[] = []
  let rest = typed.trim()
  for (;;) {
    const cut = cutFilter(rest, isScorer)
    if (cut === undefined) return { filters, scorer: rest }
    filters.push(readFilter(cut, typed))
    rest = cut.rest
  }
}

interface Cut {
  readonly filter: Filter
  /** The filter as typed. */
  readonly label: string
  readonly rest: string
}

function cutFilter(text: string, isScorer: (text: string) => boolean): Cut | undefined {
  const filter = byName.get(nameOf(text.split(ARROW, 1)[0] ?? ''))
  if (filter === undefined) return undefined
  const cuts = Array.from(text.matchAll(ARROW), ({ index, 0: arrow }) => ({
    filter,
    label: text.slice(0, index),
    rest: text.slice(index + arrow.length),
  }))
  return cuts.find(({ rest }) => byName.has(nameOf(rest.split(ARROW, 1)[0] ?? '')) || isScorer(rest)) ?? cuts[0]
}

function nameOf(text: string): string {
  return text.split(':', 1)[0] ?? text
}

function readFilter({ filter, label }: Cut, typed: string): ParsedFilter {
  const { name } = filter
  const argument = label.slice(name.length + 1)
  if (argument !== '' && filter.argument === null) {
    throw new UserError(
      `--scorer ${typed}: the filter ${name} takes no argument, found "${argument}". Write ${name} alone.`,
    )
  }
  if (argument === '' && filter.argument !== null) {
    throw new UserError(
      `--scorer ${typed}: the filter ${name} needs an argument behind a colon: ${filter.argument}. Write it as in ${name}:X > exact.`,
    )
  }
  return { label, filter, argument, extract: filter.create(argument) }
}

/** The part of an answer that is left, or why there is none: it is missing, or could not be looked for. */
export type Part = { readonly text: string } | { readonly missing: string } | { readonly unscored: string }

/** What all filters leave of a text. A part that is blank is none. */
export function applyFilters(filters: readonly ParsedFilter[], output: string): Part {
  try {
    let text = output
    for (const { filter, argument, extract } of filters) {
      const part = extract(text)
      if (part === TIMED_OUT) return { unscored: TIMED_OUT_REASON }
      if (part === null || part.trim() === '') return { missing: filter.missing(argument) }
      text = part
    }
    return { text }
  } catch (error) {
    // JSON and patterns can take more stack than there is.
    if (error instanceof RangeError) return { unscored: TOO_DEEP_REASON }
    throw error
  }
}
