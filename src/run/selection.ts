/** Which of the samples that were read are asked? `--sample` and `--shard`, and what names the choice. */
import type { DatasetSettings, Settings } from '../config/types.ts'
import { pick } from '../dataset/select.ts'
import type { Sample, Spool } from '../dataset/types.ts'
import { UserError } from '../lib/errors.ts'
import { key128 } from '../lib/hash.ts'
import { plural } from '../lib/text.ts'

/** Names the selected samples: their content, and which of them are taken. Two runs of one version have asked the same. */
export function versionOf({ sha256 }: Pick<Spool, 'sha256'>, { dataset: { sample, shard }, seed }: Chosen): string {
  const isPart = sample !== null || shard !== null
  return key128(`samples\n${sha256}\n${JSON.stringify(isPart ? [sample, shard, seed] : [])}`)
}

interface Chosen extends Pick<Settings, 'seed'> {
  readonly dataset: Pick<DatasetSettings, 'sample' | 'shard'>
}

/** The samples that are asked. */
export interface Selection {
  /** A sample by its position among the selected ones, in dataset order. */
  readonly sampleAt: (position: number) => Sample
  /** Positions in the order in which they are sent. */
  readonly order: Uint32Array
}

/** `--sample` and `--shard` over what was read; positions count the selected samples alone. */
export function selected(spool: Spool, { sample, shard, where, offset }: DatasetSettings, file: string): Selection {
  const selection = pickSamples(spool, { sample, shard })
  if (selection.order.length === 0) {
    const conditions = where.map(({ column, value }) => `${column}=${value}`).join(' and ')
    throw new UserError(
      spool.count > 0
        ? `${file}: --shard leaves none of ${plural(spool.count, 'row')}. Give fewer shards than rows.`
        : offset > 0
          ? `${file}: --offset ${offset} passes over every row${conditions === '' ? '' : ` that has ${conditions}`}. Give a smaller one.`
          : `${file}: no row has ${conditions}. Check the spelling of the value: it must be equal to the cell.`,
    )
  }
  return selection
}

/** The samples of a run, whoever asks them. */
export interface Whole extends Pick<Selection, 'sampleAt'> {
  readonly samples: number
}

/** What the selected samples are a shard of; without --shard they are the whole themselves. */
export function wholeOf(spool: Spool, { sample, shard }: DatasetSettings, selection: Selection): Whole {
  const { order, sampleAt } = shard === null ? selection : pickSamples(spool, { sample, shard: null })
  return { samples: order.length, sampleAt }
}

/** `--sample` and `--shard` over what was read, which may leave nothing. */
export function pickSamples(spool: Spool, { sample, shard }: Pick<DatasetSettings, 'sample' | 'shard'>): Selection {
  const picked = pick(spool.order(), { sample, shard })
  if (picked.length === spool.count) return { sampleAt: (position) => spool.read(position), order: picked }
  const inDatasetOrder = picked.slice().sort()
  const order = ranksOf(picked, inDatasetOrder, spool.count)
  return { sampleAt: (position) => spool.read(inDatasetOrder[position] ?? 0), order }
}

/** Each picked index as its place among the picked ones. A function of its own, so that the table is let go. */
function ranksOf(picked: Uint32Array, inDatasetOrder: Uint32Array, count: number): Uint32Array {
  const ranks = new Uint32Array(count)
  inDatasetOrder.forEach((index, rank) => {
    ranks[index] = rank
  })
  return picked.map((index) => ranks[index] ?? 0)
}
