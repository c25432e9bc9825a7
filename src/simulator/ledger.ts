/** What has been generated, and what would it have cost? The memory behind GET /generation and the statistics. */
import { ZERO_USD } from '../lib/usd.ts'
import type { Usd } from '../lib/usd.ts'
import { createRecent } from './recent.ts'
import { costOf } from './wire.ts'
import type { Generation } from './wire.ts'

export interface LedgerEntry {
  readonly generation: Generation
  /** Whether the client left before the end; it is billed all the same, as by providers that cannot stop. */
  cancelled: boolean
}

export interface Ledger {
  /** Bills an answer. The same body again is billed again, and its entry replaced. */
  book(generation: Generation): LedgerEntry
  /** Undefined when the id is unknown, or forgotten after 10,000 newer ones. */
  find(id: string): LedgerEntry | undefined
  /** Sum of all that was ever booked. */
  billedUsd(): Usd
}

/** Clients ask within seconds; the answers are short. */
const REMEMBERED = 10_000

export function createLedger(): Ledger {
  const entries = createRecent<LedgerEntry>(REMEMBERED)
  let billed = ZERO_USD
  return {
    book(generation) {
      const entry = { generation, cancelled: false }
      billed += costOf(generation)
      entries.set(generation.id, entry)
      return entry
    },
    find: (id) => entries.get(id),
    billedUsd: () => billed,
  }
}
