/** What does a reader have to know of a baseline before trusting verdicts against it? */
import { oneLine, plural } from '../../lib/text.ts'
import type { BaselineGroupShown, BaselineShown } from './types.ts'

/** The luck of a stored run is shared by all later comparisons; from so many on little is left of it. */
const RUNS_ADVISED = 5

/** The worst first. */
export function baselineNotes({ simulated, runIds, groups }: BaselineShown): string[] {
  return [
    ...(simulated
      ? ['SIMULATED: the built-in simulator answered. Runs of real models will not be compared with it.']
      : []),
    ...fewRuns(runIds.length),
    ...groups.flatMap(groupNotes),
  ]
}

/**
 * The variance of a difference between an unchanged model and the mean of k of its runs is σ²·(1 + 1/k): the interval's length
 * goes with its root.
 */
function fewRuns(runs: number): string[] {
  if (runs >= RUNS_ADVISED) return []
  const shorter = 1 - Math.sqrt((1 + 1 / RUNS_ADVISED) / (1 + 1 / runs))
  return [
    `${plural(runs, 'run')}: every later verdict shares ${runs === 1 ? 'its' : 'their'} luck. With ${RUNS_ADVISED} runs pooled, intervals against ` +
      `an unchanged model are ${Math.round(shorter * 100)} % shorter, and unlucky baselines raise fewer false alarms.`,
  ]
}

function groupNotes({ model, prompt, rows, failures, passRate, servedModels }: BaselineGroupShown): string[] {
  const place = `${oneLine(model, 60)} · ${oneLine(prompt, 40)}`
  const served = Object.keys(servedModels).filter((name) => name !== '')
  const unscored = Math.round(rows * (1 - (failures ?? 0))) - passRate.n
  return [
    ...(unscored > 0
      ? [`${place}: ${plural(unscored, 'answered trial')} without a score, left out of comparisons`]
      : []),
    ...(served.length > 1
      ? [`${place}: served by ${plural(served.length, 'model')}: ${oneLine(served.join(', '), 200)}`]
      : []),
  ]
}
