/** What was the verdict of a run whose summary keeps none, since it was written without timings? Judged again by the same rules. */
import { parseMetrics } from '../gate/metrics.ts'
import type { AlarmOn, GateReport, Side } from '../gate/types.ts'
import type { PreviousRun } from '../journal/find-run.ts'
import { UserError } from '../lib/errors.ts'
import { baselineOf, judgeRun } from './gate-run.ts'

interface GateAgainIo {
  readonly cwd: string
  readonly interrupt: AbortSignal
}

/** Null: the run had no baseline, it is not there any more, or the two cannot be compared as they are now. */
export async function gateAgain(run: PreviousRun, io: GateAgainIo): Promise<GateReport | null> {
  const { settings } = run.manifest
  try {
    const baseline = await sameBaseline(run, io)
    if (baseline === null) return null
    const rules = {
      metrics: parseMetrics(textsOf(settings['metric']), undefined),
      alpha: Number(settings['alpha']),
      alarmOn: settings['alarmOn'] as AlarmOn,
      sequential: settings['sequential'] === true,
    }
    return await judgeRun(run, baseline, rules, io.interrupt)
  } catch (error) {
    if (error instanceof UserError) return null
    throw error
  }
}

/** By the name that was typed, which may mean another run by now, or by the ids of its runs. */
async function sameBaseline({ manifest }: PreviousRun, io: GateAgainIo): Promise<Side | null> {
  const { baselineRuns, settings } = manifest
  if (baselineRuns == null) return null
  const isSame = ({ facts }: Side): boolean => facts.runIds.join() === baselineRuns.join()
  const named = await baselineOf(manifest, textsOf(settings['baseline']), io).catch(nullForUserError)
  if (named !== null && isSame(named)) return named
  const found = await baselineOf(manifest, baselineRuns, io)
  return isSame(found) ? found : null
}

function nullForUserError(error: unknown): null {
  if (error instanceof UserError) return null
  throw error
}

function textsOf(setting: unknown): readonly string[] {
  return Array.isArray(setting) ? setting.map(String) : []
}
