/** How well is each field extracted, over all answers of a run? */
import type { FieldCount } from '../structure/json-fields.ts'
import type { MetricAccumulator, Observation, RunMetric } from '../types.ts'
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
  create: accumulator,
}

function accumulator(): MetricAccumulator {
  const fields = new Map<string, Counts>()
  const sum = new Map<string, Counts>()
  let n = 0
  let perfect = 0
  return {
    add: (observation) => {
      const counts = readCounts(observation)
      n += 1
      if (counts.every(({ found, wanted, same }) => found === same && wanted === same)) perfect += 1
      for (const count of counts) {
        const isKnown = fields.has(count.field) || fields.size < FIELDS_PER_RUN
        addTo(fields, isKnown ? count.field : REST, count)
        addTo(sum, '', count)
      }
    },
    finish: () => {
      const { precision, recall, f1 } = sharesOf(sum.get('') ?? { found: 0, wanted: 0, same: 0 })
      return {
        n,
        figures: {
          micro_precision: precision,
          micro_recall: recall,
          micro_f1: f1,
          all_fields_right: share(perfect, n),
        },
        table: {
          title: 'Fields',
          columns: ['precision', 'recall', 'F1', 'found', 'expected', 'right'],
          rows: Array.from(fields, ([label, counts]) => ({ label, cells: cellsOf(counts) })),
        },
      }
    },
  }
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
