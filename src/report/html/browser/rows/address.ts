/** The address of the page: tells the state, no oftener than browsers allow. */

/** Between writes. Browsers refuse more than 100 in 10 s, by an exception or without a word. */
const WRITE_MS = 250

export class Address {
  #waiting: string | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  /** What it was when the last state was told. */
  #href = location.href

  /** Leaves the present address behind, for the way back to lead to. */
  push(address: string): void {
    this.#flush()
    this.#waiting = undefined
    this.#write(address, 'pushState')
  }

  /** At once, or with whatever else comes by then, a moment after the last write. */
  replace(address: string): void {
    this.#waiting = address
    this.#href = location.href
    if (this.#timer === undefined) this.#flush()
  }

  #flush(): void {
    const address = this.#waiting
    this.#waiting = undefined
    // The reader may have gone elsewhere in the meantime.
    if (address !== undefined && location.href === this.#href) this.#write(address, 'replaceState')
  }

  #write(address: string, how: 'pushState' | 'replaceState'): void {
    try {
      history[how](null, '', address)
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'SecurityError')) throw error
      this.#waiting = address
    }
    this.#href = location.href
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#flush()
    }, WRITE_MS)
  }
}
