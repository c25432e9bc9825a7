/** What was typed without dashes → values by name, with errors that say what was meant. */
import { UserError } from '../lib/errors.ts'
import { didYouMean } from '../lib/suggest.ts'
import { plural } from '../lib/text.ts'
import type { Command, Positional } from './types.ts'

/** "assay cache <stats|clear> [flags]", "assay compare <run> <run> [flags]". */
export function usageOf({ name, positionals = [] }: Command): string {
  return [`assay ${name}`, ...positionals.map(placeholder), '[flags]'].join(' ')
}

/** A line of the help. */
export function describePositional(positional: Positional): string {
  return `  ${placeholder(positional)}  ${positional.about}`
}

/** Each positional takes as many of the texts as it may, in turn. Throws UserError when they are too few or too many. */
export function positionalValues(command: Command, typed: readonly string[]): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  let taken = 0
  for (const positional of command.positionals ?? []) {
    const own = typed.slice(taken, taken + positional.max)
    taken += own.length
    if (own.length < positional.min) throw new UserError(tooFew(command, positional, own))
    for (const text of own) refuseUnknown(command, positional, text)
    if (positional.max > 1) values[positional.name] = own
    else if (own[0] !== undefined) values[positional.name] = own[0]
  }
  const [tooMany] = typed.slice(taken)
  if (tooMany === undefined) return values
  const takes = command.positionals === undefined ? 'takes flags only' : `is typed as ${usageOf(command)}`
  throw new UserError(`"${tooMany}" stands alone. assay ${command.name} ${takes}, e.g. ${command.examples[0]}.`)
}

function tooFew(command: Command, { name, min, about }: Positional, own: readonly string[]): string {
  const found = own.length === 0 ? '' : `, found ${own.length}`
  return `${usageOf(command)}: expected ${plural(min, name)}${found} (${about}), e.g. ${command.examples[0]}.`
}

function refuseUnknown(command: Command, { name, choices }: Positional, text: string): void {
  if (choices === undefined || choices.includes(text)) return
  throw new UserError(
    `assay ${command.name} ${text}: there is no such ${name}.${didYouMean(text, choices)} Known: ${choices.join(', ')}.`,
  )
}

/** `<…>` has to be there, `[…]` may be. */
function placeholder({ name, choices, min, max }: Positional): string {
  const shown = choices?.join('|') ?? name
  const required = Array.from({ length: min }, () => `<${shown}>`)
  const optional = max > min ? [max - min > 1 ? `[${shown}…]` : `[${shown}]`] : []
  return [...required, ...optional].join(' ')
}
