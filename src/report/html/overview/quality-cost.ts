/** Which model gives how much for the money? */
import type { ReportedRun } from '../../types.ts'
import { dollars, percent, percentWithInterval, dollarsWithInterval } from '../../numbers.ts'
import type { Markup } from '../markup.ts'
import type { QualityCostPoint } from './chart-data.ts'
import { dataTable, figureSection, seriesLegend } from './figure.ts'
import { onFrontier } from './frontier.ts'
import { firstOf, isolated, nameOf, shortNames } from './names.ts'

/** Groups whose cost and pass rate are both known. Cost counts retries, which depend on the course of events. */
export function qualityCostPoints({ summary, timings }: ReportedRun): QualityCostPoint[] {
  if (!timings || summary.provider === 'replay') return []
  const offers = summary.groups.flatMap(({ passRate, costPer1000Usd, meanCostUsd: { per1000 } }, series) => {
    if (passRate.value === null || costPer1000Usd === null) return []
    const cost = Number(costPer1000Usd)
    return [{ series, quality: passRate.value, cost, passRate, per1000 }]
  })
  const frontier = onFrontier(offers)
  return offers.map((offer) => ({
    series: offer.series,
    passRate: { value: offer.quality, low: offer.passRate.low, high: offer.passRate.high },
    costPer1000Usd: { value: offer.cost, low: offer.per1000.low, high: offer.per1000.high },
    isOnFrontier: frontier.has(offer),
  }))
}

/** Null where there are no two to compare. */
export function qualityCostSection(run: ReportedRun): Markup | null {
  const { summary } = run
  const points = qualityCostPoints(run)
  if (points.length < 2) return null
  const name = (series: number): string => {
    const group = summary.groups[series]
    return group === undefined ? '' : nameOf(group, summary)
  }
  const names = (isOnFrontier: boolean): string =>
    firstOf(
      points
        .filter((point) => point.isOnFrontier === isOnFrontier)
        .map(
          ({ series, passRate, costPer1000Usd }) =>
            `${name(series)} (${percent(passRate.value)} at ${dollars(String(costPer1000Usd.value))} per 1,000)`,
        ),
    ).join(', ')
  const beaten = names(false)
  const unknown = summary.groups.length - points.length
  return figureSection({
    id: 'quality-cost',
    title: 'Quality and cost',
    reading: [
      `On the frontier, so that no other one is at once better and cheaper: ${names(true)}.${beaten === '' ? '' : ` Not on it: ${beaten}.`}` +
        ' Bars are 95 % intervals: where they overlap, the order may be chance.' +
        (unknown === 0 ? '' : ` Not shown, for want of a known cost or pass rate: ${unknown}.`),
    ],
    legend: seriesLegend(shortNames(summary)),
    places: [
      {
        chart: 'quality-cost',
        label: `Pass rate against cost per 1,000 answers of ${points.length} models, with intervals and the frontier; the table below has the figures`,
      },
    ],
    table: dataTable(
      [
        { head: 'model' },
        { head: 'pass rate [95 %]', isNumber: true },
        { head: 'cost per 1,000', isNumber: true },
        { head: 'on the frontier' },
      ],
      points.flatMap(({ series, isOnFrontier }) => {
        const group = summary.groups[series]
        if (group === undefined) return []
        return [
          [
            isolated(name(series)),
            percentWithInterval(group.passRate),
            dollarsWithInterval(group.costPer1000Usd, group.meanCostUsd.per1000),
            isOnFrontier ? 'yes' : 'no',
          ],
        ]
      }),
    ),
  })
}
