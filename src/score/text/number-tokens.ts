/** How are tokens compared quickly? As numbers: equal tokens have equal numbers. */

export interface NumberedTokens {
  /** Each text's tokens as numbers from 0. */
  readonly texts: readonly Uint32Array[]
  /** Different tokens there are. */
  readonly size: number
}

/** Numbers the tokens of texts that are to be compared with each other. */
export function numberTokens(texts: readonly (readonly string[])[]): NumberedTokens {
  const numbers = new Map<string, number>()
  const numbered = texts.map((tokens) => {
    const ids = new Uint32Array(tokens.length)
    for (const [index, token] of tokens.entries()) {
      let id = numbers.get(token)
      if (id === undefined) numbers.set(token, (id = numbers.size))
      ids[index] = id
    }
    return ids
  })
  return { texts: numbered, size: numbers.size }
}
