/** Which cases have a place in a file that has a limit? Errors before failures, these before what was skipped or passed. */
import type { Outcome } from './case.ts'

/** Test pages of a CI become slow beyond that, and refuse files that are larger. */
export const MOST_CASES = 10_000
export const MOST_CHARACTERS = 16_000_000

const IN_TURN: readonly Outcome[] = ['error', 'failure', 'skipped', 'passed']

interface Room {
  cases: number
  characters: number
}

/** Counts all cases first, then takes of each outcome, in order, as many as there is room for. */
export class Choice {
  readonly #found = rooms()
  readonly #left = rooms()

  /** Told of every case; its size is asked as long as it matters. */
  count(outcome: Outcome, size: () => number): void {
    const room = this.#found[outcome]
    if (room.cases >= MOST_CASES || room.characters >= MOST_CHARACTERS) return
    room.cases += 1
    room.characters += size()
  }

  /** Called between the two passes. */
  decide(): void {
    let [cases, characters] = [MOST_CASES, MOST_CHARACTERS]
    for (const outcome of IN_TURN) {
      this.#left[outcome] = { cases, characters }
      cases = Math.max(0, cases - this.#found[outcome].cases)
      characters = Math.max(0, characters - this.#found[outcome].characters)
    }
  }

  isOpen(outcome: Outcome): boolean {
    return this.#left[outcome].cases > 0
  }

  /** Whether the next case of this outcome is in the file; after the first that is not, none is. */
  takes(outcome: Outcome, size: number): boolean {
    const room = this.#left[outcome]
    if (room.cases === 0) return false
    if (room.characters < size) {
      room.cases = 0
      return false
    }
    room.cases -= 1
    room.characters -= size
    return true
  }
}

function rooms(): Record<Outcome, Room> {
  const none = (): Room => ({ cases: 0, characters: 0 })
  return { error: none(), failure: none(), skipped: none(), passed: none() }
}
