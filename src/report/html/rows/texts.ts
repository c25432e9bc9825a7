/** The long texts of a block of rows, each kept once however often it occurs. */
import { assertedAnswers } from '../../../dataset/types.ts'
import type { Message } from '../../../prompt/types.ts'
import { datasetCell } from '../../results-csv.ts'
import type { ReportedRun, ResultRow } from '../../types.ts'
import type { Flips, NamedFlip } from './flips.ts'
import type { BaselineTexts, RowTexts, TextsBlock } from './format.ts'

/** Characters of one text; the page says how many there were. */
export const LONGEST_TEXT = 2 ** 20

export class Texts {
  /** Of all texts together. */
  characters = 0
  readonly #run: ReportedRun
  readonly #flips: Flips
  /** The empty text comes first, so that nothing has to be said of it. */
  readonly #places = new Map<string, number>([['', 0]])
  readonly #cut = new Map<number, number>()
  readonly #rows: RowTexts[] = []

  constructor(run: ReportedRun, flips: Flips) {
    this.#run = run
    this.#flips = flips
  }

  add(row: ResultRow): void {
    const { sample, record, score } = row
    const expected = sample.expected.length > 0 ? sample.expected : assertedAnswers(sample.assertions)
    const flip = this.#flips.of(row)
    this.#rows.push({
      messages: this.#run.messagesOf(row).map((message) => [message.role, this.#place(contentOf(message))]),
      output: this.#place(record?.output),
      expected: expected.map((one) => this.#place(one)),
      ...this.#filled({
        reason: score?.reason,
        error: record?.error,
        reasoning: record?.reasoning,
        refusal: record?.refusal,
        toolCalls:
          record === undefined || record.toolCalls.length === 0 ? '' : JSON.stringify(record.toolCalls, null, 2),
        generation: this.#run.timings ? record?.generationId : '',
      }),
      ...(this.#run.keep.length === 0
        ? {}
        : { kept: this.#run.keep.map((column) => this.#place(datasetCell(row, column))) }),
      ...(score?.passes === undefined ? {} : { passes: score.passes }),
      ...(flip === undefined ? {} : { baseline: this.#baseline(flip) }),
    })
  }

  block(): TextsBlock {
    return { texts: [...this.#places.keys()], cut: [...this.#cut], rows: this.#rows }
  }

  #place(whole: string | null | undefined): number {
    const text = cutText(whole ?? '')
    let place = this.#places.get(text)
    if (place === undefined) {
      place = this.#places.size
      this.#places.set(text, place)
      this.characters += text.length
    }
    if (whole != null && text.length < whole.length) this.#cut.set(place, whole.length)
    return place
  }

  /** Places of the texts that are not empty. */
  #filled(texts: Readonly<Record<string, string | null | undefined>>): Record<string, number> {
    return Object.fromEntries(
      Object.entries(texts).flatMap(([name, text]) => (text == null || text === '' ? [] : [[name, this.#place(text)]])),
    )
  }

  #baseline({ baseline: { run, model, prompt, isTruncated, output, reason } }: NamedFlip): BaselineTexts {
    return {
      // The name of a run is a matter of when it was made.
      run: this.#run.timings ? run : '',
      model,
      prompt,
      isTruncated,
      output: output === null ? null : this.#place(output),
      reason: this.#place(reason),
    }
  }
}

/** The content as sent; whatever else a message holds as JSON beside it. */
function contentOf({ role: _role, content, ...others }: Message): string {
  const text = typeof content === 'string' ? content : content === null ? '' : JSON.stringify(content, null, 2)
  if (Object.keys(others).length === 0) return text
  return `${text}${text === '' ? '' : '\n'}${JSON.stringify(others, null, 2)}`
}

/** Never cut inside of a pair of surrogates. */
function cutText(text: string): string {
  if (text.length <= LONGEST_TEXT) return text
  const isPair = /[\ud800-\udbff]/.test(text.charAt(LONGEST_TEXT - 1))
  return text.slice(0, isPair ? LONGEST_TEXT - 1 : LONGEST_TEXT)
}
