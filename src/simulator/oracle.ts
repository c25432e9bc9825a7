/**
 * What would this model have answered, and is it right? Pure and seeded: the same question to the same model with the same
 * request seed gets the same answer in every process.
 */
import { canonicalJson, hash01, key128 } from '../lib/hash.ts'
import { oneLine } from '../lib/text.ts'
import type { ContentPart, Message } from '../prompt/types.ts'

export interface Oracle {
  /**
   * Tells the right answer to a prompt; of several right ones the first is given. The first registration of a prompt
   * counts, and an empty list says nothing. Rows have to come in dataset order: wrong answers are drawn from early rows.
   */
  register(messageHash: string, answer: string | readonly string[]): void
  /** The answer, and whether it is right: null when nobody registered the prompt. The seed is null when none was sent. */
  answer(model: string, messages: readonly Message[], requestSeed: number | null): OracleAnswer
}

export interface OracleAnswer {
  readonly text: string
  readonly correct: boolean | null
}

interface Row {
  /** All right answers; the first is given. */
  readonly answers: readonly [string, ...string[]]
  /** Place in the order of registration, from 0. */
  readonly place: number
}

/** What other rows may be told by mistake. */
interface Candidate {
  readonly text: string
  readonly final: string
}

/** Wrong answers come from the first so many rows; a bounded pool, so that rows added later change no old answer. */
const POOL_SIZE = 64

/** Share of the room up to the nearer of 0 and 1 that the difficulty of a question moves the chance of a right answer. */
const DIFFICULTY_WEIGHT = 0.8

/** Said when no other row has another answer; the second one when the first might pass for right. */
const EMPTY_HANDED: readonly Candidate[] = ['I do not know.', 'Unclear.'].map((text) => ({
  text,
  final: finalValue(text),
}))

/** Names a prompt: equal for equal messages, whatever the order of their fields. */
export function messageHash(messages: readonly Message[]): string {
  return key128(canonicalJson(messages))
}

/** Share of all questions that a model answers rightly unless told otherwise: 0.55..0.95, by its name. */
export function skillOf(model: string): number {
  return 0.55 + 0.4 * hash01(`skill|${model}`)
}

/**
 * Chance of a right answer to one question, 0..1. The difficulty u is uniform on 0..1 and shared by all models, so that
 * models fail on the same questions, as real ones do. The mean of 1 − 2u is 0, so the mean chance is the skill itself;
 * |1 − 2u| ≤ 1 and 0.8 · min(skill, 1 − skill) is less than the way to either end, so it never leaves 0..1.
 */
export function chanceOf(skill: number, difficulty: number): number {
  return skill + DIFFICULTY_WEIGHT * (1 - 2 * difficulty) * Math.min(skill, 1 - skill)
}

/** An oracle that knows nothing yet. */
export function createOracle(options: { readonly skills?: Readonly<Record<string, number>> } = {}): Oracle {
  const skills = new Map(Object.entries(options.skills ?? {}))
  const rows = new Map<string, Row>()
  const pool: Candidate[] = []

  return {
    register(hash, answer) {
      const [text, ...others] = typeof answer === 'string' ? [answer] : answer
      if (text === undefined || rows.has(hash)) return
      rows.set(hash, { answers: [text, ...others], place: rows.size })
      if (pool.length < POOL_SIZE) pool.push({ text, final: finalValue(text) })
    },

    answer(model, messages, requestSeed) {
      const hash = messageHash(messages)
      const row = rows.get(hash)
      if (row === undefined) return { text: unprepared(messages), correct: null }
      const chance = chanceOf(skills.get(model) ?? skillOf(model), hash01(`difficulty|${hash}`))
      const draw = `${model}|${hash}|${requestSeed}`
      if (hash01(draw) < chance) return { text: row.answers[0], correct: true }
      return { text: wrongAnswer(row, pool, hash01(`wrong|${draw}`)), correct: false }
    },
  }
}

/**
 * Draws from the rows registered before this one, or takes the nearest that came after when none of those will do: a row
 * registered later changes an old answer only where there was no fit one yet. Answers that contain a right one, or are
 * contained in it, are the last choice, since a scorer that looks for a part would count them as right.
 */
function wrongAnswer({ answers, place }: Row, pool: readonly Candidate[], draw: number): string {
  const rights = answers.map(finalValue)
  const isApart = ({ final }: Candidate): boolean =>
    rights.every((right) => !right.includes(final) && !final.includes(right))
  const before = pool.slice(0, place).filter(({ final }) => !rights.includes(final))
  const after = pool.slice(place + 1).filter(({ final }) => !rights.includes(final))
  const byPreference = [
    before.filter(isApart),
    after.filter(isApart).slice(0, 1),
    before,
    after.slice(0, 1),
    EMPTY_HANDED.filter(isApart).slice(0, 1),
  ]
  const candidates = byPreference.find((some) => some.length > 0) ?? EMPTY_HANDED
  return candidates[Math.floor(draw * candidates.length)]?.text ?? ''
}

/** What counts in an answer: the text behind the last "####" (where GSM8K keeps the result), trimmed, in lower case. */
function finalValue(answer: string): string {
  return (answer.split('####').at(-1) ?? '').trim().toLowerCase()
}

/** Something to say to a prompt that nobody registered: the server is of use on its own. */
function unprepared(messages: readonly Message[]): string {
  const asked = messages.findLast((message) => message.role === 'user') ?? messages.at(-1)
  return `Simulated answer to "${oneLine(asked === undefined ? '' : textOf(asked), 80)}"`
}

/** The text of a message: of content parts the text parts, one a line; the empty string when there is none. */
export function textOf(message: Message): string {
  if (typeof message.content === 'string') return message.content
  return (message.content ?? []).flatMap(textOfPart).join('\n')
}

function textOfPart(part: ContentPart): string[] {
  return part.type === 'text' && typeof part['text'] === 'string' ? [part['text']] : []
}
