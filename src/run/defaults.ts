/** What is asked and how is it scored when nobody says? The dataset's own columns decide. */
import { randomUUID } from 'node:crypto'
import type { Settings } from '../config/types.ts'
import { findColumn } from '../lib/columns.ts'
import { UserError } from '../lib/errors.ts'
import { key128 } from '../lib/hash.ts'
import { columnPrompt, textPrompt } from '../prompt/parse.ts'
import type { PromptTemplate, Template } from '../prompt/types.ts'
import type { TrialScorerOptions } from '../score/index.ts'

/** Columns that hold the prompt when none is given, the first that exists; `messages` holds a JSON conversation. */
const PROMPT_COLUMNS = ['prompt', 'question', 'input', 'messages']

export function defaultPrompt(columns: readonly string[], system: Template | null, file: string): PromptTemplate {
  const column = PROMPT_COLUMNS.map((name) => findColumn(columns, name)).find((name) => name !== undefined)
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
  { scorers, scorersAsked, dataset }: Settings,
): TrialScorerOptions {
  if (scorersAsked) return { scorers, isExplicit: true }
  const hasExpected =
    dataset.expectedColumn !== null || ['expected', 'answer'].some((name) => findColumn(columns, name) !== undefined)
  return { scorers: hasExpected ? scorers : [], isExplicit: false }
}

/**
 * Which scorers, as a key: the scores of others do not stand for theirs. One that reads a file is another one each time, since
 * the file may be.
 */
export function scoringKey({ scorers, isExplicit }: TrialScorerOptions): string {
  const readsFile = scorers.some(({ scorer }) => scorer.labelOf !== undefined)
  const labels = scorers.map(({ label }) => label)
  return key128(JSON.stringify(['scoring', labels, isExplicit, readsFile ? randomUUID() : null]))
}
