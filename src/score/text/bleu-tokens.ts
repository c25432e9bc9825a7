/** Into which tokens does BLEU cut a text? As sacreBLEU's tokenisers of the same names do. */
import { splitWords, trimEnd, trimStart } from './words.ts'

export type BleuTokeniser = '13a' | 'zh' | 'char'

/**
 * Ideographs and their punctuation. sacreBLEU's tokeniser writes two of its ranges with four digits of five, so that it takes
 * U+2001–U+2A6D and U+2F81–U+2FA1 for Chinese and no character beyond U+FFFF: kept, since the numbers are to be comparable.
 */
const CHINESE =
  /[\u2001-\u2a6d\u2e80-\u2fdf\u2ff0-\u303f\u3100-\u312f\u31a0-\u31ef\u3200-\u4db5\u4e00-\u9fbb\uf900-\ufa2d\ufa30-\ufa6a\ufa70-\ufad9\ufe10-\ufe1f\ufe30-\ufe4f\uff00-\uffef]/g

/** By the names that sacreBLEU gives them. */
export const BLEU_TOKENISERS: Readonly<Record<BleuTokeniser, (text: string) => readonly string[]>> = {
  '13a': (text) => punctuationApart(` ${withoutMarkup(trimEnd(text))} `),
  zh: (text) => punctuationApart(trimStart(trimEnd(text)).replace(CHINESE, ' $& ')),
  char: (text) => splitWords(text).flatMap((word) => Array.from(word)),
}

/** What mteval-v13a, the tokeniser of WMT, does first: words cut at a line's end are joined, entities are resolved. */
function withoutMarkup(text: string): string {
  return text
    .replaceAll('<skipped>', '')
    .replaceAll('-\n', '')
    .replaceAll('\n', ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
}

/** ASCII punctuation becomes tokens of its own; period and comma only outside numbers, a dash only behind a digit. */
function punctuationApart(text: string): readonly string[] {
  return splitWords(
    text
      .replace(/[{-~[-` -&(-+:-@/]/g, ' $& ')
      .replace(/([^0-9])([.,])/g, '$1 $2 ')
      .replace(/([.,])([^0-9])/g, ' $1 $2')
      .replace(/([0-9])(-)/g, '$1 $2 '),
  )
}
