/** What the costs of each model consist of: a bar, its parts one after the other. */
import { axisX, barX, gridX, pointer, ruleX, stackX, text, tip } from '@observablehq/plot'
import type { ChartData } from '../../overview/chart-data.ts'
import { drawn, FONT_SIZE, GRID, OVER_MARKS, usdText, TIP } from './plot.ts'

const BAR = 18
const LINE = 46

interface Piece {
  readonly series: number
  readonly part: number
  readonly usd: number
}

/** The colours of parts are not those of models. */
function partColour(part: number): string {
  return `var(--part-${part + 1})`
}

export function costs({ costs: { parts, bars }, series }: ChartData, width: number): SVGElement | null {
  if (bars.length === 0) return null
  const pieces: Piece[] = bars.flatMap(({ series: place, amounts }) =>
    amounts.map((usd, part) => ({ series: place, part, usd })).filter(({ usd }) => usd !== 0),
  )
  const totals = bars.map(({ series: place, amounts }) => ({
    series: place,
    usd: amounts.reduce((sum, usd) => sum + usd, 0),
  }))
  const ticks = Math.max(2, Math.floor(width / 130))
  const stacked = stackX({ x: 'usd', y: 'series', order: 'part' } as const)
  return drawn({
    width,
    height: bars.length * LINE + 48,
    marginLeft: 16,
    marginRight: 24,
    marginTop: 8,
    marginBottom: 28,
    style: { fontSize: `${FONT_SIZE}px` },
    x: { label: null, nice: true },
    y: {
      type: 'band',
      axis: null,
      domain: totals.map(({ series: place }) => place),
      paddingInner: 1 - BAR / LINE,
      paddingOuter: 0.9,
    },
    color: { type: 'identity' },
    marks: [
      gridX({ ...GRID, ticks }),
      axisX({ ticks, tickFormat: usdText, label: null, tickSize: 0 }),
      barX(pieces, {
        ...stacked,
        fill: ({ part }: Piece) => partColour(part),
        stroke: 'var(--surface)',
        strokeWidth: 1,
      }),
      ruleX([0], { stroke: 'var(--muted)' }),
      text(totals, {
        x: 0,
        y: 'series',
        dy: -BAR,
        dx: 2,
        textAnchor: 'start',
        text: ({ series: place, usd }: (typeof totals)[number]) => `${series[place] ?? ''}: ${usdText(usd)}`,
        ...OVER_MARKS,
      }),
      tip(
        pieces,
        pointer({
          ...TIP,
          ...stacked,
          title: ({ part, usd }: Piece) => `${parts[part] ?? ''}\n${usdText(usd)}`,
        }),
      ),
    ],
  })
}
