/** `assay doctor`: is everything there that a run needs, and what to do where it is not? Nothing that is billed is sent. */
import { EXIT, type ExitCode, worstExit } from '../lib/errors.ts'
import { oneLine, plural, printableJson, wrapped } from '../lib/text.ts'
import { VERSION } from '../lib/version.ts'
import { checks } from '../setup/doctor/checks.ts'
import { subjectOf } from '../setup/doctor/subject.ts'
import type { Finding } from '../setup/doctor/types.ts'
import { CONFIG_FLAG, jsonFlag, ownFlag, settingFlags } from './flags.ts'
import type { Command, CommandIo } from './types.ts'

const OFFLINE_FLAG = ownFlag({ key: 'offline', about: 'Send nothing: look only at what is on this machine' })

const SETTINGS = settingFlags([
  'dataset',
  'model',
  'provider',
  'baseUrl',
  'apiKeyEnv',
  'maxTokens',
  'simulate',
  'judge',
  'judgeProvider',
  'judgeBaseUrl',
  'judgeApiKeyEnv',
  'maxCost',
  'price',
])

interface Checked extends Finding {
  readonly check: string
}

export const doctor: Command = {
  name: 'doctor',
  about: 'Check what a run needs (key, endpoint, models, prices, disk) and say what to do; nothing is billed',
  flags: [
    ...SETTINGS,
    { title: 'check', flags: [OFFLINE_FLAG, jsonFlag('what was found')] },
    { title: 'config', flags: [CONFIG_FLAG] },
  ],
  examples: ['assay doctor', 'assay doctor --model openai/gpt-4o-mini --max-cost 5', 'assay doctor --offline --json'],
  run: async ({ offline = false, json = false, ...typed }, io) => {
    const { isTTY, columns } = io.stdout
    const hasColors = isTTY && io.stdout.hasColors()
    const subject = await subjectOf(typed, {
      ...io,
      isOffline: offline === true,
      terminal: { isTTY, columns: columns || 100, hasColors },
    })
    const found: Checked[] = []
    for (const check of checks) {
      const findings = (await check.run(subject)).map((finding) => Object.assign({ check: check.name }, finding))
      io.interrupt.throwIfAborted()
      found.push(...findings)
      if (json !== true) io.stdout.write(findings.map((finding) => shown(finding, io, hasColors)).join(''))
    }
    const exitCode = worstExit(found.flatMap((finding) => finding.exitCode ?? []))
    io.stdout.write(json === true ? asJson(found, exitCode) : `\n${verdict(found, subject.isOffline)}\n`)
    return exitCode
  },
}

const MARKS: Readonly<Record<Finding['level'], readonly [mark: string, color: string]>> = {
  ok: ['✓', '32'],
  warning: ['!', '33'],
  failure: ['✗', '31'],
}

/** Where the texts begin. */
const INDENT = 16

/** One line for what was found, and the fix below. */
function shown(
  { check, level, text, fix }: Checked,
  { stdout }: Pick<CommandIo, 'stdout'>,
  hasColors: boolean,
): string {
  const [mark, color] = MARKS[level]
  // In a file or a pipe each finding is one line, to be searched.
  const columns = stdout.isTTY ? Math.max(40, stdout.columns || 100) : Number.POSITIVE_INFINITY
  const margin = ' '.repeat(INDENT)
  const inside = (words: string): string => wrapped(oneLine(words, 600), columns - INDENT, '').join(`\n${margin}`)
  const head = `${hasColors ? `\u001b[${color}m${mark}\u001b[0m` : mark} ${check.padEnd(INDENT - 2)}`
  return `${head}${inside(text)}\n${fix === null ? '' : `${margin}${inside(fix)}\n`}`
}

function verdict(found: readonly Checked[], isOffline: boolean): string {
  const failures = found.filter(({ level }) => level === 'failure').length
  const warnings = found.filter(({ level }) => level === 'warning').length
  const unasked = isOffline ? ' Nothing was sent: endpoint, key and models were not looked at.' : ''
  if (failures > 0) return `${plural(failures, 'problem')} to be mended before a run.${unasked}`
  if (warnings > 0) return `A run works. ${plural(warnings, 'warning')}.${unasked}`
  return `Everything that a run needs is there.${unasked}`
}

function asJson(found: readonly Checked[], exitCode: ExitCode): string {
  const told = { formatVersion: 1, assayVersion: VERSION, exitCode, isReady: exitCode === EXIT.done, checks: found }
  return printableJson(`${JSON.stringify(told, null, 2)}\n`)
}
