/**
 * `npm run bench:memory`: peak resident memory of the whole program at 10³ to 10⁶ rows, short answers, a server of 0 ms. Exits
 * with 1 when a run takes more than the aim. `--quick` ends at 10⁴ rows.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { datasetOf, startServer } from './load.js'

const AIM_MB = 200

const here = dirname(fileURLToPath(import.meta.url))
const cli = join(dirname(dirname(here)), 'dist', 'cli.js')
const sizes = process.argv.includes('--quick') ? [1_000, 10_000] : [1_000, 10_000, 100_000, 1_000_000]

/** Runs the program to its end; resolves with its peak memory and its wall time. */
async function measure(dataset, url, folder) {
  const flags = ['--dataset', dataset, '--base-url', url, '--concurrency', '50', '--scorer', 'includes', '--out', 'run', '--quiet']
  const startMs = performance.now()
  const child = spawn(process.execPath, ['--import', join(here, 'peak-memory.js'), cli, 'eval', ...flags], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  })
  let peak = ''
  child.stdio[3].setEncoding('utf8').on('data', (text) => (peak += text))
  const [status] = await once(child, 'close')
  if (status !== 0) throw new Error(`the run ended with ${status}`)
  return { peakMb: Number(peak), wallS: (performance.now() - startMs) / 1_000 }
}

const server = await startServer(0)
console.log(`${'rows'.padStart(9)}  ${'peak memory'.padStart(11)}  ${'aim'.padStart(6)}  ${'wall time'.padStart(9)}  rows/s`)
try {
  for (const rows of sizes) {
    const folder = mkdtempSync(join(tmpdir(), 'assay-bench-'))
    try {
      const { peakMb, wallS } = await measure(await datasetOf(folder, rows), server.url, folder)
      const cells = [
        rows.toLocaleString('en-US').padStart(9),
        `${peakMb.toFixed(0)} MB`.padStart(11),
        `${AIM_MB} MB`,
        `${wallS.toFixed(1)} s`.padStart(9),
        Math.round(rows / wallS).toLocaleString('en-US'),
      ]
      console.log(cells.join('  '))
      if (peakMb > AIM_MB) process.exitCode = 1
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
} finally {
  server.stop()
}
