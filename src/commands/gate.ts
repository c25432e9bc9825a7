/** `assay gate`: is a finished run worse than its baseline? */
import { refuseWithoutBaseline } from '../config/gate.ts'
import { EXIT, worstExit } from '../lib/errors.ts'
import { oneLine, printableJson } from '../lib/text.ts'
import { gateMarkdown } from '../report/markdown/verdict.ts'
import { verdictLines } from '../report/verdict.ts'
import { gateRun } from '../run/gate-run.ts'
import { appendStepSummary } from '../run/step-summary.ts'
import { gateExit } from '../run/verdict.ts'
import { CONFIG_FLAG, settingFlags } from './flags.ts'
import { gateSettingsFrom } from './settings.ts'
import type { Command } from './types.ts'

export const gate: Command = {
  name: 'gate',
  about: 'Say whether a finished run is worse than a baseline: PASS, REGRESSION or INCONCLUSIVE',
  positionals: [{ name: 'run', about: 'run folder, the name of one under results/, or latest', min: 1, max: 1 }],
  flags: [
    ...settingFlags(['baseline', 'maxDrop', 'alpha', 'metric', 'alarmOn', 'sequential', 'inconclusive', 'json']),
    { title: 'config', flags: [CONFIG_FLAG] },
  ],
  examples: [
    'assay gate latest --baseline results/before --max-drop 0.02',
    'assay gate latest --baseline nightly --metric pass_rate=0.02 --metric cost=10%',
  ],
  run: async ({ run, ...typed }, io) => {
    const settings = await gateSettingsFrom(typed, io.cwd)
    refuseWithoutBaseline(settings)
    const report = await gateRun(String(run), settings, io)
    const people = typed['json'] === true ? io.stderr : io.stdout
    people.write(`${verdictLines(report, people.isTTY ? people.columns || 100 : undefined).join('\n')}\n`)
    if (typed['json'] === true) io.stdout.write(printableJson(`${JSON.stringify(report, null, 2)}\n`))
    const note = appendStepSummary(io.env, gateMarkdown(report))
    if (note !== undefined) io.stderr.write(`! ${oneLine(note, 600)}\n`)
    const reasons = gateExit(report, settings.inconclusive)
    const code = reasons.length === 0 ? EXIT.done : worstExit(reasons.map(([exit]) => exit))
    for (const [, reason] of reasons) io.stderr.write(`exit ${code}: ${oneLine(reason, 600)}\n`)
    return code
  },
}
