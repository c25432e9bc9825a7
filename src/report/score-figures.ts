/** What the scorers found, for the last screen: their means, epochs reduced, figures over all answers, people's word. */
import { oneLine } from '../lib/text.ts'
import type { MetricTable } from '../score/types.ts'
import type { Calibration, GroupSummary, Summary } from '../stats/types.ts'
import { meaningOf } from './calibration.ts'
import { dollars, integer, numberWithInterval, percentWithInterval } from './numbers.ts'
import { framed, type TableOptions } from './table.ts'

/** Rows of the table of groups. Names are gathered over all groups, since a table has the same rows for each. */
export function scoreFigures(group: GroupSummary, { groups }: Pick<Summary, 'groups'>): Record<string, string> {
  const figures: [string, string][] = []
  const labels = namesOf(groups, ({ scores }) => scores)
  if (labels.length > 1 || groups.some(isGraded)) {
    for (const label of labels) figures.push([oneLine(label, 40), meanOf(group, label)])
  }
  for (const name of namesOf(groups, ({ reduced }) => reduced)) {
    figures.push([`pass, ${name}`, percentOf(group.reduced[name])])
  }
  for (const label of namesOf(groups, ({ metrics }) => metrics)) {
    const shown = group.metrics[label]?.figures ?? {}
    for (const name of namesOf(groups, ({ metrics }) => metrics[label]?.figures ?? {})) {
      const figure = shown[name]
      figures.push([`${oneLine(label, 30)} · ${name}`, figure === undefined ? '–' : numberWithInterval(figure)])
    }
  }
  if (groups.some(({ judgeCostUsd }) => judgeCostUsd !== '0')) figures.push(['judges', dollars(group.judgeCostUsd)])
  for (const name of namesOf(groups, correctedFigures)) figures.push([name, correctedFigures(group)[name] ?? '–'])
  return Object.fromEntries(figures)
}

/** Tables of counts below the figures, such as a confusion matrix; and what people's labels mean for the judge. */
export function scoreDetails({ groups }: Summary, { color, columns }: TableOptions): string[] {
  return groups.flatMap(({ model, metrics, calibration }) => [
    ...Object.entries(metrics).flatMap(([label, { table }]) => {
      if (table === undefined) return []
      const title = `${oneLine(model, 48)} · ${oneLine(label, 40)} · ${table.title}`
      const width = tableOf(table, false).indexOf('\n')
      return width > columns
        ? [`${title}: too wide for this terminal, see summary.json`]
        : [title, tableOf(table, color)]
    }),
    ...(calibration === null
      ? []
      : [`${oneLine(model, 48)} by people's labels:`, ...meaningOf(calibration).map((sentence) => `  ${sentence}`)]),
  ])
}

/** A mean that is no pass rate tells something of its own. */
function isGraded({ scores, passRate }: GroupSummary): boolean {
  return Object.values(scores).some(({ value }) => value !== passRate.value)
}

function correctedFigures({ calibration }: { readonly calibration: Calibration | null }): Record<string, string> {
  if (calibration === null) return {}
  const { corrected, human } = calibration
  return {
    'corrected by people': `${percentWithInterval(corrected)}${corrected.usesJudge ? '' : ' *'}`,
    'labelled: by people': percentWithInterval(human),
    agreement: percentWithInterval(calibration.agreement),
  }
}

function namesOf(groups: readonly GroupSummary[], of: (group: GroupSummary) => object): string[] {
  return [...new Set(groups.flatMap((group) => Object.keys(of(group))))]
}

/** How many answers are behind it is told where it is not all of them. */
function meanOf({ scores, completed }: GroupSummary, label: string): string {
  const mean = scores[label]
  if (mean === undefined || mean.n === completed) return percentOf(mean)
  return `${percentOf(mean)} of ${integer(mean.n)}`
}

function percentOf(estimate: GroupSummary['passRate'] | undefined): string {
  return estimate === undefined ? '–' : percentWithInterval(estimate)
}

function numberOf(value: number | null): string {
  return value === null ? '–' : String(Number(value.toFixed(4)))
}

function tableOf({ columns, rows }: MetricTable, color: boolean): string {
  return framed(
    ['', ...columns.map((column) => oneLine(column, 24))],
    rows.map(({ label, cells }) => [oneLine(label, 24), ...cells.map(numberOf)]),
    color,
  )
}
