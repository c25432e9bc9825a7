/** What do the epochs of all samples come to, by every reducer asked for: over passes, and over each scorer's scores. */
import type { ScoreLine } from '../journal/types.ts'
import type { Reducer } from './reducer.ts'
import { ReducedRate } from './sample-rate.ts'
import type { Estimate, GroupSummary } from './types.ts'

/** Collects scores, the epochs of one sample next to each other. */
export class ReducedRates {
  readonly #reducers: readonly Reducer[]
  readonly #passes: ReadonlyMap<string, ReducedRate>
  readonly #scores = new Map<string, ReadonlyMap<string, ReducedRate>>()

  constructor(reducers: readonly Reducer[]) {
    this.#reducers = reducers
    this.#passes = ratesOf(reducers)
  }

  add(sampleIndex: number, { passed, scores }: ScoreLine): void {
    if (this.#reducers.length === 0) return
    if (passed !== null) addTo(this.#passes, sampleIndex, passed ? 1 : 0)
    for (const [label, value] of Object.entries(scores)) {
      if (value !== null) addTo(this.#ratesOf(label), sampleIndex, value)
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
      rates = ratesOf(this.#reducers.filter(({ passesOnly }) => !passesOnly))
      this.#scores.set(label, rates)
    }
    return rates
  }
}

function ratesOf(reducers: readonly Reducer[]): ReadonlyMap<string, ReducedRate> {
  return new Map(reducers.map((reducer) => [reducer.name, new ReducedRate(reducer)]))
}

function addTo(rates: ReadonlyMap<string, ReducedRate>, sampleIndex: number, value: number): void {
  for (const rate of rates.values()) rate.add(sampleIndex, value)
}

function estimates(rates: ReadonlyMap<string, ReducedRate>, confidence: number): Record<string, Estimate> {
  return Object.fromEntries([...rates].map(([name, rate]) => [name, rate.estimate(confidence)]))
}
