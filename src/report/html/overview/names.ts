/** How the report calls a model × prompt. */
import { oneLine } from '../../../lib/text.ts'
import type { GroupSummary, Summary } from '../../../stats/types.ts'
import { severalPrompts, withoutVendor } from '../../group-figures.ts'
import { html, type Markup } from '../markup.ts'

type Named = Pick<GroupSummary, 'model' | 'prompt'>

/** A text of somebody else's: its direction is its own. */
export function isolated(text: string): Markup {
  return html`<bdi>${text}</bdi>`
}

/** The model, and the prompt where there are several. */
export function nameOf({ model, prompt }: Named, summary: Pick<Summary, 'groups'>): string {
  return oneLine(model, 80) + (severalPrompts(summary) ? ` · ${oneLine(prompt, 60)}` : '')
}

/** More parts than these make no sentence: there is the table. */
const READ = 5

/** The first few of a list, and how many more there are. */
export function firstOf(texts: readonly string[]): string[] {
  const more = texts.length - READ
  return more <= 0 ? [...texts] : [...texts.slice(0, READ), `and ${more.toLocaleString('en-US')} more`]
}

/** The same without the vendor, cut to what fits into a chart. */
export function shortNames({ groups }: Pick<Summary, 'groups'>): string[] {
  const short = withoutVendor(groups)
  return groups.map((group) => oneLine(nameOf({ ...group, model: short(group.model) }, { groups }), 36))
}
