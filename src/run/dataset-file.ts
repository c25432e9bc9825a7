/** Where in the repository are the questions of a run? */
import { existsSync } from 'node:fs'
import { isAbsolute, relative, resolve } from 'node:path'
import type { Manifest } from '../journal/types.ts'

/** A name alone may be that of a file in this folder. */
const DATASETS = 'datasets'

interface Place {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/**
 * The file from the root of the repository (GITHUB_WORKSPACE, else the working folder), with forward slashes; nothing where it is
 * not in there, such as standard input.
 */
export function datasetFileOf({ flags, dataset }: Manifest, { cwd, env }: Place): { readonly datasetFile?: string } {
  const typed = flags['dataset']
  const names = typeof typed === 'string' ? [typed] : [`${dataset.name}.${dataset.format}`]
  const found = names
    .flatMap((name) => [resolve(cwd, name), resolve(cwd, DATASETS, name)])
    .find((path) => existsSync(path))
  if (found === undefined) return {}
  const path = relative(env['GITHUB_WORKSPACE'] ?? cwd, found)
  return path.startsWith('..') || isAbsolute(path) ? {} : { datasetFile: path.replaceAll('\\', '/') }
}
