/** `assay calibrate-gate`: what the gate would say on this dataset, of a model that is unchanged and of one that is worse. */
import type { OptionKey } from '../config/options.ts'
import { calibrateGate } from '../gate/power/calibrate.ts'
import { readSide } from '../gate/side.ts'
import type { Side } from '../gate/types.ts'
import type { Clock } from '../lib/clock.ts'
import { EXIT, UserError } from '../lib/errors.ts'
import { oneLine, printableJson } from '../lib/text.ts'
import { gateCalibrationScreen } from '../report/gate-calibration.ts'
import { findRun } from '../journal/find-run.ts'
import { CONFIG_FLAG, ownFlag, settingFlags } from './flags.ts'
import { gateSettingsFrom } from './settings.ts'
import type { Command, CommandIo } from './types.ts'

const NIGHTS_FLAG = ownFlag({
  key: 'nights',
  about: 'Simulated nights for each true drop',
  value: 'n',
  standard: '1,000',
})

const DISCORDANCE_FLAG = ownFlag({
  key: 'discordance',
  about: 'Share of samples whose answer changes though the model has not, where no sample was asked twice',
  value: 'share',
  standard: '0.2',
})

const RULES: readonly OptionKey[] = ['maxDrop', 'alpha', 'metric', 'alarmOn', 'sequential', 'json']

const DEFAULT_NIGHTS = 1_000
const MOST_NIGHTS = 100_000

/** More than anybody types. */
const MOST_RUNS = 100

/** What is quicker needs no word about how far it is. */
const PATIENCE_MS = 1_000

export const calibrateGateCommand: Command = {
  name: 'calibrate-gate',
  about: "Try the gate out on a run's own answers: its false alarms, and the drops that it finds",
  positionals: [
    {
      name: 'run',
      about: 'Run folders, their names under results/, or latest; several of one setup show how much answers differ',
      min: 1,
      max: MOST_RUNS,
    },
  ],
  flags: [
    ...settingFlags(RULES),
    { title: 'simulation', flags: [NIGHTS_FLAG, DISCORDANCE_FLAG] },
    { title: 'config', flags: [CONFIG_FLAG] },
  ],
  examples: [
    'assay calibrate-gate latest --max-drop 0.05',
    'assay calibrate-gate results/night-1 results/night-2 --max-drop 0.05 --sequential',
    'assay calibrate-gate latest --max-drop 0.02 --alpha 0.01 --alarm-on any-drop --nights 10000',
  ],
  run: async ({ run, nights, discordance, ...typed }, io) => {
    const { metrics, alpha, alarmOn, sequential } = await gateSettingsFrom(typed, io.cwd)
    if (metrics.length === 0) {
      throw new UserError('calibrate-gate: how much worse may it get? Add --max-drop, e.g. --max-drop 0.05.')
    }
    const simulation = { nights: nightsOf(nights), discordance: discordanceOf(discordance) }
    const runs = await readRuns([run].flat().map(String), io)
    const seed = runs[0]?.facts.seed ?? 0
    const progress = progressLine(io.stderr, io.clock)
    const report = await calibrateGate({
      ...simulation,
      runs,
      design: { metrics, alpha, alarmOn, sequential, seed },
      signal: io.interrupt,
      progress: progress.update,
    })
    progress.stop()
    const screen = { color: io.stdout.isTTY && io.stdout.hasColors(), columns: io.stdout.columns || 100 }
    io.stdout.write(
      typed['json'] === true
        ? printableJson(`${JSON.stringify(report, null, 2)}\n`)
        : gateCalibrationScreen(report, screen),
    )
    return EXIT.done
  },
}

async function readRuns(asked: readonly string[], { cwd, interrupt }: CommandIo): Promise<Side[]> {
  const sides: Side[] = []
  for (const one of asked) {
    const { dir, manifest } = findRun(one, cwd, 'calibrate-gate')
    sides.push(await readSide(dir, manifest, interrupt))
  }
  return sides
}

function nightsOf(typed: unknown): number {
  if (typeof typed !== 'string') return DEFAULT_NIGHTS
  const nights = Number(typed)
  if (Number.isInteger(nights) && nights >= 100 && nights <= MOST_NIGHTS) return nights
  throw new UserError(
    `--nights ${oneLine(typed, 40)}: expected a whole number from 100 to ${MOST_NIGHTS.toLocaleString('en-US')}.`,
  )
}

function discordanceOf(typed: unknown): number | undefined {
  if (typeof typed !== 'string') return undefined
  const text = typed.trim()
  const share = text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text)
  if (text !== '' && share > 0 && share <= 1) return share
  throw new UserError(
    `--discordance ${oneLine(text, 40)}: expected a share above 0 and at most 1, such as 0.2 or 20%: that of samples whose answer changes though the model has not.`,
  )
}

/** How far it is, in a line that is written anew; on a terminal alone, and only where it takes long. */
function progressLine(
  stderr: CommandIo['stderr'],
  clock: Clock,
): { readonly update: (share: number) => void; readonly stop: () => void } {
  const startMs = clock.nowMs()
  let shown = ''
  return {
    update: (share) => {
      const text = `trying nights: ${Math.floor(share * 100)} %`
      if (!stderr.isTTY || text === shown || clock.nowMs() - startMs < PATIENCE_MS) return
      stderr.write(`\r${text}`)
      shown = text
    },
    stop: () => {
      if (shown !== '') stderr.write(`\r${' '.repeat(shown.length)}\r`)
    },
  }
}
