/** Does the endpoint have the models, and is there room for their answers? */
import { EXIT } from '../../lib/errors.ts'
import { didYouMean } from '../../lib/suggest.ts'
import { oneLine } from '../../lib/text.ts'
import { findModel } from '../../plan/catalogue.ts'
import { integer } from '../../report/numbers.ts'
import { failure, KEY_STATUSES, ok, roleOf, warning } from './finding.ts'
import { findListed, fromListings, type ListedModel, readListing, successorsOf } from './listing.ts'
import type { Check, Finding, Place, Reply, Subject } from './types.ts'

/** What the endpoint lists; null when it was not asked, or lists nothing that can be read. */
export async function listedModels({ listing }: Place): Promise<readonly ListedModel[] | null> {
  const reply = await listing
  return reply === null || reply.kind === 'failed' || reply.status >= 300 ? null : readListing(reply.body)
}

export const served: Check = {
  name: 'models',
  run: (subject) =>
    fromListings(subject, async (place, reply) => {
      const listed = await listedModels(place)
      if (place.models.length === 0) return []
      if (listed === null) return unlisted(place, reply)
      return place.models.map((model) => found(model, listed, place, subject))
    }),
}

/** A server without a list may be in the best of health. */
function unlisted(place: Place, reply: Reply): Finding[] {
  if (reply.kind === 'failed' || reply.status < 400 || KEY_STATUSES.includes(reply.status)) return []
  return [
    warning(
      `${place.name} does not tell which models it has (${reply.status})`,
      `Whether it has ${place.models.join(', ')} shows with the first question: assay eval --limit 1.`,
    ),
  ]
}

function found(model: string, listed: readonly ListedModel[], place: Place, subject: Subject): Finding {
  const who = `${roleOf(place, subject)}${model}`
  const there = findListed(listed, model)
  if (there !== undefined) {
    return there.expires === null
      ? ok(`${who}: ${place.name} has it`)
      : warning(`${who}: ${place.name} has it until ${there.expires}`, 'Move to its successor before.')
  }
  if (place.isSimulator) return ok(`${who}: ${place.name} plays any model`)
  const [successor] = successorsOf(listed, model).map((id) => oneLine(id, 80))
  const suggestion =
    successor === undefined
      ? didYouMean(
          model,
          listed.map(({ id }) => oneLine(id, 80)),
        )
      : ` Its name goes on in "${successor}".`
  const text = `${who}: ${place.name} does not list it`
  // A server of one's own may answer under any name.
  if (place.profile.name === 'custom')
    return warning(text, `Check ${place.flags.model}.${suggestion || namesOf(listed)}`)
  return failure(text, `Check ${place.flags.model}.${suggestion}`, EXIT.endpointFailed)
}

function namesOf(listed: readonly ListedModel[]): string {
  const some = listed.slice(0, 5).map(({ id }) => oneLine(id, 80))
  return some.length === 0 ? '' : ` It lists ${some.join(', ')}${listed.length > some.length ? ', …' : ''}.`
}

export const context: Check = {
  name: 'context',
  run: async (subject) => {
    const { settings, places } = subject
    if (settings === null) return []
    const findings = await Promise.all(
      places.map(async (place) => {
        const listed = (await listedModels(place)) ?? []
        const maxTokens = place.role === 'judges' ? settings.judging.maxTokens : settings.endpoint.maxTokens
        return place.models.flatMap((model) => room(model, maxTokens, findListed(listed, model), place, subject))
      }),
    )
    return findings.flat()
  },
}

function room(
  model: string,
  maxTokens: number,
  listed: ListedModel | undefined,
  place: Place,
  subject: Subject,
): Finding[] {
  const tokens = listed?.contextTokens ?? findModel(model, place.profile.name)?.contextTokens ?? null
  const longest = listed?.completionTokens ?? null
  const flag = place.role === 'judges' ? '--judge-max-tokens' : '--max-tokens'
  const who = `${roleOf(place, subject)}${model}`
  if (tokens === null) return []
  if (maxTokens >= tokens) {
    return [
      failure(
        `${who}: ${flag} ${integer(maxTokens)} leaves no room for a prompt in a context of ${integer(tokens)} tokens`,
        `Lower ${flag}.`,
      ),
    ]
  }
  if (longest !== null && maxTokens > longest) {
    return [
      warning(
        `${who}: ${flag} ${integer(maxTokens)} is more than the ${integer(longest)} tokens of its longest answer`,
        `Lower ${flag}: the budget is reserved for the whole.`,
      ),
    ]
  }
  return [ok(`${who}: ${integer(tokens)} tokens, of which ${integer(maxTokens)} are kept for the answer`)]
}
