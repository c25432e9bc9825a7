/** Which answers changed against the baseline, and by how much that moves the figures? */
import type { ComparedMetric, ComparedPair, ComparisonReport, Flip, FlipCounts } from '../../../gate/compare/types.ts'
import { oneLine, plural } from '../../../lib/text.ts'
import {
  adjustmentText,
  bothEnds,
  differenceText,
  headingOf,
  metricName,
  namesOf,
  overlapTexts,
  pText,
  sentenceOf,
  valueText,
  warningsOf,
} from '../../comparison-words.ts'
import { integer } from '../../numbers.ts'
import type { ReportedRun } from '../../types.ts'
import { EVERYTHING, fragmentOf } from '../browser/rows/state.ts'
import { html, type Markup } from '../markup.ts'
import { dataTable, scrolling } from './figure.ts'
import { isolated } from './names.ts'

/** Flips of each direction that are listed; all of them are counted, and `assay compare` lists them. */
const FLIPS_LISTED = 100

/** Characters of an answer in the list: the whole of it is in the row. */
const ANSWER_WIDTH = 160

/** Metrics that depend on the course of events. */
const TIMED: ReadonlySet<ComparedMetric['kind']> = new Set(['latency'])

/** Null without a baseline, or when its folder is gone. */
export function comparisonSection({ comparison, timings }: ReportedRun): Markup | null {
  if (comparison === null) return null
  const notes = [...overlapTexts(comparison), ...comparison.notes]
  return html`<section class="panel" id="baseline" aria-labelledby="baseline-title">
<h2 id="baseline-title">Against the baseline</h2>
${comparison.pairs.map((pair) => pairPart(pair, comparison, timings))}${adjustmentText(comparison).map((text) => html`<p class="muted small">${text}</p>\n`)}${list(notes)}</section>
`
}

function pairPart(pair: ComparedPair, report: ComparisonReport, timings: boolean): Markup {
  const { candidate, baseline } = headingOf(pair, report)
  const metrics = pair.metrics.filter(({ kind }) => timings || !TIMED.has(kind))
  const [main] = metrics
  return html`<h3>${isolated(oneLine(candidate, 160))}${baseline === null ? null : html` against ${isolated(oneLine(baseline, 160))}`}</h3>
${main === undefined ? null : html`<p>${sentenceOf(main, namesOf(pair))}</p>\n`}${pair.flips === null ? null : flipsPart(pair.flips, pair)}${scrolling(
  'Differences from the baseline',
  dataTable(
    [
      { head: 'metric' },
      ...['baseline', 'this run', 'difference [95 %]', 'p'].map((head) => ({ head, isNumber: true })),
      { head: 'proven' },
    ],
    metrics.map((metric) => [
      metricName(metric),
      valueText(metric, metric.baseline),
      valueText(metric, metric.candidate),
      differenceText(metric),
      pText(metric.adjustedPValue),
      metric.isProven ? 'yes' : 'no',
    ]),
  ),
)}${list([...warningsOf(metrics), ...pair.notes])}`
}

function list(texts: readonly string[]): Markup | null {
  if (texts.length === 0) return null
  return html`<ul class="notes">
${texts.map((text) => html`<li>${oneLine(text, 500)}</li>\n`)}</ul>
`
}

function flipsPart(flips: FlipCounts, pair: ComparedPair): Markup {
  const { wrong, right } = flips
  const all = wrong + right
  const counts = html`<p><strong>${integer(wrong)}</strong> went wrong and <strong>${integer(right)}</strong> went right, of ${plural(pair.trials.both, 'answer')} on both sides.</p>
`
  const shown = (['wrong', 'right'] as const).flatMap((went) =>
    flips.listed.filter((flip) => flip.went === went).slice(0, FLIPS_LISTED),
  )
  if (shown.length === 0) return counts
  const title =
    shown.length === all
      ? `The ${plural(all, 'answer')} that changed`
      : `${integer(shown.length)} of the ${plural(all, 'answer')} that changed`
  return html`${counts}<details class="flips"${all <= 20 ? html` open` : null}>
<summary>${title}</summary>
${scrolling('Answers that changed', flipTable(shown))}</details>
`
}

function flipTable(flips: readonly Flip[]): Markup {
  return dataTable(
    ['row', 'went', 'expected', 'baseline', 'this run'].map((head) => ({ head })),
    flips.map((flip) => {
      const { model, prompt } = flip.candidate
      const row = { id: flip.sample, epoch: String(flip.epoch), model, prompt }
      const address = fragmentOf({ ...EVERYTHING, row })
      const epoch = flip.epoch > 1 ? ` · epoch ${flip.epoch}` : ''
      return [
        html`<a href="${address}">${isolated(oneLine(flip.sample, 60))}${epoch}</a>`,
        flip.went === 'wrong'
          ? html`<span class="badge bad"><span aria-hidden="true">✗</span> wrong</span>`
          : html`<span class="badge good"><span aria-hidden="true">✓</span> right</span>`,
        answer(flip.expected === null ? null : flip.expected.join('; ')),
        answer(flip.baseline.output),
        answer(flip.candidate.output),
      ]
    }),
  )
}

/** The beginning and the end of a text; what there is none of is said. */
function answer(text: string | null): Markup {
  if (text === null) return html`<span class="muted">not kept</span>`
  return text === ''
    ? html`<span class="muted">empty</span>`
    : html`<span class="text">${bothEnds(text, ANSWER_WIDTH)}</span>`
}
