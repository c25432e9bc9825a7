/** How the models have done from run to run: a chart for each model and prompt, what its control chart says, and the numbers. */
import type {
  HistoryLine,
  HistoryNight,
  HistoryReport,
  HistorySegment,
  HistorySeries,
} from '../../gate/history/types.ts'
import { plural } from '../../lib/text.ts'
import { changeLine, chartLines, estimateText, marksOf, stoppedLine, unitOf } from '../../report/history.ts'
import { html, type Markup } from '../../report/html/markup.ts'
import { integer } from '../../report/numbers.ts'
import type { Page } from '../respond.ts'
import type { TrendData } from '../trend-data.ts'
import { page } from './frame.ts'
import { addressOf, name, simulatedBadge, time, verdictBadge, visible } from './words.ts'

const SERIES_SHOWN = 24
const NIGHTS_SHOWN = 60

/** What was chosen, each of what there is. */
export interface TrendsQuery {
  readonly dataset: string
  readonly metric: string
  /** Empty: all. */
  readonly model: string
  /** A day or a time; earlier runs are left out. Empty: none are. */
  readonly since: string
}

export interface TrendsChoices {
  readonly datasets: readonly string[]
  readonly metrics: readonly string[]
  readonly models: readonly string[]
}

/** What there is to choose from, and what is shown: without a word of somebody's own the dataset of the last run and its pass rate. */
export function trendsQuery(
  lines: readonly HistoryLine[],
  query: URLSearchParams,
): { readonly chosen: TrendsQuery; readonly choices: TrendsChoices } {
  const distinct = (of: (line: HistoryLine) => string, from = lines): string[] => [...new Set(from.map(of))].sort()
  const dataset = query.get('dataset') ?? lines.at(-1)?.dataset ?? ''
  const ofDataset = lines.filter((line) => line.dataset === dataset)
  return {
    chosen: {
      dataset,
      metric: query.get('metric') ?? 'pass_rate',
      model: query.get('model') ?? '',
      since: query.get('since') ?? '',
    },
    choices: {
      datasets: distinct((line) => line.dataset),
      metrics: distinct((line) => line.metric, ofDataset),
      models: distinct((line) => line.model, ofDataset),
    },
  }
}

/** `folderOf` names the folder of a run that is still there. */
export function trendsPage(
  report: HistoryReport,
  { chosen, choices }: ReturnType<typeof trendsQuery>,
  folderOf: (runId: string) => string | undefined,
): Page {
  const shown = report.series.slice(0, SERIES_SHOWN)
  const left = report.series.length - shown.length
  return page({
    name: 'trends',
    title: 'Trends',
    data: { unit: unitOf(report.metric), metric: report.metric, series: shown.map(chartData) } satisfies TrendData,
    body: html`<h1>Trends</h1>
${chooser(chosen, choices)}
${shown.map((series, index) => seriesSection(series, { index, folderOf }))}
${left > 0 ? html`<p class="muted">${plural(left, 'more series')}: choose a model.</p>` : null}`,
  })
}

function chooser(chosen: TrendsQuery, { datasets, metrics, models }: TrendsChoices): Markup {
  const options = (all: readonly string[], value: string): readonly Markup[] =>
    all.map((one) => html`<option value="${one}"${one === value ? html` selected` : null}>${visible(one)}</option>`)
  return html`<form id="filter" class="filters" method="get" action="trends">
<label>Dataset <select name="dataset">${options(datasets, chosen.dataset)}</select></label>
<label>Metric <select name="metric">${options(metrics, chosen.metric)}</select></label>
<label>Since <input type="date" name="since" value="${chosen.since.slice(0, 10)}"></label>
<label>Model <select name="model"><option value="">all</option>${options(models, chosen.model)}</select></label>
<button>Show</button>
</form>`
}

function seriesSection(
  series: HistorySeries,
  { index, folderOf }: { readonly index: number; readonly folderOf: (runId: string) => string | undefined },
): Markup {
  const nights = series.segments.flatMap((segment) => segment.nights.map((night) => ({ night, segment })))
  const shown = nights.slice(-NIGHTS_SHOWN).toReversed()
  const isSimulated = series.segments.some(({ simulated }) => simulated)
  const label = `${series.metric} of ${series.model}, ${series.prompt}, over ${plural(nights.length, 'run')}; the table below has the numbers`
  return html`<section>
<h2>${name(series.model)} <span class="muted">${name(series.prompt)}</span> ${isSimulated ? simulatedBadge() : null}</h2>
<figure class="panel"><div class="scroll chart" data-chart="${index}" role="img" aria-label="${visible(label)}"></div></figure>
${series.segments.map((segment) => segmentText(series.metric, segment, series.segments.length > 1))}
<details${nights.length <= 12 ? html` open` : null}><summary>${nights.length > shown.length ? `The last ${integer(shown.length)} of ${plural(nights.length, 'run')}` : plural(nights.length, 'run')}</summary>
<div class="scroll" tabindex="0" role="group" aria-label="Runs of ${visible(series.model)}"><table><thead><tr><th scope="col">Started (UTC)</th><th scope="col">Run</th><th scope="col" class="number">${visible(series.metric)} [interval]</th><th scope="col" class="number">n</th><th scope="col">Verdict</th><th scope="col">Remarks</th></tr></thead><tbody>
${shown.map(({ night }) => nightRow(series.metric, night, folderOf))}</tbody></table></div></details>
</section>`
}

function segmentText(metric: string, segment: HistorySegment, isNamed: boolean): Markup {
  const { nights, changed, changes, scorers, planned } = segment
  const first = nights[0]
  const texts = [
    ...changes.map((change) => changeLine(metric, change)),
    ...chartLines(metric, segment),
    ...stoppedLine(nights),
  ]
  const head = isNamed
    ? html`<h3>${first === undefined ? null : html`From ${time(first.startedAt)} `}${changed.length === 0 ? null : html`<span class="muted">(not comparable with what was before: ${visible(changed.join('; '))})</span>`}</h3>`
    : null
  return html`${head}<p class="small muted">${plural(nights.length, 'run')} of ${plural(planned, 'trial')}, scored by ${visible(scorers || 'the rows')}</p>
<ul class="plain">${texts.map((text) => html`<li>${visible(text)}</li>`)}</ul>`
}

function nightRow(metric: string, night: HistoryNight, folderOf: (runId: string) => string | undefined): Markup {
  const folder = folderOf(night.runId)
  // The verdict has a cell of its own.
  const remarks = marksOf({ ...night, verdict: null })
  return html`<tr><td>${time(night.startedAt)}</td><th scope="row">${folder === undefined ? name(night.runId) : html`<a href="${addressOf('run', folder)}">${name(night.runId)}</a>`}</th><td class="number">${estimateText(metric, night)}</td><td class="number">${integer(night.n)}</td><td>${night.verdict === null ? '–' : verdictBadge(night.verdict)}</td><td>${remarks}</td></tr>\n`
}

function chartData({ segments }: HistorySeries): TrendData['series'][number] {
  return {
    segments: segments.map(({ nights, chart }) => ({
      mean: chart?.mean ?? null,
      nights: nights.map(({ startedAt, value, low, high, alarm, isCharted }) => ({
        at: startedAt.slice(0, 16).replace('T', ' '),
        value,
        low,
        high,
        alarm,
        isCharted,
      })),
    })),
  }
}
