/** Which trials were to be asked, and in which order? The order was fixed before the first answer: it is what makes stopping fair. */
import { join } from 'node:path'
import { parseShard, pick } from '../dataset/select.ts'
import { openSpool, SAMPLES_FILE } from '../dataset/spool.ts'
import type { Sample, Spool } from '../dataset/types.ts'
import { pairKey } from '../plan/keys.ts'
import type { Manifest } from '../journal/types.ts'
import { cellOf } from '../prompt/render.ts'
import type { Rows } from './rows.ts'

/** Trials of one model × prompt by place: sample by sample as they are sent, the epochs of each next to each other. */
export interface PlannedTrials {
  readonly samples: number
  readonly epochs: number
  /** Cluster of each sample by its place in the order, numbered from 0; null: each stands alone. */
  readonly clusterOf: Uint32Array | null
  /** For each of some sides: the row of every trial, −1 where the side has none. */
  rowsOf(sides: readonly Rows[]): Int32Array[]
}

/** `order` holds positions of `sampleAt`. */
export function plannedTrials(
  { order, sampleAt }: { readonly order: Uint32Array; readonly sampleAt: (position: number) => Sample },
  { epochs, clusterColumn }: { readonly epochs: number; readonly clusterColumn: string | null },
): PlannedTrials {
  return {
    samples: order.length,
    epochs,
    clusterOf: clusterColumn === null ? null : clusterNumbers(order, sampleAt, clusterColumn),
    rowsOf: (sides) => {
      const rows = sides.map(() => new Int32Array(order.length * epochs).fill(-1))
      for (const [place, position] of order.entries()) {
        const sample = sampleAt(position)
        for (let epoch = 1; epoch <= epochs; epoch++) {
          const key = pairKey(sample, epoch)
          for (const [side, one] of sides.entries()) {
            const row = one.rowOf(key)
            if (row !== undefined) rows[side]?.set([row], place * epochs + epoch - 1)
          }
        }
      }
      return rows
    },
  }
}

function clusterNumbers(order: Uint32Array, sampleAt: (position: number) => Sample, column: string): Uint32Array {
  const numbers = new Map<string, number>()
  return order.map((position) => {
    const cluster = cellOf(sampleAt(position).vars, column) ?? ''
    let number = numbers.get(cluster)
    if (number === undefined) numbers.set(cluster, (number = numbers.size))
    return number
  })
}

/** The plan of a run from its folder. The spool has to be closed by the caller. */
export async function plannedOfRun(
  dir: string,
  { settings, seed }: Manifest,
  signal: AbortSignal,
): Promise<{ readonly planned: PlannedTrials; readonly spool: Spool }> {
  const spool = await openSpool(join(dir, SAMPLES_FILE), { seed }, signal)
  const { sample, shard, epochs, cluster } = settings
  const order = pick(spool.order(), {
    sample: typeof sample === 'number' ? sample : null,
    shard: typeof shard === 'string' ? parseShard(shard) : null,
  })
  const planned = plannedTrials(
    { order, sampleAt: (position) => spool.read(position) },
    { epochs: Number(epochs ?? 1), clusterColumn: typeof cluster === 'string' ? cluster : null },
  )
  return { planned, spool }
}
