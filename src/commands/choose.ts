/** `assay choose`: asks models until the cheapest one that is good enough is known. */
import { resolve } from 'node:path'
import type { OptionKey } from '../config/options.ts'
import { options } from '../config/options.ts'
import { EXIT } from '../lib/errors.ts'
import { oneLine, printableJson } from '../lib/text.ts'
import { choiceJson, choiceScreen } from '../report/choice.ts'
import { type ChooseEnd, chooseRun } from '../run/choose.ts'
import { resumeCommand } from '../run/run.ts'
import { openInBrowser } from './browser.ts'
import { CONFIG_FLAG, settingFlags } from './flags.ts'
import { announce } from './run-output.ts'
import { ASKING, settingsFrom } from './settings.ts'
import type { Command, CommandIo } from './types.ts'

/** A choice has a baseline in its own run, and no threshold. */
const NOT_FOR_CHOICES: ReadonlySet<OptionKey> = new Set(['baseline', 'sequential', 'alarmOn', 'failUnder', 'cluster'])

const FLAGS = (Object.keys(options) as OptionKey[]).filter((key) => !NOT_FOR_CHOICES.has(key))

export const choose: Command = {
  name: 'choose',
  about: 'Find the cheapest model that is as good as the best, within a margin',
  flags: [...settingFlags(FLAGS), { title: 'config', flags: [CONFIG_FLAG] }],
  examples: [
    'assay choose --dataset math.csv --max-drop 0.02 -m openai/gpt-4o -m openai/gpt-4o-mini -m mistralai/mistral-small',
    'assay choose --dataset qa.csv --max-drop 3% -m openai/gpt-4o -m openai/gpt-4o-mini --reference openai/gpt-4o',
  ],
  run: async (typed, io) => {
    const settings = await settingsFrom(typed, io, ASKING)
    const end = await chooseRun(settings, {
      ...io,
      command: 'choose',
      announce: (plan) => announce(plan, settings, io),
    })
    write(end, settings.json, io)
    if (settings.open) await openInBrowser(resolve(io.cwd, end.dir, 'report.html'), io.stderr)
    return end.exitCode
  },
}

function write(
  { report, files, reasons, exitCode, dir }: ChooseEnd,
  json: boolean,
  { stdout, stderr, env }: CommandIo,
): void {
  const people = json ? stderr : stdout
  const color = people.isTTY && people.hasColors()
  people.write(choiceScreen(report, { color, columns: people.columns || 100, files }))
  for (const reason of reasons) stderr.write(`exit ${exitCode}: ${oneLine(reason, 600)}\n`)
  const isUnfinished = report.verdict === 'INCONCLUSIVE' && report.rowsUsed < report.rowsPlanned
  const budget = exitCode === EXIT.budget ? ' --max-cost <more>' : ''
  if (isUnfinished) stderr.write(`to go on: ${resumeCommand(dir, { env, command: 'choose' })}${budget}\n`)
  if (json) stdout.write(printableJson(choiceJson(report)))
}
