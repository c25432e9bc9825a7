/** What has to be seen first: the verdict, or how good each model is and what it cost. */
import { oneLine, plural } from '../../../lib/text.ts'
import type { GateReport, VerdictWord } from '../../../gate/types.ts'
import type { GroupSummary, Summary } from '../../../stats/types.ts'
import { dollars, integer, percent, seconds } from '../../numbers.ts'
import { paceLines, totalsLine } from '../../totals.ts'
import type { ReportedRun } from '../../types.ts'
import { verdictLines } from '../../verdict.ts'
import { html, type Markup } from '../markup.ts'
import { isolated, nameOf } from './names.ts'

/** Of more models the headline tells the best and the worst; the table has all. */
const MODELS_READ = 5

export function headline(run: ReportedRun): Markup {
  const { summary, timings } = run
  return html`<section class="panel" id="verdict" aria-labelledby="verdict-title">
<h2 id="verdict-title">${summary.gate === null ? 'Outcome' : 'Verdict'}</h2>
${summary.gate === null ? null : verdict(summary.gate, timings)}${outcome(summary)}${course(run)}${notes(summary.notes)}</section>
`
}

const SIGNS: Readonly<Record<VerdictWord, { readonly sign: string; readonly kind: string }>> = {
  PASS: { sign: '✓', kind: 'good' },
  REGRESSION: { sign: '✗', kind: 'bad' },
  INCONCLUSIVE: { sign: '?', kind: 'warn' },
}

/** The sentences of the verdict; the names of the runs and what was saved depend on the course of events. */
function verdict(gate: GateReport, timings: boolean): Markup {
  const { sign, kind } = SIGNS[gate.verdict]
  const [, ...lines] = verdictLines(timings ? gate : { ...gate, saving: null })
  const about = timings
    ? html` ${isolated(oneLine(gate.candidate.name, 120))} against ${isolated(oneLine(gate.baseline.name, 200))}`
    : null
  return html`<p class="verdict"><strong class="badge ${kind}"><span aria-hidden="true">${sign}</span> ${gate.verdict}</strong>${about}</p>
<ul>
${lines.map((line) => html`<li>${line.trim().replace(/^! /, 'Note: ')}</li>\n`)}</ul>
`
}

/** How it went; recorded outputs have no course. */
function course({ summary, timings }: ReportedRun): Markup | null {
  if (!timings || summary.provider === 'replay') return null
  const parts = [`took ${seconds(summary.wallMs / 1_000)}`, totalsLine(summary), ...paceLines(summary)]
  return html`<p class="muted small">${parts.join(' · ')}</p>\n`
}

function outcome(summary: Summary): Markup {
  const { groups } = summary
  const told = groups.length <= MODELS_READ ? groups : extremes(groups)
  const isAll = told.length === groups.length
  return html`${told.map((group) => html`<p class="outcome">${outcomeOf(group, summary)}</p>\n`)}${
    isAll
      ? null
      : html`<p>These are the best and the worst of ${integer(groups.length)} models × prompts; the table has all.</p>\n`
  }`
}

/** The best and the worst pass rate. */
function extremes(groups: readonly GroupSummary[]): readonly GroupSummary[] {
  const sorted = [...groups].sort((a, b) => (b.passRate.value ?? -1) - (a.passRate.value ?? -1))
  return [sorted.at(0), sorted.at(-1)].filter((group) => group !== undefined)
}

/** "mistral-small passes 88.1 % of 310 questions [84.0, 91.3]; it cost $0.0015. 3 failed." */
function outcomeOf(group: GroupSummary, summary: Summary): Markup {
  const { value, low, high, n, units } = group.passRate
  const name = html`<strong>${isolated(nameOf(group, summary))}</strong>`
  if (value === null) return html`${name}: no answer has a score.${beside(group)}`
  const limits = low === null || high === null ? '' : ` [${(low * 100).toFixed(1)}, ${(high * 100).toFixed(1)}]`
  const what = units === undefined || units === n ? plural(n, 'question') : plural(n, 'answer')
  const cost = summary.provider === 'replay' ? '' : `; ${costText(group)}`
  return html`${name} passes <strong>${percent(value)}</strong> of ${what}${limits}${cost}.${beside(group)}`
}

function costText({ costUsd, costUnknown }: GroupSummary): string {
  if (costUsd === null) return 'what it cost is unknown'
  return `it cost ${costUnknown > 0 ? 'at least ' : ''}${dollars(costUsd)}`
}

/** What stands beside a pass rate: a failed trial is in no share. */
function beside({ failed, skipped, truncated, completed, scored }: GroupSummary): Markup | null {
  const parts = [
    ...(failed > 0 ? [`${integer(failed)} failed`] : []),
    ...(skipped > 0 ? [`${integer(skipped)} not asked`] : []),
    ...(truncated > 0 ? [`${integer(truncated)} cut off at the token limit`] : []),
    ...(completed > scored ? [`${integer(completed - scored)} answered but not scored`] : []),
  ]
  return parts.length === 0 ? null : html` <span class="beside">${parts.join(', ')}.</span>`
}

function notes(texts: readonly string[]): Markup | null {
  if (texts.length === 0) return null
  return html`<h3>To know before acting on it</h3>
<ul class="notes">
${texts.map((text) => html`<li>${oneLine(text, 600)}</li>\n`)}</ul>
`
}
