/**
 * `npm run test:kill`: runs of 2,000 rows against a server with faults, each killed (-9) at random moments, up to three times,
 * and then resumed to its end. Each has to end with the results of a run that nobody disturbed, byte for byte, and may have
 * paid twice for no more answers than it reports as possibly billed. `--rounds n` (200), `--rows n` (2,000), `--seed n`.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FaultyServer } from './server.js'

const CLI = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'dist', 'cli.js')
const DEADLINE_MS = 120_000

const option = (name, standard) => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? standard : Number(process.argv[at + 1])
}
const rounds = option('rounds', 200)
const rows = option('rows', 2_000)
const seed = option('seed', Date.now() % 100_000)

/** Mulberry32: small, seeded, good enough to choose moments by. */
let state = seed
function chance() {
  state = (state + 0x6d2b79f5) | 0
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
}

const work = mkdtempSync(join(tmpdir(), 'assay-kill-'))
const server = new FaultyServer()
const url = await server.listen()
writeFileSync(
  join(work, 'rows.csv'),
  `id,question,expected\n${Array.from({ length: rows }, (_, row) => `r${row},question ${row},the answer to question ${row}\n`).join('')}`,
)

/** Ends with the exit code, or null when it was killed after `killAfterMs`. */
async function assay(args, killAfterMs) {
  const child = spawn(process.execPath, [CLI, 'eval', ...args, '--quiet'], {
    cwd: work,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env.PATH, HOME: work },
  })
  let stderr = ''
  child.stderr.on('data', (text) => (stderr += text))
  const timer = setTimeout(() => child.kill('SIGKILL'), killAfterMs ?? DEADLINE_MS)
  const [status] = await once(child, 'close')
  clearTimeout(timer)
  return { status, stderr }
}

const fresh = (dir) => ['--dataset', 'rows.csv', '--out', dir, '--provider', 'custom', '--base-url', url, '--model', 'm', '--price', 'm=1/2', '--max-cost', '100', '--concurrency', '32', '--retries', '8']

/** A run can be gone on with once its manifest is there. */
const hasBegun = (dir) => existsSync(join(work, dir, 'manifest.json')) && statSync(join(work, dir, 'manifest.json')).size > 0

function check(condition, message) {
  if (condition) return
  console.error(`FAILED (seed ${seed}): ${message}`)
  console.error(`left in ${work}`)
  process.exit(1)
}

const undisturbed = await assay([...fresh('undisturbed'), '--no-timings'])
check(undisturbed.status === 0, `the undisturbed run ended with ${undisturbed.status}: ${undisturbed.stderr}`)
const wanted = readFileSync(join(work, 'undisturbed', 'results.csv'), 'utf8')
check(wanted.trimEnd().split('\n').length === rows + 1, 'the undisturbed run has lost rows')
server.reset()
const startMs = performance.now()
await assay(fresh('timed'))
const usualMs = performance.now() - startMs

let kills = 0
let twice = 0
let reported = 0
for (let round = 1; round <= rounds; round++) {
  const dir = `round-${round}`
  server.reset()
  for (let left = 1 + Math.floor(chance() * 3); left > 0; left--) {
    const begun = hasBegun(dir)
    if (!begun) rmSync(join(work, dir), { recursive: true, force: true })
    const { status, stderr } = await assay(begun ? ['--resume', dir] : fresh(dir), chance() * usualMs)
    check(status === null || status === 0, `round ${round}: ended with ${status}: ${stderr}`)
    if (status === null) kills += 1
  }
  if (!hasBegun(dir)) rmSync(join(work, dir), { recursive: true, force: true })
  const { status, stderr } = await assay(hasBegun(dir) ? ['--resume', dir] : fresh(dir))
  check(status === 0, `round ${round}: the last session ended with ${status}: ${stderr}`)
  const { possiblyBilled } = JSON.parse(readFileSync(join(work, dir, 'summary.json'), 'utf8'))
  await assay(['--resume', dir, '--no-timings'])
  check(readFileSync(join(work, dir, 'results.csv'), 'utf8') === wanted, `round ${round}: results.csv differs from the undisturbed run's`)
  check(
    server.answersTooMany <= possiblyBilled,
    `round ${round}: ${server.answersTooMany} answers were begun beyond the first, ${possiblyBilled} reported as possibly billed`,
  )
  twice += server.answersTooMany
  reported += possiblyBilled
  rmSync(join(work, dir), { recursive: true })
  if (round % 10 === 0) console.log(`${round} rounds, ${kills} kills`)
}
server.close()
rmSync(work, { recursive: true, force: true })
console.log(
  `${rounds} rounds of ${rows} rows, ${kills} kills: every results.csv as without them; ${twice} answers begun twice, ` +
    `${reported} reported as possibly billed (seed ${seed})`,
)
