/** Which answers exist already? Those of a column of the dataset, or of an earlier run: they are scored as if just given. */
import type { CachedAnswer } from '../cache/types.ts'
import type { ReplaySettings } from '../config/types.ts'
import type { Sample } from '../dataset/types.ts'
import { decodeLine, JOURNAL_FILE } from '../journal/format.ts'
import type { AnswerOrigin, TrialRecord } from '../journal/types.ts'
import { errorCode } from '../lib/errors.ts'
import { key128 } from '../lib/hash.ts'
import { KeyTable } from '../lib/key-table.ts'
import { LineFile } from '../lib/line-file.ts'
import { visitLines } from '../lib/lines.ts'
import { join } from 'node:path'
import { cellOf } from '../prompt/render.ts'
import type { PromptTemplate } from '../prompt/types.ts'
import { findRun } from './previous.ts'

export interface ReplayedAnswer {
  /** Tells two recorded answers apart. */
  readonly fingerprint: string
  /** Null: the earlier run has none. */
  readonly answer: Omit<CachedAnswer, keyof AnswerOrigin> | null
  /** Who paid for it; null when nobody knows. */
  readonly origin: AnswerOrigin | null
}

/** What an answer is found by. */
export interface ReplayQuestion {
  readonly sample: Sample
  readonly prompt: PromptTemplate
  readonly model: string
  readonly epoch: number
}

export interface ReplaySource {
  answerTo(question: ReplayQuestion): ReplayedAnswer
  close(): void
}

/** Throws UserError when there is no such run, or when its journal is damaged. */
export async function openReplay(settings: ReplaySettings, cwd: string, signal: AbortSignal): Promise<ReplaySource> {
  return 'column' in settings ? columnReplay(settings.column) : await runReplay(settings.run, cwd, signal)
}

/** Everything but the text is unknown. */
function columnReplay(column: string): ReplaySource {
  return {
    answerTo: ({ sample, model }) => {
      const output = cellOf(sample.vars, column) ?? ''
      return { fingerprint: fingerprintOf(output), answer: { ...UNKNOWN, model, output }, origin: null }
    },
    close: () => {},
  }
}

const UNKNOWN = {
  reasoning: '',
  refusal: null,
  toolCalls: [],
  finishReason: null,
  promptTokens: null,
  completionTokens: null,
  reasoningTokens: null,
  cachedTokens: null,
  tokensSource: null,
  costSource: null,
  servedModel: null,
  servedProvider: null,
  generationId: null,
  systemFingerprint: null,
  serviceTier: null,
} as const

/** Answers are found by sample, prompt, model and epoch: the endpoint that gave them need not be there any more. */
async function runReplay(asked: string, cwd: string, signal: AbortSignal): Promise<ReplaySource> {
  const { dir, manifest } = findRun(asked, cwd, '--replay-run')
  // Where there was one prompt, a reworded one is meant to be answered by it.
  const promptName = (name: string): string => (manifest.prompts.length === 1 ? '' : name)
  const keyOf = (sample: string, prompt: string, model: string, epoch: number): string =>
    key128(`replay\n${JSON.stringify([sample, promptName(prompt), model, epoch])}`)
  const path = join(dir, JOURNAL_FILE)
  const answeredAt = new KeyTable()
  const visit = (text: string, offset: number, number: number): void => {
    const line = decodeLine(text, `${path}:${number}`)
    if (line.type !== 'settled' || line.status !== 'completed') return
    answeredAt.set(keyOf(line.sample, line.prompt, line.model, line.epoch), offset)
  }
  try {
    await visitLines(path, visit, signal)
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
  }
  let lines: LineFile | undefined
  return {
    answerTo: ({ sample, prompt, model, epoch }) => {
      const offset = answeredAt.get(keyOf(sample.id, prompt.name, model, epoch))
      if (offset === undefined) return { fingerprint: 'none', answer: null, origin: null }
      lines ??= new LineFile(path)
      const record = decodeLine(lines.lineAt(offset), `${path} (byte ${offset})`) as TrialRecord
      const origin = record.fromCache ?? { runId: manifest.runId, at: record.at, costUsd: record.costUsd }
      return { fingerprint: fingerprintOf(record.output), answer: record, origin }
    },
    close: () => lines?.close(),
  }
}

function fingerprintOf(output: string): string {
  return JSON.stringify(output)
}
