/** Is junit.xml well formed whatever the texts hold, of the shape that readers of it expect, and bounded? */
import { SaxesParser, type SaxesTagPlain } from 'saxes'
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { MOST_CASES, MOST_CHARACTERS } from '../../src/report/junit/choice.ts'
import { element } from '../../src/report/junit/xml.ts'
import { junitReporter } from '../../src/report/junit.ts'
import type { ReportedRun, ResultRow } from '../../src/report/types.ts'
import { assertGolden } from './play.ts'
import { reportedRun, ROWS, SMALL } from './reported-run.ts'

interface Node {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: Node[]
  text: string
}

const rendered = (run: ReportedRun): string => [...junitReporter.render(run)].join('')

/** Throws where it is not well formed. */
function parsed(xml: string): Node {
  const root: Node = { name: '', attributes: {}, children: [], text: '' }
  const open = [root]
  const parser = new SaxesParser()
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', ({ name, attributes }: SaxesTagPlain) => {
    const node: Node = { name, attributes, children: [], text: '' }
    open.at(-1)?.children.push(node)
    open.push(node)
  })
  parser.on('text', (text) => {
    const node = open.at(-1)
    if (node !== undefined) node.text += text
  })
  parser.on('closetag', () => void open.pop())
  parser.write(xml).close()
  const [top] = root.children
  assert.ok(top)
  return top
}

const named = (node: Node | undefined, name: string): Node[] =>
  (node?.children ?? []).filter((child) => child.name === name)
const propertiesOf = (node: Node | undefined): Record<string, string> =>
  Object.fromEntries(
    named(named(node, 'properties')[0], 'property').map(({ attributes }) => [
      attributes['name'] ?? '',
      attributes['value'] ?? '',
    ]),
  )

/** The rules that the schemas of Ant and of Jenkins have in common with what is read elsewhere. */
function assertJUnit(top: Node): void {
  const whole = /^\d+$/
  const decimal = /^\d+(\.\d+)?$/
  assert.is(top.name, 'testsuites')
  for (const suite of top.children) {
    assert.is(suite.name, 'testsuite')
    const { name, tests, failures, errors, skipped, time, timestamp, hostname, id } = suite.attributes
    assert.ok(name !== undefined && hostname !== undefined)
    for (const count of [tests, failures, errors, skipped, id]) assert.match(count ?? '', whole)
    assert.match(time ?? '', decimal)
    if (timestamp !== undefined) assert.match(timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/)
    const order = suite.children.map((child) => child.name)
    const ranks = order.map((child) => ['properties', 'testcase', 'system-out', 'system-err'].indexOf(child))
    assert.ok(
      ranks.every((rank, index) => rank >= 0 && rank >= (ranks[index - 1] ?? 0)),
      order.join(),
    )
    const cases = named(suite, 'testcase')
    const outcomes = cases.flatMap(({ children }) => children.map((child) => child.name))
    const countOf = (outcome: string): string => String(outcomes.filter((one) => one === outcome).length)
    assert.equal(
      [tests, failures, errors, skipped],
      [String(cases.length), countOf('failure'), countOf('error'), countOf('skipped')],
    )
    for (const { attributes, children } of cases) {
      assert.ok(attributes['name'] !== undefined && attributes['classname'] !== undefined)
      if (attributes['time'] !== undefined) assert.match(attributes['time'], decimal)
      const results = children.filter((child) => child.name !== 'properties')
      assert.ok(results.length <= 1)
      for (const result of results) {
        assert.ok(['failure', 'error', 'skipped'].includes(result.name))
        if (result.name !== 'skipped') assert.ok(result.attributes['type'] !== undefined)
      }
    }
  }
  for (const name of ['tests', 'failures', 'errors', 'skipped']) {
    const sum = top.children.reduce((total, { attributes }) => total + Number(attributes[name]), 0)
    assert.is(Number(top.attributes[name]), sum)
  }
}

test('junit.xml is the golden one, well formed and of the known shape', () => {
  const xml = rendered(reportedRun())
  assertGolden('junit.xml', xml)
  assertJUnit(parsed(xml))
})

test('without timings there is no time in it', () => {
  const xml = rendered(reportedRun({ timings: false }))
  assertGolden('junit-no-timings.xml', xml)
  assertJUnit(parsed(xml))
  assert.not.match(xml, /timestamp|latency_ms|time="(?!0")/)
})

test('a case is a trial: what became of it, its scores and what it cost', () => {
  const [small, large] = parsed(rendered(reportedRun())).children
  const cases = named(small, 'testcase')
  assert.is(cases.length, ROWS.filter(({ model }) => model === SMALL).length)
  assert.equal(propertiesOf(cases[0]), {
    score: '1',
    'score:exact': '1',
    'score:rubric:polite': '0.5',
    cost_usd: '0.0000048',
    latency_ms: '80',
  })
  const [passed, failed, timedOut, skipped, unscored] = named(large, 'testcase').map(({ children }) =>
    children.find(({ name }) => name !== 'properties'),
  )
  assert.is(passed, undefined)
  assert.is(failed?.name, 'error')
  assert.is(failed?.attributes['type'], 'provider_error')
  assert.is(failed?.text, 'what had arrived: He s')
  assert.is(timedOut?.attributes['message'], 'no answer in 60s')
  assert.is(skipped?.attributes['message'], 'skipped_budget')
  assert.match(unscored?.attributes['message'] ?? '', 'the judge gave no verdict')
})

test('text that XML cannot hold is shown, and everything else comes back as it was', () => {
  const back = (text: string): string => parsed(element('a', {}, text)).text
  assert.is(back('a]]>b<c>&amp;"\u0000\u001b[31m\ud800\ufffe\r\n\tz'), 'a]]>b<c>&amp;"␀␛[31m��\r\n\tz')
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), (any, graphemes) => {
      const node = parsed(element('a', { b: any }, any))
      assert.is(node.text, node.attributes['b'])
      const clean = graphemes.replace(/[\p{Cc}\p{Surrogate}\ufffe\uffff]/gu, '')
      assert.is(back(clean), clean)
    }),
  )
})

/** The rows so many times, under ids of their own. */
function repeated(times: number, change: (row: ResultRow) => ResultRow = (row) => row): ReportedRun {
  return reportedRun({
    rows: function* () {
      for (let copy = 0; copy < times; copy++) {
        for (const row of ROWS) yield change({ ...row, sample: { ...row.sample, id: `${copy} ${row.sample.id}` } })
      }
    },
  })
}

test('of more cases than there is room for errors and failures stay, and the rest is counted', () => {
  const times = 500
  const top = parsed(rendered(repeated(times)))
  assertJUnit(top)
  const { tests, errors, failures, skipped } = top.attributes
  assert.equal([tests, errors, failures, skipped], [String(MOST_CASES), String(2 * times), String(18 * times), '0'])
  const left = top.children.map((suite) => Number(propertiesOf(suite)['cases_left_out']))
  assert.is(
    left.reduce((sum, count) => sum + count, 0),
    times * ROWS.length - MOST_CASES,
  )
  assert.match(named(top.children[0], 'system-out')[0]?.text ?? '', 'cases are left out')
})

test('large answers are clipped, and the file stays below its limit', () => {
  const output = '&'.repeat(50_000)
  const long = (row: ResultRow): ResultRow =>
    row.record === undefined ? row : { ...row, record: { ...row.record, output } }
  const xml = rendered(repeated(400, long))
  assert.ok(xml.length < MOST_CHARACTERS * 1.01)
  assertJUnit(parsed(xml))
  assert.match(xml, '… of 50,000 characters …')
})

test.run()
