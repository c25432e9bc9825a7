/** What is asked and how is it scored when nobody says? The dataset's own columns decide. */
import { randomUUID } from 'node:crypto'
import type { EndpointChoice, JudgingSettings, Settings } from '../config/types.ts'
import { findColumn } from '../lib/columns.ts'
import { UserError } from '../lib/errors.ts'
import { key128 } from '../lib/hash.ts'
import { columnPrompt, emptyPrompt, textPrompt } from '../prompt/parse.ts'
import type { PromptTemplate } from '../prompt/types.ts'
import type { TrialScorerOptions } from '../score/index.ts'
import type { ModelPlan } from './models.ts'

/** Columns that hold the prompt when none is given, the first that exists; `messages` holds a JSON conversation. */
const PROMPT_COLUMNS = ['prompt', 'question', 'input', 'messages']

/** Recorded outputs need no prompt: where the dataset has none, the prompt is empty. */
export function defaultPrompt(
  columns: readonly string[],
  { system, replay }: Pick<Settings, 'system' | 'replay'>,
  file: string,
): PromptTemplate {
  const column = PROMPT_COLUMNS.map((name) => findColumn(columns, name)).find((name) => name !== undefined)
  if (column === undefined && replay !== null) return emptyPrompt(system)
  if (column === undefined) {
    throw new UserError(
      `${file}: none of the columns ${PROMPT_COLUMNS.join(', ')} exists, and no --prompt says what to ask. ` +
        `Give one, e.g. --prompt "{{${columns[0]}}}". The columns are ${columns.join(', ')}.`,
    )
  }
  return column.toLowerCase() === 'messages'
    ? columnPrompt(column, column, system)
    : textPrompt(column, `{{${column}}}`, system)
}

/** The default scorer needs expected answers; asked for by name, it insists on them. */
export function scoringFor(
  columns: readonly string[],
  { scorers, scorersAsked, composition, dataset }: Settings,
): TrialScorerOptions {
  if (scorersAsked) return { ...composition, scorers, isExplicit: true }
  const hasExpected =
    dataset.expectedColumn !== null || ['expected', 'answer'].some((name) => findColumn(columns, name) !== undefined)
  return { ...composition, scorers: hasExpected ? scorers : [], isExplicit: false }
}

/** What scores a run. */
interface Scoring {
  readonly scoring: TrialScorerOptions
  /** Rows ask for scorers of their own. */
  readonly hasAssertions: boolean
  /** Models that the scorers ask. */
  readonly judges: readonly ModelPlan[]
  readonly embeddings: ModelPlan | null
}

/**
 * Which scorers, and how they count, as a key: the scores of others do not stand for theirs. One whose scores nobody can know
 * to be the same is another one each time, unless `unknown` names its code.
 */
export function scoringKey(
  { scoring, hasAssertions, judges, embeddings }: Scoring,
  judging: JudgingSettings,
  unknown: () => string = randomUUID,
): string {
  const { scorers, isExplicit, combine, weights, thresholds } = scoring
  const prints = scorers.map(({ label, fingerprint }) => [label, fingerprint ?? unknown()])
  const counts = scorers.map(({ label }) => [weights?.get(label) ?? 1, thresholds?.get(label) ?? null])
  const placeOf = ({ profile, address }: EndpointChoice): unknown => [profile.name, address?.baseUrl ?? null]
  const { panel, maxTokens, endpoint } = judging
  const asked = [
    judges.length === 0 ? null : [judges.map(({ slug }) => slug), panel, maxTokens, placeOf(endpoint)],
    embeddings === null || judging.embeddings === null ? null : [embeddings.slug, placeOf(judging.embeddings.endpoint)],
  ]
  // Whether the scorers were named matters only where rows bring their own.
  const insists = isExplicit && hasAssertions
  return key128(JSON.stringify(['scoring', prints, insists, combine ?? null, counts, asked]))
}
