/** What was typed, over eval.config.ts, over defaults → settings. The same way for every command that has settings. */
import { loadConfig } from '../config/load.ts'
import { readConfig } from '../config/read.ts'
import { resolveSettings } from '../config/resolve.ts'
import type { Settings } from '../config/types.ts'
import type { CommandIo } from './types.ts'

export async function settingsFrom(
  { config, ...typed }: Readonly<Record<string, unknown>>,
  { cwd, env }: Pick<CommandIo, 'cwd' | 'env'>,
  { sendsNothing }: { readonly sendsNothing: boolean },
): Promise<Settings> {
  const file = await loadConfig(cwd, typeof config === 'string' ? config : undefined)
  return resolveSettings(readConfig(typed, file), { cwd, env, typed: new Set(Object.keys(typed)), sendsNothing })
}
