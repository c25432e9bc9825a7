/** Which differences between two texts do not count? */
import { UserError } from '../lib/errors.ts'
import { didYouMean } from '../lib/suggest.ts'
import { squadWords } from './text/squad.ts'

/** Brings equal texts to the same form. */
export type Normalise = (text: string) => string

// No character below U+0300 combines with another, so most answers need no work.
const MAY_COMBINE = /[\u0300-\uffff]/

/** Unicode NFC without outer white space: what every comparison of texts starts from. */
export const composedAndTrimmed: Normalise = (text) => composed(text).trim()

function composed(text: string): string {
  return MAY_COMBINE.test(text) ? text.normalize('NFC') : text
}

/**
 * Full case folding as far as JavaScript has it: ß, ẞ and SS fall together by way of capitals, σ and ς, and the four letters i
 * of Turkish (i, İ, ı, I). Composed anew, since folding takes some characters apart.
 */
function foldCase(text: string): string {
  const folded = text.toLowerCase().toUpperCase().toLowerCase()
  return folded.replaceAll('ς', 'σ').replaceAll('i\u0307', 'i').normalize('NFKC')
}

/** For all scripts; NORMALISATION_DETAILS tells the steps. */
const unicodeForm: Normalise = (text) =>
  foldCase(
    text
      .normalize('NFKC')
      .replace(/[\p{P}\p{S}\p{Default_Ignorable_Code_Point}]+/gu, '')
      .replace(/[\p{White_Space}\p{Cc}]+/gu, ' '),
  )

/** By name, in the order in which they are applied, whatever the order in which they are typed. */
const NORMALISATIONS: Readonly<Record<string, Normalise>> = {
  unicode: unicodeForm,
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

/** Each a whole way to compare, which starts from the text as it is. */
const STANDALONE: Readonly<Record<string, Normalise>> = {
  strict: (text) => text,
  squad: (text) => squadWords(text).join(' '),
}

const NAMES = [...Object.keys(NORMALISATIONS), ...Object.keys(STANDALONE)]

/** What may follow the colon, for the docs of the scorers that use this. */
export const NORMALISATION_ARGUMENT = `comma list of ${Object.keys(NORMALISATIONS).join(', ')}; or one of ${Object.keys(STANDALONE).join(', ')}`

/** What each of them does, for the same docs. */
export const NORMALISATION_DETAILS = `Both sides are brought to Unicode NFC and lose their outer white space first. Further differences are ignored when the
argument names them:

- \`ignore-case\`: upper and lower case.
- \`ignore-accents\`: everything that Unicode calls a mark; é is e. In Indic scripts that takes the vowels away.
- \`ignore-punctuation\`: everything that Unicode calls punctuation; not symbols such as $, + and °.
- \`ignore-articles\`: the English words a, an and the.
- \`collapse-space\`: white space of any length is one space.
- \`unicode\`: for texts in any script, in these steps:
  1. NFKC evens out compatibility forms: full-width and half-width letters of Chinese, Japanese and Korean, Arabic presentation
     forms, ligatures, superscripts.
  2. Punctuation and symbols (\`\\p{P}\`, \`\\p{S}\`) are removed, and so is what is invisible (\`\\p{Default_Ignorable_Code_Point}\`:
     joiners, direction marks, soft hyphens).
  3. White space of every script, and control characters, become one space.
  4. Case is folded, by lower, upper and lower case again, then NFKC: ß equals ss, final ς equals σ. That is Unicode's full case
     folding, but for the Turkish letters i, I, ı and İ, which are all one here.

  Kept are accents, vowel signs, tatweel, and digits as they are: ٣ is not 3. Since symbols go, C++ equals C and −5 equals 5:
  compare numbers with \`numeric\`.

Two arguments stand alone and start from the text as it is: \`strict\` ignores nothing, not even outer white space; \`squad\` compares as
the evaluation script of SQuAD v1.1 does (lower case, without ASCII punctuation and English articles, white space collapsed).`

/** Whether the text is a name that \`parseNormalisations\` takes. */
export function isNormalisation(name: string): boolean {
  return NAMES.includes(name)
}

/** Reads a comma list of normalisations. Throws UserError for an unknown name and for one that stands alone beside another. */
export function parseNormalisations(scorer: string, argument: string | undefined): Normalise {
  const names = argument === undefined ? [] : argument.split(',').map((name) => name.trim())
  for (const name of names) refuseUnknown(scorer, name)
  const alone = names.find((name) => Object.hasOwn(STANDALONE, name))
  if (alone !== undefined) return standalone(scorer, alone, names)
  const steps = Object.entries(NORMALISATIONS).flatMap(([name, step]) => (names.includes(name) ? [step] : []))
  if (steps.length === 0) return composedAndTrimmed
  return (text) => steps.reduce((form, step) => step(form), composed(text)).trim()
}

function refuseUnknown(scorer: string, name: string): void {
  if (isNormalisation(name)) return
  throw new UserError(
    `--scorer ${scorer}: "${name}" is no way to compare texts.${didYouMean(name, NAMES)} Expected a comma list of: ` +
      `${NAMES.join(', ')}.`,
  )
}

function standalone(scorer: string, name: string, names: readonly string[]): Normalise {
  const normalise = STANDALONE[name]
  if (normalise !== undefined && names.length === 1) return normalise
  throw new UserError(
    `--scorer ${scorer}: "${name}" is a whole way to compare and cannot be combined; found "${names.join(',')}". ` +
      `Leave out either "${name}" or the rest.`,
  )
}
