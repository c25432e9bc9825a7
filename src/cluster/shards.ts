/** Do these folders hold all parts of one run? Told from their manifests, before anything is read at length. */
import { relative } from 'node:path'
import { parseShard } from '../dataset/select.ts'
import { findRun } from '../journal/find-run.ts'
import { refuseWrittenRun } from '../journal/lock.ts'
import { UserError } from '../lib/errors.ts'
import { oneLine, plural } from '../lib/text.ts'
import { requireOnePlan } from './one-plan.ts'
import type { Shard } from './types.ts'

/** In the order of their numbers, however they were typed. Throws UserError where they are not the whole of one run. */
export function findShards(asked: readonly string[], cwd: string): readonly Shard[] {
  const shards = asked.map((one) => shardAt(one, cwd))
  shards.sort((one, other) => one.number - other.number)
  requireWhole(shards)
  requireOnePlan(shards)
  // Last, since it is over soonest.
  for (const { dir } of shards) refuseWrittenRun(dir)
  return shards
}

function shardAt(asked: string, cwd: string): Shard {
  const { dir, manifest } = findRun(asked, cwd, 'assay merge')
  const place = oneLine(relative(cwd, dir) || '.', 200)
  if (manifest.shards !== undefined) {
    throw new UserError(
      `assay merge ${place}: that is a merged run already, of ${plural(manifest.shards.length, 'shard')}. It is whole: nothing can be added to it.`,
    )
  }
  const { shard } = manifest.settings
  if (typeof shard !== 'string') {
    throw new UserError(
      `assay merge ${place}: that is a whole run, not a shard. Merge the runs that were made with --shard 1/n to n/n.`,
    )
  }
  return { ...parseShard(shard), dir, manifest, name: `${shard} (${place})` }
}

/** Every number from 1 to n, each once. */
function requireWhole(shards: readonly Shard[]): void {
  const [first, ...others] = shards
  if (first === undefined) throw new RangeError('no shard to merge')
  const differs = others.find(({ count }) => count !== first.count)
  if (differs !== undefined) {
    throw new UserError(
      `assay merge: ${first.name} and ${differs.name} are parts of a different division. All shards of a run have the same n in --shard k/n.`,
    )
  }
  const twice = others.find(({ number }, index) => number === shards[index]?.number)
  if (twice !== undefined) {
    const both = shards.filter(({ number }) => number === twice.number).map(({ name }) => name)
    throw new UserError(`assay merge: one shard is given twice: ${both.join(' and ')}. Leave one of them out.`)
  }
  const there = new Set(shards.map(({ number }) => number))
  const missing = Array.from({ length: first.count }, (_, index) => index + 1).filter((number) => !there.has(number))
  if (missing.length === 0) return
  throw new UserError(
    `assay merge: ${shardsText(missing, first.count)} missing; given ${shards.length === 1 ? 'is' : 'are'} ${shards.map(({ name }) => name).join(', ')}. ` +
      'Merging takes all shards of a run: name the others as well, or run them with the same command and their --shard.',
  )
}

function shardsText(numbers: readonly number[], count: number): string {
  const named = numbers.slice(0, 20).map((number) => `${number}/${count}`)
  const more = numbers.length - named.length
  return `${plural(numbers.length, 'shard')} (${named.join(', ')}${more > 0 ? `, and ${more} more` : ''}) ${numbers.length === 1 ? 'is' : 'are'}`
}
