/** Which variant of a metric did the user ask for, and from which score does an answer pass? */
import { UserError } from '../../lib/errors.ts'
import { didYouMean } from '../../lib/suggest.ts'
import { parseThreshold } from '../argument.ts'

export interface Variant<Name extends string> {
  readonly variant: Name
  /** More than 0 and at most 1. */
  readonly threshold: number
}

/**
 * Reads `variant,threshold` or one of them alone; the first of `names` is meant when none is given. Throws UserError when the
 * argument is neither.
 */
export function parseVariant<Name extends string>(
  scorer: string,
  argument: string | undefined,
  names: readonly [Name, ...Name[]],
  threshold: number,
): Variant<Name> {
  const standard = { variant: names[0], threshold }
  if (argument === undefined) return standard
  const [first = '', ...rest] = argument.split(',').map((part) => part.trim())
  const variant = names.find((name) => name === first)
  if (variant === undefined && /^[\d.]/.test(first) && rest.length === 0) {
    return { ...standard, threshold: parseThreshold(scorer, first, threshold) }
  }
  if (variant !== undefined && rest.length <= 1) {
    return { variant, threshold: parseThreshold(scorer, rest[0], threshold) }
  }
  throw new UserError(
    `--scorer ${scorer}:${argument}: "${argument}" is not understood.${variant === undefined ? didYouMean(first, names) : ''} ` +
      `Expected ${names.join(', ')}, a threshold above 0 and at most 1, or both, such as ${scorer}:${names[names.length - 1]},${threshold}.`,
  )
}
