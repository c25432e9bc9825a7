/** A section about one question: its heading, what it comes to in words, a place for the chart, and the figures as a table. */
import { html, type Markup } from '../markup.ts'

export interface ChartPlace {
  /** What the script knows the chart by. */
  readonly chart: string
  /** What the picture shows, for those who do not see it. */
  readonly label: string
  /** Above the picture, where a section has several. */
  readonly title?: string
}

export interface FigureSection {
  /** Names the section in links. */
  readonly id: string
  readonly title: string
  /** The reading: one sentence each. */
  readonly reading: readonly (string | Markup)[]
  readonly places: readonly ChartPlace[]
  readonly table: Markup
  /** A legend of the series stands above the pictures. */
  readonly legend?: Markup | null
}

export function figureSection({ id, title, reading, places, table, legend = null }: FigureSection): Markup {
  return html`<section class="panel chart-section" id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${reading.map((sentence) => html`<p>${sentence}</p>\n`)}${legend}${places.map(place)}<details>
<summary>The figures as a table</summary>
${scrolling(`${title}, as a table`, table)}</details>
</section>
`
}

/** Empty, and so not seen, where no script runs. */
function place({ chart, label, title }: ChartPlace): Markup {
  return html`<figure>${title === undefined ? null : html`<figcaption>${title}</figcaption>`}
<div class="chart" data-chart="${chart}" role="img" aria-label="${label}"></div>
</figure>
`
}

/** What is wider than a phone scrolls within itself, by keyboard as well. */
export function scrolling(label: string, content: Markup): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}">
${content}</div>
`
}

export interface Column {
  readonly head: string
  /** Figures are set flush right. */
  readonly isNumber?: boolean
}

/** A plain table; the first cell of a row names it. */
export function dataTable(columns: readonly Column[], rows: readonly (readonly (string | Markup)[])[]): Markup {
  const classOf = (index: number): Markup | null => (columns[index]?.isNumber ? html` class="number"` : null)
  const cell = (content: string | Markup, index: number): Markup =>
    index === 0 ? html`<th scope="row">${content}</th>` : html`<td${classOf(index)}>${content}</td>`
  return html`<table>
<thead><tr>${columns.map(({ head }, index) => html`<th scope="col"${classOf(index)}>${head}</th>`)}</tr></thead>
<tbody>
${rows.map((cells) => html`<tr>${cells.map(cell)}</tr>\n`)}</tbody>
</table>
`
}

/** The names of the series, each beside its sign, which the script draws. Of one series there is nothing to tell apart. */
export function seriesLegend(names: readonly string[]): Markup | null {
  if (names.length < 2) return null
  return html`<ul class="legend">
${names.map((name, series) => html`<li><span class="key" data-series="${series}" aria-hidden="true"></span><bdi>${name}</bdi></li>\n`)}</ul>
`
}
