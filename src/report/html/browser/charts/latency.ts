/** The share of answers that have come after so long, a step curve for each model. */
import { dot, gridX, gridY, line, pointerX, ruleY, tip } from '@observablehq/plot'
import type { ChartData, Curve, LatencyCurves } from '../../overview/chart-data.ts'
import { milliseconds, percent } from '../../../numbers.ts'
import { colourOf, dashOf, drawn, FONT_SIZE, GRID, percentTick, symbolOf, TIP } from './plot.ts'

interface Point {
  readonly ms: number
  readonly share: number
  readonly series: number
}

/** A curve of thousands of milliseconds would hide one of tens: equal factors are equally far apart. A time of 0 has no place there. */
const LEAST_MS = 0.1

export function latency(
  { latency: all, series }: ChartData,
  which: (curves: LatencyCurves) => Curve,
  width: number,
): SVGElement | null {
  const curves = all.flatMap((one) => {
    const points = pointsOf(which(one), one.series)
    return points.length === 0 ? [] : [{ series: one.series, points }]
  })
  if (curves.length === 0) return null
  const ticks = Math.max(3, Math.floor(width / 90))
  return drawn({
    width,
    height: Math.min(340, Math.max(240, width * 0.5)),
    marginLeft: 48,
    marginRight: 24,
    marginTop: 16,
    marginBottom: 32,
    style: { fontSize: `${FONT_SIZE}px` },
    x: { type: 'log', label: null, tickFormat: milliseconds, ticks },
    y: { domain: [0, 1], label: null, tickFormat: percentTick, ticks: 4 },
    color: { type: 'identity' },
    marks: [
      gridX({ ...GRID, ticks }),
      gridY({ ...GRID, ticks: 4 }),
      ruleY([0.5, 0.95], { stroke: 'var(--muted)', strokeDasharray: '2 3' }),
      curves.map(({ series: place, points }) =>
        line([{ ms: points[0]?.ms ?? LEAST_MS, share: 0 }, ...points], {
          x: 'ms',
          y: 'share',
          curve: 'step-after',
          stroke: colourOf(place),
          strokeWidth: 2,
          strokeDasharray: dashOf(place),
        }),
      ),
      curves.map(({ series: place, points }) =>
        dot(signs(points), { x: 'ms', y: 'share', r: 4, fill: colourOf(place), symbol: symbolOf(place) }),
      ),
      tip(
        curves.flatMap(({ points }) => points),
        pointerX({
          ...TIP,
          x: 'ms',
          y: 'share',
          title: (point: Point) =>
            `${series[point.series] ?? ''}\n${percent(point.share)} within ${milliseconds(point.ms)}`,
        }),
      ),
    ],
  })
}

function pointsOf({ ms, count }: Curve, series: number): Point[] {
  const all = count.at(-1) ?? 0
  return ms.map((time, index) => ({ ms: Math.max(LEAST_MS, time), share: (count[index] ?? 0) / all, series }))
}

/** Where the curve passes the half and 95 %. */
function signs(points: readonly Point[]): Point[] {
  return [0.5, 0.95].flatMap((share) => points.find((point) => point.share >= share) ?? [])
}
