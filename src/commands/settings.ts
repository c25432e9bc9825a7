/** What was typed, over eval.config.ts, over defaults → settings. The same way for every command that has settings. */
import { loadConfig } from '../config/load.ts'
import type { ReadConfig } from '../config/options.ts'
import { readConfig } from '../config/read.ts'
import { resolveSettings } from '../config/resolve.ts'
import type { Settings } from '../config/types.ts'
import { UserError } from '../lib/errors.ts'
import { parseUsd } from '../lib/usd.ts'
import { findRun } from '../run/previous.ts'
import type { CommandIo } from './types.ts'

type Typed = Readonly<Record<string, unknown>>

export async function settingsFrom(
  typed: Typed,
  { cwd, env }: Pick<CommandIo, 'cwd' | 'env'>,
  { sendsNothing }: { readonly sendsNothing: boolean },
): Promise<Settings> {
  const config = await read(typed, cwd)
  if (config.resume === undefined) return resolveSettings(config, { cwd, env, flags: typed, sendsNothing })
  if (Object.hasOwn(typed, 'out')) {
    throw new UserError('--out and --resume both name the run folder. Leave --out away.')
  }
  // The same command again: what was typed for the run holds, unless something else is typed now.
  const { dir, manifest } = findRun(config.resume, cwd)
  // A manifest is data: it names no code to run.
  const { config: _code, ...before } = manifest.flags
  const flags = { ...before, ...typed }
  const again = await read(flags, cwd)
  // A budget that came from a config file does not go away with the file.
  const maxCost = again.maxCost === undefined ? parseUsd(String(manifest.settings['maxCost'])) : undefined
  const settings = resolveSettings(
    { ...again, resume: dir, ...(maxCost === undefined ? {} : { maxCost }) },
    { cwd, env, flags, sendsNothing },
  )
  return { ...settings, takesKeptSamples: settings.dataset.path === '-' && typed['dataset'] === undefined }
}

async function read({ config, ...flags }: Typed, cwd: string): Promise<ReadConfig> {
  return readConfig(flags, await loadConfig(cwd, typeof config === 'string' ? config : undefined))
}
