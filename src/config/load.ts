/** Reads eval.config.ts and modules of scorers: code that the user wrote and named. */
import { existsSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createJiti } from 'jiti'
import { messageOf, UserError } from '../lib/errors.ts'

/** Looked for in the current folder, in this order. */
export const CONFIG_NAMES = ['eval.config.ts', 'eval.config.js', 'eval.config.mjs']

export interface ConfigFile {
  /** As errors name it. */
  readonly name: string
  /** What the file exports as default, not yet checked. */
  readonly content: unknown
}

/** The config file of a folder, or the one asked for by name; undefined when the folder has none. */
export async function loadConfig(cwd: string, asked: string | undefined): Promise<ConfigFile | undefined> {
  if (asked !== undefined && !existsSync(resolve(cwd, asked))) {
    throw new UserError(`--config ${asked}: no such file.`)
  }
  const name = asked ?? CONFIG_NAMES.find((candidate) => existsSync(resolve(cwd, candidate)))
  if (name === undefined) return undefined
  return { name: basename(name), content: await importDefault(resolve(cwd, name), name) }
}

/** What a file of the user's code exports as default. Rejects with a UserError that begins with `place`. */
export async function importDefault(path: string, place: string): Promise<unknown> {
  // `import … from 'assay'` in the file means the program that reads it, installed beside it or not.
  const self = fileURLToPath(new URL(`../index${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url))
  try {
    // Without interop, so that a file that exports nothing as default is told so.
    const jiti = createJiti(import.meta.url, { alias: { assay: self }, interopDefault: false })
    const module: { default?: unknown } = await jiti.import(path)
    return module.default
  } catch (error) {
    throw new UserError(`${place}: cannot be loaded: ${messageOf(error)}`, { cause: error })
  }
}
