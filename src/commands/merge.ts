/** `assay merge`: the shards of a run, asked on several machines, become the run that one machine would have made. */
import { resolve } from 'node:path'
import type { MergeRules } from '../cluster/manifest.ts'
import { mergeRuns } from '../cluster/merge.ts'
import { gateSettings, refuseGateWithoutBaseline } from '../config/gate.ts'
import type { OptionKey, ReadConfig } from '../config/options.ts'
import { reportersOf } from '../config/resolve.ts'
import { maxFailedOf } from '../gate/baseline/load.ts'
import type { Manifest } from '../journal/types.ts'
import { flagsToKeep } from '../run/manifest.ts'
import { openInBrowser } from './browser.ts'
import { CONFIG_FLAG, settingFlags } from './flags.ts'
import { report } from './run-output.ts'
import { read } from './settings.ts'
import type { Command } from './types.ts'

/** More machines than anybody has. */
const MOST_SHARDS = 10_000

/** Rules that judge the whole. */
const RULES: readonly OptionKey[] = [
  'baseline',
  'maxDrop',
  'alpha',
  'metric',
  'alarmOn',
  'inconclusive',
  'failUnder',
  'maxFailed',
]

const OUTPUT: readonly OptionKey[] = ['reporter', 'open', 'timings', 'json', 'excel']

export const merge: Command = {
  name: 'merge',
  about: 'Put the shards of a run (--shard 1/n to n/n) together: one run, as if it had been asked in one',
  positionals: [
    {
      name: 'shard',
      about: 'run folders of all shards, in any order, or names of those under results/',
      min: 1,
      max: MOST_SHARDS,
    },
  ],
  flags: [...settingFlags([...RULES, 'out', ...OUTPUT]), { title: 'config', flags: [CONFIG_FLAG] }],
  examples: [
    'assay merge shards/*',
    'assay merge shards/* --baseline nightly --max-drop 0.02 --reporter html --reporter markdown',
    'assay merge results/part-1 results/part-2 --out results/whole --fail-under 85%',
  ],
  run: async ({ shard, ...typed }, io) => {
    const config = await read(typed, io.cwd, [...RULES, ...OUTPUT])
    const gate = gateSettings(config)
    refuseGateWithoutBaseline(gate, typed)
    const { json = false, open = false, out = null } = config
    const reporters = reportersOf(config)
    const end = await mergeRuns(
      {
        shards: [shard].flat().map(String),
        outDir: out,
        reporters,
        rulesOf: (manifest) => ({ ...rulesOf(config, manifest), gate, flags: flagsToKeep(only(RULES, typed), io.cwd) }),
      },
      io,
    )
    report(end, { json, timings: end.timings, reporters, scoreOnly: false }, io)
    if (open) await openInBrowser(resolve(io.cwd, end.dir, 'report.html'), io.stderr)
    return end.exitCode
  },
}

/** What nobody has said anew is as the shards were told. */
function rulesOf(
  { failUnder, maxFailed, timings }: ReadConfig,
  manifest: Manifest,
): Pick<MergeRules, 'failUnder' | 'maxFailed' | 'timings'> {
  const { settings } = manifest
  return {
    failUnder: failUnder ?? (typeof settings['failUnder'] === 'number' ? settings['failUnder'] : null),
    maxFailed: maxFailed ?? maxFailedOf(manifest),
    timings: timings ?? settings['timings'] !== false,
  }
}

function only(keys: readonly string[], typed: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(typed).filter(([key]) => keys.includes(key)))
}
