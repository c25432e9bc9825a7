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
import { openSpool } from '../dataset/spool.ts'
import { requiredColumns } from '../prompt/parse.ts'
import { cellOf } from '../prompt/render.ts'
import type { PromptTemplate } from '../prompt/types.ts'
import { SAMPLES_FILE } from '../dataset/spool.ts'
import { findRun } from '../journal/find-run.ts'

export interface ReplayedAnswer {
  /** Tells two recorded answers apart. */
  readonly fingerprint: string
  /** Null: the earlier run has none, or was asked something else. */
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
  const rows = await askedRows(dir, manifest.seed, signal)
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
      if (offset === undefined || rows.differ(sample, prompt))
        return { fingerprint: 'none', answer: null, origin: null }
      lines ??= new LineFile(path)
      const record = decodeLine(lines.lineAt(offset), `${path} (byte ${offset})`) as TrialRecord
      const origin = record.fromCache ?? { runId: manifest.runId, at: record.at, costUsd: record.costUsd }
      return { fingerprint: fingerprintOf(record.output), answer: record, origin }
    },
    close: () => {
      lines?.close()
      rows.close()
    },
  }
}

/** The rows of the earlier run: an answer to one that was edited since is an answer to another question. */
interface AskedRows {
  /** Whether a column that the prompt uses had another cell; what the earlier run did not have cannot differ. */
  differ(sample: Sample, prompt: PromptTemplate): boolean
  close(): void
}

async function askedRows(dir: string, seed: number, signal: AbortSignal): Promise<AskedRows> {
  const spool = await openSpool(join(dir, SAMPLES_FILE), { seed }, signal)
  const places = new KeyTable()
  for (let position = 0; position < spool.count; position++) places.set(key128(spool.read(position).id), position)
  return {
    differ: ({ id, vars }, prompt) => {
      const position = places.get(key128(id))
      if (position === undefined) return false
      const before = spool.read(position).vars
      return requiredColumns(prompt).some((column) => {
        const cell = cellOf(before, column)
        return cell !== undefined && cell !== cellOf(vars, column)
      })
    },
    close: () => spool.close(),
  }
}

function fingerprintOf(output: string): string {
  return JSON.stringify(output)
}
