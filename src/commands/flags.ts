/** The option table → flags of a command, and what was typed → values by key. */
import type { Option } from '../config/option.ts'
import { flagOf, type OptionKey, options } from '../config/options.ts'
import { UserError } from '../lib/errors.ts'
import { oneLine } from '../lib/text.ts'

/** One flag as the parser and the help see it. */
export interface Flag {
  /** Key of the value, in camelCase. */
  readonly key: string
  /** As typed, without the dashes. */
  readonly flag: string
  readonly about: string
  readonly isSwitch: boolean
  readonly repeatable: boolean
  readonly value: string | undefined
  readonly alias: string | undefined
  readonly standard: string | undefined
  /** The switch turns something off: `--no-<name>`. */
  readonly negated: boolean
}

export interface FlagGroup {
  readonly title: string
  readonly flags: readonly Flag[]
}

/** Flags of the settings named, grouped as the table groups them. */
export function settingFlags(keys: readonly OptionKey[] = Object.keys(options) as OptionKey[]): FlagGroup[] {
  const groups = new Map<string, Flag[]>()
  for (const key of keys) {
    const { group } = options[key]
    groups.set(group, [...(groups.get(group) ?? []), settingFlag(key)])
  }
  return [...groups].map(([title, flags]) => ({ title, flags }))
}

/** Settings that say how to go on with a run: a plan goes on with none. */
const ABOUT_RESUMING: ReadonlySet<OptionKey> = new Set(['resume', 'retryFailed', 'allowChange'])

/** Flags of a command that sends nothing. */
export function planFlags(): FlagGroup[] {
  return settingFlags((Object.keys(options) as OptionKey[]).filter((key) => !ABOUT_RESUMING.has(key)))
}

function settingFlag(key: OptionKey): Flag {
  const { about, value, alias, repeatable, standard, negated }: Option = options[key]
  return {
    key,
    flag: `${negated === true ? 'no-' : ''}${flagOf(key)}`,
    about,
    isSwitch: value === undefined,
    repeatable: repeatable === true,
    value,
    alias,
    standard,
    negated: negated === true,
  }
}

/** What a flag of one command alone says of itself; without `value` it is a switch. */
type OwnFlag = Pick<Flag, 'key' | 'about'> & Partial<Pick<Flag, 'value' | 'alias' | 'standard' | 'repeatable'>>

/** A flag that is no setting. */
export function ownFlag({ key, about, value, alias, standard, repeatable = false }: OwnFlag): Flag {
  return {
    key,
    flag: flagOf(key),
    about,
    isSwitch: value === undefined,
    repeatable,
    value,
    alias,
    standard,
    negated: false,
  }
}

/** `--json` of a command; `what` is written to standard output then. */
export function jsonFlag(what: string): Flag {
  return ownFlag({ key: 'json', about: `Write ${what} to standard output as JSON` })
}

/** Where a server of ours listens. */
export const PORT_FLAG = ownFlag({
  key: 'port',
  about: 'Port on 127.0.0.1',
  value: 'n',
  alias: 'p',
  standard: 'any free port',
})

/** What was typed after it; 0: any free one. */
export function portOf(typed: unknown): number {
  if (typeof typed !== 'string') return 0
  const port = Number(typed)
  if (/^\d+$/.test(typed) && port <= 65_535) return port
  throw new UserError(`--port ${oneLine(typed, 60)}: expected a port from 0 to 65535.`)
}

/** The flag that names a config file. */
export const CONFIG_FLAG = ownFlag({
  key: 'config',
  about: 'Config file',
  value: 'file',
  standard: 'eval.config.ts in the current folder',
})
