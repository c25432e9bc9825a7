/** Which label does an answer have, and was it this output that people looked at? A few bytes a label, whatever was labelled. */
import { sha256 } from '../lib/hash.ts'
import { KeyTable } from '../lib/key-table.ts'

/** What became of the labels. */
export interface LabelTally {
  /** Labels that no answer has asked for. */
  readonly unmatched: number
  /** Labels whose output was held against that of the run. */
  readonly compared: number
  /** Those of them with another output: left out. */
  readonly differing: number
  /** Id of the first sample with such a label. */
  readonly example: string | null
  /** Labels without an output beside them: nobody can tell what was looked at. */
  readonly unchecked: number
}

/** Bits of a label: what it says, and what is known of it so far. */
const PASS = 1
const TAKEN = 2
const SAME = 4
const DIFFERS = 8

/** Labels by the key of their answer. */
export class LabelTable {
  readonly #labels = new KeyTable()
  /** Marks of the outputs that were labelled. */
  readonly #outputs = new KeyTable()
  #matched = 0
  #compared = 0
  #differing = 0
  #unchecked = 0
  #example: string | null = null

  /** `output` undefined: the file does not have it. False when an earlier label of the answer says something else. */
  add(key: string, isPass: boolean, output: string | undefined): boolean {
    const label = isPass ? PASS : 0
    if ((this.#labels.get(key) ?? label) !== label) return false
    this.#labels.set(key, label)
    if (output !== undefined) this.#outputs.set(key, markOf(output))
    return true
  }

  /** The answer of the run; the last one holds. */
  see(key: string, output: string): void {
    const label = this.#labels.get(key)
    const labelled = this.#outputs.get(key)
    if (label === undefined || labelled === undefined) return
    this.#labels.set(key, (label & ~(SAME | DIFFERS)) | (labelled === markOf(output) ? SAME : DIFFERS))
  }

  /** Null: no label, or one of another output. */
  take(key: string, sample: string): boolean | null {
    const label = this.#labels.get(key)
    if (label === undefined) return null
    if ((label & TAKEN) === 0) this.#count(key, label, sample)
    return (label & DIFFERS) === 0 ? (label & PASS) !== 0 : null
  }

  tally(): LabelTally {
    return {
      unmatched: this.#labels.size - this.#matched,
      compared: this.#compared,
      differing: this.#differing,
      example: this.#example,
      unchecked: this.#unchecked,
    }
  }

  #count(key: string, label: number, sample: string): void {
    this.#labels.set(key, label | TAKEN)
    this.#matched += 1
    if (this.#outputs.get(key) === undefined) this.#unchecked += 1
    if ((label & (SAME | DIFFERS)) !== 0) this.#compared += 1
    if ((label & DIFFERS) === 0) return
    this.#differing += 1
    this.#example ??= sample
  }
}

/** A spreadsheet cuts a cell at 32,767 characters; white space that it may take off in front is allowed for. */
const COMPARED_CHARACTERS = 32_000
/** 48 bits: a number holds them exactly. */
const MARK_DIGITS = 12

/** Equal for equal outputs, whatever a spreadsheet does to line ends, outer white space and the apostrophe before a formula. */
function markOf(output: string): number {
  const text = output
    .replaceAll(/\r\n?/g, '\n')
    .replace(/^\s*'?/, '')
    .trim()
    .slice(0, COMPARED_CHARACTERS)
  return Number.parseInt(sha256(text).slice(0, MARK_DIGITS), 16)
}
