/**
 * Runs the tests: every *.test.ts in a process of its own, two at a time, each with a deadline.
 *
 * uvu alone is silent about four things that this catches: a file that never calls run(), no file at all, a test that hangs,
 * and a server left open after the last test. Arguments select files by a part of their path.
 */
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const testDir = dirname(fileURLToPath(import.meta.url))
const root = dirname(testDir)
const DEADLINE_MS = 180_000
/** Fewer tests than this means that files were lost, not that the suite is lean. */
const FEWEST_TESTS = 400

const wanted = process.argv.slice(2)
const files = readdirSync(testDir, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.split(sep).join('/').includes(part)))
  .sort()

function runFile(file) {
  return new Promise((resolve) => {
    const begin = performance.now()
    const child = spawn(process.execPath, ['--import', 'tsx', join(testDir, file)], { cwd: root })
    let output = ''
    let timedOut = false
    const timer = setTimeout(() => {
      timedOut = true
      child.kill('SIGKILL')
    }, DEADLINE_MS)
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (output += chunk))
    child.on('close', (code) => {
      clearTimeout(timer)
      const count = (label) => Number(new RegExp(`${label}:\\s+(\\d+)`).exec(output)?.[1] ?? 0)
      const problem = timedOut
        ? `still running after ${DEADLINE_MS / 1000} s`
        : count('Total') + count('Skipped') === 0
          ? 'ran no test: is run() missing?'
          : code !== 0
            ? `exit code ${code}`
            : undefined
      const seconds = (performance.now() - begin) / 1000
      resolve({
        file,
        seconds,
        output,
        problem,
        total: count('Total'),
        passed: count('Passed'),
        skipped: count('Skipped'),
      })
    })
  })
}

const results = []
const queue = [...files]
async function worker() {
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    const result = await runFile(file)
    results.push(result)
    const name = relative(root, join(testDir, file)).split(sep).join('/')
    if (result.problem === undefined)
      console.log(
        `ok    ${name} (${result.total}${result.skipped > 0 ? `, ${result.skipped} skipped` : ''}, ${result.seconds.toFixed(1)} s)`,
      )
    else console.log(`FAIL  ${name}: ${result.problem}\n${result.output}`)
  }
}
await Promise.all(Array.from({ length: Math.max(2, Math.min(4, availableParallelism())) }, worker))

const sum = (field) => results.reduce((total, result) => total + result[field], 0)
const broken = results.filter(({ problem }) => problem !== undefined)
const failed = Math.max(sum('total') - sum('passed'), broken.length)
const tooFew = wanted.length === 0 && sum('total') < FEWEST_TESTS
if (files.length === 0) console.log(`no test file matches ${wanted.join(' ')}`)
if (tooFew) console.log(`only ${sum('total')} tests ran, expected at least ${FEWEST_TESTS}: files are missing`)
for (const { file, problem } of broken) console.log(`FAIL  ${file}: ${problem}`)
console.log(`${sum('passed')} passed, ${failed} failed, ${sum('skipped')} skipped`)
process.exitCode = failed > 0 || tooFew || files.length === 0 ? 1 : 0
