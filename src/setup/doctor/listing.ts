/** Which models does an endpoint list? `GET /models` of OpenRouter, OpenAI, Mistral, vLLM and others → one shape. */
import { parseUsd, type Usd } from '../../lib/usd.ts'
import { fieldsOf, itemsOf, nonEmptyText, valueOf, wordOf } from '../../provider/json.ts'
import type { Finding, Place, Reply, Subject } from './types.ts'

/** What is told of one model; null: it is not told. */
export interface ListedModel {
  readonly id: string
  /** Longest prompt and answer together, in tokens. */
  readonly contextTokens: number | null
  /** Longest answer, in tokens. */
  readonly completionTokens: number | null
  /** Per token. */
  readonly promptUsd: Usd | null
  readonly completionUsd: Usd | null
  /** When it is to be switched off, YYYY-MM-DD. */
  readonly expires: string | null
  /** Seconds since 1970; 0 when it is not told. */
  readonly created: number
  /** Other names of it. */
  readonly aliases: readonly string[]
}

/** Null when the body is no list of models. */
export function readListing(body: string): readonly ListedModel[] | null {
  const value = valueOf(body)
  const items = Array.isArray(value) ? value : fieldsOf(value)['data']
  return Array.isArray(items) ? items.flatMap(readModel) : null
}

/** The model of a name. OpenRouter's variants (":nitro") are those of the model before the colon; Ollama adds ":latest". */
export function findListed(models: readonly ListedModel[], name: string): ListedModel | undefined {
  const named = (wanted: string): ListedModel | undefined =>
    models.find(({ id, aliases }) => id === wanted || aliases.includes(wanted))
  return named(name) ?? named(`${name}:latest`) ?? named(name.replace(/:[\w-]+$/, ''))
}

/** The names that begin with what was typed, the newest first: a slug whose weights were retired lives on in them. */
export function successorsOf(models: readonly ListedModel[], name: string): string[] {
  return models
    .filter(({ id }) => id.startsWith(name) && !id.includes(':'))
    .toSorted((a, b) => b.created - a.created)
    .map(({ id }) => id)
}

function readModel(item: unknown): ListedModel[] {
  const fields = fieldsOf(item)
  const id = nonEmptyText(fields['id'])
  if (id === null) return []
  const top = fieldsOf(fields['top_provider'])
  const pricing = fieldsOf(fields['pricing'])
  const aliases = [fields['canonical_slug'], ...itemsOf(fields['aliases'])]
  return [
    {
      id,
      contextTokens:
        count(top['context_length']) ??
        count(fields['context_length']) ??
        count(fields['max_model_len']) ??
        count(fields['max_context_length']),
      completionTokens: count(top['max_completion_tokens']),
      promptUsd: price(pricing['prompt']),
      completionUsd: price(pricing['completion']),
      expires: nonEmptyText(fields['expiration_date']),
      created: count(fields['created']) ?? 0,
      aliases: aliases.filter((alias): alias is string => typeof alias === 'string'),
    },
  ]
}

function count(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : null
}

/** A router's "-1" means that the price varies: it is unknown. */
function price(value: unknown): Usd | null {
  const usd = parseUsd(wordOf(value))
  return usd === undefined || usd < 0n ? null : usd
}

/** What is found in the answer of each endpoint; nothing of those that are not asked. */
export async function fromListings(
  { places }: Subject,
  look: (place: Place, reply: Reply) => readonly Finding[] | Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  const found = await Promise.all(
    places.map(async (place) => {
      const reply = await place.listing
      return reply === null ? [] : look(place, reply)
    }),
  )
  return found.flat()
}
