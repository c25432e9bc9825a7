/** Everything above the rows: what is to be seen first comes first, and each section answers one question. */
import type { ReportedRun } from '../../types.ts'
import { html, type Markup } from '../markup.ts'
import { comparisonSection } from './comparison.ts'
import { costSection } from './costs.ts'
import { failureSection } from './failures.ts'
import { figuresSection } from './figures.ts'
import { headline } from './headline.ts'
import { latencySection } from './latency.ts'
import { qualityCostSection } from './quality-cost.ts'
import { scoreSection } from './scores.ts'
import { sliceSection } from './slices.ts'

/** All sections, made of the summary, the manifest and the comparison alone. */
export function overview(run: ReportedRun): Markup {
  const { summary } = run
  return html`${headline(run)}${figuresSection(run)}${comparisonSection(run)}${failureSection(summary)}${charts([
    qualityCostSection(run),
    sliceSection(summary),
    costSection(run),
    latencySection(run),
  ])}${scoreSection(summary)}`
}

/** Side by side where there is room; nothing at all where there is none of them. */
function charts(sections: readonly (Markup | null)[]): Markup | null {
  return sections.every((section) => section === null) ? null : html`<div class="charts">\n${sections}</div>\n`
}
