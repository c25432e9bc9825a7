/** The page: its frame, its sections in the order in which they are read, its data and its script. */
import { createHash } from 'node:crypto'
import type { ReportedRun } from '../types.ts'
import { readBundle } from './bundle.ts'
import { html } from './markup.ts'

export function* page(run: ReportedRun): Generator<string> {
  const { script, style } = readBundle('report/html')
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
  yield html`<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${run.summary.dataset}</title>
`.text
  yield `<style>${style}</style>\n</head>\n<body>\n`
  yield `<script>${script}</script>\n</body>\n</html>\n`
}

/** A source of a content security policy that allows this text alone. */
function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
