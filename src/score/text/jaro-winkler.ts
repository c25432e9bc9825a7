/**
 * How alike are two short texts, names above all? Jaro 1989, "Advances in Record-Linkage Methodology", and Winkler 1990, "String
 * Comparator Metrics and Enhanced Decision Rules in the Fellegi-Sunter Model of Record Linkage", with Winkler's constants.
 */

const PREFIX_LENGTH = 4
const PREFIX_WEIGHT = 0.1

/** Jaro similarity above which a common beginning counts; the one of Winkler's own program. */
const PREFIX_FROM = 0.7

/** 0..1 for texts of code points; 1 for two empty ones. */
export function jaroWinkler(one: readonly string[], other: readonly string[]): number {
  const similarity = jaro(one, other)
  if (similarity <= PREFIX_FROM) return similarity
  let prefix = 0
  while (prefix < PREFIX_LENGTH && prefix < one.length && one[prefix] === other[prefix]) prefix += 1
  return similarity + prefix * PREFIX_WEIGHT * (1 - similarity)
}

/** The mean of three shares: of either text that matches, and of the matches that are in order. */
function jaro(one: readonly string[], other: readonly string[]): number {
  if (one.length === 0 && other.length === 0) return 1
  const { ofOne, ofOther } = matching(one, other)
  const count = ofOne.length
  if (count === 0) return 0
  const displaced = ofOne.filter((point, index) => point !== ofOther[index]).length
  const inOrder = count - Math.floor(displaced / 2)
  return (count / one.length + count / other.length + inOrder / count) / 3
}

/**
 * The code points of each text that have a partner in the other, at most half the longer length away. Each takes the first
 * partner that is left; since that window only moves forward, the partners of equal code points do as well, and one look at
 * each place is enough.
 */
function matching(
  one: readonly string[],
  other: readonly string[],
): { readonly ofOne: readonly string[]; readonly ofOther: readonly string[] } {
  const reach = Math.max(0, Math.floor(Math.max(one.length, other.length) / 2) - 1)
  const partners = new Map<string, { readonly places: number[]; next: number }>()
  for (const [place, point] of other.entries()) {
    const entry = partners.get(point)
    if (entry === undefined) partners.set(point, { places: [place], next: 0 })
    else entry.places.push(place)
  }
  const taken = new Uint8Array(other.length)
  const ofOne = one.filter((point, place) => {
    const entry = partners.get(point)
    if (entry === undefined) return false
    while ((entry.places[entry.next] ?? Infinity) < place - reach) entry.next += 1
    const partner = entry.places[entry.next]
    if (partner === undefined || partner > place + reach) return false
    entry.next += 1
    taken[partner] = 1
    return true
  })
  return { ofOne, ofOther: other.filter((_, place) => taken[place] === 1) }
}
