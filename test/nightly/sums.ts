/** A project with sums for questions, and its nights. */
import { githubWorkflow, type WorkflowOptions } from '../../src/setup/github-workflow.ts'
import type { NightEnd, Project, Start } from './project.ts'

/** Who is asked. */
export const MODEL = 'mistralai/mistral-small'
/** Where the workflow is. */
export const FILE = '.github/workflows/assay-nightly.yml'
/** No key, and the simulator by name. */
export const SIMULATED = { keyEnv: null, flags: '--simulate' } as const
/** Share of the questions that the model of the baseline answers rightly. */
export const SKILL = 0.85

/** Sums with their results. */
function questions(count: number): string {
  const rows = Array.from({ length: count }, (_, row) => {
    const [left, right] = [17 + row, 3 + ((row * 7) % 101)]
    return `sum-${row},What is ${left} + ${right}?,${left + right}`
  })
  return `id,question,expected\n${rows.join('\n')}\n`
}

/** eval.config.js. */
export function config(settings: Readonly<Record<string, unknown>>): string {
  return `export default ${JSON.stringify({ dataset: 'sums.csv', model: MODEL, ...settings }, null, 2)}\n`
}

/** A simulated model that answers at once. */
export function model(skill: number, more: Readonly<Record<string, unknown>> = {}): string {
  const simulator = { ttft: '1ms', 'token-gap': '0ms', skill: `${MODEL}:${skill}` }
  return config({ simulator, concurrency: 32, ...more })
}

/** The repository at its first commit. */
export function project(rows: number, options: WorkflowOptions = {}): Record<string, string> {
  return {
    'package.json': '{ "name": "sums", "private": true, "type": "module" }\n',
    '.gitignore': 'node_modules/\nresults/*\n!results/history.csv\n!results/baselines/\n',
    'sums.csv': questions(rows),
    'eval.config.js': model(SKILL),
    [FILE]: githubWorkflow({ ...SIMULATED, ...options }),
  }
}

/** Started by hand, for a new baseline. */
export const BY_HAND_ANEW: Start = { inputs: { 'new-baseline': true } }
/** A night that stops when its verdict is known. */
export const WEEKDAY: Start = { schedule: '17 3 * * 1-6' }
/** A night that asks every row. */
export const SUNDAY: Start = { schedule: '17 3 * * 0' }

/** Runs a night and tells everything that was printed when a check of it fails. */
export async function night(of: Project, start: Start, check: (end: NightEnd) => void): Promise<void> {
  const end = await of.night(FILE, start)
  try {
    check(end)
  } catch (error) {
    if (error instanceof Error) error.message += `\n${end.transcript()}`
    throw error
  }
}

/** What the jobs come to when all is well. */
export const GREEN = { Evaluate: 'success', 'Commit the history': 'success' }

/** The same for a night that the last step ended. */
export function ended(code: number, record: 'success' | 'skipped' = 'skipped'): Record<string, string> {
  return { Evaluate: `failure: Outcome (${code})`, 'Commit the history': record }
}
