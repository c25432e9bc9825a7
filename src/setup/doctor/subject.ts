/** What is there to be checked? The settings that a run would have, and the endpoints that it would ask. */
import { loadConfig } from '../../config/load.ts'
import type { ReadConfig } from '../../config/options.ts'
import { readConfig } from '../../config/read.ts'
import { resolveSettings } from '../../config/resolve.ts'
import type { Settings } from '../../config/types.ts'
import type { Clock } from '../../lib/clock.ts'
import { UserError } from '../../lib/errors.ts'
import type { Environment } from '../../provider/index.ts'
import { placesOf } from './places.ts'
import type { Subject, Terminal } from './types.ts'

export interface SubjectIo {
  readonly cwd: string
  readonly env: Environment
  readonly clock: Clock
  readonly terminal: Terminal
  readonly interrupt: AbortSignal
  /** Send nothing. */
  readonly isOffline: boolean
}

/** `typed`: the flags, by key. Requests are on their way when it resolves. */
export async function subjectOf(
  { config: asked, ...flags }: Readonly<Record<string, unknown>>,
  { cwd, env, clock, terminal, interrupt, isOffline }: SubjectIo,
): Promise<Subject> {
  const read = await readSettings(typeof asked === 'string' ? asked : undefined, flags, { cwd, env })
  const { settings, config } = read
  const surroundings = { cwd, env, flags, sendsNothing: true, scoresOnly: false }
  return {
    cwd,
    env,
    clock,
    terminal,
    configFile: read.file,
    problem: read.problem,
    settings,
    hasDataset: config.dataset !== undefined,
    isOffline,
    places: settings === null ? [] : placesOf(config, settings, surroundings, { clock, signal: interrupt, isOffline }),
  }
}

interface ReadSettings {
  readonly file: string | null
  readonly config: ReadConfig
  readonly settings: Settings | null
  readonly problem: string | null
}

/** Key and address are looked at on their own, and a dataset need not be named: neither is missing here. */
async function readSettings(
  asked: string | undefined,
  flags: Readonly<Record<string, unknown>>,
  { cwd, env }: Pick<SubjectIo, 'cwd' | 'env'>,
): Promise<ReadSettings> {
  let file: string | null = asked ?? null
  try {
    const loaded = await loadConfig(cwd, asked)
    file = loaded?.name ?? null
    const config = readConfig(flags, loaded)
    const surroundings = { cwd, env, flags, sendsNothing: true, scoresOnly: false }
    const settings = await resolveSettings({ ...config, dataset: config.dataset ?? '-' }, surroundings)
    return { file, config, settings, problem: null }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return { file, config: {}, settings: null, problem: error.message }
  }
}
