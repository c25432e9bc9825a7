/**
 * A/A: nights on which nothing has changed. The simulator's own oracle answers 300 questions at a skill of 0.90, for a fresh
 * baseline and for the run, each with a seed of its own; the gate looks after every row. In process, and through the whole program.
 */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { dispatchOrder, orderKey } from '../../dist/dataset/select.js'
import { judge } from '../../dist/gate/gate.js'
import { plannedTrials } from '../../dist/gate/planned.js'
import { Rows } from '../../dist/gate/rows.js'
import { pairKey } from '../../dist/plan/keys.js'
import { createOracle, messageHash } from '../../dist/simulator/oracle.js'

const cli = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'dist', 'cli.js')
export const ROWS = 300
const SKILL = 0.9
const MAX_DROP = 0.1
const MODEL = 'bench/unchanged'

const samples = Array.from({ length: ROWS }, (_, row) => {
  const vars = { question: `Question ${row}?`, expected: `Answer ${row}` }
  return { id: `q${row}`, vars, expected: [vars.expected], line: row + 2, assertions: [] }
})
const messagesOf = ({ vars }) => [{ role: 'user', content: vars.question }]

const oracle = createOracle({ skills: { [MODEL]: SKILL } })
for (const sample of samples) oracle.register(messageHash(messagesOf(sample)), sample.expected)
const keys = samples.map((sample) => pairKey(sample, 1))

/** One run as the gate reads it. */
function sideOf(name, seed) {
  const rows = new Rows({ model: MODEL, prompt: 'question' })
  for (const [row, sample] of samples.entries()) {
    const { correct } = oracle.answer(MODEL, messagesOf(sample), seed + 1)
    rows.set({ key: keys[row], order: orderKey(seed, sample.id), cluster: null, values: { failures: 0, pass_rate: correct ? 1 : 0 } })
  }
  return { facts: factsOf(name, seed), groups: [{ rows, servedBy: { models: { [MODEL]: ROWS }, providers: { simulator: ROWS } } }] }
}

function factsOf(name, seed) {
  return {
    name,
    runIds: [name],
    startedAt: '2026-01-01T00:00:00.000Z',
    simulated: true,
    provider: { name: 'simulator', baseUrl: 'http://127.0.0.1' },
    dataset: { name: 'bench', samples: ROWS, version: 'bench' },
    prompts: [{ name: 'question', id: 'question' }],
    scoring: { key: 'bench', scorers: ['exact'] },
    judges: null,
    embeddings: null,
    seed,
    epochs: 1,
    planned: ROWS,
    clusterColumn: null,
  }
}

/** The `night`-th: its verdict, and the share of its rows that were looked at. */
export function nightInProcess(night, alpha) {
  const [before, seed] = [1_000 + 2 * night, 1_001 + 2 * night]
  const order = dispatchOrder(samples.map(({ id }) => orderKey(seed, id)))
  const planned = plannedTrials({ order, sampleAt: (position) => samples[position] }, { epochs: 1, clusterColumn: null })
  const design = { metrics: [{ name: 'pass_rate', kind: 'quality', margin: MAX_DROP }], alpha, alarmOn: 'over-margin', sequential: true, seed }
  const report = judge({ candidate: sideOf('tonight', seed), baseline: sideOf('baseline', before), design, planned })
  return { verdict: report.verdict, share: report.saving.rowsUsed / ROWS }
}

/** What the exit code of a gated run says. */
const VERDICT_OF = { 0: 'PASS', 1: 'REGRESSION', 5: 'INCONCLUSIVE' }

/** The same nights through `assay eval`, two runs each; `sent` is the share of the trials that were sent, with those in flight at the stop. */
export async function* nightsThroughProgram(nights, alpha) {
  const work = mkdtempSync(join(tmpdir(), 'assay-bench-gate-'))
  const assay = (args) => new Promise((resolve) => {
    execFile(process.execPath, [cli, ...args], { cwd: work, env: { PATH: process.env.PATH, HOME: work } }, (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }))
  })
  try {
    writeFileSync(join(work, 'rows.csv'), `id,question,expected\n${samples.map(({ id, vars }) => `${id},${vars.question},${vars.expected}\n`).join('')}`)
    const setup = ['eval', '-d', 'rows.csv', '--simulate', '--model', MODEL, '--simulator', `skill=${MODEL}:${SKILL}`, '--simulator', 'ttft=0ms', '--simulator', 'token-gap=0ms', '--quiet']
    for (let night = 0; night < nights; night++) {
      const before = await assay([...setup, '--seed', String(1_000 + 2 * night), '--out', `before-${night}`])
      if (before.code !== 0) throw new Error(`the baseline of night ${night} ended with ${before.code}: ${before.stderr}`)
      const gate = ['--baseline', `before-${night}`, '--max-drop', String(MAX_DROP), '--alpha', String(alpha), '--sequential']
      const tonight = await assay([...setup, ...gate, '--seed', String(1_001 + 2 * night), '--out', `tonight-${night}`])
      const verdict = VERDICT_OF[tonight.code]
      if (verdict === undefined) throw new Error(`night ${night} ended with ${tonight.code}: ${tonight.stderr}`)
      const { completed, failed, gate: report } = JSON.parse(readFileSync(join(work, `tonight-${night}`, 'summary.json'), 'utf8'))
      yield { verdict, share: report.saving.rowsUsed / ROWS, sent: (completed + failed) / ROWS }
    }
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
