/** The sections above the rows: what they say, and that nothing in a run can be more than text there. */
import { defaultTreeAdapter as tree, type DefaultTreeAdapterMap, html as names, parseFragment } from 'parse5'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { ManifestPrice } from '../../../src/journal/types.ts'
import { stateOf } from '../../../src/report/html/browser/rows/state.ts'
import { overview } from '../../../src/report/html/overview/overview.ts'
import type { ReportedRun } from '../../../src/report/types.ts'
import type { GroupSummary, MetricReport, Summary } from '../../../src/stats/types.ts'
import { assertGolden } from '../play.ts'
import { COMPARISON, GATE, HOSTILE, HOSTILE_MODEL, reportedRun, SMALL } from '../reported-run.ts'

type Element = DefaultTreeAdapterMap['element']

const PRICE: ManifestPrice = {
  model: SMALL,
  inputUsdPerMillion: '0.1',
  outputUsdPerMillion: '0.3',
  cacheReadUsdPerMillion: null,
  source: 'test',
  asOf: '2025-01-01',
}

/** The run of the fixture, its first model with a price. */
function priced(changes: Partial<ReportedRun> = {}): ReportedRun {
  const run = reportedRun()
  return { ...run, manifest: { ...run.manifest, prices: [PRICE] }, ...changes }
}

function withSummary(changes: Partial<Summary>): ReportedRun {
  const run = priced()
  return { ...run, summary: { ...run.summary, ...changes } }
}

/** Every group with these changes. */
function withGroups(changes: Partial<GroupSummary>): ReportedRun {
  const change = (group: GroupSummary): GroupSummary => ({ ...group, ...changes })
  return withSummary({ groups: priced().summary.groups.map(change) })
}

function elementsOf(markup: string): Element[] {
  const found: Element[] = []
  const walk = (node: DefaultTreeAdapterMap['parentNode']): void => {
    for (const child of node.childNodes) {
      if (!tree.isElementNode(child)) continue
      found.push(child)
      walk(child)
    }
  }
  walk(parseFragment(markup))
  return found
}

/** What a reader sees, in one line. */
function textOf(run: ReportedRun): string {
  const parts: string[] = []
  const walk = (node: DefaultTreeAdapterMap['parentNode']): void => {
    for (const child of node.childNodes) {
      if (tree.isTextNode(child)) parts.push(child.value)
      else if (tree.isElementNode(child)) {
        walk(child)
        if (child.tagName === 'td' || child.tagName === 'th') parts.push(' ')
      }
    }
  }
  walk(parseFragment(overview(run).text))
  return parts.join('').replace(/\s+/g, ' ')
}

test('the overview is the golden one', () => {
  assertGolden('overview.html', overview(priced()).text)
})

test('no name, message or output can be an element, a handler, a style or a link to elsewhere', () => {
  const evil = Object.values(HOSTILE).join(' ')
  const place = { model: `m${evil}`, prompt: `p${evil}` }
  const metric: MetricReport = {
    n: 1,
    figures: {},
    table: { title: evil, columns: [evil], rows: [{ label: evil, cells: [1] }] },
  }
  const { summary } = priced()
  const groups = summary.groups.map((group, index) => ({
    ...group,
    ...place,
    prompt: `${place.prompt}${index}`,
    metrics: { [evil]: metric },
    scores: { [evil]: group.passRate },
    unscored: { [evil]: { count: 1, example: evil } },
    errorExamples: { provider_error: evil },
  }))
  const rename = (slice: GroupSummary): GroupSummary => ({ ...slice, ...place, slice: `${evil}=${slice.slice}` })
  const slices = summary.slices.map(rename)
  const run = withSummary({ groups, slices, notes: [evil], dataset: evil })
  const elements = elementsOf(overview(run).text)
  const known = new Set(
    'section h2 h3 p strong span bdi ul li div table thead tbody tr th td br svg rect figure figcaption details summary a code'.split(
      ' ',
    ),
  )
  assert.equal(
    [...new Set(elements.map(({ tagName }) => tagName))].filter((name) => !known.has(name)),
    [],
  )
  const attributes = elements.flatMap(({ attrs }) => attrs)
  assert.equal(
    attributes.filter(({ name }) => /^on|^style$|^src$|^srcdoc$|^formaction$/.test(name)),
    [],
  )
  assert.equal(
    attributes.filter(({ name, value }) => name === 'href' && !value.startsWith('#')),
    [],
  )
  assert.ok(elements.every(({ namespaceURI }) => [names.NS.HTML, names.NS.SVG].includes(namespaceURI)))
})

test('the verdict is a word with a sign, and the sentences that say what was proven', () => {
  const text = textOf(priced())
  assert.match(text, '✗ REGRESSION 20250116T100000Z-qa-abc123 against nightly')
  assert.match(text, 'REGRESSION: pass rate of acme/@large|[x](http://evil.example) is worse by more than 5.0 points')
  for (const [verdict, sign] of [
    ['PASS', '✓'],
    ['INCONCLUSIVE', '?'],
  ] as const) {
    assert.match(textOf(withSummary({ gate: { ...GATE, verdict } })), `${sign} ${verdict}`)
  }
})

test('without a gate each model has a sentence with its interval, its cost and what has no score', () => {
  const text = textOf(withSummary({ gate: null }))
  assert.match(text, 'Outcome')
  assert.match(
    text,
    /mistralai\/mistral-small passes 15\.4 % of 13 questions \[\d+\.\d, \d+\.\d\]; it cost \$0\.0000624\./,
  )
  assert.match(
    text,
    /evil\.example\) passes [^;]+; it cost \$[\d.]+\. 2 failed, 1 not asked, 1 answered but not scored\./,
  )
})

test('of many models the headline tells the best and the worst', () => {
  const { groups } = priced().summary
  const many = Array.from({ length: 9 }, (_, index) => ({
    ...groups[0],
    model: `m${index}`,
    passRate: { value: index / 10, low: null, high: null, n: 10, method: 'none' },
  })) as GroupSummary[]
  const text = textOf(withSummary({ gate: null, groups: many }))
  assert.match(text, 'm8 passes 80.0 % of 10 questions')
  assert.match(text, 'These are the best and the worst of 9 models × prompts')
  assert.not.match(text, 'm4 passes')
})

test('costs are tokens at their price, and what was billed beside them is said and not forced', () => {
  const [first] = priced().summary.groups
  if (first === undefined) throw new Error('the fixture has groups')
  const tokens = {
    promptTokens: 1_000_000,
    cachedTokens: 0,
    completionTokens: 2_000_000,
    reasoningTokens: 500_000,
    costUnknown: 0,
    judgeCostUsd: '0.05',
    retryCostUsd: '0.01',
  }
  const run = (changes: Partial<GroupSummary>): ReportedRun =>
    withSummary({ groups: [{ ...first, ...tokens, ...changes }] })
  const equal = textOf(run({ costUsd: '0.7' }))
  assert.match(equal, 'mistralai/mistral-small: $0.76, 59.2 % of it for completion tokens.')
  assert.match(equal, '$0.10 · 13.2 % $0.45 · 59.2 % $0.15 · 19.7 % $0.05 · 6.6 % $0.01 · 1.3 % $0.76')
  assert.not.match(equal, 'Other, as reported')
  assert.match(textOf(run({ costUsd: '0.8' })), '$0.10 · 11.6 %')
  assert.match(textOf(run({ costUsd: '0.6' })), '−$0.10 · −15.2 %')
  assert.match(textOf(run({ costUsd: '0.5', cacheSavedUsd: '0.2' })), '$0.20 of it was paid by earlier runs (--cache)')
  const unpriced = { ...run({ costUsd: '0.7' }), manifest: reportedRun().manifest }
  assert.match(textOf(unpriced), 'for answers, as reported (the price of its tokens is unknown)')
  assert.match(textOf(run({ costUsd: null, costUnknown: 13 })), 'it cost is unknown')
})

test('a slice that differs from the rest is named with its adjusted p-value', () => {
  assert.match(
    textOf(priced()),
    /What differs from the other rows: topic=<i>\|`text of mistralai\/mistral-small \([^)]+, p = 0\.004\)/,
  )
  const undiffering = (slice: GroupSummary): GroupSummary => ({ ...slice, differsFromRest: null })
  const slices = priced().summary.slices.map(undiffering)
  assert.match(textOf(withSummary({ slices })), 'No slice differs provably from the other rows')
  assert.not.match(textOf(withSummary({ slices: [] })), 'Slices')
})

test('the answers that changed lead to their rows, whatever their names are', () => {
  const hrefs = elementsOf(overview(priced()).text).flatMap(({ attrs }) =>
    attrs.filter(({ name }) => name === 'href').map(({ value }) => value),
  )
  const flips = COMPARISON.pairs.flatMap(({ flips: counted }) => counted?.listed ?? [])
  assert.equal(new Set(hrefs.map((href) => stateOf(href)?.row?.id)), new Set(flips.map(({ sample }) => sample)))
  assert.ok(hrefs.every((href) => stateOf(href)?.row?.model === HOSTILE_MODEL))
  assert.match(textOf(priced()), '6 went wrong and 1 went right, of 13 answers on both sides.')
})

test('failures stand by kind with a message, and answers that no scorer could judge with a reason', () => {
  const text = textOf(priced())
  assert.match(text, 'provider_error 1 7.7 % the provider answered 502: <script>alert(1)</script>')
  assert.match(text, 'timeout 1 7.7 % no answer in 60s')
  assert.match(text, 'rubric:polite 1 the judge gave no verdict')
})

test("counts by class and people's labels are shown where there are any", () => {
  assert.not.match(textOf(priced()), 'Scorers in detail')
  const table = { title: 'expected by predicted', columns: ['a', 'b'], rows: [{ label: 'a', cells: [3, null] }] }
  const text = textOf(withGroups({ metrics: { classification: { n: 3, figures: {}, table } } }))
  assert.match(text, 'Scorers in detail')
  assert.match(text, 'classification · expected by predicted a b a 3 – ')
})

test('without timings nothing is told that depends on the course of events', () => {
  const run = priced({ timings: false })
  const later = withSummary({
    runId: '20260101T000000Z-qa-fff000',
    startedAt: '2026-01-01T00:00:00.000Z',
    wallMs: 99,
    outputTokensPerSecond: 1,
    pace: { refused: 0, pauses: 0, pausedMs: 0, timeline: [] },
    retryCostUsd: '7',
    possiblyBilled: 3,
    gate: { ...GATE, candidate: { name: 'another', runIds: ['another'] } },
    groups: run.summary.groups.map((group) => ({
      ...group,
      attempts: 99,
      retries: 50,
      retryCostUsd: '7',
      costPer1000Usd: '7',
      costPerCorrectUsd: '7',
      ttftMs: group.latencyMs,
    })),
  })
  assert.is(overview({ ...later, timings: false }).text, overview(run).text)
  assert.is.not(overview(later).text, overview(priced()).text)
})

test('recorded outputs have neither a price nor a clock', () => {
  const text = textOf(withSummary({ provider: 'replay', gate: null }))
  assert.not.match(text, 'it cost')
  assert.not.match(text, 'took 12s')
  assert.not.match(text, 'Quality and cost')
})

test.run()
