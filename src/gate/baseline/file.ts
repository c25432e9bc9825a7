/** Where are baselines? Kept ones under results/baselines/ by name, exported ones anywhere. */
import { mkdirSync, readdirSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { BASELINES, RESULTS } from '../../journal/find-run.ts'
import { writeAtomically } from '../../lib/atomic-file.ts'
import { errorCode, UserError, writing } from '../../lib/errors.ts'
import { visitLines } from '../../lib/lines.ts'
import { oneLine } from '../../lib/text.ts'
import type { Side } from '../types.ts'
import { baselineLines, BaselineReader } from './format.ts'

const ENDING = '.jsonl'

/** Letters and digits first, so that a name is neither a flag nor a hidden file; `latest` is a run. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/

export function isBaselineName(text: string): boolean {
  return NAME.test(text) && text !== 'latest'
}

/** Throws UserError at what cannot be one; `flag` is what it was typed after. */
export function requireBaselineName(text: string, flag: string): string {
  if (isBaselineName(text)) return text
  throw new UserError(
    `${flag} ${oneLine(text, 120)}: ${text === 'latest' ? 'that is the last run, not a name' : 'no name for a baseline'}. ` +
      'A name begins with a letter or digit and holds letters, digits, ".", "-" and "_", such as main.',
  )
}

/** The file of a kept baseline, whether it is there or not. Absolute. */
export function keptPath(name: string, cwd: string): string {
  return join(resolve(cwd, RESULTS, BASELINES), `${name}${ENDING}`)
}

/** Names of the baselines that are kept, in alphabetical order. */
export function keptNames(cwd: string): string[] {
  try {
    return readdirSync(resolve(cwd, RESULTS, BASELINES))
      .filter((file) => file.endsWith(ENDING))
      .map((file) => file.slice(0, -ENDING.length))
      .filter(isBaselineName)
      .sort()
  } catch (error) {
    const code = errorCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    throw new UserError(`${RESULTS}/${BASELINES}: cannot be read (${code}).`, { cause: error })
  }
}

export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}

/** Reads a baseline file as a side of that name. Throws UserError when it is damaged, or none. */
export async function readBaselineFile(
  path: string,
  { name, cwd, signal }: { readonly name: string; readonly cwd: string; readonly signal: AbortSignal },
): Promise<Side> {
  const reader = new BaselineReader(relative(cwd, path) || path)
  try {
    await visitLines(path, (text, _offset, number) => reader.read(text, number), signal)
  } catch (error) {
    if (errorCode(error) === undefined) throw error
    throw new UserError(`${oneLine(path, 400)}: cannot be read (${errorCode(error)}).`, { cause: error })
  }
  const { facts, groups } = reader.finish()
  return { facts: { ...facts, name }, groups }
}

/** Writes a side whole or not at all; returns the number of bytes. Throws WriteError. */
export async function writeBaselineFile(path: string, side: Side): Promise<number> {
  writing(path, () => mkdirSync(dirname(path), { recursive: true }))
  await writeAtomically(path, baselineLines(side))
  return statSync(path).size
}
