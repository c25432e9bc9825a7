/** The page: its frame, its sections in the order in which they are read, its data and its script. */
import { createHash } from 'node:crypto'
import { VERSION } from '../../lib/version.ts'
import type { ReportedRun } from '../types.ts'
import { readBundle } from './bundle.ts'
import { html, type Markup } from './markup.ts'
import { Gathered } from './overview/gathered.ts'
import { overview } from './overview/overview.ts'
import { jsonElement, rowBlocks } from './rows/blocks.ts'
import { rowsSection } from './rows/section.ts'

/** The whole file, piece by piece: the rows are read once and never held. */
export function* page(run: ReportedRun): Generator<string> {
  const { script, style } = readBundle('report/html')
  yield `<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n${head(run, script, style)}`
  yield `<style>${style}</style>\n</head>\n<body>\n`
  yield header(run).text
  yield html`<main id="main" tabindex="-1">\n${overview(run)}${rowsSection()}</main>\n${footer(run)}`.text
  const gathered = new Gathered(run)
  yield* rowBlocks(run, (row) => gathered.add(row))
  yield jsonElement('chart-data', gathered.data())
  yield `<script>${script}</script>\n</body>\n</html>\n`
}

/** Nothing is loaded, and no script or style but these two can run, whatever stands in the data. */
function head({ summary }: ReportedRun, script: string, style: string): string {
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  const verdict = summary.gate === null ? '' : `${summary.gate.verdict} · `
  return html`<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${verdict}${summary.dataset}${summary.simulated ? ' (simulated)' : ''} · Assay report</title>
`.text
}

function header({ summary, timings }: ReportedRun): Markup {
  const { dataset, simulated, provider, startedAt } = summary
  return html`<a class="skip" href="#rows">Skip to the rows</a>
<header>
${simulated ? html`<p class="notice warn"><strong>SIMULATED.</strong> A built-in simulator answered, not a model: these figures say nothing about any.</p>\n` : null}<h1><bdi>${dataset}</bdi></h1>
<p class="muted">${timings ? html`<time datetime="${startedAt}">${startedAt.slice(0, 16).replace('T', ' ')} UTC</time> · ` : null}<bdi>${provider}</bdi></p>
</header>
`
}

function footer({ manifest, timings }: ReportedRun): Markup {
  const run = timings ? manifest.runId : '<run>'
  const command = `assay report ${run} --reporter html${timings ? '' : ' --no-timings'}`
  return html`<footer>
<p>Made by Assay ${VERSION}${timings ? html` of the run <bdi>${manifest.runId}</bdi>` : null}. Make it again: <code>${command}</code></p>
</footer>
`
}

/** A source of a content security policy that allows this text alone. */
function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
