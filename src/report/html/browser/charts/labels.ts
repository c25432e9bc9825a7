/** Names beside points, where they hide neither a point nor another name; whoever finds no room is in the legend. */
import { FONT_SIZE } from './plot.ts'

export interface Named {
  readonly name: string
  /** Of the point, in pixels. */
  readonly x: number
  readonly y: number
}

/** Where a name stands: its left or right end beside the point, above or below. */
export interface Label extends Named {
  readonly anchor: 'start' | 'end'
  readonly dx: number
  readonly dy: number
}

interface Box {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** A mean width of characters, in shares of the font size. */
const CHARACTER = 0.56

/** Half the side of a point with some room around it. */
const POINT = 9

const PLACES = [
  { anchor: 'start', dx: 9, dy: -11 },
  { anchor: 'end', dx: -9, dy: -11 },
  { anchor: 'start', dx: 9, dy: 12 },
  { anchor: 'end', dx: -9, dy: 12 },
] as const

/** Within `left` and `right` pixels, and above `bottom`. */
export function labelled(points: readonly Named[], frame: Box): Label[] {
  const taken: Box[] = points.map(({ x, y }) => ({
    left: x - POINT,
    right: x + POINT,
    top: y - POINT,
    bottom: y + POINT,
  }))
  return points.flatMap((point) => {
    const place = PLACES.find((candidate) => {
      const box = boxOf(point, candidate)
      return isWithin(box, frame) && !taken.some((other) => overlaps(box, other))
    })
    if (place === undefined) return []
    taken.push(boxOf(point, place))
    return [{ ...point, ...place }]
  })
}

function boxOf({ name, x, y }: Named, { anchor, dx, dy }: (typeof PLACES)[number]): Box {
  const width = name.length * CHARACTER * FONT_SIZE
  const left = anchor === 'start' ? x + dx : x + dx - width
  // The point itself is taken: a name beside it begins at its edge.
  return { left, right: left + width, top: y + dy - FONT_SIZE / 2, bottom: y + dy + FONT_SIZE / 2 }
}

function isWithin(inner: Box, outer: Box): boolean {
  return (
    inner.left >= outer.left && inner.right <= outer.right && inner.top >= outer.top && inner.bottom <= outer.bottom
  )
}

function overlaps(one: Box, other: Box): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom
}
