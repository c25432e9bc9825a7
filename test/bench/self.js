/**
 * `npm run bench:self`: what the harness itself costs, as ratios against a bare loop of undici over the same server, each the
 * median of interleaved pairs in one run (a machine that slows down slows both). `--quick` does little of everything.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { datasetOf, startServer } from './load.js'

const here = dirname(fileURLToPath(import.meta.url))
const cli = join(dirname(dirname(here)), 'dist', 'cli.js')
const quick = process.argv.includes('--quick')
const work = mkdtempSync(join(tmpdir(), 'assay-bench-'))

/** Runs a script of this folder and returns the JSON it prints. */
function measure(script, ...args) {
  return JSON.parse(execFileSync(process.execPath, [join(here, script), ...args.map(String)], { encoding: 'utf8' }))
}

/** Wall time of a whole process in ms. */
function wallOf(args) {
  const startMs = performance.now()
  execFileSync(process.execPath, args, { stdio: 'ignore' })
  return performance.now() - startMs
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]

/** Medians of both sides and of their ratio, pair by pair, after one pair that is not counted. */
function pairs(count, ours, bare) {
  const measured = Array.from({ length: count + 1 }, () => ({ bare: bare(), ours: ours() })).slice(1)
  return {
    ours: median(measured.map((pair) => pair.ours)),
    bare: median(measured.map((pair) => pair.bare)),
    ratio: median(measured.map((pair) => pair.ours / pair.bare)),
    count,
  }
}

const rows = []
const report = (what, value, aim, detail) => {
  rows.push({ what, value, aim, detail })
  console.log(`${what.padEnd(66)} ${value.padStart(8)}   aim ${aim.padEnd(8)} ${detail}`)
}
const ms = (value) => `${value.toFixed(0)} ms`

try {
  const startup = pairs(quick ? 3 : 15, () => wallOf([cli, '--version']), () => wallOf(['-e', '0']))
  report('start-up of assay --version over node -e 0', `${startup.ratio.toFixed(2)} ×`, '1.5 ×', `${ms(startup.ours)} over ${ms(startup.bare)}, ${startup.count} pairs`)

  const slow = await startServer(50)
  const thousand = await datasetOf(work, 1_000)
  const dispatched = []
  const latencyBound = pairs(
    quick ? 1 : 7,
    () => {
      const { wallMs, dispatchMs } = measure('assay-run.js', slow.url, thousand, 50)
      dispatched.push(dispatchMs)
      return wallMs
    },
    () => measure('bare-loop.js', slow.url, 1_000, 50).wallMs,
  )
  slow.stop()
  report('wall time, 1,000 rows at concurrency 50, server of 50 ms, over bare', `${latencyBound.ratio.toFixed(2)} ×`, '1.05 ×', `${ms(latencyBound.ours)} over ${ms(latencyBound.bare)}, ${latencyBound.count} pairs, from dataset to reports; first request to last answer ${ms(median(dispatched.slice(1)))}`)

  const fast = await startServer(0)
  const many = quick ? 5_000 : 30_000
  const manyRows = await datasetOf(work, many)
  const throughput = pairs(
    quick ? 1 : 7,
    () => many / measure('assay-run.js', fast.url, manyRows, 200).dispatchMs,
    () => many / measure('bare-loop.js', fast.url, many, 200).wallMs,
  )
  const perSecond = (rate) => `${Math.round(rate * 1_000).toLocaleString('en-US')}/s`
  report('requests/s at concurrency 200, server of 0 ms, over bare', throughput.ratio.toFixed(2), '0.50', `${perSecond(throughput.ours)} over ${perSecond(throughput.bare)}, ${throughput.count} pairs of ${many.toLocaleString('en-US')} rows, dispatch`)

  for (const size of quick ? [1_000, 10_000] : [1_000, 100_000]) {
    const dataset = await datasetOf(work, size)
    const { peakRssMb } = measure('assay-run.js', fast.url, dataset, 50)
    report(`peak memory at ${size.toLocaleString('en-US')} rows`, `${peakRssMb.toFixed(0)} MB`, '150 MB', 'one run at concurrency 50')
  }
  fast.stop()

  const scoring = measure('score.js', '--json', ...(quick ? ['--quick'] : []))
  for (const { what, perSecond: rate, floor, plainName, ratio } of scoring) {
    report(`scorings/s, ${what}`, perSecond(rate / 1_000), perSecond(floor / 1_000), `${ratio.toFixed(2)} × ${plainName}`)
    if (rate < floor / 2) process.exitCode = 1
  }
} finally {
  rmSync(work, { recursive: true, force: true })
}
