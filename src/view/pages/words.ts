/** Words and small pictures that several pages use. */
import type { VerdictWord } from '../../gate/types.ts'
import { html, type Markup } from '../../report/html/markup.ts'
import { minute } from '../../report/history.ts'
import { percentWithInterval } from '../../report/numbers.ts'
import type { Estimate } from '../../stats/types.ts'
import type { RunStatus } from '../types.ts'

/** The address of a page about a run, relative to the list. */
export function addressOf(page: string, run: string): string {
  return `${page}?${new URLSearchParams({ run }).toString()}`
}

/** A name that somebody has chosen: its direction is its own, and no control character of it is seen as anything else. */
export function name(text: string): Markup {
  return html`<bdi>${visible(text)}</bdi>`
}

/** Control characters as pictures, but for line feeds and tabs. */
export function visible(text: string): string {
  return text.replace(/(?![\n\t])\p{Cc}/gu, (character) => {
    const code = character.charCodeAt(0)
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? '\u2421' : '\ufffd'
  })
}

/** "2026-11-23 02:34", in universal time. */
export function time(iso: string): Markup {
  return html`<time datetime="${iso}">${minute(iso)}</time>`
}

export function simulatedBadge(): Markup {
  return html`<span class="badge warn">SIMULATED</span>`
}

const STATUSES: Readonly<Record<RunStatus, { readonly text: string; readonly style: string; readonly about: string }>> =
  {
    running: { text: 'running', style: 'live', about: 'a process works on it' },
    finished: { text: 'finished', style: 'good', about: 'every trial was asked' },
    decided: { text: 'decided early', style: 'good', about: 'the verdict was known before the last trial' },
    incomplete: {
      text: 'incomplete',
      style: 'warn',
      about: 'interrupted, out of budget, or left by the endpoint: some trials were not asked',
    },
    broken: { text: 'broken off', style: 'bad', about: 'its process is gone without having come to the reports' },
  }

export function statusBadge(status: RunStatus): Markup {
  const { text, style, about } = STATUSES[status]
  return html`<span class="badge ${style}" title="${about}">${text}</span>`
}

const VERDICT_STYLES: Readonly<Record<VerdictWord, string>> = { PASS: 'good', REGRESSION: 'bad', INCONCLUSIVE: 'warn' }

export function verdictBadge(verdict: VerdictWord): Markup {
  return html`<span class="badge ${VERDICT_STYLES[verdict] ?? 'warn'}">${verdict}</span>`
}

/** A rate with its interval, in words and as a bar on a scale from 0 to 1. */
export function rate(estimate: Estimate): Markup {
  return html`<span class="figure">${percentWithInterval(estimate)}</span> ${rateBar(estimate)}`
}

const WIDTH = 100
const HEIGHT = 12

/** For eyes alone: the words beside it say the same. */
function rateBar({ value, low, high }: Pick<Estimate, 'value' | 'low' | 'high'>): Markup | null {
  if (value === null || low === null || high === null) return null
  const at = (share: number): string => (share * WIDTH).toFixed(1)
  return html`<svg class="bar" viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true" focusable="false"><rect class="scale" x="0" y="${HEIGHT / 2 - 1}" width="${WIDTH}" height="2" rx="1"/><rect class="range" x="${at(low)}" y="2" width="${Math.max(1, (high - low) * WIDTH).toFixed(1)}" height="${HEIGHT - 4}" rx="2"/><circle class="value" cx="${at(value)}" cy="${HEIGHT / 2}" r="2.5"/></svg>`
}

/** A list of sentences that a reader has to know. */
export function warnings(texts: readonly string[]): Markup | null {
  if (texts.length === 0) return null
  return html`<ul class="notice warn">${texts.map((text) => html`<li>${visible(text)}</li>`)}</ul>`
}
