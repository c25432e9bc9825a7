/** What is the run compared with, and by which rules? Fixed before the first answer. */
import { UserError } from '../lib/errors.ts'
import { isBounded, parseMetrics } from '../gate/metrics.ts'
import { oneLine } from '../lib/text.ts'
import type { ReadConfig } from './options.ts'
import type { GateSettings } from './types.ts'

/** Throws UserError at rules that make no sense together. */
export function gateSettings(config: ReadConfig): GateSettings {
  const { baseline = [], maxDrop, metric, alpha = 0.05, alarmOn = 'over-margin', sequential = false } = config
  if (alpha <= 0 || alpha >= 0.5) {
    throw new UserError(`--alpha ${alpha}: expected a share above 0 and below 0.5, such as 0.05 or 1%.`)
  }
  const settings: GateSettings = {
    baselines: baseline,
    metrics: maxDrop === undefined && metric === undefined ? [] : parseMetrics(metric, maxDrop),
    maxDrop: maxDrop ?? null,
    alpha,
    alarmOn,
    sequential,
    inconclusive: config.inconclusive ?? null,
    reference: config.reference ?? null,
  }
  if (config.shard !== undefined) refuseShard(settings, config.shard)
  if (baseline.length > 0) refuseIncomplete(settings)
  return settings
}

/** A part of the rows proves little, and several parts that each judge for themselves raise false alarms. */
function refuseShard({ baselines, sequential }: GateSettings, shard: string): void {
  const flag = baselines.length > 0 ? 'baseline' : sequential ? 'sequential' : undefined
  if (flag === undefined) return
  throw new UserError(
    `--${flag} with --shard ${oneLine(shard, 60)}: a shard is a part of a run and cannot judge the whole. Leave it out here` +
      (flag === 'baseline'
        ? ', and give --baseline to assay merge, which judges all shards together.'
        : ': shards are judged together when they are merged, and a run that stops as soon as its answers tell enough has to be one run.'),
  )
}

function refuseIncomplete({ metrics, sequential }: GateSettings): void {
  if (metrics.length === 0) {
    throw new UserError(
      '--baseline compares, and nothing says how much worse it may get. Add --max-drop, e.g. --max-drop 0.02.',
    )
  }
  const unbounded = sequential ? metrics.find((metric) => !isBounded(metric)) : undefined
  if (unbounded !== undefined) {
    throw new UserError(
      `--sequential looks after every row, which it can for values between 0 and 1 alone; ${unbounded.name} has no bound. ` +
        `Leave out --sequential, or gate ${unbounded.name} afterwards: assay gate latest --baseline <run> --metric ${unbounded.name}=10%.`,
    )
  }
}

/** For a command that does nothing else. */
export function refuseWithoutBaseline({ baselines }: GateSettings): void {
  if (baselines.length > 0) return
  throw new UserError(
    '--baseline is missing: what is the run compared with? Give a run, latest, or a name that assay baseline keeps, e.g. --baseline latest.',
  )
}

/** Rules of a comparison without anything to compare with would do nothing, in silence. */
export function refuseGateWithoutBaseline(settings: GateSettings, typed: Readonly<Record<string, unknown>>): void {
  if (typed['reference'] !== undefined) {
    throw new UserError('--reference says what assay choose holds models against. Leave it out, or take assay choose.')
  }
  if (settings.baselines.length > 0) return
  const asked = RULES.find(({ key }) => typed[key] !== undefined)
  if (asked === undefined) return
  throw new UserError(
    `--${asked.flag} says how a run is compared, and no --baseline names what with. Add --baseline latest (or a run, or a kept name), or leave it out.`,
  )
}

const RULES = [
  { key: 'maxDrop', flag: 'max-drop' },
  { key: 'sequential', flag: 'sequential' },
  { key: 'metric', flag: 'metric' },
  { key: 'alarmOn', flag: 'alarm-on' },
  { key: 'alpha', flag: 'alpha' },
  { key: 'inconclusive', flag: 'inconclusive' },
] as const
