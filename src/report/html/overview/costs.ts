/** Where does the money go? Tokens at the prices of the manifest, and whatever the endpoint has billed beside them. */
import { formatUsd, parseUsd, parseUsdPerMillion, times, toNumber, type Usd, ZERO_USD } from '../../../lib/usd.ts'
import type { ManifestPrice } from '../../../journal/types.ts'
import type { GroupSummary } from '../../../stats/types.ts'
import { dollars, integer, percent } from '../../numbers.ts'
import type { ReportedRun } from '../../types.ts'
import { html, type Markup } from '../markup.ts'
import type { CostChart } from './chart-data.ts'
import { dataTable, figureSection } from './figure.ts'
import { firstOf, isolated, nameOf } from './names.ts'

/** What the costs of a model × prompt consist of, whoever paid for its answers. */
interface CostBreakdown {
  readonly parts: readonly { readonly part: Part; readonly usd: Usd }[]
  readonly total: Usd
  /** What the total leaves out, and what is no more than known. */
  readonly remarks: readonly string[]
}

const PARTS = ['prompt', 'completion', 'reasoning', 'answers', 'other', 'judges', 'retries'] as const
type Part = (typeof PARTS)[number]

/** What the parts are called; `answers` stands for the first three where the price of a token is not known. */
const NAMES: Readonly<Record<Part, string>> = {
  prompt: 'prompt tokens',
  completion: 'completion tokens',
  reasoning: 'reasoning tokens',
  answers: 'answers, as reported',
  other: 'other, as reported',
  judges: 'judges',
  retries: 'retries, at most',
}

/** Null where no cost is known. */
function breakdown(group: GroupSummary, price: ManifestPrice | undefined, timings: boolean): CostBreakdown | null {
  if (group.costUsd === null) return null
  const answers = usd(group.costUsd) + usd(group.cacheSavedUsd)
  const tokens =
    price === undefined || group.costUnknown + group.cacheSavedUnknown > 0 ? null : tokenCosts(group, price)
  const inTokens = (tokens ?? []).reduce((sum, one) => sum + one.usd, ZERO_USD)
  const parts: CostBreakdown['parts'] = [
    ...(tokens ?? []),
    { part: tokens === null ? 'answers' : 'other', usd: answers - inTokens },
    { part: 'judges', usd: usd(group.judgeCostUsd) },
    ...(timings ? [{ part: 'retries' as const, usd: usd(group.retryCostUsd) }] : []),
  ]
  return {
    parts: parts.filter((one) => one.usd !== ZERO_USD),
    total: parts.reduce((sum, one) => sum + one.usd, ZERO_USD),
    remarks: remarksOf(group, tokens === null, timings),
  }
}

/** Reasoning is a part of the completion; null without a price. */
function tokenCosts(group: GroupSummary, price: ManifestPrice): CostBreakdown['parts'] | null {
  const input = parseUsdPerMillion(price.inputUsdPerMillion ?? '')
  const output = parseUsdPerMillion(price.outputUsdPerMillion ?? '')
  if (input === undefined || output === undefined) return null
  const cacheRead = parseUsdPerMillion(price.cacheReadUsdPerMillion ?? '') ?? input
  const cached = Math.min(group.cachedTokens, group.promptTokens)
  const reasoning = Math.min(group.reasoningTokens, group.completionTokens)
  return [
    { part: 'prompt', usd: times(input, group.promptTokens - cached) + times(cacheRead, cached) },
    { part: 'completion', usd: times(output, group.completionTokens - reasoning) },
    { part: 'reasoning', usd: times(output, reasoning) },
  ]
}

function remarksOf(group: GroupSummary, isUndivided: boolean, timings: boolean): string[] {
  const saved = usd(group.cacheSavedUsd)
  return [
    ...(group.costUnknown > 0 ? [`the cost of ${integer(group.costUnknown)} answers is unknown and left out`] : []),
    ...(group.cacheSavedUnknown > 0
      ? [`what ${integer(group.cacheSavedUnknown)} answers of the cache have cost is unknown and left out`]
      : []),
    ...(isUndivided && group.costUnknown + group.cacheSavedUnknown === 0 ? ['the price of its tokens is unknown'] : []),
    ...(saved === ZERO_USD ? [] : [`${dollars(group.cacheSavedUsd)} of it was paid by earlier runs (--cache)`]),
    ...(timings && group.retryCostUnknown > 0
      ? [`other attempts of ${integer(group.retryCostUnknown)} trials may have been billed at an unknown price`]
      : []),
    ...(group.judgeCostUnknown > 0 ? [`what judging ${integer(group.judgeCostUnknown)} answers cost is unknown`] : []),
  ]
}

function usd(decimal: string | null): Usd {
  return parseUsd(decimal ?? '') ?? ZERO_USD
}

function breakdowns({ summary, manifest, timings }: ReportedRun): (CostBreakdown | null)[] {
  return summary.groups.map((group) =>
    breakdown(
      group,
      manifest.prices.find(({ model }) => model === group.model),
      timings,
    ),
  )
}

/** In the order of the list, those that any model has. */
function partsOf(all: readonly (CostBreakdown | null)[]): Part[] {
  return PARTS.filter((part) => all.some((one) => one?.parts.some((other) => other.part === part)))
}

export function costChart(run: ReportedRun): CostChart {
  return {
    parts: PARTS.map((part) => NAMES[part]),
    bars: breakdowns(run).flatMap((one, series) =>
      one === null || one.parts.length === 0
        ? []
        : [{ series, amounts: PARTS.map((part) => toNumber(amountOf(one, part))) }],
    ),
  }
}

function amountOf({ parts }: CostBreakdown, part: Part): Usd {
  return parts.find((one) => one.part === part)?.usd ?? ZERO_USD
}

/** Null where nothing has a price: recorded outputs, or models without one. */
export function costSection(run: ReportedRun): Markup | null {
  const { summary } = run
  const all = breakdowns(run)
  const parts = partsOf(all)
  if (parts.length === 0) return null
  const named = summary.groups.map((group, index) => ({ name: nameOf(group, summary), costs: all[index] ?? null }))
  return figureSection({
    id: 'costs',
    title: 'Where the money goes',
    reading: [
      `${firstOf(named.map(({ name, costs }) => (costs === null ? `${name}: unknown` : largest(name, costs)))).join('; ')}.`,
      ...(parts.includes('other')
        ? [
            '“Other, as reported” is what the endpoint has billed beyond tokens × price, or less than that where it is negative.',
          ]
        : []),
    ],
    legend: legendOf(parts),
    places: [
      {
        chart: 'costs',
        label: `What the costs of ${named.length} models consist of, a bar for each; the table below has the amounts`,
      },
    ],
    table: dataTable(
      [
        { head: 'model' },
        ...parts.map((part) => ({ head: NAMES[part], isNumber: true })),
        { head: 'total', isNumber: true },
      ],
      named.map(({ name, costs }) => tableRow(name, costs, parts)),
    ),
  })
}

/** A part has the same colour in every report. */
function legendOf(parts: readonly Part[]): Markup {
  return html`<ul class="legend">
${parts.map(
  (
    part,
  ) => html`<li><svg class="key part" viewBox="0 0 14 14" aria-hidden="true"><rect class="part-${PARTS.indexOf(part) + 1}" width="14" height="14"/></svg>${NAMES[part]}</li>
`,
)}</ul>
`
}

/** The largest part of it, and what has to be known beside it. */
function largest(name: string, { parts, total, remarks }: CostBreakdown): string {
  const [first, ...rest] = parts
  if (first === undefined) return `${name}: nothing`
  const most = rest.reduce((best, one) => (one.usd > best.usd ? one : best), first)
  const beside = remarks.length === 0 ? '' : ` (${remarks.join('; ')})`
  return `${name}: ${signed(total)}, ${shareText(most.usd, total)} of it for ${NAMES[most.part]}${beside}`
}

function tableRow(name: string, costs: CostBreakdown | null, parts: readonly Part[]): (string | Markup)[] {
  const cells = parts.map((part) => (costs === null ? 'unknown' : withShare(amountOf(costs, part), costs.total)))
  return [isolated(name), ...cells, costs === null ? 'unknown' : signed(costs.total)]
}

function withShare(amount: Usd, total: Usd): string {
  return amount === ZERO_USD ? '–' : `${signed(amount)} · ${shareText(amount, total)}`
}

function shareText(amount: Usd, total: Usd): string {
  if (total === ZERO_USD) return '–'
  const share = toNumber(amount) / toNumber(total)
  return share < 0 ? `−${percent(-share)}` : percent(share)
}

function signed(amount: Usd): string {
  return amount < ZERO_USD ? `−${dollars(formatUsd(-amount))}` : dollars(formatUsd(amount))
}
