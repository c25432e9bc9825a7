/** Is the endpoint there, and does it take the key? */
import { EXIT } from '../../lib/errors.ts'
import { formatUsd, parseUsd, type Usd } from '../../lib/usd.ts'
import { addressForRecords } from '../../provider/index.ts'
import { errorMember, readError } from '../../provider/error-body.ts'
import { fieldsOf, nonEmptyText, valueOf, wordOf } from '../../provider/json.ts'
import { dollars, milliseconds } from '../../report/numbers.ts'
import { failure, failureInWords, KEY_STATUSES, ok, roleOf, warning } from './finding.ts'
import { fromListings, readListing } from './listing.ts'
import type { Check, Finding, Place, Reply, Subject } from './types.ts'

/** Answers of the server's clock may be a second old, and the way takes its time. */
const LARGEST_SKEW_MS = 5_000

/** Which provider, where, and whether a key is at hand. Of a key nothing is told but that it is there. */
export const key: Check = {
  name: 'key',
  run: (subject) =>
    subject.places.map((place) => {
      if (place.problem !== null) return failureInWords(place.problem)
      const who = `${roleOf(place, subject)}${place.profile.name}`
      if (place.isSimulator) return ok(`${who}: started for the run on this machine, needs none`)
      const where =
        place.profile.name === 'custom' && place.url !== null ? ` at ${addressForRecords(baseOf(place.url))}` : ''
      if (place.hasKey) return ok(`${who}${where}: ${place.apiKeyEnv} is set`)
      return ok(`${who}${where}: no key is sent${place.apiKeyEnv === null ? ' (--api-key-env names one)' : ''}`)
    }),
}

function baseOf(url: URL): string {
  return url.href.replace('/chat/completions', '')
}

export const reachable: Check = {
  name: 'endpoint',
  run: (subject) =>
    fromListings(subject, (place, reply) => {
      const who = `${roleOf(place, subject)}${place.name}`
      if (reply.kind === 'failed') {
        return [failure(`${who} cannot be reached: ${place.shown(reply.reason)}`, reply.fix, EXIT.endpointFailed)]
      }
      const { status, tookMs } = reply
      if (status >= 500) {
        return [
          failure(`${who} answers with ${status}${saying(place, reply)}`, 'Try again later.', EXIT.endpointFailed),
        ]
      }
      if (status >= 300 && status < 400) {
        return [
          failure(
            `${who} redirects, which is not followed since the key must go nowhere else (${status})`,
            `Give the new address with ${place.flags.baseUrl}.`,
            EXIT.endpointFailed,
          ),
        ]
      }
      if (status < 300 && readListing(reply.body) === null) {
        return [
          failure(
            `${who} answers, but not with a list of models`,
            `Check ${place.flags.baseUrl}: most end in /v1. Or something in between answers in its place.`,
            EXIT.endpointFailed,
          ),
        ]
      }
      return [ok(`${who} answers in ${milliseconds(tookMs)}`)]
    }),
}

export const keyAccepted: Check = {
  name: 'key accepted',
  run: (subject) =>
    fromListings(subject, async (place, listing) => {
      if (!place.hasKey) return wanted(place, listing, subject)
      const reply = place.account === null ? listing : await place.account
      const refused = refusal(place, reply, subject)
      if (refused !== null) return [refused]
      if (reply.kind === 'failed' || reply.status >= 300) return []
      return place.account === null
        ? [ok(`${roleOf(place, subject)}${place.name} did not refuse it`)]
        : [credit(place, reply.body, subject)]
    }),
}

/** A server that is asked without a key, and wants one. That a known provider lacks its key is told already. */
function wanted(place: Place, reply: Reply, subject: Subject): Finding[] {
  if (place.problem !== null || reply.kind === 'failed' || !KEY_STATUSES.includes(reply.status)) return []
  return [
    failure(
      `${roleOf(place, subject)}${place.name} refuses to answer without a key (${reply.status}${saying(place, reply)})`,
      `Put its key into a variable, and name that: ${place.flags.apiKeyEnv} MY_API_KEY.`,
      EXIT.endpointFailed,
    ),
  ]
}

function refusal(place: Place, reply: Reply, subject: Subject): Finding | null {
  if (reply.kind === 'failed' || !KEY_STATUSES.includes(reply.status)) return null
  const what = `${roleOf(place, subject)}${place.name} refuses the key in ${place.apiKeyEnv} (${reply.status}${saying(place, reply)})`
  const fix =
    reply.status === 402
      ? 'The balance is used up: add credit, or take another key.'
      : `Check that ${place.apiKeyEnv} holds a whole, current key of this endpoint.`
  return failure(what, fix, EXIT.endpointFailed)
}

/** OpenRouter tells what may still be spent with a key; its label holds parts of the key and is not shown. */
function credit(place: Place, body: string, subject: Subject): Finding {
  const fields = fieldsOf(fieldsOf(valueOf(body))['data'])
  const left = parseUsd(wordOf(fields['limit_remaining']))
  const who = `${roleOf(place, subject)}${place.name} takes it`
  if (left === undefined) return ok(who)
  const shown = dollars(formatUsd(left))
  const maxCostUsd: Usd | null = subject.settings?.maxCostUsd ?? null
  const more = 'Raise the limit of the key, or take another one.'
  if (left <= 0n) return failure(`${who}, but nothing of its limit is left`, more, EXIT.endpointFailed)
  if (maxCostUsd !== null && left < maxCostUsd) {
    return warning(`${who}, but ${shown} of its limit are left, less than --max-cost`, more)
  }
  return ok(`${who}; ${shown} of its limit are left`)
}

export const clock: Check = {
  name: 'clock',
  run: (subject) =>
    fromListings(subject, (place, reply) => {
      // The simulator is on this machine.
      if (reply.kind === 'failed' || place.isSimulator) return []
      const theirMs = Date.parse(reply.date)
      if (Number.isNaN(theirMs)) return []
      // The header has whole seconds: in the middle of its second nobody is ahead.
      const skewMs = theirMs + 500 - reply.askedAt.getTime()
      if (Math.abs(skewMs) <= LARGEST_SKEW_MS) return [ok(`agrees with that of ${place.name}`)]
      return [
        warning(
          `${Math.round(Math.abs(skewMs) / 1_000).toLocaleString('en-US')} s ${skewMs > 0 ? 'behind' : 'ahead of'} that of ${place.name}`,
          'Set it, e.g. with NTP: run names, prices and certificates go by it.',
        ),
      ]
    }),
}

/** ": what the server says", for people; empty when it says nothing. */
function saying(place: Place, { body }: Extract<Reply, { kind: 'answered' }>): string {
  const message = nonEmptyText(readError(errorMember(valueOf(body))).message)
  return message === null ? '' : `: ${place.shown(message)}`
}
