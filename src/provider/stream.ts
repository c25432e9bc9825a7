/**
 * What does a stream add up to, and when did its parts arrive? A pure state machine over events: the stamps are
 * arguments. An event counts as output when its delta carries text, reasoning, a refusal or part of a tool call; the
 * first chunk of most servers holds only a role and does not.
 */
import type { Usd } from '../lib/usd.ts'
import {
  type Answer,
  type Decoded,
  type Failure,
  NO_ANSWER,
  emptiness,
  garbage,
  hiddenError,
  readContent,
  readFinishReason,
  readReasoning,
  servedBy,
} from './decode.ts'
import { type Fields, fieldsOf, itemsOf, valueOf, textOf } from './json.ts'
import { ToolCallMerger } from './tool-calls.ts'
import type { AttemptTiming, Usage } from './types.ts'
import { readCost, readUsage } from './usage.ts'

export class StreamAccumulator {
  #text = ''
  #reasoningText = ''
  #refusal = ''
  #finishReason: string | null = null
  #servedBy: ReturnType<typeof servedBy> = NO_ANSWER
  #usage: Usage | null = null
  #reportedCostUsd: Usd | null = null
  readonly #tools = new ToolCallMerger()
  #failure: Failure | null = null
  #firstOutputUs: number | null = null
  #firstAnswerUs: number | null = null
  #lastOutputUs: number | null = null
  #doneUs: number | null = null
  #hasEvents = false
  #chunks = 0

  /** Takes one event that arrived `atUs` microseconds after the start of the attempt. Nothing after [DONE] counts. */
  event(data: string, name: string | undefined, atUs: number): void {
    if (this.#doneUs !== null || data === '') return
    this.#hasEvents = true
    if (data === '[DONE]') {
      this.#doneUs = atUs
      return
    }
    const chunk = valueOf(data)
    const body = fieldsOf(chunk)
    if (name === 'error') this.#failure ??= { by: 'server', error: body['error'] ?? chunk ?? data }
    else if (chunk !== body) this.#failure ??= garbage(data)
    else this.#chunk(body, atUs)
  }

  /** True when nothing more is to come but the end of the body: [DONE] or an error has arrived. */
  get finished(): boolean {
    return this.#doneUs !== null || this.#failure !== null
  }

  /** What it all adds up to, once the body has ended or the attempt was given up. */
  decoded(): Decoded {
    // Field by field: spreading these small objects would cost as much as parsing a chunk.
    const { servedModel, servedProvider, generationId, systemFingerprint, serviceTier } = this.#servedBy
    const answer: Answer = {
      text: this.#text,
      reasoningText: this.#reasoningText,
      refusal: this.#refusal === '' ? null : this.#refusal,
      toolCalls: this.#tools.calls,
      finishReason: this.#finishReason,
      usage: this.#usage,
      reportedCostUsd: this.#reportedCostUsd,
      servedModel,
      servedProvider,
      generationId,
      systemFingerprint,
      serviceTier,
    }
    return { answer, failure: this.#failure ?? this.#truncation() ?? emptiness(answer) }
  }

  /** The stamps, given those of the headers and of the end of the body. [DONE] is the end, whatever trails it. */
  timing(headersUs: number, bodyEndUs: number): AttemptTiming {
    const endUs = this.#doneUs ?? bodyEndUs
    return {
      headersUs,
      ttftUs: this.#firstOutputUs,
      firstAnswerUs: this.#firstAnswerUs,
      latencyUs: this.#lastOutputUs ?? endUs,
      endUs,
      chunks: this.#chunks,
    }
  }

  #truncation(): Failure | null {
    if (this.#doneUs !== null || this.#finishReason !== null) return null
    const message = this.#hasEvents
      ? 'the stream ended without [DONE] and without a finish reason'
      : 'the stream ended without a single event'
    return { by: 'us', kind: 'truncated', message }
  }

  #chunk(body: Fields, atUs: number): void {
    const choice = fieldsOf(itemsOf(body['choices'])[0])
    // The first chunk says who serves; the others repeat it.
    if (this.#servedBy.generationId === null) this.#servedBy = servedBy(body)
    if (body['usage']) this.#readUsage(body['usage'])
    this.#delta(fieldsOf(choice['delta']), atUs)
    this.#finishReason = readFinishReason(choice['finish_reason']) ?? this.#finishReason
    this.#failure ??= hiddenError(body, choice)
  }

  /** Usage may come once, beside a finish reason, or as a running value: the last one counts. */
  #readUsage(value: unknown): void {
    this.#usage = readUsage(value) ?? this.#usage
    this.#reportedCostUsd = readCost(value) ?? this.#reportedCostUsd
  }

  #delta(delta: Fields, atUs: number): void {
    const content = readContent(delta['content'])
    const reasoning = readReasoning(delta, content.thinking)
    const refusal = textOf(delta['refusal'])
    let answers = content.text !== ''
    itemsOf(delta['tool_calls']).forEach((item, position) => {
      answers = this.#tools.add(item, position) || answers
    })
    this.#text += content.text
    this.#reasoningText += reasoning
    this.#refusal += refusal
    if (answers || reasoning !== '' || refusal !== '') this.#stampOutput(answers, atUs)
  }

  #stampOutput(answers: boolean, atUs: number): void {
    this.#chunks++
    this.#firstOutputUs ??= atUs
    this.#lastOutputUs = atUs
    if (answers) this.#firstAnswerUs ??= atUs
  }
}
