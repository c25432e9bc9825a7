/** Intervals as lines of text, one under the other on a common scale. */

interface Bar {
  readonly value: number | null
  readonly low: number | null
  readonly high: number | null
}

/** Narrower ones tell nothing. */
const LEAST_WIDTH = 8

/** "  ├──●───┤  ", each `width` characters; empty texts where there is no room. Without a value a bar is blank. */
export function intervalBars(bars: readonly Bar[], width: number): string[] {
  if (width < LEAST_WIDTH) return bars.map(() => '')
  const known = bars.flatMap(({ value, low, high }) => [value, low, high]).filter((limit) => limit !== null)
  const [least, most] = [Math.min(...known), Math.max(...known)]
  const placeOf = (limit: number): number =>
    most === least ? Math.floor(width / 2) : Math.round(((limit - least) / (most - least)) * (width - 1))
  return bars.map(({ value, low, high }) => {
    if (value === null) return ' '.repeat(width)
    const at = placeOf(value)
    const [from, to] = [low === null ? at : placeOf(low), high === null ? at : placeOf(high)]
    return Array.from({ length: width }, (_, place) => {
      if (place === at) return '●'
      if (place < from || place > to) return ' '
      return place === from ? '├' : place === to ? '┤' : '─'
    }).join('')
  })
}
