/** Models of known skill, asked in process through the real rule. */
import { ChooseRule } from '../../../src/gate/choose/rule.ts'
import type { ChooseDesign } from '../../../src/gate/choose/types.ts'
import type { ScoreLine } from '../../../src/journal/types.ts'
import { hash01 } from '../../../src/lib/hash.ts'
import { trialsInOrder } from '../../../src/plan/trials.ts'
import type { Trial } from '../../../src/plan/types.ts'
import { chanceOf } from '../../../src/simulator/oracle.ts'

export interface PlayedModel {
  readonly skill: number
  /** Cost of an answer, USD; null: unknown. */
  readonly cost: number | null
}

export interface Play {
  readonly models: readonly PlayedModel[]
  readonly rows: number
  readonly seed?: string
  readonly epochs?: number
  readonly margin?: number
  readonly alpha?: number
  readonly reference?: number
  readonly metric?: string
  /** Replaces what a trial comes to: null is a failure. */
  readonly scoreOf?: (trial: Trial, line: ScoreLine) => ScoreLine | null
}

export function shapeOf({ models, rows, epochs = 1 }: Play): {
  samples: number
  prompts: 1
  models: number
  epochs: number
} {
  return { samples: rows, prompts: 1, models: models.length, epochs }
}

export function designOf({ models, margin = 0.1, alpha = 0.05, reference, metric = 'pass_rate' }: Play): ChooseDesign {
  return {
    contenders: models.map(({ cost }, index) => ({
      model: `maker/model-${index}`,
      prompt: 'prompt',
      listPriceUsd: cost === null ? null : cost * 1e6,
    })),
    reference: reference ?? null,
    margin,
    alpha,
    metric,
    seed: 0,
  }
}

/** Rows are sent in dataset order: nothing in the answers depends on it. */
export function ruleOf(play: Play): ChooseRule {
  return new ChooseRule(designOf(play), { order: orderOf(play), shape: shapeOf(play) })
}

export function orderOf({ rows }: Play): Uint32Array {
  return Uint32Array.from({ length: rows }, (_, row) => row)
}

export function trialsOf(play: Play): Trial[] {
  return [...trialsInOrder(orderOf(play), shapeOf(play))]
}

/** What a trial comes to: the same whenever it is asked. */
export function lineOf(trial: Trial, { models, seed = '', scoreOf }: Play): ScoreLine | null {
  const { sampleIndex, modelIndex, epoch } = trial
  const { skill, cost } = models[modelIndex] ?? { skill: 0, cost: 0 }
  const chance = chanceOf(skill, hash01(`${seed}|difficulty|${sampleIndex}`))
  const passed = hash01(`${seed}|${sampleIndex}|${modelIndex}|${epoch}`) < chance
  const line = scoreLine({ passed, costUsd: cost === null ? null : String(cost) })
  return scoreOf === undefined ? line : scoreOf(trial, line)
}

export function scoreLine(part: Partial<ScoreLine>): ScoreLine {
  return {
    trial: '',
    pass: 1,
    scoring: '',
    pairKey: '',
    sample: '',
    epoch: 1,
    model: '',
    prompt: '',
    costUsd: null,
    latencyUs: 1_000,
    tokens: null,
    servedModel: null,
    servedProvider: null,
    passed: null,
    score: null,
    scores: {},
    reason: '',
    judgeCostUsd: null,
    isOpen: false,
    ...part,
  }
}

/** Asks what is wanted, in order, until nothing is; trials that were asked before are told first. */
export function playOut(play: Play, earlier: readonly Trial[] = []): { rule: ChooseRule; asked: Trial[] } {
  const rule = ruleOf(play)
  const known = new Set(earlier.map(({ index }) => index))
  for (const trial of earlier) rule.settled(trial, lineOf(trial, play))
  const asked: Trial[] = []
  for (const trial of trialsOf(play)) {
    if (known.has(trial.index) || !rule.wants(trial)) continue
    asked.push(trial)
    if (rule.settled(trial, lineOf(trial, play))) break
  }
  return { rule, asked }
}
