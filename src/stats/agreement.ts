/** Do raters agree more than chance would have them? Cohen's kappa for two, Krippendorff's alpha for any number. */

/** How far apart two categories are: all alike, by rank, or by its square. */
export type KappaWeights = 'nominal' | 'linear' | 'quadratic'

export interface Kappa {
  readonly n: number
  /** Shares of full agreement, weighted with the weights; null without items. */
  readonly observed: number | null
  readonly expected: number | null
  /** 1 − observed / expected disagreement; null where both raters use one and the same category alone. */
  readonly kappa: number | null
  /** Large-sample standard error (Fleiss, Cohen & Everitt 1969), items independent. */
  readonly standardError: number | null
}

/**
 * Cohen's kappa (1960; weighted 1968) of a square table of counts: rows are the first rater's categories, columns the
 * second's. Where one category prevails kappa is low at high agreement (Feinstein & Cicchetti 1990): show both.
 */
export function cohenKappa(table: readonly (readonly number[])[], weights: KappaWeights = 'nominal'): Kappa {
  const cells = table.flatMap((row, i) => row.map((count, j) => ({ i, j, count })))
  const n = cells.reduce((sum, { count }) => sum + count, 0)
  if (n === 0) return { n, observed: null, expected: null, kappa: null, standardError: null }
  const agreement = AGREEMENT[weights]
  const last = Math.max(1, table.length - 1)
  const weight = (i: number, j: number): number => agreement(Math.abs(i - j) / last)
  const rows = table.map((row) => row.reduce((sum, count) => sum + count, 0) / n)
  const columns = table.map((_, j) => table.reduce((sum, row) => sum + (row[j] ?? 0), 0) / n)
  const meanWeight = (of: (other: number) => number, shares: readonly number[]): number =>
    shares.reduce((sum, share, other) => sum + share * of(other), 0)
  const observed = cells.reduce((sum, { i, j, count }) => sum + weight(i, j) * count, 0) / n
  const rowWeights = table.map((_, i) => meanWeight((j) => weight(i, j), columns))
  const columnWeights = table.map((_, j) => meanWeight((i) => weight(i, j), rows))
  const expected = meanWeight((i) => rowWeights[i] ?? 0, rows)
  if (expected >= 1 - 1e-15) return { n, observed, expected, kappa: null, standardError: null }
  const kappa = (observed - expected) / (1 - expected)
  const spread = cells.reduce((sum, { i, j, count }) => {
    const byChance = (rowWeights[i] ?? 0) + (columnWeights[j] ?? 0)
    return sum + count * (weight(i, j) - byChance * (1 - kappa)) ** 2
  }, 0)
  const variance = spread / n - (kappa - expected * (1 - kappa)) ** 2
  return { n, observed, expected, kappa, standardError: Math.sqrt(Math.max(0, variance) / n) / (1 - expected) }
}

/** What a distance of 0..1 between two categories leaves of full agreement. */
const AGREEMENT: Readonly<Record<KappaWeights, (distance: number) => number>> = {
  nominal: (distance) => (distance === 0 ? 1 : 0),
  linear: (distance) => 1 - distance,
  quadratic: (distance) => 1 - distance ** 2,
}

/** What the values are: names, ranks, numbers with a meaningful difference, or with a meaningful zero as well. */
export type AlphaMetric = 'nominal' | 'ordinal' | 'interval' | 'ratio'

export interface Alpha {
  /** Ratings of items that have at least two. */
  readonly pairable: number
  /** Null without such ratings. */
  readonly observedDisagreement: number | null
  readonly expectedDisagreement: number | null
  /** 1 − observed / expected; null without ratings, and where all of them are equal. */
  readonly alpha: number | null
}

/** The ratings of one item in any order, null where a rater has none; `count` items are rated like this, 1 unless given. */
export interface RatedItem {
  readonly ratings: readonly (number | null)[]
  readonly count?: number
}

/**
 * Krippendorff's alpha (2011, "Computing Krippendorff's Alpha-Reliability") for any number of raters with ratings missing.
 * Items with fewer than two ratings say nothing of agreement and are left out.
 */
export function krippendorffAlpha(items: readonly RatedItem[], metric: AlphaMetric): Alpha {
  const { values, totals, coincidences } = coincidencesOf(items)
  const pairable = totals.reduce((sum, total) => sum + total, 0)
  if (pairable === 0) return { pairable, observedDisagreement: null, expectedDisagreement: null, alpha: null }
  const distance = DISTANCES[metric]
  let observed = 0
  let expected = 0
  for (let v = 0; v < values.length; v++) {
    for (let w = v + 1; w < values.length; w++) {
      const squared = distance({ values, totals, v, w })
      // Both orders of a pair.
      observed += 2 * (coincidences[v * values.length + w] ?? 0) * squared
      expected += 2 * (totals[v] ?? 0) * (totals[w] ?? 0) * squared
    }
  }
  const observedDisagreement = observed / pairable
  const expectedDisagreement = expected / (pairable * (pairable - 1))
  const alpha = expected === 0 ? null : 1 - observedDisagreement / expectedDisagreement
  return { pairable, observedDisagreement, expectedDisagreement, alpha }
}

interface Coincidences {
  /** Distinct values, ascending. */
  readonly values: readonly number[]
  /** How often each of them was given. */
  readonly totals: readonly number[]
  /** A square table: each item adds 1/(m − 1) for every ordered pair of its m ratings. Only v ≤ w is filled. */
  readonly coincidences: Float64Array
}

function coincidencesOf(items: readonly RatedItem[]): Coincidences {
  const rated = items
    .map(({ ratings, count = 1 }) => ({ ratings: ratings.filter((rating) => rating !== null).sort(ascending), count }))
    .filter(({ ratings, count }) => ratings.length > 1 && count > 0)
  const values = [...new Set(rated.flatMap(({ ratings }) => ratings))].sort(ascending)
  const indexOf = new Map(values.map((value, index) => [value, index]))
  const totals = values.map(() => 0)
  const coincidences = new Float64Array(values.length ** 2)
  for (const { ratings, count } of rated) {
    const indexes = ratings.map((rating) => indexOf.get(rating) ?? 0)
    for (const [place, v] of indexes.entries()) {
      totals[v] = (totals[v] ?? 0) + count
      for (const w of indexes.slice(place + 1)) {
        const cell = v * values.length + w
        coincidences[cell] = (coincidences[cell] ?? 0) + count / (ratings.length - 1)
      }
    }
  }
  return { values, totals, coincidences }
}

interface ValuePair extends Pick<Coincidences, 'values' | 'totals'> {
  /** Places of two different values, v < w. */
  readonly v: number
  readonly w: number
}

/** Squared differences δ². */
const DISTANCES: Readonly<Record<AlphaMetric, (pair: ValuePair) => number>> = {
  nominal: () => 1,
  interval: ({ values, v, w }) => ((values[v] ?? 0) - (values[w] ?? 0)) ** 2,
  ratio: ({ values, v, w }) => {
    const [low, high] = [values[v] ?? 0, values[w] ?? 0]
    return ((high - low) / (high + low)) ** 2
  },
  /** As many ratings lie between the two values, their own counted by half. */
  ordinal: ({ totals, v, w }) => {
    const between = totals.slice(v, w + 1).reduce((sum, total) => sum + total, 0)
    return (between - ((totals[v] ?? 0) + (totals[w] ?? 0)) / 2) ** 2
  },
}

function ascending(a: number, b: number): number {
  return a - b
}
