/** What all charts share: signs of the series, their size, and how a plot of Observable's gets into a page with a strict policy. */
import { dot, line, type Plot, plot, type PlotOptions } from '@observablehq/plot'
import { dollars } from '../../../numbers.ts'

/** Draws a chart for a place of so many pixels; null where there is nothing to draw. */
export type Draw = (width: number) => SVGElement | null

const SYMBOLS = ['circle', 'square', 'triangle', 'diamond', 'star', 'wye', 'cross'] as const
const DASHES = ['none', '6 3', '2 2', '8 3 2 3', '12 3'] as const
const COLOURS = 8

/** Series are told apart by colour, by shape and by dashes: colour alone is not seen by everybody, nor on paper. */
export function colourOf(series: number): string {
  return `var(--series-${(series % COLOURS) + 1})`
}

export function symbolOf(series: number): (typeof SYMBOLS)[number] {
  return SYMBOLS[series % SYMBOLS.length] ?? 'circle'
}

export function dashOf(series: number): string {
  return DASHES[series % DASHES.length] ?? 'none'
}

/**
 * The plot without its style element, which the policy of the page forbids: its rules are in overview.css. For ears there is the
 * label of its place, and not the names of its groups of marks.
 */
export function drawn(options: PlotOptions): SVGElement & Pick<Plot, 'scale'> {
  const svg = plot({ className: 'plot', ...options })
  svg.querySelector('style')?.remove()
  svg.setAttribute('aria-hidden', 'true')
  if (!(svg instanceof SVGElement)) throw new TypeError('a chart with a legend of its own is no single picture')
  return svg
}

/** Texts in all charts, in pixels. */
export const FONT_SIZE = 12

/** Lines behind the marks, where the ticks are. */
export const GRID = { stroke: 'var(--line)', strokeOpacity: 1 } as const

/** The box beside the pointer. */
export const TIP = { fontSize: FONT_SIZE, lineHeight: 1.35 } as const

/** Texts over marks stay readable. */
export const OVER_MARKS = { fill: 'currentColor', stroke: 'var(--surface)', strokeWidth: 4 } as const

/** The sign of a series, as it stands in a legend. */
export function keyOf(series: number): SVGElement {
  return drawn({
    width: 28,
    height: 14,
    margin: 0,
    axis: null,
    x: { type: 'linear', domain: [0, 2] },
    y: { type: 'linear', domain: [0, 2] },
    marks: [
      line(
        [
          [0, 1],
          [2, 1],
        ],
        { stroke: colourOf(series), strokeWidth: 2, strokeDasharray: dashOf(series) },
      ),
      dot([[1, 1]], { fill: colourOf(series), symbol: symbolOf(series), r: 4.5 }),
    ],
  })
}

/** A limit that is not known leaves the bar at the value. */
export function from({ value, low }: { readonly value: number; readonly low: number | null }): number {
  return low ?? value
}

export function to({ value, high }: { readonly value: number; readonly high: number | null }): number {
  return high ?? value
}

/** 0.25 → "25 %". */
export function percentTick(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`
}

/** 0.0012 → "$0.0012". */
export function usdText(usd: number): string {
  return dollars(String(usd))
}
