/** A run that goes on, or broke off: how far it is, and what went wrong so far. */
import { plural, shellWord } from '../../lib/text.ts'
import { dollars, integer, percent, seconds } from '../../report/numbers.ts'
import { html, type Markup } from '../../report/html/markup.ts'
import type { Page } from '../respond.ts'
import type { GroupProgress, ListedRun, LiveSnapshot, RunProgress } from '../types.ts'
import { page, part } from './frame.ts'
import { addressOf, name, rate, simulatedBadge, statusBadge, time, visible } from './words.ts'

/** `snapshot` is null while the journal is still being read. */
export function livePage(run: ListedRun, snapshot: LiveSnapshot | null): Page {
  const { manifest } = run
  return page({
    name: 'live',
    title: `${manifest.dataset.name} · ${run.status}`,
    body: html`<h1>${name(manifest.dataset.name)} ${manifest.simulated ? simulatedBadge() : null}</h1>
<p class="muted">${name(run.name)} · started ${time(manifest.startedAt)} UTC · ${name(manifest.provider.name)} · scored by ${name(manifest.scorers.join(', ') || 'the rows')}</p>
${Object.entries(liveParts(snapshot)).map(([id, text]) => part(id, text))}
${repeated(run)}`,
  })
}

/** What changes while the page is open. */
export function liveParts(snapshot: LiveSnapshot | null): Readonly<Record<string, Markup>> {
  if (snapshot === null) {
    return {
      state: html`<p role="status">Reading the journal …</p>`,
      bar: html``,
      figures: html``,
      groups: html``,
      errors: html``,
    }
  }
  return {
    state: html`<p role="status">${statusBadge(snapshot.status)} ${stateText(snapshot)}</p>`,
    bar: bar(snapshot),
    figures: figures(snapshot),
    groups: groupsTable(snapshot.groups),
    errors: errors(snapshot),
  }
}

/** What the state means, and what to do about it. Says no number, so that it is read out only when it changes. */
function stateText(snapshot: LiveSnapshot): Markup {
  const { status, run, planned, settled } = snapshot
  const report = (text: string): Markup => html`<a href="${addressOf('report', run)}">${text}</a>`
  const resume = html`Go on with it: <code>assay eval --resume ${visible(shellWord(run))}</code>`
  switch (status) {
    case 'running':
      return html`${settled >= planned ? 'All trials have settled; the reports are being made.' : 'This page follows it.'} ${report('Report so far')}`
    case 'finished':
      return html`The run is over. ${report('Open the report')}`
    case 'decided':
      return html`The run is over: its verdict was known before the last trial. ${report('Open the report')}`
    case 'incomplete':
      return html`The run ended before the last trial: interrupted, out of budget, or left by its endpoint. ${report('Open the report')}. ${resume}`
    case 'broken':
      return html`The run has broken off: its process is gone. What was answered is kept. ${resume}. ${report('Report of what there is')}`
  }
}

function bar({ planned, settled, elapsedMs, etaMs }: LiveSnapshot): Markup {
  const share = planned === 0 ? null : settled / planned
  return html`<p class="progress"><progress max="${planned}" value="${settled}" aria-label="Settled trials"></progress>
<strong>${integer(settled)}</strong> of ${plural(planned, 'trial')} · ${percent(share)}${elapsedMs === null ? null : html` · for ${seconds(elapsedMs / 1_000)}`}${etaMs === null || settled >= planned ? null : html` · about ${seconds(etaMs / 1_000)} to go`}</p>`
}

function figures(snapshot: LiveSnapshot): Markup {
  const { status, scored, failed, inFlight, retries, costUsd, costUnknown, ratePerMinute } = snapshot
  const { promptTokens, completionTokens } = snapshot
  const entries: readonly (readonly [string, string | Markup])[] = [
    ['Pass rate', rate(estimateOf(snapshot))],
    ['Scored', integer(scored)],
    ['Failed', integer(failed)],
    ...(status === 'running' || inFlight > 0
      ? [[status === 'running' ? 'In flight' : 'Cut off, possibly billed', integer(inFlight)] as const]
      : []),
    ['Retries', integer(retries)],
    ...(ratePerMinute === null ? [] : [['Per minute', integer(Math.round(ratePerMinute))] as const]),
    ['Cost so far', `${dollars(costUsd)}${costUnknown === 0 ? '' : ` and ${integer(costUnknown)} unknown`}`],
    ['Tokens in, out', `${integer(promptTokens)}, ${integer(completionTokens)}`],
  ]
  return html`<dl class="tiles">${entries.map(([term, value]) => html`<div class="panel"><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>`
}

function estimateOf({ passRate: { estimate, low, high, method }, scored }: Pick<RunProgress, 'passRate' | 'scored'>) {
  return { value: estimate, low, high, n: scored, method }
}

function groupsTable(groups: readonly GroupProgress[]): Markup {
  if (groups.length < 2) return html``
  return html`<h2>Models and prompts</h2>
<div class="scroll" tabindex="0" role="group" aria-label="Models and prompts"><table><thead><tr><th scope="col">Model</th><th scope="col">Prompt</th><th scope="col" class="number">Settled</th><th scope="col" class="number">Failed</th><th scope="col">Pass rate [95 %]</th></tr></thead><tbody>${groups.map(
    (group) =>
      html`<tr><th scope="row">${name(group.model)}</th><td>${name(group.prompt)}</td><td class="number">${integer(group.settled)} of ${integer(group.planned)}</td><td class="number">${integer(group.failed)}</td><td>${rate(estimateOf(group))}</td></tr>\n`,
  )}</tbody></table></div>`
}

function errors({ errorKinds, lastErrors }: LiveSnapshot): Markup {
  const kinds = Object.entries(errorKinds).sort(([, one], [, other]) => other - one)
  if (kinds.length === 0) return html``
  return html`<h2>Errors</h2>
<p>${kinds.map(([kind, count]) => html`<span class="badge warn">${kind}: ${integer(count)}</span> `)}</p>
<table><caption>The last ones</caption><thead><tr><th scope="col">Kind</th><th scope="col">Message</th><th scope="col">Then</th></tr></thead><tbody>${lastErrors.map(
    ({ kind, message, isFinal }) =>
      html`<tr><th scope="row">${kind}</th><td class="text">${visible(message)}</td><td>${isFinal ? 'given up' : 'tried again'}</td></tr>\n`,
  )}</tbody></table>`
}

/** The interval of a running count knows no epochs. */
function repeated({ manifest }: ListedRun): Markup | null {
  const { epochs, cluster } = manifest.settings
  if (Number(epochs ?? 1) <= 1 && (cluster ?? null) === null) return null
  return html`<p class="small muted">Intervals here take every answer as independent; those of the report take answers to one sample, or of one cluster, together.</p>`
}
