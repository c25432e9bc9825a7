/** Did the server turn a request away because of the form that its answer was to have? */
import type { ProviderError } from './types.ts'

/** Statuses with which servers refuse a field: unknown or wrong, no endpoint that takes it, not validated, not implemented. */
const REFUSALS: ReadonlySet<number | null> = new Set([400, 404, 422, 501])

/**
 * How servers name the field or what it asks for (openrouter.md sections 2.5 and 11): "response_format", "json_schema",
 * "structured outputs", "guided decoding", Gemini's "response_schema"; OpenRouter: "No endpoints found that can handle the requested parameters"; llama.cpp
 * makes a grammar of the schema.
 */
const ABOUT_THE_FORM =
  /response[ _]?(?:format|schema)|json[ _]?(?:schema|object|mode)|output[ _](?:format|schema)|structured[ _-]?(?:output|generation|decoding)|(?:guided|constrained)[ _-]?(?:json|decoding|generation)|requested parameters|\bgrammar\b/i

/** True when the same request without `responseSchema` is worth sending. */
export function refusesSchema({ status, message }: ProviderError): boolean {
  return REFUSALS.has(status) && ABOUT_THE_FORM.test(message)
}
