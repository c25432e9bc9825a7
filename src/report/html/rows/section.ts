/** The place of the rows in the page, as it is before its script has run. */
import { html, type Markup } from '../markup.ts'

/** An empty section that the script fills; without the script it says what is missing. */
export function rowsSection(): Markup {
  return html`<section id="rows" class="panel" aria-labelledby="rows-title" tabindex="-1">
<h2 id="rows-title">Rows</h2>
<noscript><p class="notice warn">The rows are part of this file, and need its script to be shown. Allow it, or open results.csv beside this report.</p></noscript>
<div id="rows-place"></div>
</section>
`
}
