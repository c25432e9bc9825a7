/** Which texts does a scorer look for that knows a list of them, and how are they compared? */
import { UserError } from '../../lib/errors.ts'
import { NO_EXPECTED, quote, unscored } from '../marks.ts'
import { isNormalisation, type Normalise, NORMALISATION_DETAILS, parseNormalisations } from '../normalise.ts'
import type { Score, ScoreFunction, ScoreInput } from '../types.ts'

export const LIST_ARGUMENT =
  'comma list of texts to look for, instead of the expected answers; ways to compare as for includes, alone or in front of the texts and a colon: ignore-case:yes,no'

export const LIST_DETAILS = `The texts are the expected answers of each row, or for all rows those of the argument: \`paris,lyon\`. Ways to compare are written in
front of them and a colon (\`ignore-case,collapse-space:new york,lyon\`), or alone where the texts are the expected answers
(\`ignore-case\`). A text that is itself the name of such a way is written behind a colon: \`:strict\`.

${NORMALISATION_DETAILS}`

interface Wanted {
  readonly normalise: Normalise
  /** As given in the argument; undefined when each row has its own. */
  readonly texts: readonly string[] | undefined
}

/** Scores an answer by which of the texts it contains; both lists are as the user wrote them. */
export function scoreList(
  scorer: string,
  argument: string | undefined,
  scoreOf: (found: readonly string[], missing: readonly string[], answer: string) => Score,
): ScoreFunction {
  const { normalise, texts } = parseWanted(scorer, argument)
  return ({ output, expected }) => {
    const wanted = texts ?? expected.filter((text) => normalise(text) !== '')
    if (wanted.length === 0) return expected.length === 0 ? NO_EXPECTED : unscored('the expected answer is empty')
    const answer = normalise(output)
    const found = wanted.filter((text) => answer.includes(normalise(text)))
    const missing = wanted.filter((text) => !found.includes(text))
    return scoreOf(found, missing, output)
  }
}

/** Refuses a sample for which there is nothing to look for. */
export function checkList(
  scorer: string,
  { expected }: Pick<ScoreInput, 'expected'>,
  argument: string | undefined,
): string | undefined {
  const { normalise, texts } = parseWanted(scorer, argument)
  if (texts !== undefined) return undefined
  if (expected.length === 0) {
    return `there is no expected answer to look for. Fill it in, or give the texts for all rows with --scorer ${scorer}:one,two.`
  }
  const empty = expected.find((text) => normalise(text) === '')
  if (empty === undefined) return undefined
  return `the expected answer ${quote(empty)} is empty for ${scorer}, and every answer contains it. Write down the text to look for.`
}

function parseWanted(scorer: string, argument: string | undefined): Wanted {
  const { ways, listed } = splitArgument(argument)
  const normalise = parseNormalisations(scorer, ways)
  const texts = listed?.split(',').map((text) => text.trim())
  const empty = texts?.find((text) => normalise(text) === '')
  if (empty === undefined) return { normalise, texts }
  throw new UserError(
    `--scorer ${scorer}:${argument}: ${quote(empty)} is empty, and every answer contains it. Expected texts between the commas, ` +
      `such as ${scorer}:yes,no.`,
  )
}

/** The part in front of a colon is ways to compare when all of its names are. */
function splitArgument(argument: string | undefined): { readonly ways?: string; readonly listed?: string } {
  if (argument === undefined) return {}
  if (areWays(argument)) return { ways: argument }
  const colon = argument.indexOf(':')
  const [head, rest] = [argument.slice(0, Math.max(0, colon)), argument.slice(colon + 1)]
  if (colon === 0) return { listed: rest }
  return colon > 0 && areWays(head) ? { ways: head, listed: rest } : { listed: argument }
}

function areWays(text: string): boolean {
  return text.split(',').every((name) => isNormalisation(name.trim()))
}

/** `"Paris"`, `"Paris" and "Lyon"`, `"Paris", "Lyon" and 2 others`: short enough for a reason. */
export function nameTexts(texts: readonly string[]): string {
  const [first = '', second, ...others] = texts
  if (second === undefined) return quote(first)
  if (others.length === 0) return `${quote(first)} and ${quote(second)}`
  return `${quote(first)}, ${quote(second)} and ${others.length} other${others.length === 1 ? '' : 's'}`
}
