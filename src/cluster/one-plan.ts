/** Do shards belong to one plan? Whatever decides what is asked, answered, scored or reported has to be equal in all of them. */
import type { Manifest, ManifestScoring } from '../journal/types.ts'
import { UserError } from '../lib/errors.ts'
import { canonicalJson } from '../lib/hash.ts'
import { oneLine } from '../lib/text.ts'
import type { Shard } from './types.ts'

/** Settings that say how fast a shard goes, what it may cost, and what is made of its own numbers: each may have its own. */
export const OWN_SETTINGS: ReadonlySet<string> = new Set([
  'shard',
  'concurrency',
  'rpm',
  'tpm',
  'giveUpAfter',
  'retries',
  'timeout',
  'trialTimeout',
  'maxCost',
  'cache',
  'failUnder',
  'maxFailed',
  'timings',
  'inconclusive',
  'maxDrop',
  'metric',
  'alpha',
  'alarmOn',
])

/** Throws UserError that names everything in which one of them differs from the first. */
export function requireOnePlan([first, ...others]: readonly Shard[]): void {
  if (first === undefined) return
  const plan = planOf(first.manifest)
  for (const other of others) {
    const own = planOf(other.manifest)
    const differing = [...new Set([...Object.keys(plan), ...Object.keys(own)])].filter(
      (key) => textOf(plan[key]) !== textOf(own[key]),
    )
    if (differing.length === 0) continue
    throw new UserError([
      `assay merge: ${first.name} and ${other.name} are not parts of one run. They differ in`,
      ...differing.map((key) => `  ${key}: ${shown(plan[key])} and ${shown(own[key])}`),
      'Run the shards again with one version of Assay, the same dataset and the same flags but --shard.',
    ])
  }
}

/** By name: what the plan is made of. */
function planOf(manifest: Manifest): Record<string, unknown> {
  const { settings, dataset, prompts, provider, judges, embeddings, scorings, seed, simulated } = manifest
  return {
    'who answers': simulated ? 'the built-in simulator' : 'real models',
    'version of Assay': manifest.assayVersion,
    dataset: dataset.name,
    'format of the dataset': dataset.format,
    'bytes of the dataset (SHA-256)': dataset.sha256,
    seed,
    provider: provider.baseUrl === '' ? provider.name : `${provider.name} at ${provider.baseUrl}`,
    prompts: prompts.map(({ name, text }) => `${name}: ${text}`),
    'ids of the prompts': prompts.map(({ id }) => id),
    judges,
    embeddings,
    scorers: manifest.scorers,
    scorings: scorings.map(scoringOf),
    ...Object.fromEntries(Object.entries(settings).filter(([key]) => !OWN_SETTINGS.has(key))),
  }
}

/** Of scorers whose code nobody can know the names count: their keys are other ones each time. */
function scoringOf({ pass, key, knownKey, scorers, judges, weight, threshold, combine }: ManifestScoring): unknown {
  return { pass, scorers, judges, weight, threshold, combine, key: knownKey ?? key }
}

/** What is not set is left out of JSON. */
function textOf(value: unknown): string {
  return value === undefined || value === null ? 'null' : canonicalJson(value)
}

function shown(value: unknown): string {
  return value === undefined || value === null
    ? 'not set'
    : oneLine(typeof value === 'string' ? value : textOf(value), 200)
}
