/** Is the program itself as it should be? */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { EXIT } from '../../lib/errors.ts'
import { NODE_VERSIONS, VERSION } from '../../lib/version.ts'
import { failure, ok, warning } from './finding.ts'
import type { Check } from './types.ts'

export const node: Check = {
  name: 'Node',
  run: () => {
    const found = process.versions.node
    if (isAtLeast(found, NODE_VERSIONS.replace(/^>=/, ''))) return [ok(`${found} (needs ${NODE_VERSIONS})`)]
    return [
      failure(`${found}, and Assay needs ${NODE_VERSIONS}`, 'Install a newer Node: https://nodejs.org.', EXIT.internal),
    ]
  },
}

/** Versions as three numbers each; what follows a dash is left aside. */
export function isAtLeast(found: string, needed: string): boolean {
  const numbers = (version: string): number[] => version.split('-')[0]?.split('.').map(Number) ?? []
  const [have, want] = [numbers(found), numbers(needed)]
  for (let part = 0; part < 3; part++) {
    const difference = (have[part] ?? 0) - (want[part] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return true
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

export const assay: Check = {
  name: 'Assay',
  run: () => {
    const built = modifiedMs(join(ROOT, 'dist', 'cli.js'))
    const changed = newestMs(join(ROOT, 'src'))
    // A package has no src/: what it was built from cannot have changed.
    if (built === null || changed === null || changed <= built) return [ok(VERSION)]
    return [warning(`${VERSION}, built before the last change in src/`, 'Build it anew: npm run build.')]
  },
}

/** Null when there is no such file. */
function modifiedMs(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? null
}

/** Of all TypeScript files in a folder and below; null when there is none. */
function newestMs(folder: string): number | null {
  if (modifiedMs(folder) === null) return null
  const times = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => modifiedMs(join(folder, name)) ?? 0)
  return times.length === 0 ? null : Math.max(...times)
}
