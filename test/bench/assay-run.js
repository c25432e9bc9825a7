/**
 * One run of the built program, from opening the dataset to the last report on disk, inside this process. Prints wall time of
 * the whole run, of its dispatch, and the peak memory of the process.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../../dist/config/read.js'
import { resolveSettings } from '../../dist/config/resolve.js'
import { systemClock } from '../../dist/lib/clock.js'
import { saveMemory } from '../../dist/lib/heap.js'
import { noProgress } from '../../dist/report/progress.js'
import { runEval } from '../../dist/run/run.js'

saveMemory()
const [url, dataset, concurrency] = [process.argv[2], process.argv[3], Number(process.argv[4])]
const dir = mkdtempSync(join(tmpdir(), 'assay-bench-'))
const flags = { dataset, provider: 'custom', baseUrl: url, concurrency, scorer: ['includes'], out: join(dir, 'run'), maxFailed: 0 }
const settings = await resolveSettings(readConfig(flags, undefined), { cwd: dir, env: {}, flags, sendsNothing: false, scoresOnly: false })

const startMs = performance.now()
const end = await runEval(settings, {
  cwd: dir,
  env: {},
  stdin: process.stdin,
  clock: systemClock,
  interrupt: new AbortController().signal,
  announce: () => noProgress,
  onLeave: () => {},
})
const wallMs = performance.now() - startMs
const { wallMs: dispatchMs, completed } = JSON.parse(readFileSync(join(dir, 'run', 'summary.json'), 'utf8'))
if (end.exitCode !== 0) throw new Error(end.reasons.join('; '))
rmSync(dir, { recursive: true })
console.log(JSON.stringify({ wallMs, dispatchMs, completed, peakRssMb: process.resourceUsage().maxRSS / 1024 }))
