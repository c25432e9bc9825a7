/**
 * How do rows scroll that are higher together than a browser lets an element be? There are as many slots as fit, and of all
 * rows a window of that size lies on them: small steps scroll the slots alone, so every row comes by; a long way, as by the
 * scroll bar, moves the window in proportion. Next to either end it lies at that end, so that no step skips a row there.
 */

/** Below what browsers allow: Firefox some 17.9 million CSS pixels, Chromium 2^25 (33.5 million) pixels of the screen. */
const HIGHEST_PX = 8_000_000
const HIGHEST_SCREEN_PX = 4 * HIGHEST_PX

/** Share of the slots, at each end, on which the window lies at that end. */
const END_SHARE = 0.1

/** A move of more pages at once is not a step: no wheel and no finger goes so far from one frame to the next. */
const STEP_PAGES = 4

export class Slots {
  /** Slots that there are: as many as rows where all of them fit. */
  readonly count: number
  readonly #rows: number
  /** Rows before the one on the first slot. */
  #before = 0
  #top = 0

  constructor(rows: number, rowPx: number, pixelRatio: number) {
    this.#rows = rows
    this.count = Math.min(rows, Math.floor(Math.min(HIGHEST_PX, HIGHEST_SCREEN_PX / pixelRatio) / rowPx))
  }

  /** The place of the row on a slot. */
  placeAt(slot: number): number {
    return slot + this.#before
  }

  /** The slot of a place as the window lies; none may be there. */
  slotOf(place: number): number {
    return place - this.#before
  }

  /** Moves the window to where a place has a slot, the one that fits its share of the way. */
  moveTo(place: number): void {
    this.#before = Math.round(place - scaled(place, this.#rows, this.count))
  }

  /** Takes note of the slots at the top after a scroll of the table's own. */
  scrolled(top: number): void {
    this.#top = top
  }

  /** The reader has scrolled to these slots; moves the window where that was more than a step, or led to an end. */
  follow(top: number, page: number): void {
    const isStep = Math.abs(top - this.#top) <= STEP_PAGES * page
    const isInside = top >= 1 && top + page <= this.count - 1
    this.#top = top
    if (!isStep || !isInside) this.#before = Math.round(scaled(top, this.count, this.#rows) - top)
  }
}

/** A place on a way, on a way of another length: the same beside either end, in proportion between. */
function scaled(place: number, from: number, to: number): number {
  const end = END_SHARE * Math.min(from, to)
  if (place <= end) return place
  if (place >= from - end) return to - (from - place)
  return end + ((place - end) * (to - 2 * end)) / (from - 2 * end)
}
