/** Small pictures beside a number, in the page itself: they need no script. */
import type { Estimate } from '../../../stats/types.ts'
import { html, type Markup } from '../markup.ts'

const WIDTH = 100

/** A share of the whole. The number stands beside it, so it is nothing for ears. */
export function bar(share: number): Markup {
  return html`<svg class="bar" viewBox="0 0 ${WIDTH} 8" preserveAspectRatio="none" aria-hidden="true"><rect class="bar-ground" width="${WIDTH}" height="8"/><rect class="bar-share" width="${place(share)}" height="8"/></svg>`
}

/** A share with its interval. */
export function intervalBar({ value, low, high }: Estimate): Markup | null {
  if (value === null) return null
  const limits =
    low === null || high === null
      ? null
      : html`<rect class="bar-interval" x="${place(low)}" y="3" width="${place(high - low)}" height="6"/>`
  return html`<svg class="bar interval" viewBox="0 0 ${WIDTH} 12" preserveAspectRatio="none" aria-hidden="true"><rect class="bar-ground" y="5" width="${WIDTH}" height="2"/>${limits}<rect class="bar-value" x="${place(value) - 0.75}" y="0" width="1.5" height="12"/></svg>`
}

function place(share: number): number {
  return Number((Math.min(1, Math.max(0, share)) * WIDTH).toFixed(2))
}
