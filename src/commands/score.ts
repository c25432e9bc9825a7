/** `assay score`: other scorers over the answers of a run. No model is asked; judges are, when a scorer needs them. */
import { resolve } from 'node:path'
import type { OptionKey } from '../config/options.ts'
import { runEval } from '../run/run.ts'
import { openInBrowser } from './browser.ts'
import { CONFIG_FLAG, settingFlags } from './flags.ts'
import { announce, report } from './run-output.ts'
import { settingsFrom } from './settings.ts'
import type { Command } from './types.ts'

/** Everything that does not decide the answers. */
const FLAGS: readonly OptionKey[] = [
  'scorer',
  'weight',
  'threshold',
  'combine',
  'reducer',
  'failUnder',
  'human',
  'judge',
  'judgePanel',
  'judgeMaxTokens',
  'allowSelfJudge',
  'judgeProvider',
  'judgeBaseUrl',
  'judgeApiKeyEnv',
  'embeddingModel',
  'embeddingProvider',
  'embeddingBaseUrl',
  'embeddingApiKeyEnv',
  'maxCost',
  'price',
  'concurrency',
  'rpm',
  'tpm',
  'timeout',
  'trialTimeout',
  'retries',
  'giveUpAfter',
  'cache',
  'maxFailed',
  'simulator',
  'slice',
  'cluster',
  'keep',
  'timings',
  'json',
  'quiet',
  'excel',
  'reporter',
  'open',
]

export const score: Command = {
  name: 'score',
  about: 'Score the answers of a run again, with other scorers; no model is asked',
  positionals: [{ name: 'run', about: 'A run folder, its name under results/, or latest', min: 1, max: 1 }],
  flags: [...settingFlags(FLAGS), { title: 'config', flags: [CONFIG_FLAG] }],
  examples: [
    'assay score latest --scorer numeric',
    'assay score latest --scorer "last-line > exact" --scorer "after:Answer: > exact"',
    'assay score latest --scorer factuality --judge openai/gpt-4o-mini --max-cost 0.50',
  ],
  run: async ({ run, ...typed }, io) => {
    const settings = await settingsFrom(typed, io, {
      sendsNothing: false,
      scored: { run: String(run), settings: FLAGS },
    })
    const end = await runEval(settings, { ...io, announce: (plan) => announce(plan, settings, io) })
    report(end, settings, io)
    if (settings.open) await openInBrowser(resolve(io.cwd, end.dir, 'report.html'), io.stderr)
    return end.exitCode
  },
}
