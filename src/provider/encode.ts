/** Which bytes ask the question? A request in our words → the body of POST /chat/completions. */
import type { Capabilities, CompletionRequest, EmbeddingRequest, ResponseSchema } from './types.ts'

/**
 * Body fields that settings of our own decide. A parameter of one of these names would silently win or lose, so config
 * refuses it. `n` is among them although we never send it: all but the first answer would be paid for and thrown away.
 */
export const OWNED_FIELDS: readonly string[] = [
  'model',
  'messages',
  'max_tokens',
  'max_completion_tokens',
  'temperature',
  'seed',
  'random_seed',
  'stream',
  'stream_options',
  'n',
]

/** The body as JSON text. Equal requests give equal bytes: the order of the fields is fixed, params keep theirs. */
export function encodeRequest(request: CompletionRequest, capabilities: Capabilities): string {
  const { maxTokensField, seedField, askStreamUsage, jsonSchema } = capabilities
  const { responseSchema } = request
  return JSON.stringify({
    model: request.model,
    messages: request.messages,
    [maxTokensField]: request.maxTokens,
    ...(request.temperature === null ? {} : { temperature: request.temperature }),
    ...(seedField === null ? {} : { [seedField]: request.seed }),
    stream: request.stream,
    ...(request.stream && askStreamUsage ? { stream_options: { include_usage: true } } : {}),
    ...request.params,
    // Last: a judge's answer has the form that it is parsed in, whatever parameters say.
    ...(responseSchema === null || !jsonSchema ? {} : { response_format: responseFormat(responseSchema) }),
  })
}

/** Half of a surrogate pair: no text, and many servers refuse a body that holds one. */
const LONE_SURROGATE = /\p{Cs}/gu

/** The body of POST /embeddings. `encoding_format` is left out: not every server knows it, and both forms are read. */
export function encodeEmbeddingRequest({ model, inputs }: EmbeddingRequest): string {
  return JSON.stringify({ model, input: inputs.map((input) => input.replace(LONE_SURROGATE, '\ufffd')) })
}

function responseFormat({ name, schema }: ResponseSchema): object {
  return { type: 'json_schema', json_schema: { name, strict: true, schema } }
}
