/** `assay report`: the reports of a run, made again from its folder, finished or not. Nothing is asked. */
import { mkdirSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import type { ReporterName } from '../report/index.ts'
import { readConfig } from '../config/read.ts'
import { findRun } from '../journal/find-run.ts'
import { EXIT, writing } from '../lib/errors.ts'
import { writeCommands } from '../lib/outputs.ts'
import { oneLine } from '../lib/text.ts'
import { openReportedRun } from '../run/reported.ts'
import { checkReporters, renderReports } from '../run/reports.ts'
import { openInBrowser } from './browser.ts'
import { ownFlag, settingFlags } from './flags.ts'
import type { Command } from './types.ts'

const OUT_FLAG = ownFlag({
  key: 'out',
  about: 'Write the files to this folder',
  value: 'folder',
  standard: 'the run folder',
})

export const report: Command = {
  name: 'report',
  about: 'Make the reports of a run again from its folder, in any format, finished or not',
  positionals: [{ name: 'run', about: 'run folder, the name of one under results/, or latest', min: 1, max: 1 }],
  flags: [
    {
      title: 'output',
      flags: [...settingFlags(['reporter', 'timings', 'open']).flatMap(({ flags }) => flags), OUT_FLAG],
    },
  ],
  examples: [
    'assay report latest --open',
    'assay report latest --reporter markdown --reporter junit --out artifacts',
    'assay report results/before --reporter html',
  ],
  run: async ({ run, out, ...typed }, io) => {
    const { reporter, open = false, timings = null } = readConfig(typed, undefined)
    const names: readonly ReporterName[] = [
      ...new Set([...(reporter ?? ['html']), ...(open ? (['html'] as const) : [])]),
    ]
    await checkReporters(names)
    const found = findRun(String(run), io.cwd, 'assay report')
    const opened = await openReportedRun(found, timings, io)
    try {
      const [unfinished = ''] = opened.state === 'reported' ? [] : opened.summary.notes
      if (unfinished !== '') io.stderr.write(`! ${oneLine(unfinished, 400)}\n`)
      const dir = typeof out === 'string' ? resolve(io.cwd, out) : found.dir
      if (dir !== found.dir) writing(dir, () => mkdirSync(dir, { recursive: true }))
      const { files, printed } = await renderReports(dir, names, opened)
      writeCommands(io.stdout, printed)
      for (const file of files) io.stderr.write(`  ${oneLine(relative(io.cwd, file), 400)}\n`)
      if (open) await openInBrowser(join(dir, 'report.html'), io.stderr)
      return EXIT.done
    } finally {
      opened.close()
    }
  },
}
