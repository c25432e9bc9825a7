/**
 * Numbers by position, 8 bytes each, in chunks that never move: an array that doubles as it fills is there twice while it grows.
 *
 * A chunk is a MiB, so that the system gives it memory of its own and takes it back whole: smaller ones would lie among the
 * garbage of their time, and hold on to the pages around them. Pages that nothing was written to take no memory.
 */
const CHUNK = 131_072

export class NumberList {
  readonly #chunks: Float64Array[] = []
  #length = 0

  /** Begins with so many of one number. */
  constructor(length = 0, number = 0) {
    for (let index = 0; index < length; index++) this.push(number)
  }

  get length(): number {
    return this.#length
  }

  push(number: number): void {
    if (this.#length % CHUNK === 0) this.#chunks.push(new Float64Array(CHUNK))
    this.#length += 1
    this.set(this.#length - 1, number)
  }

  /** Undefined where there is none. */
  at(index: number): number | undefined {
    return index < this.#length ? this.#chunks[Math.floor(index / CHUNK)]?.[index % CHUNK] : undefined
  }

  /** Replaces a number that is there. */
  set(index: number, number: number): void {
    const chunk = this.#chunks[Math.floor(index / CHUNK)]
    if (chunk !== undefined) chunk[index % CHUNK] = number
  }
}
