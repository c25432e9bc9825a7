/** What could the planned run show? The noise is that of the baseline's runs where these tell it, and assumed where they do not. */
import type { Settings } from '../config/types.ts'
import { locateBaseline, readLocated } from '../gate/baseline/load.ts'
import { columnOf } from '../gate/metrics.ts'
import { answersOf } from '../gate/power/answers.ts'
import { assumedNoise, measuredNoise } from '../gate/power/noise.ts'
import { powerPlan } from '../gate/power/rows-needed.ts'
import type { Noise, PowerPlan } from '../gate/power/types.ts'
import type { Side } from '../gate/types.ts'
import type { Prepared } from './prepare.ts'

interface PowerIo {
  readonly cwd: string
  readonly interrupt: AbortSignal
}

/** A metric that power is told for; without --max-drop and --metric the pass rate, without a margin. */
interface PlannedMetric {
  readonly name: string
  readonly margin: number | null
}

/** By model; metrics between 0 and 1 where higher is better. Throws UserError where a baseline cannot be read. */
export async function plannedPower(
  { shape, models, dataset }: Prepared,
  settings: Settings,
  { cwd, interrupt }: PowerIo,
): Promise<ReadonlyMap<string, readonly PowerPlan[]>> {
  const { alpha, baselines } = settings.gate
  const asked = settings.gate.metrics.filter(({ kind }) => kind === 'quality')
  const metrics: readonly PlannedMetric[] = asked.length > 0 ? asked : [{ name: 'pass_rate', margin: null }]
  const sides = await readBaselines(baselines, { cwd, signal: interrupt, dataset: dataset.name })
  const family = Math.max(1, settings.gate.metrics.length) * shape.models * shape.prompts
  const plansOf = (model: string): PowerPlan[] =>
    metrics.map(({ name, margin }) =>
      powerPlan({
        metric: name,
        margin,
        alpha,
        family,
        noise: noiseIn(sides, model, name) ?? assumedNoise(),
        rows: shape.samples,
        epochs: shape.epochs,
        candidateAnswers: pairedEpochs(sides, shape.epochs),
        baselineAnswers: answersIn(sides, shape.epochs),
      }),
    )
  return new Map(models.map(({ slug }) => [slug, plansOf(slug)]))
}

async function readBaselines(
  asked: readonly string[],
  options: { readonly cwd: string; readonly signal: AbortSignal; readonly dataset: string },
): Promise<Side[]> {
  const sides: Side[] = []
  for (const one of asked) sides.push(await readLocated(locateBaseline(one, options), one, options))
  return sides
}

/** Pairs are made by epoch: an epoch that a baseline lacks has nothing to be compared with. */
function pairedEpochs(sides: readonly Side[], planned: number): number {
  return Math.min(planned, ...sides.map(({ facts }) => facts.epochs))
}

/** Answers to each sample that are compared, over all pooled runs; without any as many as planned. */
function answersIn(sides: readonly Side[], planned: number): number {
  const runs = sides.reduce((sum, { facts: { runIds } }) => sum + runIds.length, 0)
  return Math.max(1, runs) * pairedEpochs(sides, planned)
}

/** Of the prompt with the most samples. Several runs that were pooled into one side are left out: means hide how answers differ. */
function noiseIn(sides: readonly Side[], model: string, metric: string): Noise | null {
  const runs = sides.filter(({ facts }) => facts.runIds.length === 1)
  const groups = runs.flatMap((side) => groupsFor(side, model))
  const prompts = [...new Set(groups.map(({ prompt }) => prompt))]
  const runIds = runs.flatMap(({ facts }) => facts.runIds)
  const column = columnOf({ name: metric, kind: 'quality', margin: 0 })
  const measured = prompts.flatMap((prompt) => {
    const rows = groups.filter((group) => group.prompt === prompt)
    return (
      measuredNoise(
        answersOf(rows, (of, row) => of.value(column, row)),
        runIds,
      ) ?? []
    )
  })
  return measured.reduce<Noise | null>(
    (best, noise) => (best !== null && best.samples >= noise.samples ? best : noise),
    null,
  )
}

/** Rows of this model, or of the only one that there is: it is what the model will be compared with. */
function groupsFor({ groups }: Side, model: string): Side['groups'][number]['rows'][] {
  const all = groups.map(({ rows }) => rows)
  const named = all.filter((rows) => rows.model === model)
  return named.length > 0 || new Set(all.map((rows) => rows.model)).size > 1 ? named : all
}
