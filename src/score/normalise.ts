/** Which differences between two texts do not count? */
import { UserError } from '../lib/errors.ts'
import { didYouMean } from '../lib/suggest.ts'

/** Brings equal texts to the same form. */
export type Normalise = (text: string) => string

// No character below U+0300 combines with another, so most answers need no work.
const MAY_COMBINE = /[\u0300-\uffff]/

/** Unicode NFC without outer white space: what every comparison of texts starts from. */
export const composedAndTrimmed: Normalise = (text) => composed(text).trim()

function composed(text: string): string {
  return MAY_COMBINE.test(text) ? text.normalize('NFC') : text
}

/** By name, in the order in which they are applied, whatever the order in which they are typed. */
const NORMALISATIONS: Readonly<Record<string, Normalise>> = {
  'ignore-case': (text) => text.toLowerCase(),
  'ignore-accents': (text) =>
    text
      .normalize('NFD')
      .replace(/\p{M}+/gu, '')
      .normalize('NFC'),
  'ignore-punctuation': (text) => text.replace(/\p{P}+/gu, ''),
  'ignore-articles': (text) => text.replace(/(?<![\p{L}\p{M}\p{N}_])(?:an?|the)(?![\p{L}\p{M}\p{N}_])\s*/giu, ''),
  'collapse-space': (text) => text.replace(/\s+/g, ' '),
}

/** Compares the texts as they are, without even the default form. */
const STRICT = 'strict'

/** What may follow the colon, for the docs of the scorers that use this. */
export const NORMALISATION_ARGUMENT = `comma list of ${Object.keys(NORMALISATIONS).join(', ')}; or ${STRICT} (texts as they are)`

/** Reads a comma list of normalisations. Throws UserError for an unknown name and for `strict` beside another. */
export function parseNormalisations(scorer: string, argument: string | undefined): Normalise {
  const names = argument === undefined ? [] : argument.split(',').map((name) => name.trim())
  for (const name of names) refuseUnknown(scorer, name)
  if (names.includes(STRICT)) return strict(scorer, names)
  const steps = Object.entries(NORMALISATIONS).flatMap(([name, step]) => (names.includes(name) ? [step] : []))
  if (steps.length === 0) return composedAndTrimmed
  return (text) => steps.reduce((form, step) => step(form), composed(text)).trim()
}

function refuseUnknown(scorer: string, name: string): void {
  const known = [...Object.keys(NORMALISATIONS), STRICT]
  if (known.includes(name)) return
  throw new UserError(
    `--scorer ${scorer}: "${name}" is no way to compare texts.${didYouMean(name, known)} Expected a comma list of: ` +
      `${known.join(', ')}.`,
  )
}

function strict(scorer: string, names: readonly string[]): Normalise {
  if (names.length === 1) return (text) => text
  throw new UserError(
    `--scorer ${scorer}: "${STRICT}" compares the texts as they are and cannot be combined; found "${names.join(',')}". ` +
      `Leave out either "${STRICT}" or the rest.`,
  )
}
