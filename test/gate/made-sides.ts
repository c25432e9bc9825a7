/** Sides of a comparison, made by hand. */
import { orderKey } from '../../src/dataset/select.ts'
import type { PlannedTrials } from '../../src/gate/planned.ts'
import { Rows } from '../../src/gate/rows.ts'
import type { GateDesignAsked, MetricAsked, Side, SideFacts } from '../../src/gate/types.ts'
import { key128 } from '../../src/lib/hash.ts'

export const PASS_RATE: MetricAsked = { name: 'pass_rate', kind: 'quality', margin: 0.05 }

export function design(changes: Partial<GateDesignAsked> = {}): GateDesignAsked {
  return { metrics: [PASS_RATE], alpha: 0.05, alarmOn: 'over-margin', sequential: false, seed: 0, ...changes }
}

export function facts(changes: Partial<SideFacts> = {}): SideFacts {
  return {
    name: 'run',
    runIds: ['run'],
    startedAt: '2026-01-01T00:00:00.000Z',
    simulated: false,
    provider: { name: 'openrouter', baseUrl: 'https://openrouter.ai/api/v1' },
    dataset: { name: 'qa', format: 'csv', sha256: null, samples: 10, version: 'v1' },
    prompts: [{ name: 'question', id: 'p1' }],
    scoring: { pass: 1, at: '', key: 'k', scorers: ['exact'], judges: [], weight: {}, threshold: {}, combine: 'all' },
    judges: null,
    embeddings: null,
    seed: 0,
    epochs: 1,
    planned: 10,
    clusterColumn: null,
    ...changes,
  }
}

/** What one trial came to; a number is its pass rate, null a failure. */
export type Made = number | null | Readonly<Record<string, number>>

export interface MadeRows {
  readonly model?: string
  readonly prompt?: string
  /** By sample, then by epoch. */
  readonly samples: Readonly<Record<string, Made | readonly Made[]>>
  readonly clusterOf?: (sample: string) => string
}

export function keyOf(sample: string, epoch: number): string {
  return key128(`${sample}|${epoch}`)
}

export function rows({ model = 'm', prompt = 'question', samples, clusterOf }: MadeRows): Rows {
  const made = new Rows({ model, prompt })
  for (const [sample, epochs] of Object.entries(samples)) {
    const list: readonly Made[] = Array.isArray(epochs) ? epochs : [epochs as Made]
    for (const [index, value] of list.entries()) {
      made.set({
        key: keyOf(sample, index + 1),
        order: orderKey(0, sample),
        cluster: clusterOf?.(sample) ?? null,
        values: valuesOf(value),
      })
    }
  }
  return made
}

export function valuesOf(value: Made): Readonly<Record<string, number>> {
  if (value === null) return { failures: 1 }
  return typeof value === 'number' ? { failures: 0, pass_rate: value } : { failures: 0, ...value }
}

export function side(made: MadeRows | readonly MadeRows[], changes: Partial<SideFacts> = {}): Side {
  const groups: readonly MadeRows[] = [made].flat()
  const planned = Math.max(...groups.map(({ samples }) => Object.keys(samples).length))
  return {
    facts: facts({ planned, ...changes }),
    groups: groups.map((group) => ({ rows: rows(group), servedBy: { models: {}, providers: {} } })),
  }
}

/** The samples in the order in which a run of seed 0 sends them. */
export function planOf(
  samples: readonly string[],
  { epochs = 1, clusterOf }: { readonly epochs?: number; readonly clusterOf?: (sample: string) => string } = {},
): PlannedTrials & { readonly order: readonly string[] } {
  const order = samples.toSorted((a, b) => orderKey(0, a) - orderKey(0, b))
  const clusters = clusterOf === undefined ? null : order.map(clusterOf)
  return {
    order,
    samples: order.length,
    epochs,
    clusterOf: clusters === null ? null : Uint32Array.from(clusters, (cluster) => clusters.indexOf(cluster)),
    rowsOf: (sides) =>
      sides.map((one) =>
        Int32Array.from({ length: order.length * epochs }, (_, index) => {
          const sample = order[Math.floor(index / epochs)] ?? ''
          return one.rowOf(keyOf(sample, (index % epochs) + 1)) ?? -1
        }),
      ),
  }
}

/** Samples s0, s1, … with the value that `of` gives each. */
export function many(count: number, of: (index: number) => Made | readonly Made[]): MadeRows['samples'] {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`s${index}`, of(index)]))
}
