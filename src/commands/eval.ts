/** `assay eval`: asks, scores and reports. */
import { resolve } from 'node:path'
import { refuseGateWithoutBaseline } from '../config/gate.ts'
import { runEval } from '../run/run.ts'
import { openInBrowser } from './browser.ts'
import { CONFIG_FLAG, settingFlags } from './flags.ts'
import { announce, report } from './run-output.ts'
import { ASKING, settingsFrom } from './settings.ts'
import type { Command } from './types.ts'

export const evaluate: Command = {
  name: 'eval',
  about: 'Ask every question of a dataset, score the answers, write the reports',
  flags: [...settingFlags(), { title: 'config', flags: [CONFIG_FLAG] }],
  examples: [
    'assay eval --dataset qa.csv',
    'assay eval --dataset qa.csv --model mistralai/mistral-small --model openai/gpt-4o-mini',
    'assay eval --dataset math.csv --scorer numeric --fail-under 80%',
  ],
  run: async (typed, io) => {
    const settings = await settingsFrom(typed, io, ASKING)
    refuseGateWithoutBaseline(settings.gate, typed)
    const end = await runEval(settings, {
      ...io,
      announce: (plan) => announce(plan, settings, io),
    })
    report(end, settings, io)
    if (settings.open) await openInBrowser(resolve(io.cwd, end.dir, 'report.html'), io.stderr)
    return end.exitCode
  },
}
