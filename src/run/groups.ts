/** rows → groups: which model × prompt × slice a row belongs to, and which rows hang together. */
import { cellOf } from '../prompt/render.ts'
import type { ResultRow } from '../report/types.ts'
import { parseHuman } from '../stats/human.ts'
import { sliceDifferences } from '../stats/slice-difference.ts'
import { GroupAccumulator, type GroupOptions, type TrialFacts } from '../stats/summarize.ts'
import type { GroupSummary, SliceDifference } from '../stats/types.ts'

export const CONFIDENCE = 0.95

export interface GroupsOptions {
  readonly sliceColumns: readonly string[]
  /** Rows that share a value of this column hang together; null: every sample stands alone. */
  readonly clusterColumn: string | null
  /** Column with people's verdicts; null: none. */
  readonly human: string | null
  readonly options: GroupOptions
}

export interface FinishedGroups {
  readonly groups: readonly GroupSummary[]
  readonly slices: readonly GroupSummary[]
  /** Column of the clusters and how many there are; null: every sample stands alone. */
  readonly clusters: { readonly column: string; readonly count: number } | null
}

interface Slice {
  readonly group: GroupAccumulator
  /** Slices of one column, model and prompt, which share out its rows. */
  readonly family: string
}

/** Accumulators by model × prompt, and by slice. With clusters it keeps the values of their column, and a few sums for each. */
export class Groups {
  readonly #sliceColumns: readonly string[]
  readonly #clusterColumn: string | null
  readonly #human: string | null
  readonly #options: GroupOptions
  readonly #groups = new Map<string, GroupAccumulator>()
  readonly #slices = new Map<string, Slice>()
  readonly #clusters = new Map<string, number>()
  #samples = 0
  #lastSample: ResultRow['sample'] | undefined
  #facts: TrialFacts = {}
  #anySimulated = false

  constructor({ sliceColumns, clusterColumn, human, options }: GroupsOptions) {
    this.#sliceColumns = sliceColumns
    this.#clusterColumn = clusterColumn
    this.#human = human
    this.#options = options
  }

  /** A simulator answered at least once, whatever it was taken for. */
  get anySimulated(): boolean {
    return this.#anySimulated
  }

  add({ sample, model, prompt, record, score, simulated }: ResultRow): void {
    if (simulated) this.#anySimulated = true
    if (sample !== this.#lastSample) {
      this.#lastSample = sample
      this.#samples += 1
      this.#facts = this.#factsOf(sample)
    }
    this.#of({ model, prompt, slice: '' }).add(this.#samples, record, score, this.#facts)
    for (const column of this.#sliceColumns) {
      const slice = `${column}=${cellOf(sample.vars, column) ?? ''}`
      this.#ofSlice({ model, prompt, slice }, column).add(this.#samples, record, score, this.#facts)
    }
  }

  /** Passes rows on, counting each. */
  *counting(rows: Iterable<ResultRow>): Generator<ResultRow> {
    for (const row of rows) {
      this.add(row)
      yield row
    }
  }

  finish(): FinishedGroups {
    const slices = [...this.#slices.values()]
    const differences = differencesOf(slices)
    return {
      groups: [...this.#groups.values()].map((group) => group.finish()),
      slices: slices.map((slice) => slice.group.finish(differences.get(slice))),
      clusters: this.#clusterColumn === null ? null : { column: this.#clusterColumn, count: this.#clusters.size },
    }
  }

  #factsOf({ vars }: ResultRow['sample']): TrialFacts {
    return {
      human: this.#human === null ? undefined : (parseHuman(cellOf(vars, this.#human) ?? '') ?? null),
      cluster: this.#clusterColumn === null ? undefined : this.#clusterOf(cellOf(vars, this.#clusterColumn) ?? ''),
    }
  }

  #clusterOf(value: string): number {
    let cluster = this.#clusters.get(value)
    if (cluster === undefined) this.#clusters.set(value, (cluster = this.#clusters.size))
    return cluster
  }

  #of(place: Place): GroupAccumulator {
    const key = keyOf(place)
    let group = this.#groups.get(key)
    if (group === undefined) this.#groups.set(key, (group = new GroupAccumulator(place, CONFIDENCE, this.#options)))
    return group
  }

  #ofSlice(place: Place, column: string): GroupAccumulator {
    const key = keyOf(place)
    let slice = this.#slices.get(key)
    if (slice === undefined) {
      const group = new GroupAccumulator(place, CONFIDENCE, this.#options)
      this.#slices.set(key, (slice = { group, family: keyOf({ ...place, slice: column }) }))
    }
    return slice.group
  }
}

interface Place {
  readonly model: string
  readonly prompt: string
  readonly slice: string
}

function keyOf({ model, prompt, slice }: Place): string {
  return `${model}\0${prompt}\0${slice}`
}

/** Each slice against the other slices of its family. */
function differencesOf(slices: readonly Slice[]): ReadonlyMap<Slice, SliceDifference | null> {
  const families = new Map<string, Slice[]>()
  for (const slice of slices) families.set(slice.family, [...(families.get(slice.family) ?? []), slice])
  return new Map(
    [...families.values()].flatMap((family) => {
      const differences = sliceDifferences(
        family.map(({ group }) => group.passes),
        CONFIDENCE,
      )
      return family.map((slice, index) => [slice, differences[index] ?? null] as const)
    }),
  )
}
