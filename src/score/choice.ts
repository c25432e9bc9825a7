/** Which option did the answer choose? */
import { failed, NO_EXPECTED, passed, quote, unscored } from './marks.ts'
import type { Scorer } from './types.ts'

/**
 * One option letter, brackets allowed. "A" and "I" are words as well: before another word they are an option only when
 * bracketed or when that word carries on a statement ("is A because"). A letter that is one of several ("B or C") is no choice.
 */
const LETTER =
  // "e.g." and "B-12" are no options.
  String.raw`(?:[([]\s?(?<bracketed>[A-J])\s?[)\]]|(?<bare>[A-J])(?![\p{L}\p{N}+#'’]|-[\p{L}\p{N}]|\.\p{L}\.)` +
  String.raw`(?!(?<=[AI])\s(?!(?:because|since|as|for|is|and|with|or)\b)\p{L}))` +
  String.raw`(?!\s?(?:or\b|and\b|[/&])\s?[([]?(?:[B-HJ](?!\p{L})|[AI](?!\s?\p{L}))|\s?,\s?[([]?[A-J][)\]]?\s?(?:[.,]|$))`

/** Words that make a letter the choice, and forms that are one by themselves. The last in the text wins. */
const STATEMENTS: readonly RegExp[] = [
  // answer: B · the correct option is (C) · final choice would be B
  String.raw`(?<!\b(?:wrong|incorrect)\s)\b(?:answer|choice|option|solution)\s?(?:(?:is|was|would be|should be|must be)\b\s?:?|[-:=–—])\s?(?:(?:option|choice|answer|letter)\s)?${LETTER}`,
  // I choose B · go with option C
  String.raw`\b(?:choose|chose|pick|select|go with|going with)\s(?:(?:option|choice|answer|letter)\s)?${LETTER}`,
  // B is correct · (C) is the right answer
  String.raw`(?<![\p{L}\p{N}'’])${LETTER}\s(?:is|would be|must be)\s(?:the\s)?(?:correct|right|best|answer)\b`,
  // it is B. · so: B
  String.raw`\b(?:it is|it['’]s|therefore|thus|hence|so)\s?[,:]?\s?${LETTER}(?=\s?(?:[.!\n]|$))`,
  // a line that holds nothing else
  String.raw`(?<=^|\n)${LETTER}[.):]? ?(?=\n|$)`,
].map((source) => new RegExp(source, 'giu'))

/** Forms that name an option without choosing it: they count only when all of them name the same one. */
const MENTIONS: readonly RegExp[] = [
  // B) Paris, at the start of a line
  /(?<=^|\n)(?:[-•] )?[([]?(?<bare>[A-J])(?:[)\]]|[.:](?=\s))/gu,
  // Paris (B)
  /(?<=\s)\((?<bare>[A-J])\)/gu,
  // option B
  /\b(?:[Oo]ption|[Cc]hoice)\s\(?(?<bare>[A-J])(?![\p{L}\p{N}'’])/gu,
]

const BOX = /\\boxed\s?\{\s?(?:\\(?:text|textbf|mathrm|mathbf)\s?\{)?\s?\(?([A-Ja-j])\)?\s?\}/g

/** The option letter A–J that the text settles on, in upper case; undefined when it settles on none. */
function chosenLetter(text: string): string | undefined {
  const spaced = singleSpaced(text)
  const box = Array.from(spaced.matchAll(BOX)).at(-1)?.[1]
  if (box !== undefined) return box.toUpperCase()
  // Emphasis and tags carry no meaning here: **B**, _B_, `B`, <answer>B</answer>.
  const plain = singleSpaced(spaced.replace(/[*_`$]+/g, '').replace(/<\/?\w{1,20}>/g, '\n')).trim()
  return lastStated(plain) ?? onlyMentioned(plain)
}

/** Each run of white space as one line feed or one space: so the patterns need no `\s*`, which could backtrack for ever. */
function singleSpaced(text: string): string {
  return text.replace(/\s+/g, (space) => (space.includes('\n') ? '\n' : ' '))
}

function lastStated(text: string): string | undefined {
  let last: { readonly index: number; readonly letter: string } | undefined
  for (const pattern of STATEMENTS) {
    for (const match of text.matchAll(pattern)) {
      if (last === undefined || match.index >= last.index) last = { index: match.index, letter: letterOf(match) }
    }
  }
  return last?.letter
}

function onlyMentioned(text: string): string | undefined {
  const letters = new Set(MENTIONS.flatMap((pattern) => Array.from(text.matchAll(pattern), letterOf)))
  const [only] = letters
  return letters.size === 1 ? only : undefined
}

function letterOf(match: RegExpExecArray): string {
  return (match.groups?.bracketed ?? match.groups?.bare ?? '').toUpperCase()
}

/** The letter of an expected answer such as "B", "b" or "(B)"; undefined when it is no single letter A–J. */
function expectedLetter(text: string): string | undefined {
  return /^[\s([*]*([A-Ja-j])[\s)\].:*]*$/.exec(text)?.[1]?.toUpperCase()
}

export const choice = {
  name: 'choice',
  group: 'numbers',
  summary: 'The option letter (A to J) on which the answer settles is the expected one.',
  details: `The letter is looked for in this order:

1. in the last \`\\boxed{…}\`;
2. in the last statement of a choice, such as "the answer is B", "I choose (C)", "B is correct", or a line that holds nothing else;
3. among options that are merely named ("B) Paris" at the start of a line, "option B"): only when all of them name the same one.

Bold type, code marks and tags around a letter are looked through. "A" and "I" are words as well: before another word they count only
in brackets or where the sentence goes on ("is A because"). "B or C" is no choice, "not B" neither. Upper and lower case are the same.
An answer in which no letter is found has failed; an expected answer that is no single letter from A to J is refused before anything
is sent.`,
  examples: [
    { output: 'Gold is Au, so **the answer is B**.', expected: ['B'], score: { value: 1, pass: true } },
    { output: 'First I thought of B, but the answer is C.', expected: ['B'], score: { value: 0, pass: false } },
    { output: 'A) no\nB) yes\n\nAnswer: (b)', expected: ['B'], score: { value: 1, pass: true } },
    { output: 'It could be B or C.', expected: ['B'], score: { value: 0, pass: false } },
  ],
  argument: null,
  needsExpected: true,
  create:
    () =>
    ({ output, expected }) => {
      if (expected.length === 0) return NO_EXPECTED
      const letters = expected.map(expectedLetter)
      const unknown = letters.indexOf(undefined)
      if (unknown >= 0)
        return unscored(`the expected answer ${quote(expected[unknown] ?? '')} is no letter from A to J`)
      const chosen = chosenLetter(output)
      if (chosen === undefined) return failed(`no choice in the answer, expected ${letters.join(' or ')}`)
      return letters.includes(chosen)
        ? passed(`chose ${chosen}`)
        : failed(`chose ${chosen}, expected ${letters.join(' or ')}`)
    },
  checkSample: ({ expected }) => {
    const bad = expected.find((candidate) => expectedLetter(candidate) === undefined)
    return bad === undefined
      ? undefined
      : `the expected answer ${quote(bad)} is no single letter from A to J. The scorer choice compares option letters: write one such as B, or use another scorer.`
  },
} as const satisfies Scorer
