/** Are annotations what GitHub's runner reads, no more of them than it keeps, and nothing else a command? */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { withoutCommands } from '../../src/lib/runner-commands.ts'
import { githubReporter } from '../../src/report/github.ts'
import type { ReportedRun } from '../../src/report/types.ts'
import { assertGolden } from './play.ts'
import { commandsIn } from './runner.ts'
import { GATE, HOSTILE, reportedRun, ROWS } from './reported-run.ts'

const rendered = (run: ReportedRun): string => [...githubReporter.render(run)].join('')

test('the annotations are the golden ones', () => {
  assertGolden('annotations.txt', rendered(reportedRun({ datasetFile: 'datasets/q a,1:2%.csv' })))
})

test('every line is one command, with the title and the message that were meant', () => {
  const text = rendered(reportedRun({ datasetFile: 'datasets/q a,1:2%.csv' }))
  const commands = commandsIn(text)
  assert.is(commands.length, text.trimEnd().split('\n').length)
  const [verdict] = commands
  assert.is(verdict?.command, 'error')
  assert.is(verdict?.properties['title'], 'REGRESSION (simulated)')
  assert.match(verdict?.data ?? '', '40.0 % against 90.0 %')
  const rows = commands.filter(({ properties }) => properties['file'] !== undefined)
  assert.ok(rows.length > 10)
  for (const { properties } of rows) {
    assert.is(properties['file'], 'datasets/q a,1:2%.csv')
    assert.ok(ROWS.some(({ sample }) => String(sample.line) === properties['line']))
  }
})

test('flips come before other wrong answers, and no row is told twice', () => {
  const titles = commandsIn(rendered(reportedRun())).map(({ properties }) => properties['title'] ?? '')
  assert.is(titles.filter((title) => title.startsWith('went wrong')).length, 6)
  assert.ok(
    titles.findLastIndex((title) => title.startsWith('went wrong')) <
      titles.findIndex((title) => title.startsWith('wrong answer')),
  )
  assert.is(new Set(titles).size, titles.length)
})

test('wrong answers are warnings of a regression alone: a night that passes has some as well', () => {
  const levelsOf = (gate: typeof GATE | null): string[] => {
    const run = reportedRun()
    const commands = commandsIn(rendered({ ...run, summary: { ...run.summary, gate } }))
    const wrong = commands.filter(({ properties }) => /^(went wrong|wrong answer)/.test(properties['title'] ?? ''))
    assert.ok(wrong.length > 3)
    return [...new Set(wrong.map(({ command }) => command))]
  }
  assert.equal(levelsOf({ ...GATE, verdict: 'REGRESSION' }), ['warning'])
  assert.equal(levelsOf({ ...GATE, verdict: 'PASS' }), ['notice'])
  assert.equal(levelsOf(null), ['notice'])
})

test('there are at most ten of a level, and the last says how many are left out', () => {
  const run = reportedRun({
    rows: function* () {
      for (let copy = 0; copy < 200; copy++) yield* ROWS
    },
  })
  const commands = commandsIn(rendered(run))
  for (const level of ['error', 'warning', 'notice']) {
    assert.ok(commands.filter(({ command }) => command === level).length <= 10, level)
  }
  assert.match(commands.at(-1)?.data ?? '', /^[\d,]+ annotations left out/)
})

test('the level is that of the verdict; without one the pass rates are a notice', () => {
  const levelOf = (gate: typeof GATE | null): string | undefined => {
    const run = reportedRun({ rows: () => [], comparison: null })
    const [first, ...rest] = commandsIn(rendered({ ...run, summary: { ...run.summary, gate } }))
    assert.is(rest.length, 0)
    return first?.command
  }
  assert.is(levelOf(GATE), 'error')
  assert.is(levelOf({ ...GATE, verdict: 'INCONCLUSIVE' }), 'warning')
  assert.is(levelOf({ ...GATE, verdict: 'PASS' }), 'notice')
  assert.is(levelOf(null), 'notice')
})

test('text without commands has none, and as JSON means what it meant', () => {
  for (const text of [
    ...Object.values(HOSTILE),
    '::error::x',
    '\u00a0\t::warning::x\r::notice::y',
    '##[error]x',
    'a ##[set-env name=x]y',
  ]) {
    assert.equal(commandsIn(withoutCommands(text)), [])
    assert.equal(JSON.parse(withoutCommands(JSON.stringify({ text }, null, 2))), { text })
  }
  assert.is(withoutCommands('std::vector and a::b ## [x]'), 'std::vector and a::b ## [x]')
})

test.run()
