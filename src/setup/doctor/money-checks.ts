/** Is it known what a run costs, and is there a limit to it? */
import { EXIT } from '../../lib/errors.ts'
import { plural } from '../../lib/text.ts'
import { formatUsd, perMillion, type Usd } from '../../lib/usd.ts'
import { findModel } from '../../plan/catalogue.ts'
import { worstCost } from '../../plan/cost.ts'
import type { PriceRow } from '../../plan/types.ts'
import { dollars, integer } from '../../report/numbers.ts'
import { failure, ok, roleOf, warning } from './finding.ts'
import { findListed, type ListedModel } from './listing.ts'
import { listedModels } from './model-checks.ts'
import type { Check, Finding, Place, Subject } from './types.ts'

const DAY_MS = 86_400_000

/** Prices move within weeks; after half a year few are still true. */
const OLD_DAYS = 180

export const price: Check = {
  name: 'price',
  run: async (subject) => {
    const findings = await Promise.all(
      subject.places.map(async (place) => {
        // Its list shows the prices that it plays.
        const listed = place.isSimulator ? [] : ((await listedModels(place)) ?? [])
        return place.models.map((model) => priced(model, findListed(listed, model), place, subject))
      }),
    )
    return findings.flat()
  },
}

function priced(model: string, listed: ListedModel | undefined, place: Place, subject: Subject): Finding {
  const who = `${roleOf(place, subject)}${model}`
  const row = priceOf(model, place, subject)
  const theirs = listedPrice(listed)
  if (row === null) return unpriced(who, model, theirs, subject)
  const shown = `${who}: ${inAndOut(row.promptUsd, row.completionUsd)} per million tokens`
  if (theirs !== null && (theirs.promptUsd !== row.promptUsd || theirs.completionUsd !== row.completionUsd)) {
    return warning(
      `${shown} by ${row.source}, but ${place.name} lists ${inAndOut(theirs.promptUsd, theirs.completionUsd)}`,
      `Take that one: --price ${asTyped(model, theirs)}.`,
    )
  }
  if (theirs !== null) return ok(`${shown}, as ${place.name} lists it`)
  if (row.asOf === null) return ok(`${shown}, ${row.source}`)
  const days = Math.floor((subject.clock.wallTime().getTime() - Date.parse(row.asOf)) / DAY_MS)
  const dated = `${shown} on ${row.asOf}, ${plural(Math.max(0, days), 'day')} ago`
  if (days <= OLD_DAYS || place.isSimulator) return ok(dated)
  return warning(dated, `Look it up, and give it as it is now: --price ${asTyped(model, row)}.`)
}

function unpriced(who: string, model: string, theirs: Pick<PriceRow, Part> | null, { settings }: Subject): Finding {
  const example = theirs === null ? `${model}=0.2/0.6` : asTyped(model, theirs)
  const give = `Give it in USD per million tokens: --price ${example}`
  return settings?.maxCostUsd == null
    ? warning(`${who}: no price is known; costs are what the endpoint reports, if it does`, `${give}.`)
    : failure(
        `${who}: no price is known, so a budget cannot be kept`,
        `${give}, or run without a budget: --max-cost none.`,
      )
}

export const budget: Check = {
  name: 'budget',
  run: (subject) => {
    const { settings, places } = subject
    if (settings === null || places.length === 0) return []
    const { maxCostUsd, endpoint } = settings
    if (maxCostUsd === null) {
      return places.every(({ isSimulator }) => isSimulator)
        ? [ok('none, and nothing is billed')]
        : [
            warning(
              'none: a run may cost any amount',
              'Set one, in US dollars: --max-cost 1, or maxCost in the config file.',
            ),
          ]
    }
    const most = dearest(places, subject)
    const limit = dollars(formatUsd(maxCostUsd))
    if (most === null) return [ok(limit)]
    const longest = `an answer of ${integer(endpoint.maxTokens)} tokens (--max-tokens) costs ${dollars(formatUsd(most))}`
    if (most > maxCostUsd) {
      return [failure(`${limit}, but ${longest}`, 'Raise --max-cost, or lower --max-tokens.', EXIT.budget)]
    }
    return [ok(`${limit}; ${longest}, its prompt left aside`)]
  },
}

/** What the longest answer of the dearest model costs, its prompt left aside; null when no price is known. */
function dearest(places: readonly Place[], subject: Subject): Usd | null {
  const maxTokens = subject.settings?.endpoint.maxTokens ?? 0
  const costs = places.flatMap((place) =>
    place.models.flatMap((model) => {
      const row = priceOf(model, place, subject)
      return row === null ? [] : [worstCost(0, maxTokens, row)]
    }),
  )
  return costs.reduce<Usd | null>((most, cost) => (most === null || cost > most ? cost : most), null)
}

/** As a run takes it: given by hand, else of the catalogue. */
function priceOf(model: string, { profile }: Place, { settings }: Subject): PriceRow | null {
  return settings?.prices.get(model) ?? findModel(model, profile.name)?.price ?? null
}

type Part = 'promptUsd' | 'completionUsd'

function listedPrice(listed: ListedModel | undefined): Pick<PriceRow, Part> | null {
  const { promptUsd = null, completionUsd = null } = listed ?? {}
  return promptUsd === null || completionUsd === null ? null : { promptUsd, completionUsd }
}

function inAndOut(promptUsd: Usd, completionUsd: Usd): string {
  return `$${formatUsd(perMillion(promptUsd))} in / $${formatUsd(perMillion(completionUsd))} out`
}

function asTyped(model: string, { promptUsd, completionUsd }: Pick<PriceRow, Part>): string {
  return `${model}=${formatUsd(perMillion(promptUsd))}/${formatUsd(perMillion(completionUsd))}`
}
