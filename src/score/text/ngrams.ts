/** How many runs of n tokens do two texts share? */

/** How many n-grams a text of so many tokens has. */
export function ngramCount(tokens: number, order: number): number {
  return Math.max(0, tokens - order + 1)
}

/**
 * For each order from 1 to `maxOrder`, the n-grams of the answer that a reference has too. An n-gram that occurs several times
 * counts as often as it does in the answer, and at most as often as in the reference that has it most often (BLEU's clipped
 * counts). Tokens are numbers below `size`.
 *
 * An n-gram is known by the number of its first n − 1 tokens and its last token, so its length costs nothing: the product of
 * both numbers stays far below 2⁵³.
 */
export function sharedNgrams(
  answer: Uint32Array,
  references: readonly Uint32Array[],
  size: number,
  maxOrder: number,
): readonly number[] {
  const shared = Array.from({ length: maxOrder }, () => 0)
  let ofAnswer: Int32Array = Int32Array.from(answer)
  let ofReferences: readonly Int32Array[] = references.map((reference) => Int32Array.from(reference))
  let distinct = size
  for (let order = 1; order <= maxOrder; order += 1) {
    if (order > 1) {
      const known = new Map<number, number>()
      ofReferences = ofReferences.map((shorter, index) =>
        extendAll(shorter, references[index] ?? answer, order, size, known),
      )
      ofAnswer = extendKnown(ofAnswer, answer, order, size, known)
      distinct = known.size
    }
    const count = clippedMatches(ofAnswer, ofReferences, distinct)
    // What shares no run of n tokens shares no longer one.
    if (count === 0) break
    shared[order - 1] = count
  }
  return shared
}

/** The n-gram at each place of a text, from the one token shorter; new ones get the next number. */
function extendAll(
  shorter: Int32Array,
  tokens: Uint32Array,
  order: number,
  size: number,
  known: Map<number, number>,
): Int32Array {
  const grams = new Int32Array(ngramCount(tokens.length, order))
  for (let place = 0; place < grams.length; place += 1) {
    const key = (shorter[place] ?? 0) * size + (tokens[place + order - 1] ?? 0)
    let gram = known.get(key)
    if (gram === undefined) known.set(key, (gram = known.size))
    grams[place] = gram
  }
  return grams
}

/** The same for the answer: −1 where no reference has the n-gram. */
function extendKnown(
  shorter: Int32Array,
  tokens: Uint32Array,
  order: number,
  size: number,
  known: ReadonlyMap<number, number>,
): Int32Array {
  const grams = new Int32Array(ngramCount(tokens.length, order))
  for (let place = 0; place < grams.length; place += 1) {
    const prefix = shorter[place] ?? -1
    grams[place] = prefix < 0 ? -1 : (known.get(prefix * size + (tokens[place + order - 1] ?? 0)) ?? -1)
  }
  return grams
}

function clippedMatches(answer: Int32Array, references: readonly Int32Array[], distinct: number): number {
  const left = mostIn(references, distinct)
  let matches = 0
  for (const gram of answer) {
    if (gram < 0 || left[gram] === 0) continue
    left[gram] = (left[gram] ?? 0) - 1
    matches += 1
  }
  return matches
}

/** How often each n-gram occurs in the reference that has it most often. */
function mostIn(references: readonly Int32Array[], distinct: number): Uint32Array {
  const most = new Uint32Array(distinct)
  for (const reference of references) {
    const counts = references.length === 1 ? most : new Uint32Array(distinct)
    for (const gram of reference) counts[gram] = (counts[gram] ?? 0) + 1
    if (counts !== most) for (const [gram, count] of counts.entries()) if (count > (most[gram] ?? 0)) most[gram] = count
  }
  return most
}
