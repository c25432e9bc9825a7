/** A forest plot: the pass rate of every slice with its interval, beside the rate over all rows. */
import { axisX, dot, gridX, link, pointer, ruleX, ruleY, text, tip } from '@observablehq/plot'
import type { ChartData, SliceRate } from '../../overview/chart-data.ts'
import { percent } from '../../../numbers.ts'
import { colourOf, dashOf, drawn, FONT_SIZE, from, GRID, OVER_MARKS, percentTick, symbolOf, to, TIP } from './plot.ts'

const LINE = 20

/** Below this width a mark is the p-value alone: the picture tells the rest. */
const NARROW = 480

/** A mean width of bold characters, in pixels. */
const CHARACTER = 7.4

/** A line of the picture: the name of a slice, or below it the rate of a model. */
interface Placed extends SliceRate {
  readonly y: number
  readonly slice: string
}

export function slices({ slices: { overall, slices: all }, series }: ChartData, width: number): SVGElement | null {
  const names: { readonly y: number; readonly name: string }[] = []
  const rates: Placed[] = []
  let y = 0
  for (const { name, rates: ofSlice } of all) {
    names.push({ y, name: cut(name, width) })
    y += 0.9
    for (const rate of ofSlice) {
      rates.push({ ...rate, y, slice: name })
      y += 0.9
    }
    y += 0.4
  }
  if (rates.length === 0) return null
  const rate = ({ passRate }: Placed): number => passRate.value
  const colour = ({ series: place }: Placed): string => colourOf(place)
  const isMarked = rates.some(({ mark }) => mark !== null)
  const isNarrow = width < NARROW
  const right = isMarked ? (isNarrow ? 84 : 120) : 24
  const lines = overall.flatMap((value, place) => (value === null ? [] : [{ value, place }]))
  return drawn({
    width,
    height: y * LINE + 56,
    marginLeft: 16,
    marginRight: right,
    marginTop: 28,
    marginBottom: 16,
    style: { fontSize: `${FONT_SIZE}px` },
    x: { domain: domainOf(rates), label: null },
    y: { type: 'linear', domain: [-0.5, y], reverse: true, axis: null },
    color: { type: 'identity' },
    marks: [
      gridX({ ...GRID, ticks: 5 }),
      axisX({ anchor: 'top', ticks: 5, tickFormat: percentTick, label: null, tickSize: 0 }),
      lines.map(({ value, place }) =>
        ruleX([value], { stroke: colourOf(place), strokeDasharray: dashOf(place), strokeOpacity: 0.7 }),
      ),
      text(names, {
        y: 'y',
        text: 'name',
        frameAnchor: 'left',
        textAnchor: 'start',
        fontWeight: 600,
        ...OVER_MARKS,
      }),
      link(rates, {
        x1: ({ passRate }: Placed) => from(passRate),
        x2: ({ passRate }: Placed) => to(passRate),
        y1: 'y',
        y2: 'y',
        stroke: colour,
        strokeWidth: 2,
      }),
      dot(rates, {
        x: rate,
        y: 'y',
        r: 4.5,
        symbol: (one: Placed) => symbolOf(one.series),
        fill: (one: Placed) => (one.mark === null ? 'var(--surface)' : colour(one)),
        stroke: colour,
        strokeWidth: 2,
      }),
      text(
        rates.filter(({ mark }) => mark !== null),
        {
          y: 'y',
          text: ({ mark }: Placed) => (isNarrow ? mark?.split(', ').at(-1) : mark) ?? '',
          frameAnchor: 'right',
          textAnchor: 'start',
          dx: 8,
          fill: 'currentColor',
          fontWeight: 600,
        },
      ),
      ruleY([y], { stroke: 'var(--line)' }),
      tip(
        rates,
        pointer({
          ...TIP,
          x: rate,
          y: 'y',
          title: (one: Placed) =>
            `${one.slice}\n${series[one.series] ?? ''}\n${percent(one.passRate.value)} [${percentTick(from(one.passRate))}, ${percentTick(to(one.passRate))}]`,
        }),
      ),
    ],
  })
}

/** Tenths around all intervals: positions are compared here, not lengths. */
function domainOf(rates: readonly Placed[]): [number, number] {
  const low = Math.min(...rates.map(({ passRate }) => from(passRate)))
  const high = Math.max(...rates.map(({ passRate }) => to(passRate)))
  return [Math.max(0, Math.floor(low * 10 - 1) / 10), Math.min(1, Math.ceil(high * 10) / 10)]
}

function cut(name: string, width: number): string {
  const room = Math.floor((width - 40) / CHARACTER)
  const characters = Array.from(name)
  return characters.length > room ? `${characters.slice(0, room - 1).join('')}…` : name
}
