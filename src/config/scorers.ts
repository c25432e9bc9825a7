/**
 * Which scorers does the user mean, those of their own code included? The command line and the config file may name modules
 * and commands; a manifest or a dataset may not.
 */
import { existsSync, readFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { UserError } from '../lib/errors.ts'
import { sha256 } from '../lib/hash.ts'
import {
  behindFilters,
  checkedUserScorer,
  commandScorer,
  entryOf,
  findScorer,
  isCommand,
  isScorer,
  parseFilters,
  parseScorer,
  type UserScorer,
  userScore,
} from '../score/index.ts'
import type { ParsedScorer } from '../score/types.ts'
import { importDefault } from './load.ts'
import type { WrittenScorer } from './written-scorers.ts'

/** Where paths and commands are meant. */
export interface ScorerSurroundings {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Reads all of them, in their order. Rejects with UserError when one is wrong, cannot be loaded or is given twice. */
export async function resolveScorers(
  written: readonly WrittenScorer[],
  surroundings: ScorerSurroundings,
): Promise<ParsedScorer[]> {
  const scorers: ParsedScorer[] = []
  for (const one of written) {
    scorers.push(typeof one === 'string' ? await readTyped(one, surroundings) : inlineScorer(one))
  }
  // Two scorers of one label would be one column of the results.
  const labels = scorers.map(({ label }) => label)
  const repeated = labels.find((label, index) => labels.indexOf(label) !== index)
  if (repeated !== undefined) throw new UserError(`--scorer ${repeated} is given twice. Leave one out.`)
  return scorers
}

/** Whether naming this scorer runs code of the user: a module or a command, also behind filters. */
export function isCodeScorer(typed: string): boolean {
  const { scorer } = splitFilters(typed)
  return isCommand(scorer) || isModule(scorer)
}

/** What may be written down of such a scorer: no folder of a machine. */
export function withoutFolders(typed: string): string {
  return isCodeScorer(typed) ? typed.replace(/[^\s=:'"]*[/\\](?=[^/\\])/g, '') : typed
}

async function readTyped(typed: string, surroundings: ScorerSurroundings): Promise<ParsedScorer> {
  if (!isCodeScorer(typed)) return parseScorer(typed)
  const { filters, scorer } = splitFilters(typed)
  return behindFilters(
    filters,
    isCommand(scorer) ? commandScorer(scorer, surroundings) : await moduleScorer(scorer, surroundings.cwd),
  )
}

function splitFilters(typed: string): ReturnType<typeof parseFilters> {
  return parseFilters(typed, (text) => isScorer(text) || isCommand(text) || isModule(text))
}

/** A path, or the name of a file of code in the working folder. What begins with the name of a scorer is its argument. */
function isModule(text: string): boolean {
  if (/\s>\s/.test(text)) return false
  return /^(?:\.{0,2}[/\\]|[A-Za-z]:[/\\])/.test(text) || (/\.(?:[cm]?[jt]s)$/.test(text) && !isScorer(text))
}

/** A scorer that stands in the config file itself. */
export function inlineScorer(definition: UserScorer): ParsedScorer {
  const checked = checkedUserScorer(definition, 'scorer')
  const { name } = checked
  if (findScorer(name) !== undefined || name === 'command') {
    throw new UserError(`scorer: "${name}" is the name of a built-in scorer. Give yours another one.`)
  }
  // What a function closes over is not known.
  return parsed(name, checked, null)
}

/** The default export of a file: `scorer({ … })`, or the function alone. The file gives the name. */
async function moduleScorer(path: string, cwd: string): Promise<ParsedScorer> {
  const file = resolve(cwd, path)
  if (!existsSync(file)) {
    throw new UserError(
      `--scorer ${path}: no such file. A path is meant from the folder that the program is started in.`,
    )
  }
  const content = await importDefault(file, `--scorer ${path}`)
  const definition = typeof content === 'function' ? { name: 'module', score: content } : content
  if (definition === undefined) {
    throw new UserError(
      `--scorer ${path}: the file exports nothing as default. Expected export default scorer({ name, score }), or the function alone.`,
    )
  }
  return parsed(basename(path), checkedUserScorer(definition, `--scorer ${path}`), fingerprintOf(file))
}

function parsed(label: string, definition: UserScorer, fingerprint: string | null): ParsedScorer {
  const score = userScore(definition)
  const scorer = entryOf(definition.name, score, definition.needsExpected ?? false)
  return { label, scorer, argument: undefined, score, fingerprint }
}

/** The content of the file; null when it imports files of its own, which may change as well. */
function fingerprintOf(file: string): string | null {
  const source = readFileSync(file, 'utf8')
  return /['"`]\.{1,2}\//.test(source) ? null : `module ${sha256(source)}`
}
