/** What all pages have in common: head, policy, way around, script and style. */
import { createHash } from 'node:crypto'
import { VERSION } from '../../lib/version.ts'
import { type Bundle, readBundle } from '../../report/html/bundle.ts'
import { embeddedJson, html, Markup } from '../../report/html/markup.ts'
import type { Page } from '../respond.ts'

/** Which page it is: its script asks for that, and the way around marks it. */
export type PageName = 'runs' | 'live' | 'trends' | 'compare' | 'problem'

/** What differs from page to page. */
export interface Content {
  readonly name: PageName
  readonly title: string
  readonly body: Markup
  /** What the script draws from; null: nothing. */
  readonly data?: unknown
  readonly status?: number
}

const WAYS = [
  { name: 'runs', to: './', text: 'Runs' },
  { name: 'trends', to: 'trends', text: 'Trends' },
] as const

/** An empty picture: without one the browser would ask for a file. */
const ICON = 'data:,'

let made: { readonly bundle: Bundle; readonly policy: string } | undefined

/** Throws UserError where the program was not built: then there are no pages. */
export function requirePages(): void {
  made ??= make()
}

export function page({ name, title, body, data = null, status = 200 }: Content): Page {
  const { bundle, policy } = (made ??= make())
  return {
    status,
    policy,
    body: html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="${ICON}">
<title>${title} · Assay</title>
<style>${new Markup(bundle.style)}</style>
</head>
<body data-page="${name}">
<a class="skip" href="#main">Skip to the content</a>
<header>
<nav aria-label="Pages"><strong>assay view</strong>
${WAYS.map(({ name: way, to, text }) => html`<a href="${to}"${way === name ? html` aria-current="page"` : null}>${text}</a>\n`)}</nav>
</header>
<main id="main" tabindex="-1">
${body}
</main>
<footer><p>Assay ${VERSION}. Read-only, on this machine alone: keep the link to yourself.</p></footer>
${data === null ? null : new Markup(`<script type="application/json" id="data">${embeddedJson(data)}</script>\n`)}<script>${new Markup(bundle.script)}</script>
</body>
</html>
`,
  }
}

/** A part that is written anew while the page is open. */
export function part(name: string, content: Markup): Markup {
  return html`<div data-part="${name}">${content}</div>`
}

function make(): { readonly bundle: Bundle; readonly policy: string } {
  const bundle = readBundle('view')
  const policy = [
    "default-src 'none'",
    `script-src '${sourceOf(bundle.script)}'`,
    `style-src '${sourceOf(bundle.style)}'`,
    'img-src data:',
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
  return { bundle, policy }
}

/** A source of the policy that allows this text alone. */
function sourceOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
