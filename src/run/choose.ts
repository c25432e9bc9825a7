/** A run that ends when the cheapest model that is good enough is known. */
import { join, resolve } from 'node:path'
import type { Settings } from '../config/types.ts'
import { type ChoiceFacts, choiceReport } from '../gate/choose/report.ts'
import { ChooseRule } from '../gate/choose/rule.ts'
import type { ChoiceReport, ChooseDesign, Contender } from '../gate/choose/types.ts'
import { requireColumns } from '../gate/metrics.ts'
import { scoreColumn } from '../gate/rows.ts'
import type { MetricAsked } from '../gate/types.ts'
import { writeAtomically } from '../lib/atomic-file.ts'
import { EXIT, type ExitCode, UserError, worstExit } from '../lib/errors.ts'
import { didYouMean } from '../lib/suggest.ts'
import { oneLine } from '../lib/text.ts'
import { formatUsd, parseUsd, ZERO_USD } from '../lib/usd.ts'
import { catalogue } from '../plan/catalogue.ts'
import type { PriceRow } from '../plan/types.ts'
import { choiceJson } from '../report/choice.ts'
import type { Summary } from '../stats/types.ts'
import type { Prepared } from './prepare.ts'
import { type RunEnd, runEval, type RunIo } from './run.ts'

export interface ChooseEnd {
  readonly exitCode: ExitCode
  readonly reasons: readonly string[]
  readonly report: ChoiceReport
  /** The run folder, as seen from here, and the files in it. */
  readonly dir: string
  readonly files: readonly string[]
}

const CHOICE_FILE = 'choice.json'

/** Rejects as `runEval` does, and with UserError where nothing could be chosen: nothing is sent then. */
export async function chooseRun(settings: Settings, io: RunIo): Promise<ChooseEnd> {
  const metric = metricOf(settings)
  requireContenders(settings)
  let made: { rule: ChooseRule; datasetVersion: string } | undefined
  const end = await runEval(withoutGate(settings), io, (prepared) => {
    const rule = new ChooseRule(designOf(prepared, settings, metric), prepared)
    made = { rule, datasetVersion: prepared.dataset.version }
    return rule
  })
  if (made === undefined) throw new Error('the run has asked for no stop rule')
  const report = choiceReport(made.rule, { ...factsOf(end.summary), datasetVersion: made.datasetVersion })
  await writeAtomically(join(resolve(io.cwd, end.dir), CHOICE_FILE), [choiceJson(report)])
  return { ...exitOf(report, end, settings), report, dir: end.dir, files: [join(end.dir, CHOICE_FILE), ...end.files] }
}

/** Thresholds and baselines of the config file are for other questions; the manifest says that the run stops by what it sees. */
function withoutGate(settings: Settings): Settings {
  return { ...settings, failUnder: null, gate: { ...settings.gate, baselines: [], sequential: true } }
}

function metricOf({ gate: { metrics } }: Settings): MetricAsked {
  const [metric, ...others] = metrics
  if (metric === undefined) {
    throw new UserError(
      '--max-drop is missing: by how much may a model be worse than the best and still be good enough? E.g. --max-drop 0.02.',
    )
  }
  if (others.length === 0 && metric.kind === 'quality') return metric
  throw new UserError(
    `--metric ${metrics.map(({ name }) => name).join(', ')}: models are chosen by one measure of quality; expected pass_rate or score:<label>. Cost ranks those that are good enough.`,
  )
}

function requireContenders({ models, prompts, dataset }: Settings): void {
  const contenders = models.length * (prompts?.length ?? 1)
  if (contenders < 2) {
    throw new UserError(
      `--model ${oneLine(models[0] ?? '', 80)}: one model alone leaves nothing to choose. Name at least two, e.g. -m openai/gpt-4o-mini -m mistralai/mistral-small.`,
    )
  }
  if (dataset.clusterColumn !== null) {
    throw new UserError(
      `--cluster ${oneLine(dataset.clusterColumn, 60)}: rows that hang together cannot be chosen by one at a time. Leave it out and take one row of each, ` +
        'or ask all with assay eval and compare.',
    )
  }
}

/** Throws UserError where no answer could come of it. */
function designOf(prepared: Prepared, settings: Settings, { name, margin }: MetricAsked): ChooseDesign {
  requireScores(prepared, name)
  const contenders = prepared.prompts.flatMap((prompt) =>
    prepared.models.map(
      ({ slug, price }): Contender => ({
        model: slug,
        prompt: prompt.name,
        listPriceUsd: listPriceUsd(price ?? settings.prices.get(slug) ?? catalogue.get(slug)?.price ?? null),
      }),
    ),
  )
  requirePrices(contenders, settings)
  return {
    contenders,
    reference: referenceOf(contenders, settings.gate.reference),
    margin,
    alpha: settings.gate.alpha,
    metric: name,
    seed: settings.seed,
  }
}

function requireScores({ scoring, hasAssertions }: Prepared, metric: string): void {
  if (hasAssertions) return
  if (scoring.scorers.length === 0) {
    throw new UserError(
      'nothing scores these answers, so no model can be chosen by them: no --scorer, and no expected answers in the dataset.',
    )
  }
  requireColumns(
    [{ name: metric, kind: 'quality', margin: 0 }],
    scoring.scorers.map(({ label }) => scoreColumn(label)),
    'this run',
  )
}

/** A million tokens in and a million out. */
function listPriceUsd(price: PriceRow | null): number | null {
  if (price === null) return null
  return Number(formatUsd(price.promptUsd + price.completionUsd)) * 1e6
}

/** These say themselves what an answer has cost. */
const REPORT_COSTS: ReadonlySet<string> = new Set(['openrouter', 'simulator'])

function requirePrices(contenders: readonly Contender[], { endpoint: { profile } }: Settings): void {
  const unpriced = contenders.filter(({ listPriceUsd: price }) => price === null).map(({ model }) => model)
  if (REPORT_COSTS.has(profile.name) || unpriced[0] === undefined) return
  throw new UserError(
    `no price is known for ${[...new Set(unpriced)].map((model) => oneLine(model, 80)).join(', ')}, so nobody could say which is the cheapest. ` +
      `Give one in USD per million tokens, e.g. --price ${oneLine(unpriced[0], 80)}=0.2/0.6; what costs nothing has the price 0/0.`,
  )
}

/** A model, where it is asked with one prompt; else "model with prompt", as reports name it. */
function referenceOf(contenders: readonly Contender[], asked: string | null): number | null {
  if (asked === null) return null
  const names = contenders.map(({ model, prompt }) => `${model} with ${prompt}`)
  const ofModel = contenders.flatMap(({ model }, index) => (model === asked ? [index] : []))
  const [found] = ofModel
  if (ofModel.length === 1 && found !== undefined) return found
  const exact = names.indexOf(asked)
  if (exact >= 0) return exact
  if (ofModel.length > 1) {
    throw new UserError(
      `--reference ${oneLine(asked, 80)}: it is asked with several prompts. Say which, e.g. --reference ${JSON.stringify(names[found ?? 0])}.`,
    )
  }
  const models = [...new Set(contenders.map(({ model }) => model))]
  throw new UserError(
    `--reference ${oneLine(asked, 80)}: it is none of the models that are asked, ${models.map((model) => oneLine(model, 60)).join(', ')}.` +
      `${didYouMean(asked, models)} Name one of them, or add it with --model.`,
  )
}

function factsOf({ runId, simulated, dataset, costUsd, retryCostUsd }: Summary): Omit<ChoiceFacts, 'datasetVersion'> {
  const spentUsd = costUsd === null ? null : (parseUsd(costUsd) ?? ZERO_USD) + (parseUsd(retryCostUsd) ?? ZERO_USD)
  return { runId, simulated, dataset, spentUsd: spentUsd === null ? null : formatUsd(spentUsd) }
}

/** What kept the run from its end comes before what it could not tell. */
function exitOf(
  { verdict, undecided }: ChoiceReport,
  { exitCode, reasons }: RunEnd,
  { gate: { inconclusive } }: Settings,
): Pick<ChooseEnd, 'exitCode' | 'reasons'> {
  if (verdict === 'CHOSEN' || inconclusive === 'pass') return { exitCode, reasons }
  const code = inconclusive === 'fail' ? EXIT.thresholdMissed : EXIT.inconclusive
  const names = [...new Set(undecided.map(({ model }) => oneLine(model, 60)))].join(', ')
  return { exitCode: worstExit([exitCode, code]), reasons: [...reasons, `INCONCLUSIVE: undecided are ${names}`] }
}
