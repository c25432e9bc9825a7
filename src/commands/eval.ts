/** `assay eval`: asks, scores and reports. */
import { oneLine, plural } from '../lib/text.ts'
import { dollars, integer, percent } from '../report/numbers.ts'
import { barProgress, logProgress, noProgress, type Progress } from '../report/progress.ts'
import { summaryJson } from '../report/summary-json.ts'
import { terminalReport } from '../report/terminal.ts'
import { resumeCommand, type RunEnd, type RunPlan, runEval } from '../run/run.ts'
import type { ResumeCounts } from '../run/resume.ts'
import { skillOf } from '../simulator/oracle.ts'
import type { Settings } from '../config/types.ts'
import { EXIT } from '../lib/errors.ts'
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
    ...(plan.resumed === null ? [] : [resumedLine(manifest.runId, plan.resumed)]),
    `${oneLine(manifest.dataset.name, 60)}: ${plural(samples, 'sample')} × ${plural(prompts, 'prompt')} × ${plural(models, 'model')} × ${plural(epochs, 'epoch')} = ${plural(manifest.trials, 'trial')}`,
    `asking ${settings.models.map((model) => oneLine(model, 60)).join(', ')} over ${manifest.provider.name}${manifest.provider.name === 'custom' ? ` (${oneLine(manifest.provider.baseUrl, 80)})` : ''}, ${paceOf(settings)}` +
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

/** What holds, and what is asked for which reason. */
function resumedLine(runId: string, { reused, retried, rerun, remaining, dropped, quarantined }: ResumeCounts): string {
  const asked = [
    ...(remaining > 0 ? [`${integer(remaining)} not answered so far`] : []),
    ...(rerun > 0 ? [`${integer(rerun)} re-run since what they ask has changed`] : []),
    ...(retried > 0 ? [`${integer(retried)} failed ones again`] : []),
  ]
  return [
    `resuming ${runId}: ${integer(reused)} reused`,
    ...(asked.length === 0 ? ['nothing left to ask'] : asked),
    ...(dropped > 0 ? [`${integer(dropped)} left aside, since nothing asks for them any more`] : []),
    ...(quarantined > 0
      ? [`${integer(quarantined)} of the reused failed in the same way three times: not asked again`]
      : []),
  ].join(', ')
}

/** How fast it is to go. */
function paceOf({ policy }: Settings): string {
  const { isAdaptive, concurrency, requestsPerMinute, tokensPerMinute } = policy
  return [
    isAdaptive ? `as many at once as it takes, up to ${concurrency}` : `${concurrency} at once`,
    ...(requestsPerMinute === null ? [] : [`${integer(requestsPerMinute)} requests/min`]),
    ...(tokensPerMinute === null ? [] : [`${integer(tokensPerMinute)} tokens/min`]),
  ].join(', ')
}

/** Nobody may take simulated numbers for real ones; the known skills let a reader check the harness itself. */
function simulatedBanner({ models, endpoint }: Settings): string {
  const given = new Map(Object.entries(endpoint.simulator.skills ?? {}))
  const skills = models.map((model) => `${oneLine(model, 60)} ${percent(given.get(model) ?? skillOf(model))}`)
  return `SIMULATED: no model is asked and nothing is billed; answers come from the built-in simulator (true skill: ${skills.join(', ')}).`
}

function report(end: RunEnd, settings: Settings, io: CommandIo): void {
  const { summary, files, reasons, exitCode } = end
  const people = settings.json ? io.stderr : io.stdout
  people.write(
    terminalReport(summary, { color: people.isTTY && people.hasColors(), columns: people.columns || 100, files }),
  )
  for (const reason of reasons) io.stderr.write(`exit ${exitCode}: ${oneLine(reason, 600)}\n`)
  const next = wayOn(end, io.env)
  if (next !== undefined) io.stderr.write(`${next}\n`)
  if (settings.json) io.stdout.write(summaryJson(summary, settings.timings))
}

/** What to type to get the rest of the answers; undefined when nothing is missing that a later try could bring. */
function wayOn(
  { dir, summary: { skipped, failed }, quarantined, exitCode }: RunEnd,
  env: CommandIo['env'],
): string | undefined {
  const command = resumeCommand(dir, env)
  if (skipped > 0) return `to go on: ${command}${exitCode === EXIT.budget ? ' --max-cost <more>' : ''}`
  if (failed === 0) return undefined
  return failed > quarantined
    ? `to ask again what failed: ${command} --retry-failed`
    : 'what failed does so in the same way each time: look at the column error of results.csv, mend the rows, and resume'
}
