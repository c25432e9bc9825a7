/**
 * What does a whole run make of a server that misbehaves? Every script is played to the built program: once, after which
 * the server heals, and, where that shows something new, for ever. What comes out is held against
 * test/golden/chaos.json, from which the tables of docs/failures.md are made.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import pLimit from 'p-limit'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type ChaosOptions, type Turn, withChaos } from '../helpers/chaos-server.ts'
import { answerTo } from '../helpers/datasets.ts'
import { inWorkdir } from '../helpers/workdir.ts'
import { judge, KEY, OUT } from './judge.ts'
import { answers } from './plays.ts'
import type { Line, Outcome, Scenario, Script } from './script.ts'

const GOLDEN = fileURLToPath(new URL('../golden/chaos.json', import.meta.url))

/** Programs that run at the same time: most of the time they wait. */
const PROGRAMS = 3

/** Several scripts in one run, a question each: where all of them are answered in the end, a run each would show no more. */
interface Together {
  readonly together?: true
}

/** Declares a test per script and scenario, and one that compares the whole group with the golden file. */
export function matrix(group: string, scripts: readonly Script[], { together }: Together = {}): void {
  const limit = pLimit(PROGRAMS)
  const lines: Line[] = scripts.map(({ server }) => ({ server }))
  const start = (played: readonly Script[], scenario: Scenario): Promise<ReadonlyMap<Script, Outcome>> => {
    const playing = limit(() => play(played, scenario))
    // A failure is told by the test that waits for it.
    playing.catch(() => {})
    return playing
  }
  const shared = together && start(scripts, 'heals')
  scripts.forEach((script, place) => {
    for (const scenario of script.scenarios ?? (['heals'] as const)) {
      const playing = shared ?? start([script], scenario)
      test(`${group}: ${script.server}${scenario === 'goesOn' ? ', for ever' : ''}`, async () => {
        const outcome = (await playing).get(script)
        if (outcome === undefined) throw new Error('no question was hit')
        lines[place] = { ...lines[place], server: script.server, [scenario]: outcome }
      })
    }
  })
  test(`${group}: every outcome is the one in the golden file`, () => assertGolden(group, lines))
}

async function play(scripts: readonly Script[], scenario: Scenario): Promise<ReadonlyMap<Script, Outcome>> {
  const [first] = scripts
  if (first === undefined) throw new Error('there is nothing to play')
  const { questions, hits } = scripts.length === 1 ? aimed(first) : aimedTogether(scripts)
  const served: Turn = { play: answers, charge: 'answered' }
  const options: ChaosOptions = {
    turn: ({ question, attempt, place }) => {
      const isSpoilt = first.firstRequests === undefined ? attempt === 1 : place <= first.firstRequests
      return (scenario === 'goesOn' || isSpoilt ? hits.get(question) : undefined) ?? served
    },
    isListening: first.isDown !== true,
    connectionsClosed: first.connectionsClosed ?? 0,
  }
  let outcomes: ReadonlyMap<Script, Outcome> = new Map()
  await inWorkdir({ ...first.files, 'qa.csv': dataset(questions) }, async (work) => {
    await withChaos(options, async (server) => {
      const env = { OPENROUTER_API_KEY: KEY, ...(first.preload && { NODE_OPTIONS: `--require ./${first.preload}` }) }
      const program = work.start(argumentsFor(first, scenario, server.url), { env })
      if (scenario === 'heals') await first.meanwhile?.(server, work)
      const ended = await program.ended
      outcomes = judge({ work, ended, questions, hits, bill: server.bill })
      first.afterwards?.(work, ended)
    })
  })
  return outcomes
}

interface Aimed {
  readonly questions: readonly string[]
  /** Which script hits a question. */
  readonly hits: ReadonlyMap<string, Script>
}

/** A third of the questions, if the script says nothing else. */
function aimed(script: Script): Aimed {
  const questions = numbered(script.questions ?? 9)
  const hit = everyNth(questions, script.hits ?? questions.length / 3)
  return { questions, hits: new Map(hit.map((question) => [question, script])) }
}

/** One question per script, and half as many that nothing happens to. */
function aimedTogether(scripts: readonly Script[]): Aimed {
  const questions = numbered(Math.ceil(scripts.length * 1.5))
  return { questions, hits: new Map(scripts.map((script, index) => [questions[index] ?? '', script])) }
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `Question ${index + 1}?`)
}

/** Evenly spread, the first one among them. */
function everyNth(questions: readonly string[], count: number): string[] {
  const step = Math.floor(questions.length / count)
  return questions.filter((_, index) => index % step === 0 && index / step < count)
}

function dataset(questions: readonly string[]): string {
  const rows = questions.map((question, index) => `q${index + 1},${question},${answerTo(question)}\n`)
  return `id,question,expected\n${rows.join('')}`
}

function argumentsFor(script: Script, scenario: Scenario, url: string): string[] {
  const goesOn = scenario === 'goesOn'
  const { args = [], timeout = '20s', retries = goesOn ? 1 : 3 } = script
  const where = ['--provider', 'openrouter', '--base-url', url, '--out', OUT]
  const pace = ['--concurrency', '4', '--timeout', timeout, '--retries', `${retries}`]
  const patience = ['--give-up-after', goesOn ? '3s' : '60s']
  return ['eval', '-d', 'qa.csv', '--quiet', ...where, ...pace, ...patience, ...args]
}

/** One line of the file per script, so that a difference is easy to read. */
function assertGolden(group: string, lines: readonly Line[]): void {
  const golden = existsSync(GOLDEN) ? (JSON.parse(readFileSync(GOLDEN, 'utf8')) as Record<string, Line[]>) : {}
  if (process.env['UPDATE_GOLDEN'] === '1') {
    golden[group] = [...lines]
    const groups = Object.entries(golden).map(
      ([name, entries]) =>
        `${JSON.stringify(name)}: [\n${entries.map((line) => `  ${JSON.stringify(line)}`).join(',\n')}\n]`,
    )
    writeFileSync(GOLDEN, `{\n${groups.join(',\n')}\n}\n`)
  }
  assert.equal(lines, golden[group], 'UPDATE_GOLDEN=1 writes the file anew')
}
