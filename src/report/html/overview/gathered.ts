/** What the charts need: most is in the summary, the curves are made of every row. */
import { NumberList } from '../../../lib/number-list.ts'
import type { ReportedRun, ResultRow } from '../../types.ts'
import type { ChartData, Curve, LatencyCurves } from './chart-data.ts'
import { costChart } from './costs.ts'
import { shortNames } from './names.ts'
import { qualityCostPoints } from './quality-cost.ts'
import { sliceChart } from './slices.ts'

/** Steps of a curve at most: more than a screen can show. */
const STEPS = 200

/** Is fed with every row once; keeps two numbers of each. */
export class Gathered {
  readonly #run: ReportedRun
  readonly #groups: readonly Times[]
  readonly #byPlace = new Map<string, Times>()

  constructor(run: ReportedRun) {
    this.#run = run
    this.#groups = run.summary.groups.map(() => ({ ttftUs: new NumberList(), latencyUs: new NumberList() }))
    for (const [series, group] of run.summary.groups.entries()) {
      const times = this.#groups[series]
      if (times !== undefined) this.#byPlace.set(placeOf(group), times)
    }
  }

  add(row: ResultRow): void {
    const { record } = row
    if (!this.#run.timings || record?.status !== 'completed') return
    const times = this.#byPlace.get(placeOf(row))
    if (record.ttftUs !== null) times?.ttftUs.push(record.ttftUs)
    if (record.latencyUs !== null) times?.latencyUs.push(record.latencyUs)
  }

  data(): ChartData {
    return {
      series: shortNames(this.#run.summary),
      qualityCost: qualityCostPoints(this.#run),
      slices: sliceChart(this.#run.summary),
      costs: costChart(this.#run),
      latency: this.#groups.flatMap(({ ttftUs, latencyUs }, series): LatencyCurves[] =>
        latencyUs.length === 0 ? [] : [{ series, ttft: curveOf(ttftUs), total: curveOf(latencyUs) }],
      ),
    }
  }
}

interface Times {
  readonly ttftUs: NumberList
  readonly latencyUs: NumberList
}

function placeOf({ model, prompt }: { readonly model: string; readonly prompt: string }): string {
  return JSON.stringify([model, prompt])
}

/** The empirical distribution at evenly spaced ranks, the ends included: each count is exactly that of the times up to its own. */
function curveOf(timesUs: NumberList): Curve {
  const sorted = Float64Array.from({ length: timesUs.length }, (_, index) => timesUs.at(index) ?? 0).sort()
  const ms: number[] = []
  const count: number[] = []
  const steps = Math.min(STEPS, sorted.length)
  let rank = 0
  for (let step = 0; step < steps; step++) {
    const wanted = steps === 1 ? 0 : Math.round((step * (sorted.length - 1)) / (steps - 1))
    if (wanted < rank) continue
    const time = sorted[wanted] ?? 0
    rank = wanted + 1
    while (sorted[rank] === time) rank += 1
    ms.push(time / 1_000)
    count.push(rank)
  }
  return { ms, count }
}
