/**
 * Which models are worth their price? A report takes no code of another stage, and two figures need no general one: sorted by
 * cost, whoever is better than all cheaper ones. A test holds it to `stats/pareto.ts`.
 */
export interface Offer {
  /** More is better. */
  readonly quality: number
  /** Less is better. */
  readonly cost: number
}

/** Those that no other one equals in both and beats in one; of equal ones all. */
export function onFrontier<T extends Offer>(offers: readonly T[]): ReadonlySet<T> {
  const sorted = [...offers].sort((a, b) => a.cost - b.cost || b.quality - a.quality)
  const kept = new Set<T>()
  let best: Offer | undefined
  for (const offer of sorted) {
    const isEqual = best !== undefined && offer.quality === best.quality && offer.cost === best.cost
    if (best === undefined || offer.quality > best.quality || isEqual) {
      kept.add(offer)
      best = offer
    }
  }
  return kept
}
