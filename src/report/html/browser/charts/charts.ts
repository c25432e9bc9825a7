/** Draws the charts into the places that the overview has left for them. */
import type { ChartData } from '../../overview/chart-data.ts'
import { costs } from './costs.ts'
import { latency } from './latency.ts'
import { keyOf } from './plot.ts'
import { qualityCost } from './quality-cost.ts'
import { slices } from './slices.ts'

/** By the name that a place has in `data-chart`. */
const CHARTS: Readonly<Record<string, (data: ChartData, width: number) => SVGElement | null>> = {
  'quality-cost': qualityCost,
  slices,
  costs,
  'latency-ttft': (data, width) => latency(data, ({ ttft }) => ttft, width),
  'latency-total': (data, width) => latency(data, ({ total }) => total, width),
}

/** Narrower than the narrowest phone nothing is drawn: the place is not shown. */
const LEAST_WIDTH = 120

/** Once: from then on each chart follows the width of its place. */
export function drawCharts(root: Document): void {
  const data = dataOf(root)
  if (data === null) return
  for (const key of root.querySelectorAll<HTMLElement>('.key[data-series]')) {
    key.replaceChildren(keyOf(Number(key.dataset['series'])))
  }
  const observer = new ResizeObserver((entries) => {
    for (const { target } of entries) if (target instanceof HTMLElement) drawInto(target, data)
  })
  for (const place of root.querySelectorAll<HTMLElement>('[data-chart]')) {
    drawInto(place, data)
    observer.observe(place)
  }
}

function dataOf(root: Document): ChartData | null {
  const text = root.getElementById('chart-data')?.textContent
  return text ? (JSON.parse(text) as ChartData) : null
}

function drawInto(place: HTMLElement, data: ChartData): void {
  const width = Math.floor(place.clientWidth)
  if (width < LEAST_WIDTH || place.dataset['drawn'] === String(width)) return
  const chart = CHARTS[place.dataset['chart'] ?? '']?.(data, width)
  place.dataset['drawn'] = String(width)
  if (chart) place.replaceChildren(chart)
}
