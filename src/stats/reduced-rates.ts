/** What do the epochs of all samples come to, by every reducer asked for: over passes, and over each scorer's scores. */
import type { ScoreLine } from '../journal/types.ts'
import type { Place } from './cluster-totals.ts'
import type { Reducer } from './reducer.ts'
import { ReducedRate } from './sample-rate.ts'
import type { Estimate, GroupSummary } from './types.ts'

/** Collects scores, the epochs of one sample next to each other. */
export class ReducedRates {
  readonly #reducers: readonly Reducer[]
  readonly #streamOf: (metric: string) => string
  readonly #passes: ReadonlyMap<string, ReducedRate>
  readonly #scores = new Map<string, ReadonlyMap<string, ReducedRate>>()

  /** `streamOf` names the stream of random numbers of a figure. */
  constructor(reducers: readonly Reducer[], streamOf: (metric: string) => string) {
    this.#reducers = reducers
    this.#streamOf = streamOf
    this.#passes = this.#rates('pass_rate', reducers)
  }

  add(place: Place, { passed, scores }: ScoreLine): void {
    if (this.#reducers.length === 0) return
    if (passed !== null) addTo(this.#passes, place, passed ? 1 : 0)
    for (const [label, value] of Object.entries(scores)) {
      if (value !== null) addTo(this.#ratesOf(label), place, value)
    }
  }

  finish(confidence: number): Pick<GroupSummary, 'reduced' | 'reducedScores'> {
    const scores = [...this.#scores].map(([label, rates]) => [label, estimates(rates, confidence)] as const)
    return {
      reduced: estimates(this.#passes, confidence),
      reducedScores: Object.fromEntries(scores.filter(([, byReducer]) => Object.keys(byReducer).length > 0)),
    }
  }

  /** What counts passes has nothing to say about graded scores. */
  #ratesOf(label: string): ReadonlyMap<string, ReducedRate> {
    let rates = this.#scores.get(label)
    if (rates === undefined) {
      const graded = this.#reducers.filter(({ passesOnly }) => !passesOnly)
      this.#scores.set(label, (rates = this.#rates(`score:${label}`, graded)))
    }
    return rates
  }

  #rates(metric: string, reducers: readonly Reducer[]): ReadonlyMap<string, ReducedRate> {
    return new Map(
      reducers.map((reducer) => [reducer.name, new ReducedRate(reducer, this.#streamOf(`${metric}:${reducer.name}`))]),
    )
  }
}

function addTo(rates: ReadonlyMap<string, ReducedRate>, place: Place, value: number): void {
  for (const rate of rates.values()) rate.add(place, value)
}

function estimates(rates: ReadonlyMap<string, ReducedRate>, confidence: number): Record<string, Estimate> {
  return Object.fromEntries([...rates].map(([name, rate]) => [name, rate.estimate(confidence)]))
}
