/** Two runs, row by row: how their figures differ, and which answers went wrong or got right. */
import type { ComparedMetric, ComparedPair, ComparisonReport, Flip, FlipSide } from '../../gate/compare/types.ts'
import { plural } from '../../lib/text.ts'
import {
  adjustmentText,
  detectableText,
  differenceText,
  headingOf,
  metricName,
  namesOf,
  overlapTexts,
  pText,
  sentenceOf,
  valueText,
  warningsOf,
  winsText,
} from '../../report/comparison-words.ts'
import { html, type Markup } from '../../report/html/markup.ts'
import { integer } from '../../report/numbers.ts'
import type { Page } from '../respond.ts'
import type { ListedRun } from '../types.ts'
import { page } from './frame.ts'
import { addressOf, name, simulatedBadge, time, visible, warnings } from './words.ts'

/** Of longer answers the beginning is shown: the report has all. */
const MOST_CHARACTERS = 3_000

/** `runs` has the baseline first; one alone is compared inside itself. */
export function comparePage(report: ComparisonReport, runs: readonly ListedRun[]): Page {
  return page({
    name: 'compare',
    title: 'Comparison',
    body: html`<h1>${runs.length === 1 ? 'Inside one run' : 'Comparison'} ${report.simulated ? simulatedBadge() : null}</h1>
${sides(runs)}
${warnings(overlapTexts(report))}
<p class="muted">Differences are candidate − baseline, intervals 95 %. MDE: what 80 % of comparisons of this size would prove.</p>
${warnings(report.notes)}
${report.pairs.map((pair) => pairSection(pair, report))}
${adjustmentText(report).map((text) => html`<p class="small muted">${text}</p>`)}`,
  })
}

function sides(runs: readonly ListedRun[]): Markup {
  const [baseline, candidate] = runs
  const swapped = new URLSearchParams({ baseline: candidate?.name ?? '', candidate: baseline?.name ?? '' })
  const side = (role: string, { name: folder, manifest }: ListedRun): Markup =>
    html`<div><dt>${role}</dt><dd><a href="${addressOf('run', folder)}">${name(folder)}</a><br><span class="small muted">${name(manifest.dataset.name)} · ${time(manifest.startedAt)} UTC</span></dd></div>`
  return html`<dl class="sides">${runs.map((run, index) => side(runs.length === 1 ? 'Run' : index === 0 ? 'Baseline' : 'Candidate', run))}</dl>
${candidate === undefined ? null : html`<p><a href="compare?${swapped.toString()}">The other way round</a></p>`}`
}

function pairSection(pair: ComparedPair, report: ComparisonReport): Markup {
  const heading = headingOf(pair, report)
  const names = namesOf(pair)
  const quality = pair.metrics.filter(({ kind }) => kind === 'quality')
  const [main] = quality
  return html`<section>
<h2>${name(heading.candidate)}${heading.baseline === null ? null : html` against ${name(heading.baseline)}`}</h2>
<ul class="plain">${quality.map((metric) => html`<li>${visible(sentenceOf(metric, names))}</li>`)}</ul>
${metricsTable(pair.metrics)}
${main === undefined ? null : html`<p class="small muted">${visible(main.name)}: ${winsText(main)}.</p>`}
${warnings([...warningsOf(pair.metrics), ...pair.notes])}
${slicesTable(pair)}
${flips(pair)}
</section>`
}

function metricsTable(metrics: readonly ComparedMetric[]): Markup {
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Figures"><table><thead><tr><th scope="col">Metric</th><th scope="col" class="number">Baseline</th><th scope="col" class="number">Candidate</th><th scope="col" class="number">Points, × ratio [95 %]</th><th scope="col" class="number">p</th><th scope="col" class="number">MDE</th><th scope="col" class="number">Answers</th></tr></thead><tbody>
${metrics.map(
  (metric) =>
    html`<tr><th scope="row">${visible(metricName(metric))}</th><td class="number">${valueText(metric, metric.baseline)}</td><td class="number">${valueText(metric, metric.candidate)}</td><td class="number ${proven(metric)}">${differenceText(metric)}</td><td class="number">${pText(metric.adjustedPValue)}</td><td class="number">${detectableText(metric)}</td><td class="number">${integer(metric.pairs)}</td></tr>\n`,
)}</tbody></table></div>`
}

/** Colour for what is proven alone. */
function proven({ isProven, kind, difference, ratio }: ComparedMetric): string {
  if (!isProven) return ''
  const isHigher = kind === 'latency' ? (ratio?.value ?? 1) > 1 : (difference ?? 0) > 0
  return isHigher === (kind === 'quality') ? 'good-text' : 'bad-text'
}

function slicesTable({ slices }: ComparedPair): Markup | null {
  if (slices.length === 0) return null
  return html`<h3>Slices</h3>
<div class="scroll" tabindex="0" role="group" aria-label="Slices"><table><thead><tr><th scope="col">Slice</th><th scope="col" class="number">Samples</th><th scope="col" class="number">Baseline</th><th scope="col" class="number">Candidate</th><th scope="col" class="number">Points [95 %]</th><th scope="col" class="number">p</th></tr></thead><tbody>
${slices.map(
  (slice) =>
    html`<tr><th scope="row">${name(slice.slice)}</th><td class="number">${integer(slice.samples)}</td><td class="number">${valueText(slice, slice.baseline)}</td><td class="number">${valueText(slice, slice.candidate)}</td><td class="number ${proven(slice)}">${differenceText(slice)}</td><td class="number">${pText(slice.adjustedPValue)}</td></tr>\n`,
)}</tbody></table></div>`
}

function flips({ flips: counts }: ComparedPair): Markup | null {
  if (counts === null) return null
  const { wrong, right, listed } = counts
  const list = (went: Flip['went'], heading: string, count: number): Markup | null => {
    const those = listed.filter((flip) => flip.went === went)
    if (count === 0) return null
    const left = count - those.length
    return html`<h3>${heading}: ${integer(count)}</h3>
${those.map(flipArticle)}${left > 0 ? html`<p class="muted">and ${integer(left)} more: <code>assay compare --out</code> writes all of them to flips.csv</p>` : null}`
  }
  if (wrong + right === 0) return html`<p>No answer changed between right and wrong.</p>`
  return html`${list('wrong', 'Went wrong', wrong)}${list('right', 'Got right', right)}`
}

function flipArticle({ sample, epoch, expected, baseline, candidate }: Flip): Markup {
  return html`<article class="flip panel">
<h4>${name(sample)}${epoch > 1 ? html` <span class="muted">epoch ${epoch}</span>` : null}</h4>
${expected === null ? null : html`<p class="small"><span class="muted">Expected</span> <span class="text" dir="auto">${visible(expected.join(' | '))}</span></p>`}
<div class="pair">${answer('Baseline', baseline)}${answer('Candidate', candidate)}</div>
</article>
`
}

function answer(role: string, { output, isTruncated, reason }: FlipSide): Markup {
  return html`<div><h5>${role}${isTruncated ? html` <span class="badge warn">truncated</span>` : null}</h5>
${output === null ? html`<p class="muted">the journal is gone</p>` : output === '' ? html`<p class="muted">empty</p>` : shortened(output)}
${reason === '' ? null : html`<p class="small muted text" dir="auto">${visible(reason)}</p>`}</div>`
}

function shortened(output: string): Markup {
  const left = output.length - MOST_CHARACTERS
  return html`<pre class="text" dir="auto">${visible(output.slice(0, MOST_CHARACTERS))}</pre>${left > 0 ? html`<p class="small muted">${plural(left, 'more character')}: the report has them</p>` : null}`
}
