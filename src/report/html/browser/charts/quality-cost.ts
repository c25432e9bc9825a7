/** Quality against cost: a point for each model, its intervals, and the frontier. */
import { dot, gridX, gridY, line, type Markish, pointer, ruleX, ruleY, text, tip } from '@observablehq/plot'
import { percent } from '../../../numbers.ts'
import type { ChartData, QualityCostPoint } from '../../overview/chart-data.ts'
import { type Label, labelled } from './labels.ts'
import { colourOf, drawn, FONT_SIZE, from, GRID, OVER_MARKS, percentTick, symbolOf, to, usdText, TIP } from './plot.ts'

/** From this ratio of the dearest to the cheapest on, equal factors of cost are equally far apart. */
const LOG_RATIO = 8

/** Room for the axes, in pixels. */
const MARGIN = { left: 52, right: 24, top: 28, bottom: 44 }

export function qualityCost({ qualityCost: points, series }: ChartData, width: number): SVGElement | null {
  if (points.length < 2) return null
  const costs = points.map(({ costPer1000Usd: { value } }) => value)
  const least = Math.min(...costs)
  const isLog = least > 0 && Math.max(...costs) / least >= LOG_RATIO
  // A limit of 0 has no place on such a scale: the bar then goes to its edge.
  const floor = isLog ? least / 2 : 0
  const name = ({ series: place }: QualityCostPoint): string => series[place] ?? ''
  const cost = ({ costPer1000Usd }: QualityCostPoint): number => costPer1000Usd.value
  const rate = ({ passRate }: QualityCostPoint): number => passRate.value
  const colour = (point: QualityCostPoint): string => colourOf(point.series)
  const frontier = points.filter(({ isOnFrontier }) => isOnFrontier).sort((a, b) => cost(a) - cost(b))
  const height = Math.min(420, Math.max(280, width * 0.6))
  const ticks = Math.max(3, Math.floor(width / 120))
  const options = {
    width,
    height,
    marginLeft: MARGIN.left,
    marginRight: MARGIN.right,
    marginTop: MARGIN.top,
    marginBottom: MARGIN.bottom,
    style: { fontSize: `${FONT_SIZE}px` },
    x: {
      type: isLog ? ('log' as const) : ('linear' as const),
      label: 'cost per 1,000 (USD) →',
      labelAnchor: 'right' as const,
      tickFormat: usdText,
      ticks,
      nice: true,
    },
    y: { label: '↑ pass rate', tickFormat: percentTick, nice: true, ticks: 6 },
    color: { type: 'identity' as const },
  }
  const marks = [
    gridX({ ...GRID, ticks }),
    gridY({ ...GRID, ticks: 6 }),
    line(frontier, { x: cost, y: rate, curve: 'step-after', stroke: 'var(--muted)', strokeDasharray: '4 3' }),
    ruleX(points, {
      x: cost,
      y1: ({ passRate }: QualityCostPoint) => from(passRate),
      y2: ({ passRate }: QualityCostPoint) => to(passRate),
      stroke: colour,
      strokeWidth: 1.5,
    }),
    ruleY(points, {
      y: rate,
      x1: ({ costPer1000Usd }: QualityCostPoint) => Math.max(floor, from(costPer1000Usd)),
      x2: ({ costPer1000Usd }: QualityCostPoint) => to(costPer1000Usd),
      stroke: colour,
      strokeWidth: 1.5,
    }),
    dot(points, {
      x: cost,
      y: rate,
      r: 6,
      symbol: (point: QualityCostPoint) => symbolOf(point.series),
      fill: (point: QualityCostPoint) => (point.isOnFrontier ? colour(point) : 'var(--surface)'),
      stroke: colour,
      strokeWidth: 2,
    }),
  ]
  const tips = tip(
    points,
    pointer({
      ...TIP,
      x: cost,
      y: rate,
      title: (point: QualityCostPoint) =>
        `${name(point)}\n${percent(rate(point))} pass\n${usdText(cost(point))} per 1,000${point.isOnFrontier ? '\non the frontier' : ''}`,
    }),
  )
  // Where names find room is known when the points have their places.
  const { scale } = drawn({ ...options, marks })
  const pixel = (axis: 'x' | 'y', value: number): number => Number(scale(axis)?.apply(value))
  const labels = labelled(
    points.map((point) => ({ name: name(point), x: pixel('x', cost(point)), y: pixel('y', rate(point)) })),
    { left: MARGIN.left, right: width - 4, top: 0, bottom: height - MARGIN.bottom },
  )
  return drawn({ ...options, marks: [...marks, ...labels.map(labelMark), tips] })
}

/** At pixels, not at figures: the scales have no say in it. */
function labelMark({ name, x, y, anchor, dx, dy }: Label): Markish {
  return text([name], {
    text: (one: string) => one,
    frameAnchor: 'top-left',
    textAnchor: anchor,
    lineAnchor: 'middle',
    dx: x - MARGIN.left + dx,
    dy: y - MARGIN.top + dy,
    ...OVER_MARKS,
  })
}
