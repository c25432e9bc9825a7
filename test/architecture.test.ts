/** Does every file of src/ import only what its chapter may, and does every test file run its tests? */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, posix, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))

/**
 * In reading order: a chapter imports only those before it. The stages are dataset to report; the gate between the last two is
 * none, since it compares finished runs and so reads what earlier stages have left.
 */
const STAGES = ['dataset', 'prompt', 'plan', 'dispatch', 'provider', 'journal', 'cache', 'score', 'stats', 'report']
const CHAPTERS = [
  'lib',
  ...STAGES.slice(0, -1),
  'gate',
  'report',
  'simulator',
  'config',
  'run',
  'cluster',
  'setup',
  'view',
  'commands',
  'main.ts',
  'cli.ts',
  'index.ts',
]

/** What the simulator may know of the program that it plays the world for. */
const KNOWN_TO_SIMULATOR = new Set(['prompt/types.ts', 'provider/types.ts'])

/** Imports that the rules forbid and that are better than what would avoid them. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'dispatch/dispatch.ts → provider/types.ts': 'ProviderError is a class: what is to be retried is known by it',
  'report/progress.ts → stats/interval.ts': 'progress shows an interval over counts, and a second formula would differ',
  'report/results-csv.ts → prompt/render.ts': 'a kept column is found by the same rule as a placeholder',
}

interface Import {
  /** Both relative to src/. */
  readonly from: string
  readonly to: string
  readonly typeOnly: boolean
}

/** Files below a folder that end in .ts, relative to it, with forward slashes. */
function filesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.split(sep).join('/'))
}

function importsOf(from: string): Import[] {
  const source = readFileSync(join(ROOT, 'src', from), 'utf8')
  const statements = source.matchAll(/^(?:import|export)\s(?:([^'"]*?)\sfrom\s)?'(\.[^']+)'|\bimport\('(\.[^']+)'\)/gm)
  return Array.from(statements, ([, clause = '', inStatement, inCall]) => ({
    from,
    to: posix.join(posix.dirname(from), inStatement ?? inCall ?? ''),
    typeOnly: clause.startsWith('type ') || /^\{(\s*type\s[^,}]+,?)+\s*\}$/.test(clause),
  }))
}

const imports = filesIn('src').flatMap(importsOf)

function chapterOf(file: string): string {
  return file.split('/')[0] ?? file
}

function isAllowed({ from, to, typeOnly }: Import): boolean {
  const [here, there] = [chapterOf(from), chapterOf(to)]
  if (here === there) return basename(to) !== 'index.ts'
  if (there === 'lib') return true
  if (here === 'simulator') return KNOWN_TO_SIMULATOR.has(to)
  const isEarlier = CHAPTERS.indexOf(there) < CHAPTERS.indexOf(here)
  if (!STAGES.includes(here)) return isEarlier
  return (STAGES.includes(there) || there === 'gate') && basename(to) === 'types.ts' && (typeOnly || isEarlier)
}

test('the rules see the imports that there are', () => {
  assert.ok(imports.length > 300, `${imports.length} imports found`)
  assert.ok(imports.some(({ typeOnly }) => typeOnly) && imports.some(({ typeOnly }) => !typeOnly))
  for (const { from, to } of imports) assert.ok(existsSync(join(ROOT, 'src', to)), `${from} imports ${to}`)
})

test('every file belongs to a chapter', () => {
  assert.equal(
    [...new Set(filesIn('src').map(chapterOf))].filter((chapter) => !CHAPTERS.includes(chapter)),
    [],
  )
})

test('a chapter imports only earlier ones, a stage only the types of other stages', () => {
  const forbidden = imports.filter((one) => !isAllowed(one)).map(({ from, to }) => `${from} → ${to}`)
  assert.equal([...new Set(forbidden)].sort(), Object.keys(EXCEPTIONS).sort())
})

test('no files import each other in a circle', () => {
  const finished = new Set<string>()
  const follow = (file: string, path: readonly string[]): void => {
    assert.not.ok(path.includes(file), [...path.slice(path.indexOf(file)), file].join(' → '))
    if (finished.has(file)) return
    for (const { from, to } of imports) if (from === file) follow(to, [...path, file])
    finished.add(file)
  }
  for (const file of filesIn('src')) follow(file, [])
})

test('every test file runs what it declares', () => {
  for (const file of filesIn('test').filter((name) => name.endsWith('.test.ts'))) {
    const source = readFileSync(join(ROOT, 'test', file), 'utf8')
    const suites = Array.from(source.matchAll(/^const (\w+) = suite/gm), ([, name = '']) => name)
    const declared = [...suites, ...(/^import \{[^}]*\btest\b[^}]*\} from 'uvu'$/m.test(source) ? ['test'] : [])]
    assert.ok(declared.length > 0, `test/${file} declares no test`)
    for (const name of declared)
      assert.match(source, new RegExp(`^${name}\\.run\\(\\)`, 'm'), `test/${file}: ${name}.run()`)
  }
})

test.run()
