/** Draws a chart for each model and prompt: the values with their intervals, from run to run. */
import * as Plot from '@observablehq/plot'
import { drawn, FONT_SIZE, TIP } from '../../report/html/browser/charts/plot.ts'
import type { TrendData, TrendNight } from '../trend-data.ts'

type Series = TrendData['series'][number]

interface Point extends TrendNight {
  /** Place in the order of runs, from 1: that is what control charts count by. */
  readonly place: number
  readonly segment: number
}

const HEIGHT = 260
/** In pixels. */
const LABEL_WIDTH = 60

export function drawTrends(): void {
  const text = document.querySelector('#data')?.textContent
  if (text == null) return
  const data = JSON.parse(text) as TrendData
  const places = [...document.querySelectorAll<HTMLElement>('[data-chart]')]
  const draw = (): void => {
    for (const place of places) {
      const series = data.series[Number(place.dataset['chart'])]
      if (series !== undefined) place.replaceChildren(chart(series, data, place.clientWidth))
    }
  }
  draw()
  let width = innerWidth
  addEventListener('resize', () => {
    if (innerWidth === width) return
    width = innerWidth
    draw()
  })
}

function chart(series: Series, { unit, metric }: TrendData, width: number): Element {
  const points = pointsOf(series)
  const withInterval = points.filter(({ low, high }) => low !== null && high !== null)
  const [text, line, mark, alarm] = ['--muted', '--line', '--series-1', '--bad'].map((name) => `var(${name})`)
  const labelled = labelledOf(points, width)
  const labels = labelsOf(labelled)
  const show = formatOf(unit)
  return drawn({
    width: Math.max(320, width),
    height: HEIGHT,
    marginLeft: 60,
    marginTop: 30,
    style: { background: 'none', color: text ?? '', fontSize: `${FONT_SIZE}px` },
    x: {
      label: null,
      ticks: labelled.map(({ place }) => place),
      tickFormat: (_place: number, index: number) => labels[index] ?? '',
      domain: [0.5, points.length + 0.5],
    },
    y: { label: metric, grid: true, tickFormat: show, nice: true, zero: unit !== 'share' },
    marks: [
      Plot.ruleX(segmentStarts(points), { stroke: line ?? '', strokeDasharray: '4 3' }),
      ...meanLines(series, points).map((mean) =>
        Plot.ruleY([mean], { x1: 'from', x2: 'to', y: 'mean', stroke: text ?? '', strokeDasharray: '2 3' }),
      ),
      Plot.ruleX(withInterval, {
        x: 'place',
        y1: 'low',
        y2: 'high',
        stroke: mark ?? '',
        strokeOpacity: 0.55,
        strokeWidth: 2,
      }),
      Plot.line(points, { x: 'place', y: 'value', z: 'segment', stroke: mark ?? '', strokeOpacity: 0.7 }),
      Plot.dot(points, {
        x: 'place',
        y: 'value',
        r: 3,
        fill: ({ isCharted }: Point) => (isCharted ? (mark ?? '') : 'var(--surface)'),
        stroke: mark ?? '',
      }),
      alarms(points, 'upper', alarm ?? ''),
      alarms(points, 'lower', alarm ?? ''),
      Plot.tip(
        points,
        Plot.pointerX({
          x: 'place',
          y: 'value',
          title: (point: Point) => toldOf(point, show),
          fill: 'var(--surface)',
          ...TIP,
        }),
      ),
    ],
  })
}

/** What stands beside the pointer. */
function toldOf({ at, value, low, high }: Point, show: (value: number) => string): string {
  if (value === null) return at
  return `${at}\n${show(value)}${low === null || high === null ? '' : ` [${show(low)}, ${show(high)}]`}`
}

/** A triangle that points to where the level has gone. */
function alarms(points: readonly Point[], kind: 'upper' | 'lower', fill: string): Plot.Dot {
  const isLower = kind === 'lower'
  return Plot.dot(
    points.filter((point) => point.alarm === kind),
    { x: 'place', y: 'value', r: 6, symbol: 'triangle', rotate: isLower ? 180 : 0, dy: isLower ? 16 : -16, fill },
  )
}

function pointsOf({ segments }: Series): Point[] {
  let place = 0
  return segments.flatMap(({ nights }, segment) => nights.map((night) => ({ ...night, segment, place: ++place })))
}

/** Between two segments, which are not to be compared. */
function segmentStarts(points: readonly Point[]): number[] {
  return points.flatMap(({ place, segment }, index) =>
    index > 0 && points[index - 1]?.segment !== segment ? [place - 0.5] : [],
  )
}

/** The mean of each control chart, over its own runs. */
function meanLines({ segments }: Series, points: readonly Point[]): { mean: number; from: number; to: number }[] {
  return segments.flatMap(({ mean }, segment) => {
    const own = points.filter((point) => point.segment === segment)
    const [first, last] = [own[0], own.at(-1)]
    return mean === null || first === undefined || last === undefined
      ? []
      : [{ mean, from: first.place - 0.5, to: last.place + 0.5 }]
  })
}

/** So many points get a label as have room for one. */
function labelledOf(points: readonly Point[], width: number): Point[] {
  const every = Math.max(1, Math.ceil(points.length / Math.max(1, width / LABEL_WIDTH)))
  return points.filter((_, index) => index % every === 0)
}

/** The day, or the time of day where the label before has the same day. */
function labelsOf(points: readonly Point[]): string[] {
  const dayOf = (at: string | undefined): string | undefined => at?.slice(5, 10)
  return points.map(({ at }, index) => (dayOf(at) === dayOf(points[index - 1]?.at) ? at.slice(11) : (dayOf(at) ?? '')))
}

function formatOf(unit: TrendData['unit']): (value: number) => string {
  switch (unit) {
    case 'share':
      return (value) => `${Number((value * 100).toFixed(1))} %`
    case 'USD':
      return (value) => `$${Number(value.toPrecision(3))}`
    case 'ms':
      return (value) => (value < 10_000 ? `${Math.round(value)} ms` : `${(value / 1_000).toFixed(1)} s`)
    case 'number':
      return (value) => String(Number(value.toPrecision(4)))
  }
}
