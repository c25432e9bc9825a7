/** What makes the merged run repeatable? The manifest that the run would have had if it had been run as one, and its parts. */
import { basename, isAbsolute } from 'node:path'
import type { GateSettings } from '../config/types.ts'
import type { Manifest, ManifestPrice } from '../journal/types.ts'
import { canonicalJson } from '../lib/hash.ts'
import { formatUsd, parseUsd, ZERO_USD } from '../lib/usd.ts'
import { runIdOf } from '../run/manifest.ts'
import { versionOf } from '../run/selection.ts'
import type { Part } from './types.ts'

/** What is asked of the whole, beside what its shards were asked. */
export interface MergeRules {
  readonly gate: GateSettings
  /** Null: no threshold. */
  readonly failUnder: number | null
  readonly maxFailed: number
  readonly timings: boolean
  /** What was typed and holds for a resume as well, by config key. */
  readonly flags: Readonly<Record<string, unknown>>
}

/** The runs of the baseline are not known here: they are filled in when they have been found. */
export function mergedManifest(parts: readonly [Part, ...Part[]], rules: MergeRules): Manifest {
  const manifests = parts.map(({ shard }) => shard.manifest)
  const [{ shard, samplesSha256 }] = parts
  const first = shard.manifest
  const { sample } = first.settings
  const { runId: _own, startedAt: _begun, ...common } = first
  const total = (of: (manifest: Manifest) => number): number => manifests.reduce((sum, one) => sum + of(one), 0)
  const draft = {
    ...common,
    gitCommit: inCommon(manifests.map(({ gitCommit }) => gitCommit)),
    settings: { ...first.settings, shard: null, maxCost: summedBudget(manifests), ...ruleSettings(rules) },
    dataset: {
      ...first.dataset,
      samples: total(({ dataset }) => dataset.samples),
      version: versionOf(
        { sha256: samplesSha256 },
        { dataset: { sample: typeof sample === 'number' ? sample : null, shard: null }, seed: first.seed },
      ),
    },
    prices: allPrices(manifests),
    trials: total(({ trials }) => trials),
    flags: mergedFlags(manifests, rules),
    baselineRuns: null,
    shards: manifests.map(({ runId }) => runId),
    // Whether answers to earlier wordings lie in the journal is told by these.
    resumes: manifests.flatMap(({ resumes }) => resumes).sort((one, other) => (one.at < other.at ? -1 : 1)),
  }
  const startedAt = manifests.map((one) => one.startedAt).sort()[0] ?? first.startedAt
  // The same parts make the same run, whatever it is held against.
  const runId = runIdOf({ ...common, shards: draft.shards }, new Date(startedAt))
  return { runId, startedAt, ...draft }
}

/** As `settingsAsUsed` of run/manifest.ts has them; where a baseline was is a matter of the machine. */
function ruleSettings({ gate, failUnder, maxFailed, timings }: MergeRules): Record<string, unknown> {
  return {
    failUnder,
    maxFailed,
    timings,
    baseline: gate.baselines.map((asked) => (isAbsolute(asked) ? basename(asked) : asked)),
    maxDrop: gate.maxDrop,
    metric: gate.metrics.map(({ name, margin }) => `${name}=${margin}`),
    alpha: gate.alpha,
    alarmOn: gate.alarmOn,
    inconclusive: gate.inconclusive,
  }
}

/** A resume goes on with the whole run, under the budgets of all its parts. */
function mergedFlags([first, ...others]: readonly Manifest[], { flags }: MergeRules): Record<string, unknown> {
  const { shard: _part, maxCost: typedBudget, ...typed } = first?.flags ?? {}
  const maxCost = typedBudget === undefined ? null : summedBudget(first === undefined ? [] : [first, ...others])
  return { ...typed, ...(maxCost === null ? {} : { maxCost }), ...flags }
}

/** Null: one of them had no limit. */
function summedBudget(manifests: readonly Manifest[]): string | null {
  const budgets = manifests.map(({ settings }) => parseUsd(String(settings['maxCost'])))
  return budgets.every((usd) => usd !== undefined) ? formatUsd(budgets.reduce((sum, usd) => sum + usd, ZERO_USD)) : null
}

/** Every row that was used: between two shards a price may change. */
function allPrices(manifests: readonly Manifest[]): readonly ManifestPrice[] {
  const rows = manifests.flatMap(({ prices }) => prices)
  return [...new Map(rows.map((row) => [canonicalJson(row), row])).values()]
}

/** Null where they differ. */
function inCommon(values: readonly (string | null)[]): string | null {
  const [first = null] = values
  return values.every((value) => value === first) ? first : null
}
