/** What is in a baseline? Its runs, and the rates of each model × prompt with their intervals. */
import { dispatchOrder } from '../../dataset/select.ts'
import { SampleRate } from '../../stats/sample-rate.ts'
import type { Estimate } from '../../stats/types.ts'
import type { Rows } from '../rows.ts'
import { scoreColumn } from '../rows.ts'
import type { Side, SideFacts, SideGroup } from '../types.ts'
import type { BaselineGroupShown, BaselineShown } from './types.ts'

const CONFIDENCE = 0.95

/** `file` and `bytes` say where it is kept. */
export function describeBaseline(
  { facts, groups }: Side,
  { file, bytes }: Pick<BaselineShown, 'file' | 'bytes'>,
): BaselineShown {
  return {
    name: facts.name,
    file,
    bytes,
    runIds: facts.runIds,
    startedAt: facts.startedAt,
    simulated: facts.simulated,
    dataset: facts.dataset.name,
    datasetVersion: facts.dataset.version ?? null,
    scorers: facts.scoring.scorers,
    trials: facts.planned,
    groups: groups.map((group) => describeGroup(group, facts)),
  }
}

function describeGroup({ rows, servedBy }: SideGroup, facts: SideFacts): BaselineGroupShown {
  const order = dispatchOrder({ length: rows.size, at: (row) => rows.orderOf(row) })
  const estimate = (column: string): Estimate => estimateOf(rows, column, { order, seed: facts.seed })
  const scores = rows.columns.filter((column) => column.startsWith(scoreColumn('')))
  return {
    model: rows.model,
    prompt: rows.prompt,
    rows: rows.size,
    failures: failureShare([{ rows }]),
    passRate: estimate('pass_rate'),
    scores: Object.fromEntries(scores.map((column) => [column.slice(scoreColumn('').length), estimate(column)])),
    servedModels: servedBy.models,
  }
}

/** A mean over rows, the epochs of a sample next to each other. */
function estimateOf(
  rows: Rows,
  column: string,
  { order, seed }: { readonly order: Iterable<number>; readonly seed: number },
): Estimate {
  const rate = new SampleRate([seed, 'bootstrap', column, rows.model, rows.prompt, ''].join('|'))
  let [sample, place] = [-1, Number.NaN]
  for (const row of order) {
    if (rows.orderOf(row) !== place) sample += 1
    place = rows.orderOf(row)
    const value = rows.value(column, row)
    if (!Number.isNaN(value)) rate.add({ sample, cluster: rows.clusterOf(row) }, value)
  }
  return rate.estimate(CONFIDENCE)
}

/** Share of trials that failed, of all groups; null without trials. */
export function failureShare(groups: readonly { readonly rows: Rows }[]): number | null {
  let [failed, trials] = [0, 0]
  for (const { rows } of groups) {
    trials += rows.size
    for (let row = 0; row < rows.size; row++) failed += rows.value('failures', row)
  }
  return trials === 0 ? null : failed / trials
}
