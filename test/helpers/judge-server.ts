/** A judge on loopback that reads the fenced texts as a model would, decides as it is told, and keeps books of its own. */
import { type Answer, type Asked, bodyOf, type ChatBody, says, type Script, type Telling } from './server.ts'

/** What a judge is shown. */
export interface Shown {
  /** The judge's model. */
  readonly model: string
  readonly answer: string
  /** Empty when the scorer shows none. */
  readonly expected: string
  /** How often the same body has come, from 1. */
  readonly attempt: number
}

/** What a judge does about a question; undefined: it says what is right. */
export type Decide = (shown: Shown, asked: Asked) => Answer | undefined

/** A body as judges get it. */
export interface JudgeBody extends ChatBody {
  readonly temperature?: number
  readonly response_format?: unknown
  readonly seed?: number
}

/** The judge and its books, to be given to `withServer` as the script. */
export class JudgeBooks {
  /** By body: how often it came, and how often an answer was begun, which whoever runs a model would bill. */
  readonly #bodies = new Map<string, { asked: number; begun: number }>()
  readonly #decide: Decide

  constructor(decide: Decide = () => undefined) {
    this.#decide = decide
  }

  readonly script: Script = (asked) => {
    const seen = this.#bodies.get(asked.body) ?? { asked: 0, begun: 0 }
    this.#bodies.set(asked.body, seen)
    seen.asked += 1
    const { model } = bodyOf(asked)
    const shown: Shown = {
      model,
      answer: shownText(asked, 'answer'),
      expected: shownText(asked, 'expected'),
      attempt: seen.asked,
    }
    const decided = this.#decide(shown, asked)
    if (decided !== undefined) return decided
    return (response, again) => {
      seen.begun += 1
      rightly(shown)(response, again)
    }
  }

  /** Different questions. */
  get questions(): number {
    return this.#bodies.size
  }

  /** Answers begun beyond the first of each question. */
  get answersTooMany(): number {
    let sum = 0
    for (const { begun } of this.#bodies.values()) sum += Math.max(0, begun - 1)
    return sum
  }
}

/** Equal facts are equal words. */
export function rightly({ answer, expected }: Pick<Shown, 'answer' | 'expected'>, telling: Telling = {}): Answer {
  return verdict(answer === expected ? 'equal' : 'contradicts', `on ${answer}`, telling)
}

/** A whole reply of a judge. */
export function verdict(word: string, reason = 'because', telling: Telling = {}): Answer {
  return says(JSON.stringify({ reason, verdict: word }), telling)
}

export function judgeBodyOf(asked: Asked): JudgeBody {
  return JSON.parse(asked.body) as JudgeBody
}

/** The text between the tags of that name. */
export function shownText(asked: Asked, tag: string): string {
  const text = bodyOf(asked).messages.at(-1)?.content ?? ''
  return new RegExp(`<${tag}-([0-9a-f]{16})>\n([^]*?)\n</${tag}-\\1>`).exec(text)?.[2] ?? ''
}
