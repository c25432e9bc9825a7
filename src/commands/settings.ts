/** What was typed, over eval.config.ts, over defaults → settings. The same way for every command that has settings. */
import { relative } from 'node:path'
import { type ConfigFile, loadConfig } from '../config/load.ts'
import type { OptionKey, ReadConfig } from '../config/options.ts'
import { gateSettings } from '../config/gate.ts'
import { readConfig } from '../config/read.ts'
import { resolveSettings } from '../config/resolve.ts'
import type { GateSettings, Settings } from '../config/types.ts'
import { UserError } from '../lib/errors.ts'
import { parseUsd } from '../lib/usd.ts'
import { isCodeScorer } from '../config/scorers.ts'
import { isObject } from '../lib/json.ts'
import { oneLine } from '../lib/text.ts'
import { promptsAsAnswered, settingsAsAnswered } from '../run/as-answered.ts'
import { findRun } from '../journal/find-run.ts'
import type { CommandIo } from './types.ts'

type Typed = Readonly<Record<string, unknown>>

/** What the command does with the settings. */
export interface Purpose {
  /** Nothing will be sent: neither a key nor an address is needed. */
  readonly sendsNothing: boolean
  /** The answers of a run are scored; null: the models are asked. */
  readonly scored: ScoredRun | null
}

export interface ScoredRun {
  /** As typed. */
  readonly run: string
  /** Settings that say how it is scored: all others are those that its answers were made with. */
  readonly settings: readonly OptionKey[]
}

export const ASKING: Purpose = { sendsNothing: false, scored: null }

export async function settingsFrom(
  typed: Typed,
  { cwd, env }: Pick<CommandIo, 'cwd' | 'env'>,
  { sendsNothing, scored }: Purpose,
): Promise<Settings> {
  const config = await read(typed, cwd)
  const surroundings = { cwd, env, sendsNothing, scoresOnly: scored !== null }
  const resumed = scored?.run ?? config.resume
  if (resumed === undefined) {
    const replaying = withReplayedRun(config, typed, cwd)
    // Which run is the latest changes: a resume means the same one.
    const flags = replaying.replayRun === undefined ? typed : { ...typed, replayRun: replaying.replayRun }
    return resolveSettings(replaying, { ...surroundings, flags })
  }
  if (Object.hasOwn(typed, 'out')) {
    throw new UserError('--out and --resume both name the run folder. Leave --out away.')
  }
  // The same command again: what was typed for the run holds, unless something else is typed now.
  const { dir, manifest } = findRun(resumed, cwd, scored === null ? '--resume' : 'assay score')
  // A manifest is data: it names no code to run.
  const { config: _code, ...kept } = manifest.flags
  refuseCodeOf(kept['scorer'], typed)
  const before = Object.hasOwn(typed, 'scorer') ? withoutWeighing(kept) : kept
  const flags = { ...before, ...typed, ...pricesOf(before, typed) }
  const asked = scored === null ? flags : { ...flags, prompt: undefined, ...settingsAsAnswered(manifest) }
  const again = await read(asked, cwd, scored?.settings)
  // A budget that came from a config file does not go away with the file.
  const maxCost = again.maxCost === undefined ? parseUsd(String(manifest.settings['maxCost'])) : undefined
  const settings = await resolveSettings(
    withReplayedRun({ ...again, resume: dir, ...(maxCost === undefined ? {} : { maxCost }) }, asked, cwd),
    { ...surroundings, flags: asked },
  )
  if (scored !== null) return { ...settings, flags, prompts: promptsAsAnswered(manifest), takesKeptSamples: true }
  return { ...settings, takesKeptSamples: settings.dataset.path === '-' && typed['dataset'] === undefined }
}

/** Scorers that are code of the user are named by the user alone, in the command or the config file. */
function refuseCodeOf(scorers: unknown, typed: Typed): void {
  if (Object.hasOwn(typed, 'scorer')) return
  // One scorer is a text alone, several are a list.
  const code = [scorers]
    .flat()
    .find((scorer: unknown): scorer is string => typeof scorer === 'string' && isCodeScorer(scorer))
  if (code === undefined) return
  throw new UserError(
    `the run was scored by code, --scorer ${oneLine(code, 80)}, and a manifest is data that names no code to run. Type --scorer again.`,
  )
}

/** Prices are for models: one that is typed for a judge leaves those of the models as they were typed. */
function pricesOf(before: Typed, typed: Typed): Typed {
  const [then, now] = [before, typed].map(({ price }) => [price ?? []].flat().map(String))
  if (then === undefined || now === undefined || then.length === 0 || now.length === 0) return {}
  const modelOf = (price: string): string => price.slice(0, price.indexOf('='))
  const models = new Set(now.map(modelOf))
  return { price: [...then.filter((price) => !models.has(modelOf(price))), ...now] }
}

/**
 * Recorded answers keep the names of the models that gave them, whatever model the config file asks. Their run is named by
 * its folder, as seen from here.
 */
function withReplayedRun(config: ReadConfig, flags: Typed, cwd: string): ReadConfig {
  if (config.replayRun === undefined) return config
  const { dir, manifest } = findRun(config.replayRun, cwd, '--replay-run')
  const model = manifest.settings['model']
  const isNamed = Object.hasOwn(flags, 'model') || !Array.isArray(model)
  return { ...config, replayRun: relative(cwd, dir) || '.', ...(isNamed ? {} : { model: model.map(String) }) }
}

/** Settings that say how a run is compared. */
export const GATE_KEYS: readonly OptionKey[] = [
  'baseline',
  'maxDrop',
  'alpha',
  'metric',
  'alarmOn',
  'sequential',
  'inconclusive',
]

/** Those alone, for commands that ask nobody: the config file may say what it likes of the rest. */
export async function gateSettingsFrom(typed: Typed, cwd: string): Promise<GateSettings> {
  return gateSettings(await read(typed, cwd, GATE_KEYS))
}

/** Flags over the config file. `keys`: the settings that are taken from the file; all unless given. */
export async function read({ config, ...flags }: Typed, cwd: string, keys?: readonly string[]): Promise<ReadConfig> {
  const file = await loadConfig(cwd, typeof config === 'string' ? config : undefined)
  const taken = file && keys !== undefined ? only(keys, file) : file
  return readConfig(flags, taken && Object.hasOwn(flags, 'scorer') ? ownScorersOnly(taken) : taken)
}

/** Weights and thresholds go with the scorers that they were given for. */
function withoutWeighing({ weight: _weights, threshold: _thresholds, combine: _rule, ...others }: Typed): Typed {
  return others
}

function ownScorersOnly({ name, content }: ConfigFile): ConfigFile {
  return { name, content: isObject(content) ? withoutWeighing(content) : content }
}

function only(keys: readonly string[], { name, content }: ConfigFile): ConfigFile {
  return { name, content: Object.fromEntries(Object.entries(content as object).filter(([key]) => keys.includes(key))) }
}
