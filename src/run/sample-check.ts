/** Can every sample be asked and scored? Collects what is wrong, to tell it at once and not row by row. */
import { findColumn } from '../lib/columns.ts'
import type { Sample } from '../dataset/types.ts'
import { UserError } from '../lib/errors.ts'
import { didYouMean } from '../lib/suggest.ts'
import { oneLine, plural } from '../lib/text.ts'
import { requiredColumns } from '../prompt/parse.ts'
import { cellOf, render } from '../prompt/render.ts'
import { messageText, promptTokensBound } from '../prompt/tokens.ts'
import type { PromptTemplate } from '../prompt/types.ts'
import { checkSample, findScorer, type TrialScorerOptions } from '../score/index.ts'
import type { JudgingSettings, ReplaySettings } from '../config/types.ts'
import { HUMAN_WORDS, parseHuman } from '../stats/human.ts'

/** Problems shown one by one; of more, the number is enough. */
const SHOWN = 5

export interface SampleCheckOptions {
  readonly file: string
  readonly prompts: readonly PromptTemplate[]
  readonly scoring: TrialScorerOptions
  /** False: the answers are recorded, so that a prompt may be empty. */
  readonly isAsked: boolean
  /** A budget has to know at most how many tokens a prompt has. */
  readonly isBudgeted: boolean
  /** Where recorded outputs are; null: the models are asked. */
  readonly replay: ReplaySettings | null
  /** Column with people's verdicts; null: none. */
  readonly human: string | null
  /** Which models rows may ask for by scorers of their own. */
  readonly judging: Pick<JudgingSettings, 'models' | 'embeddings'>
}

export class SampleCheck {
  readonly #options: SampleCheckOptions
  readonly #required: readonly string[]
  /** Missing column → the first line without it. */
  readonly #missing = new Map<string, number>()
  #columns: readonly string[] = []
  #lastKeys = ''
  readonly #problems: string[] = []
  #problemCount = 0
  anyAssertions = false
  /** What rows ask for by scorers of their own. */
  readonly asks = new Set<'judge' | 'embeddings'>()
  /** No prompt has more tokens. */
  promptTokensAtMost = 0

  constructor(options: SampleCheckOptions) {
    this.#options = options
    this.#required = [...new Set(options.prompts.flatMap(requiredColumns))]
  }

  /** Looks at one sample; nothing is thrown yet. */
  look(sample: Sample): void {
    this.#lookForColumns(sample)
    this.#lookForPrompts(sample)
    this.#lookForExpected(sample)
    this.#lookForRecorded(sample)
    this.#lookForJudges(sample)
    if (sample.assertions.length > 0) this.anyAssertions = true
  }

  /** Throws one UserError that names everything found. */
  finish(): void {
    const { file } = this.#options
    if (this.#missing.size > 0) {
      const names = [...this.#missing].map(
        ([column, line]) => `{{${column}}} (first missing in line ${line}).${didYouMean(column, this.#columns)}`,
      )
      throw new UserError([
        `${file}: the prompt names ${plural(names.length, 'column')} that the dataset does not have:`,
        ...names.map((name) => `  ${name}`),
        `The columns are ${this.#columns.map((column) => oneLine(column, 40)).join(', ')}. To write two literal braces, put a backslash in front: \\{{.`,
      ])
    }
    if (this.#problemCount > 0) {
      const more = this.#problemCount - this.#problems.length
      throw new UserError([...this.#problems, ...(more > 0 ? [`… and ${plural(more, 'more row')} like these.`] : [])])
    }
  }

  #lookForColumns({ vars, line }: Sample): void {
    const columns = Object.keys(vars)
    // Rows of a CSV file all have the same columns: looking once is enough.
    const keys = columns.join('\0')
    if (keys === this.#lastKeys) return
    this.#lastKeys = keys
    for (const column of this.#required) {
      if (findColumn(columns, column) !== undefined || this.#missing.has(column)) continue
      this.#missing.set(column, line)
      this.#columns = columns
    }
  }

  /** Everything that is sent is rendered here once: what cannot be rendered must not be found out half-way through a run. */
  #lookForPrompts(sample: Sample): void {
    const columns = Object.keys(sample.vars)
    if (this.#required.some((column) => findColumn(columns, column) === undefined)) return
    for (const prompt of this.#options.prompts) {
      const problem = this.#promptProblem(prompt, sample)
      if (problem !== undefined) this.#note(`${this.#options.file}:${sample.line}: ${problem}`)
    }
  }

  #lookForExpected(sample: Sample): void {
    const problem = checkSample(this.#options.scoring, sample)
    if (problem !== undefined) this.#note(`${this.#options.file}:${sample.line}: ${problem}`)
  }

  /** JSON rows may lack what the first one has: no output is not the same as an empty one. */
  #lookForRecorded({ vars, line }: Sample): void {
    const { file, replay, human } = this.#options
    const place = `${file}:${line}`
    if (replay !== null && 'column' in replay && cellOf(vars, replay.column) === undefined) {
      this.#note(
        `${place}: the row has no "${oneLine(replay.column, 60)}" (--replay-column). Leave the row out, or add it.`,
      )
    }
    const verdict = human === null ? undefined : cellOf(vars, human)
    if (human === null || verdict === undefined || parseHuman(verdict) !== undefined) return
    this.#note(
      `${place}: column "${oneLine(human, 60)}" (--human): ${JSON.stringify(oneLine(verdict, 40))} is no verdict. Expected ${HUMAN_WORDS}, or nothing.`,
    )
  }

  /** A row may ask for a scorer that asks a model: without that model it could not be scored. */
  #lookForJudges({ assertions, line }: Sample): void {
    const { file, judging } = this.#options
    for (const { scorer } of assertions) {
      const asks = findScorer(scorer)?.asks
      if (asks !== undefined) this.asks.add(asks)
      if (asks === 'judge' && judging.models.length === 0) {
        this.#note(`${file}:${line}: the row asks for the scorer ${scorer}, which asks a judge. Name one with --judge.`)
      }
      if (asks === 'embeddings' && judging.embeddings === null) {
        this.#note(
          `${file}:${line}: the row asks for the scorer ${scorer}, which compares embeddings. Name their model with --embedding-model.`,
        )
      }
    }
  }

  #note(problem: string): void {
    this.#problemCount += 1
    if (this.#problems.length < SHOWN) this.#problems.push(problem)
  }

  /** Why a prompt cannot be asked, or undefined when it can. */
  #promptProblem(prompt: PromptTemplate, sample: Sample): string | undefined {
    try {
      const messages = render(prompt, sample)
      this.promptTokensAtMost = Math.max(this.promptTokensAtMost, promptTokensBound(messages, {}))
      const parts = messages.flatMap(({ content }) => (Array.isArray(content) ? content : []))
      if (this.#options.isBudgeted && parts.some(({ type }) => type !== 'text')) {
        return 'the prompt holds parts that are no text; what they cost at most is unknown, so the budget cannot be kept. Leave them out, or run without: --max-cost none.'
      }
      if (!this.#options.isAsked) return undefined
      const isBlank = messages.every((message) => messageText(message).trim() === '' || message.role === 'system')
      return isBlank
        ? `the prompt "${prompt.name}" is empty for this row. Fill the cell, or leave the row out with --where.`
        : undefined
    } catch (error) {
      if (error instanceof UserError) return error.message
      throw error
    }
  }
}
