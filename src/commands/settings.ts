/** What was typed, over eval.config.ts, over defaults → settings. The same way for every command that has settings. */
import { loadConfig } from '../config/load.ts'
import type { ReadConfig } from '../config/options.ts'
import { readConfig } from '../config/read.ts'
import { resolveSettings } from '../config/resolve.ts'
import type { Settings } from '../config/types.ts'
import { UserError } from '../lib/errors.ts'
import { parseUsd } from '../lib/usd.ts'
import type { Manifest } from '../journal/types.ts'
import { isCodeScorer } from '../config/scorers.ts'
import { oneLine } from '../lib/text.ts'
import { findRun } from '../run/previous.ts'
import { DECIDE_ANSWERS } from '../run/resume.ts'
import type { CommandIo } from './types.ts'

type Typed = Readonly<Record<string, unknown>>

/** What the command does with the settings. */
export interface Purpose {
  /** Nothing will be sent: neither a key nor an address is needed. */
  readonly sendsNothing: boolean
  /** The answers of this run are scored; null: the models are asked. */
  readonly scoredRun: string | null
}

export const ASKING: Purpose = { sendsNothing: false, scoredRun: null }

export async function settingsFrom(
  typed: Typed,
  { cwd, env }: Pick<CommandIo, 'cwd' | 'env'>,
  { sendsNothing, scoredRun }: Purpose,
): Promise<Settings> {
  const config = await read(typed, cwd)
  const surroundings = { cwd, env, sendsNothing, scoresOnly: scoredRun !== null }
  const resumed = scoredRun ?? config.resume
  if (resumed === undefined) {
    return resolveSettings(withReplayedModels(config, typed, cwd), { ...surroundings, flags: typed })
  }
  if (Object.hasOwn(typed, 'out')) {
    throw new UserError('--out and --resume both name the run folder. Leave --out away.')
  }
  // The same command again: what was typed for the run holds, unless something else is typed now.
  const { dir, manifest } = findRun(resumed, cwd, scoredRun === null ? '--resume' : 'assay score')
  // A manifest is data: it names no code to run.
  const { config: _code, ...before } = manifest.flags
  refuseCodeOf(before['scorer'], typed)
  const flags = { ...before, ...(scoredRun === null ? {} : asAnswered(manifest)), ...typed }
  const again = await read(flags, cwd)
  // A budget that came from a config file does not go away with the file.
  const maxCost = again.maxCost === undefined ? parseUsd(String(manifest.settings['maxCost'])) : undefined
  const settings = await resolveSettings(
    withReplayedModels({ ...again, resume: dir, ...(maxCost === undefined ? {} : { maxCost }) }, flags, cwd),
    { ...surroundings, flags },
  )
  const isKept = scoredRun !== null || settings.dataset.path === '-'
  return { ...settings, takesKeptSamples: isKept && typed['dataset'] === undefined }
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

/** What decided the answers of a run, as it was then: a key in the environment or a changed config file asks nobody now. */
function asAnswered({ settings, provider, seed }: Manifest): Typed {
  const decided = DECIDE_ANSWERS.filter((key) => key !== 'simulator').flatMap((key): [string, unknown][] => {
    const value = settings[key]
    return value === null || value === undefined ? [] : [[key, value]]
  })
  const hasAddress = provider.name !== 'simulator' && provider.name !== 'replay'
  return {
    ...Object.fromEntries(decided),
    provider: provider.name,
    ...(hasAddress ? { baseUrl: provider.baseUrl } : {}),
    seed,
  }
}

/** Recorded answers keep the names of the models that gave them, whatever model the config file asks. */
function withReplayedModels(config: ReadConfig, flags: Typed, cwd: string): ReadConfig {
  if (config.replayRun === undefined || Object.hasOwn(flags, 'model')) return config
  const model = findRun(config.replayRun, cwd, '--replay-run').manifest.settings['model']
  return Array.isArray(model) ? { ...config, model: model.map(String) } : config
}

async function read({ config, ...flags }: Typed, cwd: string): Promise<ReadConfig> {
  return readConfig(flags, await loadConfig(cwd, typeof config === 'string' ? config : undefined))
}
