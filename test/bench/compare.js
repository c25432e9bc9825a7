/**
 * `npm run bench:compare`: two runs of 1,000,000 rows compared by the program as people start it: wall time, and peak resident
 * memory of the whole process. Exits with 1 when it takes more than the aim. `--quick` compares 100,000 rows.
 */
import { spawn } from 'node:child_process'
import { hash } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const AIM = { seconds: 15, megabytes: 500 }

const here = dirname(fileURLToPath(import.meta.url))
const cli = join(dirname(dirname(here)), 'dist', 'cli.js')
const rows = process.argv.includes('--quick') ? 100_000 : 1_000_000

const SCORING = 'bench-scoring'
const MODEL = { baseline: 'example/old-model', candidate: 'example/new-model' }
const WRITE_CHARACTERS = 1 << 20

/** A run folder with manifest and scores, as a run of `exact` over `rows` samples leaves them. */
function writeRun(dir, model, skill) {
  mkdirSync(dir)
  writeFileSync(join(dir, 'manifest.json'), JSON.stringify(manifestOf(model)))
  const file = openSync(join(dir, 'scores.jsonl'), 'w')
  let text = '{"type":"scores","formatVersion":1}\n'
  for (let row = 0; row < rows; row++) {
    text += `${JSON.stringify(scoreLine(row, model, skill))}\n`
    if (text.length < WRITE_CHARACTERS) continue
    writeSync(file, text)
    text = ''
  }
  writeSync(file, text)
  closeSync(file)
}

/** What src/run/trial.ts writes of a trial. How hard a question is both models share; the rest of the luck is their own. */
function scoreLine(row, model, skill) {
  const sample = `question-${row}`
  const trial = hash('sha256', `${model}|${sample}`)
  const [difficulty, luck] = [shareOf(hash('sha256', sample), 0), shareOf(trial, 0)]
  const isRight = 0.6 * difficulty + 0.4 * luck < skill
  return {
    trial: trial.slice(0, 32),
    pass: 1,
    scoring: SCORING,
    pairKey: hash('sha256', `pair|${sample}`).slice(0, 32),
    sample,
    epoch: 1,
    model,
    prompt: 'question',
    costUsd: `0.0000${10 + Math.floor(90 * shareOf(trial, 8))}`,
    latencyUs: 200_000 + Math.floor(800_000 * shareOf(trial, 16)),
    tokens: 40 + Math.floor(100 * shareOf(trial, 8)),
    servedModel: model,
    servedProvider: 'Example',
    passed: isRight,
    score: isRight ? 1 : 0,
    scores: { exact: isRight ? 1 : 0 },
    reason: isRight ? 'equals the expected answer' : 'expected "Answer", found "Another"',
    judgeCostUsd: '0',
    isOpen: false,
  }
}

/** 0..1 from eight hex digits. */
function shareOf(hex, at) {
  return Number.parseInt(hex.slice(at, at + 8), 16) / 2 ** 32
}

function manifestOf(model) {
  const startedAt = '2026-01-01T00:00:00.000Z'
  return {
    formatVersion: 1,
    runId: model.slice(model.indexOf('/') + 1),
    startedAt,
    simulated: false,
    settings: { model: [model], epochs: 1 },
    dataset: { name: 'bench', format: 'csv', sha256: 'bench', samples: rows, version: 'bench' },
    prompts: [{ name: 'question', id: 'bench', text: '{{question}}' }],
    provider: { name: 'openrouter', baseUrl: 'https://openrouter.ai/api/v1' },
    judges: null,
    embeddings: null,
    prices: [],
    scorers: ['exact'],
    trials: rows,
    seed: 1,
    scorings: [
      { pass: 1, at: startedAt, key: SCORING, codeUnknown: [], scorers: ['exact'], judges: [], weight: {}, threshold: {}, combine: 'all' },
    ],
  }
}

async function measure(folder) {
  const startMs = performance.now()
  const args = ['--import', join(here, 'peak-memory.js'), cli, 'compare', 'old', 'new', '--flips', '0']
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit', 'pipe'] })
  let peak = ''
  child.stdio[3].setEncoding('utf8').on('data', (text) => (peak += text))
  const [status] = await once(child, 'close')
  if (status !== 0) throw new Error(`assay compare ended with ${status}`)
  return { seconds: (performance.now() - startMs) / 1_000, megabytes: Number(peak) }
}

const folder = mkdtempSync(join(tmpdir(), 'assay-bench-'))
try {
  writeRun(join(folder, 'old'), MODEL.baseline, 0.8)
  writeRun(join(folder, 'new'), MODEL.candidate, 0.78)
  const { seconds, megabytes } = await measure(folder)
  const [count, time, memory] = [rows.toLocaleString('en-US'), seconds.toFixed(1), megabytes.toFixed(0)]
  console.log(`two runs of ${count} rows: ${time} s (aim: ${AIM.seconds} s), peak memory ${memory} MB (aim: ${AIM.megabytes} MB)`)
  if (seconds > AIM.seconds || megabytes > AIM.megabytes) process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
