/** The list of runs: newest first, with what became of each. */
import { dollars, integer } from '../../report/numbers.ts'
import { html, type Markup } from '../../report/html/markup.ts'
import { plural } from '../../lib/text.ts'
import type { Page } from '../respond.ts'
import type { ListedBaseline, ListedRun, Listing, LiveSnapshot, UnreadableRun } from '../types.ts'
import { page, part } from './frame.ts'
import { addressOf, name, rate, simulatedBadge, statusBadge, time, verdictBadge, visible } from './words.ts'

const RUNS_SHOWN = 100
const GROUPS_SHOWN = 4

/** Which runs are to be seen. */
export interface RunsQuery {
  /** Exact name; empty: all. */
  readonly dataset: string
  /** Words that a run has all of, in its name, dataset, models, prompts or scorers. */
  readonly text: string
  /** From 1. */
  readonly page: number
}

export function runsQuery(query: URLSearchParams): RunsQuery {
  const number = Number(query.get('page') ?? '1')
  return {
    dataset: query.get('dataset') ?? '',
    text: query.get('text') ?? '',
    page: Number.isInteger(number) && number > 0 ? number : 1,
  }
}

/** What is known of runs that go on, by name. */
export type Progress = ReadonlyMap<string, LiveSnapshot>

export function runsPage(listing: Listing, query: RunsQuery, progress: Progress): Page {
  return page({
    name: 'runs',
    title: 'Runs',
    body: html`<h1>Runs</h1>
${
  listing.runs.length + listing.unreadable.length === 0
    ? beginning()
    : html`${filters(listing, query)}
${comparison()}`
}
${Object.entries(runsParts(listing, query, progress)).map(([id, text]) => part(id, text))}`,
  })
}

/** What changes while the page is open. */
export function runsParts(listing: Listing, query: RunsQuery, progress: Progress): Readonly<Record<string, Markup>> {
  const found = listing.runs.filter((run) => isWanted(run, query))
  const pages = Math.max(1, Math.ceil(found.length / RUNS_SHOWN))
  const shown = Math.min(query.page, pages)
  const runs = found.slice((shown - 1) * RUNS_SHOWN, shown * RUNS_SHOWN)
  return {
    count: html`<p class="muted" role="status">${countText(found.length, listing.runs.length)}</p>`,
    runs: runs.length === 0 ? html`` : runsTable(runs, progress),
    pages: pageLinks(query, shown, pages),
    unreadable: unreadableList(listing.unreadable),
    baselines: baselinesTable(listing.baselines),
  }
}

function beginning(): Markup {
  return html`<div class="panel"><p>There is no run under <code>results/</code> so far. Begin with one:</p>
<pre><code>assay eval --dataset qa.csv</code></pre>
<p>It shows up here as soon as it has started.</p></div>`
}

function countText(found: number, all: number): string {
  if (all === 0) return ''
  return found === all ? plural(all, 'run') : `${integer(found)} of ${plural(all, 'run')}`
}

function isWanted({ name: folder, models, manifest }: ListedRun, { dataset, text }: RunsQuery): boolean {
  if (dataset !== '' && manifest.dataset.name !== dataset) return false
  const said = [
    folder,
    manifest.runId,
    manifest.dataset.name,
    ...models,
    ...manifest.prompts.map((prompt) => prompt.name),
    ...manifest.scorers,
  ]
    .join('\n')
    .toLowerCase()
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => said.includes(word))
}

function filters({ runs }: Listing, query: RunsQuery): Markup {
  const datasets = [...new Set(runs.map(({ manifest }) => manifest.dataset.name))].sort()
  return html`<form id="filter" class="filters" method="get" action="./" role="search">
<label>Dataset <select name="dataset"><option value="">all</option>${datasets.map(
    (dataset) =>
      html`<option value="${dataset}"${dataset === query.dataset ? html` selected` : null}>${visible(dataset)}</option>`,
  )}</select></label>
<label>Search <input type="search" name="text" value="${query.text}" placeholder="model, prompt, scorer, folder"></label>
<button>Show</button>
</form>`
}

function comparison(): Markup {
  return html`<form id="compare" class="chosen" method="get" action="compare" aria-label="Compare">
<p id="chosen">Choose two runs of the same questions to compare them, or one to compare its models.</p>
<button>Compare</button>
</form>`
}

function runsTable(runs: readonly ListedRun[], progress: Progress): Markup {
  return html`<table class="runs">
<caption class="unseen">Runs, the one that began last first</caption>
<thead><tr><th scope="col"><span class="unseen">Compare</span></th><th scope="col">Run</th><th scope="col">Status</th><th scope="col">Pass rate [95 %]</th><th scope="col" class="number">Answered</th><th scope="col" class="number">Cost</th><th scope="col">Verdict</th><th scope="col">Started (UTC)</th></tr></thead>
<tbody>
${runs.map((run) => runRow(run, progress.get(run.name)))}</tbody>
</table>`
}

function runRow(run: ListedRun, live: LiveSnapshot | undefined): Markup {
  const { manifest, status, figures } = run
  return html`<tr>
<td class="choice"><input type="checkbox" form="compare" name="run" value="${run.name}" aria-label="Compare ${visible(run.name)}"></td>
<th scope="row"><a href="${addressOf('run', run.name)}">${name(manifest.dataset.name)}</a> ${manifest.simulated ? simulatedBadge() : null}<br><span class="small muted">${name(run.name)}</span></th>
<td data-label="Status">${statusBadge(status)}</td>
<td data-label="Pass rate">${rates(run, live)}</td>
<td data-label="Answered" class="number">${answered(run, live)}</td>
<td data-label="Cost" class="number">${live === undefined ? (figures === null ? '–' : dollars(figures.costUsd)) : dollars(live.costUsd)}</td>
<td data-label="Verdict">${status === 'running' || figures === null || figures.verdict === null ? '–' : verdictBadge(figures.verdict)}</td>
<td data-label="Started">${time(manifest.startedAt)}</td>
</tr>
`
}

function answered({ manifest, figures }: ListedRun, live: LiveSnapshot | undefined): Markup {
  if (live !== undefined) {
    return html`<progress max="${live.planned}" value="${live.settled}" aria-label="Settled"></progress> ${integer(live.settled)} of ${integer(live.planned)}`
  }
  if (figures === null) return html`of ${integer(manifest.trials)}`
  const failed =
    figures.failed === 0 ? null : html`<br><span class="small bad-text">${integer(figures.failed)} failed</span>`
  return html`${integer(figures.completed)} of ${integer(manifest.trials)}${failed}`
}

/** A line per model × prompt, the first of them. */
function rates({ models, figures }: ListedRun, live: LiveSnapshot | undefined): Markup {
  const groups =
    live === undefined
      ? (figures?.groups ?? []).map(({ model, prompt, passRate }) => ({ model, prompt, passRate }))
      : live.groups.map(({ model, prompt, passRate: { estimate, low, high, method }, scored }) => ({
          model,
          prompt,
          passRate: { value: estimate, low, high, n: scored, method },
        }))
  if (groups.length === 0) {
    return html`<ul class="groups">${models.map((model) => html`<li>${name(model)}</li>`)}</ul>`
  }
  const hasPrompts = new Set(groups.map(({ prompt }) => prompt)).size > 1
  const more = groups.length - GROUPS_SHOWN
  return html`<ul class="groups">${groups
    .slice(0, GROUPS_SHOWN)
    .map(
      ({ model, prompt, passRate }) =>
        html`<li><span class="model">${name(model)}${hasPrompts ? html` · ${name(prompt)}` : null}</span> ${rate(passRate)}</li>`,
    )}${more > 0 ? html`<li class="small muted">and ${integer(more)} more</li>` : null}</ul>`
}

function pageLinks(query: RunsQuery, shown: number, pages: number): Markup {
  if (pages === 1) return html``
  const to = (place: number): string =>
    `./?${new URLSearchParams({ dataset: query.dataset, text: query.text, page: String(place) }).toString()}`
  return html`<nav class="pages" aria-label="Pages of the list">${shown > 1 ? html`<a href="${to(shown - 1)}" rel="prev">Newer</a>` : null}
<span>Page ${shown} of ${pages}</span>
${shown < pages ? html`<a href="${to(shown + 1)}" rel="next">Older</a>` : null}</nav>`
}

function unreadableList(unreadable: readonly UnreadableRun[]): Markup {
  if (unreadable.length === 0) return html``
  return html`<h2>Cannot be read</h2>
<table><thead><tr><th scope="col">Folder</th><th scope="col">Why</th></tr></thead><tbody>${unreadable.map(
    ({ name: folder, reason }) => html`<tr><th scope="row">${name(folder)}</th><td>${visible(reason)}</td></tr>\n`,
  )}</tbody></table>`
}

function baselinesTable(baselines: readonly ListedBaseline[]): Markup {
  if (baselines.length === 0) return html``
  return html`<h2>Kept baselines</h2>
<div class="scroll" tabindex="0" role="group" aria-label="Kept baselines"><table><thead><tr><th scope="col">Name</th><th scope="col">Dataset</th><th scope="col">Models</th><th scope="col">Runs</th><th scope="col">Started (UTC)</th></tr></thead><tbody>${baselines.map(baselineRow)}</tbody></table></div>`
}

function baselineRow({ name: kept, facts }: ListedBaseline): Markup {
  if (facts === null) {
    return html`<tr><th scope="row">${name(kept)}</th><td colspan="4">its file cannot be read: accept the run again</td></tr>\n`
  }
  return html`<tr><th scope="row">${name(kept)}</th><td>${name(facts.dataset)} ${facts.simulated ? simulatedBadge() : null}</td><td>${name(facts.models.join(', '))}</td><td>${facts.runIds.map((id) => html`${name(id)}<br>`)}</td><td>${time(facts.startedAt)}</td></tr>\n`
}
