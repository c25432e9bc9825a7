/** Where is it better, and where worse? */
import type { GroupSummary, Summary } from '../../../stats/types.ts'
import { againstRest } from '../../group-figures.ts'
import { dollars, integer, percent, percentWithInterval, pointsOf, pValue } from '../../numbers.ts'
import { oneLine } from '../../../lib/text.ts'
import type { Markup } from '../markup.ts'
import type { SliceChart } from './chart-data.ts'
import { dataTable, figureSection, seriesLegend } from './figure.ts'
import { isolated, nameOf, shortNames } from './names.ts'

/** Of an adjusted p-value: below this a slice is said to differ. */
const ALPHA = 0.05

/** More slices, or more rates in them, make a picture that nobody reads; all of them are in the table. */
const SLICES_DRAWN = 40
const RATES_DRAWN = 120

/** With more models than these the lines of their rates over all rows would hide what they are compared with. */
const MOST_LINES = 4

/** Sentences about single slices, at most. */
const SLICES_READ = 3

interface Slice {
  readonly name: string
  readonly groups: readonly GroupSummary[]
}

/** Columns in the order they were asked for; within one the best first, by the mean over the models. */
function sortedSlices({ slices }: Summary): Slice[] {
  const byName = new Map<string, GroupSummary[]>()
  for (const group of slices) byName.set(group.slice, [...(byName.get(group.slice) ?? []), group])
  const columns = [...new Set([...byName.keys()].map(columnOf))]
  return [...byName]
    .map(([name, groups]) => ({ name, groups, rate: meanRate(groups) }))
    .sort((a, b) => columns.indexOf(columnOf(a.name)) - columns.indexOf(columnOf(b.name)) || b.rate - a.rate)
}

/** For the order alone: a column may have a "=" in its name. */
function columnOf(slice: string): string {
  return slice.slice(0, slice.indexOf('='))
}

/** Without an answer it comes last. */
function meanRate(groups: readonly GroupSummary[]): number {
  const rates = groups.flatMap(({ passRate: { value } }) => (value === null ? [] : [value]))
  return rates.length === 0 ? -1 : rates.reduce((sum, rate) => sum + rate, 0) / rates.length
}

function differs({ differsFromRest }: GroupSummary): boolean {
  return (differsFromRest?.pAdjusted ?? 1) < ALPHA
}

/** Of more slices than a picture holds those that differ most surely from the rest, in their order. */
function drawn(slices: readonly Slice[]): readonly Slice[] {
  const perSlice = Math.max(1, ...slices.map(({ groups }) => groups.length))
  const room = Math.max(1, Math.min(SLICES_DRAWN, Math.floor(RATES_DRAWN / perSlice)))
  if (slices.length <= room) return slices
  const chance = ({ groups }: Slice): number =>
    Math.min(...groups.map(({ differsFromRest }) => differsFromRest?.pAdjusted ?? 1))
  const distance = ({ groups }: Slice): number =>
    Math.max(...groups.map(({ differsFromRest }) => Math.abs(differsFromRest?.difference ?? 0)))
  const sorted = [...slices].sort((a, b) => chance(a) - chance(b) || distance(b) - distance(a))
  const most = new Set(sorted.slice(0, room))
  return slices.filter((slice) => most.has(slice))
}

export function sliceChart(summary: Summary): SliceChart {
  const places = new Map(summary.groups.map(({ model, prompt }, series) => [JSON.stringify([model, prompt]), series]))
  return {
    overall: summary.groups.length > MOST_LINES ? [] : summary.groups.map(({ passRate }) => passRate.value),
    slices: drawn(sortedSlices(summary)).map(({ name, groups }) => ({
      name: oneLine(name, 60),
      rates: groups.flatMap((group) => {
        const { model, prompt, passRate } = group
        const series = places.get(JSON.stringify([model, prompt]))
        if (series === undefined || passRate.value === null) return []
        const mark = differs(group) ? againstRest(group.differsFromRest) : null
        return [{ series, passRate: { value: passRate.value, low: passRate.low, high: passRate.high }, mark }]
      }),
    })),
  }
}

/** Null where no slices were asked for. */
export function sliceSection(summary: Summary): Markup | null {
  const slices = sortedSlices(summary)
  if (slices.length === 0) return null
  const several = summary.groups.length > 1
  const shown = drawn(slices).length
  return figureSection({
    id: 'slices',
    title: 'Slices',
    reading: [
      `${reading(summary)}${summary.groups.length > MOST_LINES ? '' : ' Upright lines are the rates over all rows.'}`,
      ...fewerText(slices.length, shown),
    ],
    legend: seriesLegend(shortNames(summary)),
    places: [
      {
        chart: 'slices',
        label: `Pass rate with its interval in ${shown} slices, beside the rate over all rows; the table below has the figures`,
      },
    ],
    table: dataTable(
      [
        { head: 'slice' },
        ...(several ? [{ head: 'model' }] : []),
        { head: 'pass rate [95 %]', isNumber: true },
        { head: 'against the rest', isNumber: true },
        { head: 'scored', isNumber: true },
        { head: 'cost', isNumber: true },
      ],
      slices.flatMap(({ name, groups }) =>
        groups.map((group) => [
          isolated(oneLine(name, 120)),
          ...(several ? [isolated(nameOf(group, summary))] : []),
          percentWithInterval(group.passRate),
          againstRest(group.differsFromRest),
          `${integer(group.scored)} of ${integer(group.planned)}`,
          dollars(group.costUsd),
        ]),
      ),
    ),
  })
}

function fewerText(slices: number, shown: number): string[] {
  if (slices === shown) return []
  return [
    `Of ${integer(slices)} slices the ${shown} that differ most surely from the rest are drawn; the table has all.`,
  ]
}

/** Which slices differ provably from the other rows. */
function reading(summary: Summary): string {
  const several = summary.groups.length > 1
  const found = summary.slices
    .filter(differs)
    .sort((a, b) => (a.differsFromRest?.pAdjusted ?? 1) - (b.differsFromRest?.pAdjusted ?? 1))
  const how = 'p-values adjusted for the number of slices, below 0.05'
  if (found.length === 0) return `No slice differs provably from the other rows (${how}).`
  const told = found.slice(0, SLICES_READ).map((group) => {
    const { difference = 0, restPassRate = null, pAdjusted = null } = group.differsFromRest ?? {}
    const p = pAdjusted === null ? '' : `, p ${pValue(pAdjusted)}`
    return (
      `${oneLine(group.slice, 60)}${several ? ` of ${nameOf(group, summary)}` : ''} ` +
      `(${percent(group.passRate.value)} against ${percent(restPassRate)}: ${pointsOf(difference)} points${p})`
    )
  })
  const more = found.length - told.length
  return `What differs from the other rows: ${told.join(', ')}${more === 0 ? '' : `, and ${integer(more)} more`}; ${how}. Their signs are filled.`
}
