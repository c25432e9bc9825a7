/** Raw values (flags, config file) → checked values. Every problem is listed at once, each with the name of its place. */
import type { z } from 'zod'
import { UserError } from '../lib/errors.ts'
import { didYouMean } from '../lib/suggest.ts'
import { configSchema, flagOf, options, type ReadConfig } from './options.ts'
import type { ConfigFile } from './load.ts'

/** Flags over file: a flag that was typed replaces the file's value, lists included. */
export function readConfig(flags: Readonly<Record<string, unknown>>, file: ConfigFile | undefined): ReadConfig {
  const fromFile = file === undefined ? { values: {}, problems: [] } : readFile(file)
  const fromFlags = read(
    flags,
    (key) => `--${options[key as keyof typeof options]?.negated ? 'no-' : ''}${flagOf(key)}`,
  )
  const problems = [...fromFlags.problems, ...fromFile.problems]
  if (problems.length > 0) throw new UserError(problems)
  return { ...fromFile.values, ...fromFlags.values }
}

interface Reading {
  readonly values: ReadConfig
  readonly problems: readonly string[]
}

function readFile({ name, content }: ConfigFile): Reading {
  if (content === null || typeof content !== 'object' || Array.isArray(content)) {
    return {
      values: {},
      problems: [`${name}: expected an object as default export, e.g. export default defineConfig({ … }).`],
    }
  }
  return read(content, (key) => `${name}: ${key}`)
}

function read(raw: object, place: (key: string) => string): Reading {
  const result = configSchema.safeParse(raw)
  if (result.success) return { values: dropUndefined(result.data), problems: [] }
  return { values: {}, problems: result.error.issues.flatMap((issue) => explain(issue, place)) }
}

function explain(issue: z.core.$ZodIssue, place: (key: string) => string): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${place(key)}: there is no such setting.${didYouMean(key, Object.keys(options))}`)
  }
  const [key = '', ...rest] = issue.path.map(String)
  const inner = rest.length === 0 ? '' : `[${rest.join('.')}]`
  return [`${place(key)}${inner}: ${issue.message}.`]
}

/** A key that is present but undefined must not hide the same key of the file. */
function dropUndefined(config: ReadConfig): ReadConfig {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined))
}
