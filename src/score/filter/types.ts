/** Which part of an answer is scored? What a filter is. */
import type { TIMED_OUT } from '../limits.ts'

/** The part of a text that is scored; null when it has none. */
export type Extract = (text: string) => string | null | typeof TIMED_OUT

/** One entry of the filters' registry. */
export interface Filter {
  /** As typed before ` > `. Lower case, kebab-case, and the name of no scorer. */
  readonly name: string
  /** For the docs: the part that it takes. One sentence. */
  readonly summary: string
  /** What follows the colon, for the docs; null when nothing may. */
  readonly argument: string | null
  /** What is not there when the filter finds nothing: `no line`. */
  missing(argument: string): string
  /** Reads the argument once per run; it is empty for a filter that takes none. Throws UserError when it is wrong. */
  create(argument: string): Extract
}
