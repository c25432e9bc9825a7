/** Is a run told in Markdown whole, within its size, and without a text of the data that acts? */
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { clipped, code, prose, table } from '../../src/report/markdown/inert.ts'
import { firstBlocks, fitted } from '../../src/report/markdown/fit.ts'
import { gateMarkdown } from '../../src/report/markdown/verdict.ts'
import { markdownReporter, MOST_BYTES, runMarkdown } from '../../src/report/markdown.ts'
import type { ReportedRun } from '../../src/report/types.ts'
import type { GroupSummary } from '../../src/stats/types.ts'
import { assertGolden } from './play.ts'
import { GATE, HOSTILE, HOSTILE_MODEL, reportedRun, ROWS } from './reported-run.ts'

const rendered = (run: ReportedRun): string => [...markdownReporter.render(run)].join('')

/** What stands outside of code spans, which may hold anything, without what a backslash takes its meaning. */
function outsideOfCode(markdown: string): string {
  let rest = ''
  for (let at = 0; at < markdown.length; at++) {
    const fence = /^`+/.exec(markdown.slice(at, at + 100))?.[0]
    if (markdown[at] === '\\') at += 1
    else if (fence === undefined) rest += markdown[at]
    else {
      const end = new RegExp(`(?<!\`)${fence}(?!\`)`, 'g')
      end.lastIndex = at + fence.length
      const found = end.exec(markdown)
      rest += found === null ? fence : ' '
      at = (found?.index ?? at) + fence.length - 1
    }
  }
  return rest
}

/** Whatever GitHub would act on: HTML, links, images, mentions, references, addresses; but for what the report itself writes. */
function assertInert(markdown: string): void {
  const own = /<\/?details>|<\/?summary>|<br>|&#\d+;|&amp;|\[!\w+\]/g
  const rest = outsideOfCode(markdown).replace(own, ' ')
  assert.not.match(rest, /<\w|<\/|<!/)
  assert.not.match(rest, /\][([:]|!\[/)
  assert.not.match(rest, /@[\w]|#\d|\bGH-\d|:\/\/|\bwww\./)
}

test('report.md is the golden one', () => {
  assertGolden('report.md', rendered(reportedRun()))
})

test('without timings report.md is the golden one, and names neither run nor time', () => {
  const text = rendered(reportedRun({ timings: false }))
  assertGolden('report-no-timings.md', text)
  assert.not.match(text, /20250116|latency|TTFT/)
})

test('the verdict of a gate alone is the golden one', () => {
  assertGolden('gate.md', gateMarkdown(GATE))
})

test('no text of the data acts', () => {
  assertInert(rendered(reportedRun()))
  assertInert(gateMarkdown(GATE))
  for (const text of Object.values(HOSTILE)) {
    assertInert(prose(text))
    assertInert(table(['a'], [[code(text)], [clipped(text, 30)], [prose(text)]]).join('\n'))
  }
})

const hostileText = fc.oneof(
  fc
    .array(
      fc.constantFrom(
        '`',
        '```',
        '|',
        '\\',
        '\\|',
        '[a](b:c)',
        '<b>',
        '<!--',
        '@who',
        '#1',
        'GH-1',
        'www.e.x',
        'a://b',
        '\n',
        '*',
        ' ',
      ),
      {
        maxLength: 12,
      },
    )
    .map((parts) => parts.join('')),
  fc.string({ unit: 'binary' }),
)

test('a sentence is inert whatever it quotes', () => {
  fc.assert(
    fc.property(hostileText, (text) => assertInert(`- ${prose(text)}`)),
    { numRuns: 2_000 },
  )
})

test('a table has as many lines and cells as it was given, whatever is in them', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(hostileText, hostileText), { minLength: 1, maxLength: 4 }), (rows) => {
      const lines = table(
        ['a', 'b'],
        rows.map(([a, b]) => [code(a), prose(b)]),
      )
      assert.is(lines.length, rows.length + 2)
      for (const line of lines) assert.is(line.match(/(?<!\\)\|/g)?.length, 3, line)
    }),
    { numRuns: 2_000 },
  )
})

test('a code span ends where it was meant to', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const span = code(text)
      if (span === '(empty)') return
      const fence = /^`+/.exec(span)?.[0] ?? ''
      const inside = span.slice(fence.length, -fence.length)
      assert.ok(span.endsWith(fence))
      const runs: readonly string[] = inside.match(/`+/g) ?? []
      assert.not.ok(runs.includes(fence), span)
    }),
    { numRuns: 2_000 },
  )
})

test('long texts are told with their length', () => {
  assert.is(clipped('x'.repeat(1_000_000), 9), '`xxx … xxx` (1,000,000 characters)')
  assert.is(clipped('short', 9), '`short`')
})

/** A run of many models with long names, notes and slices. */
function hugeRun(models: number, text: string): ReportedRun {
  const run = reportedRun()
  const [group] = run.summary.groups as [GroupSummary]
  const [metric] = GATE.metrics
  const groups = Array.from({ length: models }, (_, index) => ({
    ...group,
    model: `${text}${index}`,
    failed: 1,
    planned: 99,
  }))
  return {
    ...run,
    summary: {
      ...run.summary,
      groups,
      slices: groups.map((one) => ({ ...one, differsFromRest: run.summary.slices[2]?.differsFromRest ?? null })),
      notes: groups.map(({ model }) => `${model}: ${text}`),
      gate: { ...GATE, metrics: groups.flatMap(({ model }) => (metric === undefined ? [] : [{ ...metric, model }])) },
    },
    rows: function* () {
      for (const { model } of groups) for (const row of ROWS) yield { ...row, model }
    },
  }
}

test('a report is never larger than it may be, counted in UTF-8, and says what it leaves out', () => {
  const text = '東京🗼|`@x <b>'.repeat(60)
  const run = hugeRun(400, text)
  const whole = rendered(run)
  assert.ok(Buffer.byteLength(whole) <= MOST_BYTES)
  assert.match(whole, 'To stay within the size that GitHub shows, ')
  for (const most of [40_000, 10_000, 3_000, 1_000, 300, 100, 1, 0, -5]) {
    const shown = runMarkdown(run, most)
    assert.ok(shown === '' || Buffer.byteLength(shown) <= most, String(most))
    assertInert(shown)
  }
  assert.match(runMarkdown(run, 10_000), /^## ❌ REGRESSION/)
  assert.is(runMarkdown(run, 100), '')
})

test('of any run the report keeps its size and is inert', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 30 }),
      hostileText,
      fc.integer({ min: 0, max: 70_000 }),
      (models, text, most) => {
        const shown = runMarkdown(hugeRun(models, text), most)
        assert.ok(shown === '' || Buffer.byteLength(shown) <= most)
        assertInert(shown)
      },
    ),
    { numRuns: 25 },
  )
})

test('what matters least goes first', () => {
  const part = (name: string, rank: number, entries: number): Parameters<typeof fitted>[0][number] => ({
    name,
    rank,
    entries,
    lines: (most) => [`${name}: ${'x'.repeat(most * 100)}`],
  })
  const parts = [part('head', 0, 1), part('rows', 2, 16), part('notes', 1, 16)]
  assert.match(fitted(parts, 10_000), /^head: x{100}\n\nrows: x{1600}\n\nnotes: x{1600}\n$/)
  assert.match(fitted(parts, 3_000), /rows: x{800}\n\nnotes: x{1600}\n\n_.*shortened: rows\._\n$/)
  assert.match(fitted(parts, 1_850), /^head: x{100}\n\nnotes: x{1600}\n\n_.*left out: rows\._\n$/)
})

test('of a finished text whole blocks are kept', () => {
  const text = '# a\n\nfirst\n\n| t |\n|---|\n| 1 |\n'
  assert.is(firstBlocks(text, 1_000), text)
  const long = `${text}\n${'x'.repeat(200)}\n`
  assert.is(
    firstBlocks(long, 130),
    '# a\n\nfirst\n\n| t |\n|---|\n| 1 |\n\nShortened: the rest would be beyond the size that GitHub shows.\n',
  )
  assert.is(firstBlocks(long, 20), '')
})

test('the heading says what was decided, else what came out', () => {
  const run = reportedRun({ comparison: null })
  const headOf = (changes: Partial<ReportedRun['summary']>, failUnder: number | null): string => {
    const settings = { ...run.manifest.settings, failUnder }
    const text = runMarkdown(
      { ...run, summary: { ...run.summary, ...changes }, manifest: { ...run.manifest, settings } },
      MOST_BYTES,
    )
    return text.slice(0, text.indexOf('\n'))
  }
  assert.is(headOf({ gate: null }, 0.8), '## ❌ `qa` (simulated): pass rate below 80.0 % for 2 of 2')
  assert.is(
    headOf({ gate: null }, 0.1),
    '## ⚠️ `qa` (simulated): pass rate of at least 10.0 % of the 22 of 26 trials that have a score',
  )
  const [whole] = run.summary.groups.slice(0, 1)
  assert.is(
    headOf({ gate: null, groups: whole === undefined ? [] : [whole], planned: 13 }, 0.1),
    '## ✅ `qa` (simulated): pass rate of at least 10.0 %, as asked',
  )
  const none = run.summary.groups.map((group, index) =>
    index === 0 ? group : { ...group, passRate: { ...group.passRate, value: null } },
  )
  assert.is(headOf({ gate: null, groups: none }, 0.1), '## ❌ `qa` (simulated): pass rate below 10.0 % for 1 of 2')
  assert.is(headOf({ gate: null }, null), '## `qa` (simulated): pass rates from 15.4 % to 22.2 %')
  assert.is(
    headOf({ gate: null, groups: run.summary.groups.slice(0, 1) }, null),
    '## `qa` (simulated): pass rate 15.4 % [4.3, 42.2]',
  )
  assert.is(headOf({ gate: null, groups: [], planned: 3 }, null), '## `qa` (simulated): 3 trials, none scored')
  assert.match(headOf({ gate: { ...GATE, verdict: 'PASS' } }, 0.8), /^## ✅ PASS \(simulated\): /)
  assert.match(headOf({ gate: { ...GATE, verdict: 'INCONCLUSIVE' } }, 0.8), /^## ⚠️ INCONCLUSIVE \(simulated\): /)
})

test('the worst answers are those with the lowest scores, of every model alike', () => {
  const text = rendered(reportedRun())
  const rows = text
    .slice(text.indexOf('wrong answers'))
    .split('\n')
    .filter((line) => line.startsWith('| `'))
  const hostile = rows.filter((line) => line.includes(HOSTILE_MODEL.replace('|', '\\|')))
  assert.equal([rows.length, hostile.length], [10, 5])
})

test.run()
