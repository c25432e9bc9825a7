/**
 * How is chrF made of n-gram counts? Popović 2015, "chrF: character n-gram F-score for automatic MT evaluation", and 2017,
 * "chrF++: words helping character n-grams", as sacreBLEU 2 computes them: characters of order 1 to 6 without white space,
 * words of order 1 and 2 for chrF++, recall weighing twice as much as precision, orders that one side lacks left out.
 */
import { numberTokens } from './number-tokens.ts'
import { ngramCount, sharedNgrams } from './ngrams.ts'
import { splitWords } from './words.ts'

const CHARACTER_ORDER = 6
const WORD_ORDER = 2
const BETA = 2

/** Per order: n-grams of the answer, n-grams of the reference, matches. Characters first, then words where they count. */
export type ChrfStatistics = readonly number[]

/** What is compared of a text. */
export interface ChrfText {
  readonly characters: readonly string[]
  /** Empty unless words count. */
  readonly words: readonly string[]
}

/** Cuts a text into what is compared; words count for chrF++ alone. */
export function chrfText(text: string, withWords: boolean): ChrfText {
  const words = splitWords(text)
  return { characters: Array.from(words.join('')), words: withWords ? words.flatMap(punctuationApart) : [] }
}

/** One ASCII punctuation mark at the end of a word is a word of its own, else one at its start. */
function punctuationApart(word: string): readonly string[] {
  if (word.length === 1) return [word]
  if (isPunctuation(word.charAt(word.length - 1))) return [word.slice(0, -1), word.slice(-1)]
  return isPunctuation(word.charAt(0)) ? [word.slice(0, 1), word.slice(1)] : [word]
}

function isPunctuation(character: string): boolean {
  return /[!-/:-@[-`{-~]/.test(character)
}

/** What one answer adds to chrF, compared with the reference for which chrF is best. */
export function chrfStatistics(answer: ChrfText, references: readonly ChrfText[], withWords: boolean): ChrfStatistics {
  let best: ChrfStatistics = []
  let bestScore = -1
  for (const reference of references) {
    const characters = countsOf(answer.characters, reference.characters, CHARACTER_ORDER)
    const statistics = withWords ? [...characters, ...countsOf(answer.words, reference.words, WORD_ORDER)] : characters
    const score = chrfOf(statistics)
    if (score > bestScore) [best, bestScore] = [statistics, score]
  }
  return best
}

function countsOf(answer: readonly string[], reference: readonly string[], maxOrder: number): readonly number[] {
  const { texts, size } = numberTokens([answer, reference])
  const [ofAnswer = new Uint32Array(), ofReference = new Uint32Array()] = texts
  return sharedNgrams(ofAnswer, [ofReference], size, maxOrder).flatMap((matches, index) => {
    const inReference = ngramCount(reference.length, index + 1)
    // An order that the reference lacks cannot be missed: it counts on neither side.
    return [inReference > 0 ? ngramCount(answer.length, index + 1) : 0, inReference, matches]
  })
}

/** chrF, 0..1, from the statistics of one answer, or from their sums over many. */
export function chrfOf(statistics: ChrfStatistics): number {
  let precisions = 0
  let recalls = 0
  let orders = 0
  for (let at = 0; at < statistics.length; at += 3) {
    const [inAnswer = 0, inReference = 0, matches = 0] = statistics.slice(at, at + 3)
    if (inAnswer === 0 || inReference === 0) continue
    precisions += matches / inAnswer
    recalls += matches / inReference
    orders += 1
  }
  if (precisions + recalls === 0) return 0
  const [precision, recall] = [precisions / orders, recalls / orders]
  return Math.min(1, ((1 + BETA ** 2) * precision * recall) / (BETA ** 2 * precision + recall))
}
