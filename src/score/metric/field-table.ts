/** How well is each field extracted, over all answers of a run? */
import type { FieldCount } from '../structure/json-fields.ts'
import type { MetricSums, MetricTable, Observation, RunMetric } from '../types.ts'
import { type Counts, share, sharesOf } from './shares.ts'

/** Fields that an observation names; the counts of the rest are added up. */
const FIELDS_PER_ANSWER = 50

/** Fields of the table; the counts of the rest are added up. */
const FIELDS_PER_RUN = 200

const NAME_WIDTH = 80

const REST = '(other)'

/** The counts of one answer: field, found, wanted, same; and so on. */
export function fieldObservation(counts: readonly FieldCount[]): Observation {
  const merged = new Map<string, Counts>()
  for (const count of counts) {
    const isNamed = merged.size < FIELDS_PER_ANSWER && count.field.length <= NAME_WIDTH
    addTo(merged, isNamed ? count.field || '(value)' : REST, count)
  }
  return Array.from(merged).flatMap(([field, { found, wanted, same }]) => [field, found, wanted, same])
}

function addTo(table: Map<string, Counts>, field: string, { found, wanted, same }: Counts): void {
  const sum = table.get(field) ?? { found: 0, wanted: 0, same: 0 }
  table.set(field, { found: sum.found + found, wanted: sum.wanted + wanted, same: sum.same + same })
}

/** Micro-averaged precision, recall and F1, and those of each field. */
export const fieldMetric: RunMetric = {
  figures: {
    micro_precision: 'share of the values found that are right, over all fields and answers',
    micro_recall: 'share of the expected values that were found',
    micro_f1: 'harmonic mean of the two',
    all_fields_right: 'share of the answers in which every value is right and none is missing or extra',
  },
  shares: ['all_fields_right'],
  create: () => new FieldSums(),
}

/** Places of the sums over all fields; each field has three of its own after them. */
const ANSWERS = 0
const PERFECT = 1
const ALL_FIELDS = 2
const PER_FIELD = 3

class FieldSums implements MetricSums {
  readonly #fields = new Map<string, number>()

  termsOf(observation: Observation): readonly number[] {
    const counts = readCounts(observation)
    const isPerfect = counts.every(({ found, wanted, same }) => found === same && wanted === same)
    return [
      ANSWERS,
      1,
      PERFECT,
      isPerfect ? 1 : 0,
      ...counts.flatMap(({ field, found, wanted, same }) =>
        [ALL_FIELDS, this.#placeOf(field)].flatMap((at) => [at, found, at + 1, wanted, at + 2, same]),
      ),
    ]
  }

  figuresOf(sums: ArrayLike<number>): Readonly<Record<string, number | null>> {
    const { precision, recall, f1 } = sharesOf(countsAt(sums, ALL_FIELDS))
    return {
      micro_precision: precision,
      micro_recall: recall,
      micro_f1: f1,
      all_fields_right: share(sums[PERFECT] ?? 0, sums[ANSWERS] ?? 0),
    }
  }

  tableOf(sums: ArrayLike<number>): MetricTable {
    return {
      title: 'Fields',
      columns: ['precision', 'recall', 'F1', 'found', 'expected', 'right'],
      rows: Array.from(this.#fields, ([label, place]) => ({ label, cells: cellsOf(countsAt(sums, place)) })),
    }
  }

  /** Of the first of its three sums. */
  #placeOf(field: string): number {
    const known = this.#fields.get(field)
    if (known !== undefined) return known
    const name = this.#fields.size < FIELDS_PER_RUN ? field : REST
    const place = this.#fields.get(name) ?? ALL_FIELDS + PER_FIELD * (this.#fields.size + 1)
    this.#fields.set(name, place)
    return place
  }
}

function countsAt(sums: ArrayLike<number>, place: number): Counts {
  return { found: sums[place] ?? 0, wanted: sums[place + 1] ?? 0, same: sums[place + 2] ?? 0 }
}

function cellsOf(counts: Counts): readonly (number | null)[] {
  const { precision, recall, f1 } = sharesOf(counts)
  return [precision, recall, f1, counts.found, counts.wanted, counts.same]
}

function readCounts(observation: Observation): readonly FieldCount[] {
  return Array.from({ length: Math.floor(observation.length / 4) }, (_, index) => {
    const [field, found, wanted, same] = observation.slice(index * 4, index * 4 + 4)
    return { field: String(field), found: Number(found), wanted: Number(wanted), same: Number(same) }
  })
}
