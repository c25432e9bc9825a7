/** What did the user ask for? Settings as used: every question of the command line and the config file answered. */
import type { Shard, Where } from '../dataset/select.ts'
import type { DatasetFormat } from '../dataset/types.ts'
import type { DispatchPolicy } from '../dispatch/types.ts'
import type { Usd } from '../lib/usd.ts'
import type { AlarmOn, MetricAsked } from '../gate/types.ts'
import type { PriceRow } from '../plan/types.ts'
import type { PromptTemplate, Template } from '../prompt/types.ts'
import type { Endpoint } from '../provider/index.ts'
import type { ProviderProfile } from '../provider/types.ts'
import type { Composition } from '../score/index.ts'
import type { ParsedScorer } from '../score/types.ts'
import type { Reducer } from '../stats/reducer.ts'
import type { ReporterName } from '../report/index.ts'
import type { SimulatorOptions } from '../simulator/types.ts'

/** What the process brings along. */
export interface Surroundings {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** What was typed as flags, by config key. */
  readonly flags: Readonly<Record<string, unknown>>
  /** Nothing will be sent: neither a key nor an address is needed. */
  readonly sendsNothing: boolean
  /** Answers that are there are scored: judges may be asked, the models are not. */
  readonly scoresOnly: boolean
}

export interface DatasetSettings {
  /** As typed; `-` is standard input. */
  readonly path: string
  readonly format: DatasetFormat | null
  readonly idColumn: string | null
  readonly expectedColumn: string | null
  readonly expectedSeparator: string | null
  readonly slice: readonly string[]
  /** Samples that share its value hang together in every interval; null: each stands alone. */
  readonly clusterColumn: string | null
  readonly keep: readonly string[]
  readonly where: readonly Where[]
  readonly offset: number
  readonly limit: number | null
  readonly sample: number | null
  readonly shard: Shard | null
}

/** Who is asked. */
export interface EndpointChoice {
  readonly profile: ProviderProfile
  /**
   * Where and with which key. Null: the built-in simulator, which is started and tells its address; and where nothing is
   * asked.
   */
  readonly address: Endpoint | null
}

export interface EndpointSettings extends EndpointChoice {
  readonly params: Readonly<Record<string, unknown>>
  readonly maxTokens: number
  readonly temperature: number | null
  readonly stream: boolean
  readonly simulator: SimulatorOptions
}

/** The models that scorers may ask. */
export interface JudgingSettings {
  /** Empty: no scorer may ask a judge. */
  readonly models: readonly string[]
  readonly panel: 'majority' | 'mean'
  readonly maxTokens: number
  /** A model may judge its own answers without a word. */
  readonly allowSelf: boolean
  readonly endpoint: EndpointChoice
  /** Null: no scorer may ask for embeddings. */
  readonly embeddings: { readonly model: string; readonly endpoint: EndpointChoice } | null
}

/** What INCONCLUSIVE ends as: 0, 1, or 1 where some drop is proven and else 0 with a warning. */
export type Inconclusive = 'pass' | 'fail' | 'fail-on-drop'

/** What the run is compared with. */
export interface GateSettings {
  /** As typed; several are pooled; empty: nothing. */
  readonly baselines: readonly string[]
  /** Empty where neither --max-drop nor --metric was given. */
  readonly metrics: readonly MetricAsked[]
  readonly maxDrop: number | null
  readonly alpha: number
  readonly alarmOn: AlarmOn
  readonly sequential: boolean
  /** What INCONCLUSIVE ends as; null: as itself. */
  readonly inconclusive: Inconclusive | null
  /** Model that `assay choose` holds the others against; null: whichever is best. */
  readonly reference: string | null
}

/** Where outputs come from that exist already: a column of the dataset, or an earlier run. */
export type ReplaySettings = { readonly column: string } | { readonly run: string }

export interface Settings {
  /** What was typed as flags, by config key: kept for a resume. */
  readonly flags: Readonly<Record<string, unknown>>
  readonly dataset: DatasetSettings
  /** Null: the dataset's own column decides, once it is known. */
  readonly prompts: readonly PromptTemplate[] | null
  readonly system: Template | null
  readonly models: readonly string[]
  readonly endpoint: EndpointSettings
  readonly policy: DispatchPolicy
  readonly epochs: number
  readonly maxCostUsd: Usd | null
  /** Prices given by hand, by model. */
  readonly prices: ReadonlyMap<string, PriceRow>
  readonly scorers: readonly ParsedScorer[]
  /** False: the default scorer, which steps back for datasets without expected answers. */
  readonly scorersAsked: boolean
  /** How their scores count. */
  readonly composition: Composition
  /** What the epochs of a sample come to. */
  readonly reducers: readonly Reducer[]
  readonly judging: JudgingSettings
  /** Null: the answers are asked for. */
  readonly replay: ReplaySettings | null
  /** Column with people's verdicts on the outputs; null: none. */
  readonly human: string | null
  readonly failUnder: number | null
  readonly gate: GateSettings
  readonly maxFailed: number
  /** Run folder; null: a new one under results/. */
  readonly outDir: string | null
  /** What `--resume` named: a run folder or `latest`; null: a run of its own. */
  readonly resume: string | null
  /** Score the answers that the run has, and ask for none. */
  readonly scoreOnly: boolean
  /** On resume, take the samples that are kept in the run folder: their dataset came over standard input. */
  readonly takesKeptSamples: boolean
  /** On resume, ask again what has failed. */
  readonly retryFailed: boolean
  /** On resume, go on though a setting that decides the answers has changed. */
  readonly allowChange: boolean
  /** Take answers from the response cache, and add new ones to it. */
  readonly cache: boolean
  readonly seed: number
  readonly timings: boolean
  readonly json: boolean
  readonly quiet: boolean
  /** Reports beside those that every run has. */
  readonly reporters: readonly ReporterName[]
  /** Show the HTML report when the run is over. */
  readonly open: boolean
}
