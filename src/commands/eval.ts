/** `assay eval`: asks, scores and reports. */
import { oneLine, plural } from '../lib/text.ts'
import { dollars, percent } from '../report/numbers.ts'
import { barProgress, logProgress, noProgress, type Progress } from '../report/progress.ts'
import { summaryJson } from '../report/summary-json.ts'
import { terminalReport } from '../report/terminal.ts'
import { type RunEnd, type RunPlan, runEval } from '../run/run.ts'
import { skillOf } from '../simulator/oracle.ts'
import type { Settings } from '../config/types.ts'
import { formatUsd } from '../lib/usd.ts'
import { CONFIG_FLAG, settingFlags } from './flags.ts'
import { settingsFrom } from './settings.ts'
import type { Command, CommandIo } from './types.ts'

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
    const settings = await settingsFrom(typed, io, { sendsNothing: false })
    const end = await runEval(settings, {
      ...io,
      announce: (plan) => announce(plan, settings, io),
    })
    report(end, settings, io)
    return end.exitCode
  },
}

function announce(plan: RunPlan, settings: Settings, io: CommandIo): Progress {
  if (settings.quiet) return noProgress
  const { manifest, prepared } = plan
  const { samples, prompts, models, epochs } = prepared.shape
  const lines = [
    ...(manifest.simulated ? [simulatedBanner(settings)] : []),
    `${oneLine(manifest.dataset.name, 60)}: ${plural(samples, 'sample')} × ${plural(prompts, 'prompt')} × ${plural(models, 'model')} × ${plural(epochs, 'epoch')} = ${plural(manifest.trials, 'trial')}`,
    `asking ${settings.models.map((model) => oneLine(model, 60)).join(', ')} over ${manifest.provider.name}, ${plan.concurrency} at once` +
      (settings.maxCostUsd === null ? '' : `, at most ${dollars(formatUsd(settings.maxCostUsd))}`),
    // Told again at the end; here there is still time to stop before anything is paid.
    ...prepared.notes.map((note) => `! ${note}`),
  ]
  io.stderr.write(`${lines.join('\n')}\n`)
  const isLog = !io.stderr.isTTY || (io.env['CI'] ?? '') !== ''
  if (isLog) return logProgress((line) => void io.stderr.write(line), manifest.dataset.name, io.clock)
  const bar = barProgress(io.stderr, manifest.dataset.name, io.clock)
  // The terminal has its cursor and its line wrapping back, however the run ends.
  io.onLeave(() => bar.stop())
  io.interrupt.addEventListener('abort', () => bar.stop(), { once: true })
  return bar
}

/** Nobody may take simulated numbers for real ones; the known skills let a reader check the harness itself. */
function simulatedBanner({ models, endpoint }: Settings): string {
  const given = new Map(Object.entries(endpoint.simulator.skills ?? {}))
  const skills = models.map((model) => `${oneLine(model, 60)} ${percent(given.get(model) ?? skillOf(model))}`)
  return `SIMULATED: no model is asked and nothing is billed; answers come from the built-in simulator (true skill: ${skills.join(', ')}).`
}

function report({ summary, files, reasons, exitCode }: RunEnd, settings: Settings, io: CommandIo): void {
  const people = settings.json ? io.stderr : io.stdout
  people.write(
    terminalReport(summary, { color: people.isTTY && people.hasColors(), columns: people.columns || 100, files }),
  )
  for (const reason of reasons) io.stderr.write(`exit ${exitCode}: ${oneLine(reason, 600)}\n`)
  if (settings.json) io.stdout.write(summaryJson(summary, settings.timings))
}
