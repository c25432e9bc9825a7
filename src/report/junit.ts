/**
 * junit.xml: a case per trial, for the test page of a CI. Written by hand: the library for it, junit-report-builder, keeps a tree of
 * the whole document and its text (300 MB for 10,000 cases), has no message for a skipped case and no output of a suite.
 */
import type { GroupSummary } from '../stats/types.ts'
import { integer } from './numbers.ts'
import { caseXml, outcomeOf, type Outcome } from './junit/case.ts'
import { Choice } from './junit/choice.ts'
import { attributes, element, propertiesXml } from './junit/xml.ts'
import type { ReportedRun, Reporter, ResultRow } from './types.ts'

export const junitReporter: Reporter = {
  name: 'junit',
  about: 'A test case per trial as JUnit XML, for the test page of a CI',
  file: 'junit.xml',
  render: junitXml,
}

/** The cases of one model × prompt. */
interface Suite {
  readonly group: GroupSummary
  readonly cases: string[]
  readonly counts: Record<Outcome, number>
  leftOut: number
  timeUs: number
}

function* junitXml(run: ReportedRun): Generator<string> {
  const { summary, timings } = run
  const suites = new Map(summary.groups.map((group) => [keyOf(group), suiteOf(group)]))
  // Two passes over the rows: the first finds how many of each outcome there is room for.
  const choice = new Choice()
  for (const row of run.rows()) choice.count(outcomeOf(row), () => caseXml(row, run).length)
  choice.decide()
  for (const row of run.rows()) {
    const suite = suites.get(keyOf(row))
    if (suite === undefined) continue
    const outcome = outcomeOf(row)
    const text = choice.isOpen(outcome) ? caseXml(row, run) : ''
    if (!choice.takes(outcome, text.length)) {
      suite.leftOut += 1
      continue
    }
    suite.cases.push(text)
    suite.counts[outcome] += 1
    suite.timeUs += row.record?.totalUs ?? 0
  }
  const all = [...suites.values()]
  yield '<?xml version="1.0" encoding="UTF-8"?>\n'
  yield `<testsuites${attributes({ name: summary.dataset, ...countsOf(all, timings) })}>\n`
  for (const [index, suite] of all.entries()) yield* suiteXml(suite, index, run)
  yield '</testsuites>\n'
}

function suiteOf(group: GroupSummary): Suite {
  return { group, cases: [], counts: { error: 0, failure: 0, skipped: 0, passed: 0 }, leftOut: 0, timeUs: 0 }
}

function* suiteXml(suite: Suite, index: number, { summary, timings }: ReportedRun): Generator<string> {
  const { group, cases, leftOut } = suite
  yield `<testsuite${attributes({
    name: `${group.model} ${group.prompt}`,
    package: summary.dataset,
    id: String(index),
    hostname: 'localhost',
    // The schema of Ant has the time without a zone; it is UTC.
    ...(timings ? { timestamp: summary.startedAt.replace(/\.\d+Z$|Z$/, '') } : {}),
    ...countsOf([suite], timings),
  })}>\n`
  yield propertiesXml({
    simulated: String(summary.simulated),
    planned: String(group.planned),
    scored: String(group.scored),
    pass_rate: group.passRate.value,
    pass_rate_low: group.passRate.low,
    pass_rate_high: group.passRate.high,
    cost_usd: group.costUsd,
    cases_left_out: String(leftOut),
  })
  for (const text of cases) yield text
  const told =
    leftOut === 0
      ? ''
      : `${integer(leftOut)} of ${integer(group.planned)} cases are left out for the size of this file: errors and failures come first. All of them are in results.csv.`
  yield `${element('system-out', {}, told)}${element('system-err', {}, '')}</testsuite>\n`
}

/** Of the cases that are in the file: readers add them up. */
function countsOf(suites: readonly Suite[], timings: boolean): Record<string, string> {
  const sum = (of: (suite: Suite) => number): number => suites.reduce((total, suite) => total + of(suite), 0)
  return {
    tests: String(sum(({ cases }) => cases.length)),
    failures: String(sum(({ counts }) => counts.failure)),
    errors: String(sum(({ counts }) => counts.error)),
    skipped: String(sum(({ counts }) => counts.skipped)),
    time: timings ? (sum(({ timeUs }) => timeUs) / 1e6).toFixed(6) : '0',
  }
}

function keyOf({ model, prompt }: Pick<ResultRow, 'model' | 'prompt'>): string {
  return JSON.stringify([model, prompt])
}
