/**
 * What is left of an answer when SQuAD compares it? `normalize_answer` of its evaluation script, version 1.1 (Rajpurkar et al.
 * 2016, "SQuAD: 100,000+ Questions for Machine Comprehension of Text"): lower case, no punctuation, no English articles.
 */
import { splitWords } from './words.ts'

// Python's string.punctuation: ASCII only, so that “ ” and – stay.
const PUNCTUATION = /[!-/:-@[-`{-~]/g
// Python's \b knows letters and digits of all scripts, JavaScript's only ASCII.
const ARTICLES = /(?<![\p{L}\p{N}_])(?:a|an|the)(?![\p{L}\p{N}_])/gu

/** The words that are compared, in order. */
export function squadWords(text: string): readonly string[] {
  return splitWords(text.toLowerCase().replace(PUNCTUATION, '').replace(ARTICLES, ' '))
}
