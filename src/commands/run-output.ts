/** What does a person see of a run: before it, while it goes on, and at its end? */
import type { Settings } from '../config/types.ts'
import { EXIT } from '../lib/errors.ts'
import { writeCommands } from '../lib/outputs.ts'
import { oneLine, plural, printableJson, shellWord } from '../lib/text.ts'
import { formatUsd } from '../lib/usd.ts'
import { dollars, integer, percent } from '../report/numbers.ts'
import { barProgress, logProgress, noProgress, type Progress } from '../report/progress.ts'
import { summaryJson } from '../report/summary-json.ts'
import { terminalReport } from '../report/terminal.ts'
import { verdictLines } from '../report/verdict.ts'
import { resumeCommand, type RunEnd, type RunPlan } from '../run/run.ts'
import type { ResumeCounts } from '../run/resume.ts'
import { skillOf } from '../simulator/oracle.ts'
import type { Manifest } from '../journal/types.ts'
import type { CommandIo } from './types.ts'

/** Says what is going to be done, and shows how far it is. */
export function announce(plan: RunPlan, settings: Settings, io: CommandIo): Progress {
  if (settings.quiet) return noProgress
  const { manifest, prepared } = plan
  const { samples, prompts, models, epochs } = prepared.shape
  const lines = [
    ...(manifest.simulated ? [simulatedBanner(settings, manifest.judges !== null)] : []),
    ...(plan.resumed === null
      ? []
      : [settings.scoreOnly ? scoredLine(manifest.runId, plan.resumed) : resumedLine(manifest.runId, plan.resumed)]),
    `${oneLine(manifest.dataset.name, 60)}: ${plural(samples, 'sample')} × ${plural(prompts, 'prompt')} × ${plural(models, 'model')} × ${plural(epochs, 'epoch')} = ${plural(manifest.trials, 'trial')}`,
    ...whoAnswers(manifest, settings),
    ...whoJudges(manifest, settings),
    // Told again at the end; here there is still time to stop before anything is paid.
    ...prepared.notes.map((note) => `! ${note}`),
  ]
  io.stderr.write(lines.map((line) => `${oneLine(line, 2_000)}\n`).join(''))
  const isLog = !io.stderr.isTTY || (io.env['CI'] ?? '') !== ''
  if (isLog) return logProgress((line) => void io.stderr.write(line), manifest.dataset.name, io.clock)
  const bar = barProgress(io.stderr, manifest.dataset.name, io.clock)
  // The terminal has its cursor and its line wrapping back, however the run ends.
  io.onLeave(() => bar.stop())
  io.interrupt.addEventListener('abort', () => bar.stop(), { once: true })
  return bar
}

/** Which models are asked, or where their answers are. */
function whoAnswers({ provider }: Manifest, settings: Settings): string[] {
  const { models, replay, scoreOnly, maxCostUsd } = settings
  const names = models.map((model) => oneLine(model, 60)).join(', ')
  if (scoreOnly) return []
  if (replay !== null) {
    const place =
      'column' in replay ? `the column ${oneLine(replay.column, 60)}` : `the run ${oneLine(replay.run, 120)}`
    return [`scoring recorded outputs of ${names} from ${place}: no model is asked`]
  }
  return [
    `asking ${names} over ${placeName(provider)}, ${paceOf(settings)}` +
      (maxCostUsd === null ? '' : `, at most ${dollars(formatUsd(maxCostUsd))}`),
  ]
}

function whoJudges({ judges, embeddings }: Manifest, { judging, scoreOnly, replay, maxCostUsd }: Settings): string[] {
  const names = (models: readonly string[]): string => models.map((model) => oneLine(model, 60)).join(', ')
  // Told with the models where these are asked.
  const limit =
    (scoreOnly || replay !== null) && maxCostUsd !== null ? `, at most ${dollars(formatUsd(maxCostUsd))}` : ''
  return [
    ...(judges === null
      ? []
      : [
          `judged by ${names(judges.models)} over ${placeName(judges)}${judges.models.length > 1 ? ` (${judging.panel})` : ''}${limit}`,
        ]),
    ...(embeddings === null ? [] : [`embeddings by ${names(embeddings.models)} over ${placeName(embeddings)}${limit}`]),
  ]
}

function placeName({ name, baseUrl }: Manifest['provider']): string {
  return `${name}${name === 'custom' ? ` (${oneLine(baseUrl, 80)})` : ''}`
}

function scoredLine(runId: string, { reused, unscored, remaining }: ResumeCounts): string {
  return [
    `scoring ${runId}: ${plural(reused, 'trial')} there, ${integer(unscored)} to be scored`,
    ...(remaining > 0 ? [`${integer(remaining)} not answered so far`] : []),
    'no model is asked',
  ].join(', ')
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
function simulatedBanner({ models, endpoint, judging }: Settings, asksJudges: boolean): string {
  const given = new Map(Object.entries(endpoint.simulator.skills ?? {}))
  const asked = endpoint.profile.name === 'simulator' ? models : []
  const judges = asksJudges && judging.endpoint.profile.name === 'simulator' ? judging.models : []
  const skills = [...new Set([...asked, ...judges])].map(
    (model) => `${oneLine(model, 60)} ${percent(given.get(model) ?? skillOf(model))}`,
  )
  const who = asked.length > 0 ? 'no model is asked and nothing is billed; answers come' : 'judges and embeddings come'
  return `SIMULATED: ${who} from the built-in simulator${skills.length === 0 ? '' : ` (true skill: ${skills.join(', ')})`}.`
}

/** The numbers, why the exit code is not 0, and what may be typed next. */
export function report(
  end: RunEnd,
  settings: Pick<Settings, 'json' | 'timings' | 'reporters' | 'scoreOnly'>,
  io: CommandIo,
): void {
  const { summary, files, reasons, exitCode, printed } = end
  const people = settings.json ? io.stderr : io.stdout
  people.write(
    terminalReport(summary, { color: people.isTTY && people.hasColors(), columns: people.columns || 100, files }),
  )
  if (summary.gate !== null)
    people.write(`${verdictLines(summary.gate, people.isTTY ? people.columns || 100 : undefined).join('\n')}\n`)
  writeCommands(people, printed)
  for (const reason of reasons) io.stderr.write(`exit ${exitCode}: ${oneLine(reason, 600)}\n`)
  if (end.summaryNote !== undefined) io.stderr.write(`! ${oneLine(end.summaryNote, 400)}\n`)
  const next = wayOn(end, settings, io.env) ?? lookInto(end) ?? (io.stderr.isTTY ? lookAt(end, settings) : undefined)
  if (next !== undefined) io.stderr.write(`${next}\n`)
  if (settings.json) io.stdout.write(printableJson(summaryJson(summary, settings.timings)))
}

/** What to type to see the answers behind a verdict that is no PASS. */
function lookInto({ dir, summary: { gate } }: RunEnd): string | undefined {
  const before = gate?.baseline.runIds.at(-1)
  if (gate == null || gate.verdict === 'PASS' || before === undefined) return undefined
  return `to see which answers changed: assay compare ${shellWord(before)} ${shellWord(dir)}`
}

/** What to type to see the rows; a log needs no such advice. */
function lookAt({ dir }: RunEnd, { reporters }: Pick<Settings, 'reporters'>): string | undefined {
  return reporters.includes('html') ? undefined : `to see it in a browser: assay report ${shellWord(dir)} --open`
}

/** What to type to get the rest of the answers; undefined when nothing is missing that a later try could bring. */
function wayOn(
  { dir, summary: { skipped, failed, groups, gate, provider }, quarantined, exitCode }: RunEnd,
  { scoreOnly }: Pick<Settings, 'scoreOnly'>,
  env: CommandIo['env'],
): string | undefined {
  const command = scoreOnly ? `assay score ${shellWord(dir)}` : resumeCommand(dir, { env })
  const unjudged = groups.reduce((sum, group) => sum + group.unjudged, 0)
  if (unjudged > 0 && (skipped === 0 || scoreOnly)) {
    return `to ask the judges for the rest: ${command}${exitCode === EXIT.budget ? ' --max-cost <more>' : ''}`
  }
  // The answer is known: the trials that are left would change nothing.
  if (scoreOnly || (gate?.saving != null && gate.verdict !== 'INCONCLUSIVE')) return undefined
  if (skipped > 0) return `to go on: ${command}${exitCode === EXIT.budget ? ' --max-cost <more>' : ''}`
  // Recorded outputs that are not there will not be there next time.
  if (failed === 0 || provider === 'replay') return undefined
  return failed > quarantined
    ? `to ask again what failed: ${command} --retry-failed`
    : 'what failed does so in the same way each time: look at the column error of results.csv, mend the rows, and resume'
}
