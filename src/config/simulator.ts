/** `--simulator key=value` → the simulator's options. */
import { UserError } from '../lib/errors.ts'
import { didYouMean } from '../lib/suggest.ts'
import { formatUsd } from '../lib/usd.ts'
import { catalogue } from '../plan/catalogue.ts'
import type { PriceRow } from '../plan/types.ts'
import { isMisbehaviour, MISBEHAVIOURS } from '../simulator/misbehaviour.ts'
import type { Misbehaviour, SimulatorOptions } from '../simulator/types.ts'
import { duration, share } from './values.ts'

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }

interface Draft extends Mutable<Omit<SimulatorOptions, 'latency' | 'skills'>> {
  latency: Mutable<NonNullable<SimulatorOptions['latency']>>
  skills: Record<string, number>
}

/** One line per key: what it sets, and how its value is read. */
const KEYS: Readonly<Record<string, (draft: Draft, value: string, place: string) => void>> = {
  ttft: (draft, value, place) => void (draft.latency.ttftMs = time(value, place)),
  'token-gap': (draft, value, place) => void (draft.latency.tokenGapMs = time(value, place)),
  sigma: (draft, value, place) => void (draft.latency.sigma = positive(value, place, 0)),
  'fail-rate': (draft, value, place) => void (draft.failRate = shareOf(value, place)),
  'requests-per-second': (draft, value, place) =>
    void (draft.rateLimit = { requestsPerSecond: positive(value, place) }),
  'max-in-flight': (draft, value, place) => void (draft.maxInFlight = positive(value, place)),
  skill: (draft, value, place) => {
    const at = value.lastIndexOf(':')
    if (at < 1) throw new UserError(`${place}: expected model:share, e.g. skill=mistralai/mistral-small:0.8.`)
    draft.skills[value.slice(0, at)] = shareOf(value.slice(at + 1), place)
  },
  script: (draft, value, place) =>
    void (draft.script = value.split(',').map((step) => misbehaviour(step.trim(), place))),
}

/** What may stand before the equals sign. */
export const SIMULATOR_KEYS: readonly string[] = Object.keys(KEYS)

/** `prices` are those given by hand; they win over the catalogue's, as they do for a real endpoint. */
export function simulatorOptions(
  pairs: readonly (readonly [string, unknown])[],
  prices: ReadonlyMap<string, PriceRow>,
): SimulatorOptions {
  const draft: Draft = { latency: {}, skills: {} }
  for (const [key, value] of pairs) {
    const set = Object.hasOwn(KEYS, key) ? KEYS[key] : undefined
    const place = `--simulator ${key}=${String(value)}`
    if (set === undefined)
      throw new UserError(
        `${place}: there is no such key.${didYouMean(key, SIMULATOR_KEYS)} Keys: ${SIMULATOR_KEYS.join(', ')}.`,
      )
    set(draft, String(value), place)
  }
  return { ...draft, prices: simulatedPrices(prices) }
}

function simulatedPrices(prices: ReadonlyMap<string, PriceRow>): NonNullable<SimulatorOptions['prices']> {
  const listed = [...catalogue].map(([model, { price }]): [string, PriceRow] => [model, price])
  return Object.fromEntries(
    [...listed, ...prices].map(([model, price]) => [
      model,
      { prompt: formatUsd(price.promptUsd), completion: formatUsd(price.completionUsd) },
    ]),
  )
}

function time(value: string, place: string): number {
  const read = duration.safeParse(value)
  if (!read.success) throw new UserError(`${place}: ${read.error.issues[0]?.message}.`)
  return read.data
}

function shareOf(value: string, place: string): number {
  const read = share.safeParse(value)
  if (!read.success) throw new UserError(`${place}: ${read.error.issues[0]?.message}.`)
  return read.data
}

function positive(value: string, place: string, low = Number.MIN_VALUE): number {
  const number = Number(value)
  if (value.trim() === '' || !Number.isFinite(number) || number < low) {
    throw new UserError(`${place}: expected a positive number.`)
  }
  return number
}

function misbehaviour(step: string, place: string): Misbehaviour {
  if (isMisbehaviour(step)) return step
  throw new UserError(
    `${place}: "${step}" is no step of a script. Steps: ${MISBEHAVIOURS.join(', ')}.${didYouMean(step, MISBEHAVIOURS)}`,
  )
}
