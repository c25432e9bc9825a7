import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { terminalReport } from '../../src/report/terminal.ts'
import { GroupAccumulator } from '../../src/stats/summarize.ts'
import type { Summary } from '../../src/stats/types.ts'
import { completed, failed, scored } from '../journal/records.ts'
import { assertGolden, SUMMARY } from './play.ts'

const FILES = ['results/run/results.csv', 'results/run/summary.csv']

function screen(summary: Summary = SUMMARY, columns = 100): string {
  return terminalReport(summary, { color: false, columns, files: FILES })
}

test('the last screen is the golden one', () => {
  assertGolden('terminal.txt', screen())
})

test('a narrow terminal gets narrower tables with the same figures', () => {
  assertGolden('terminal-narrow.txt', screen(SUMMARY, 60))
})

test('without colour there is no escape on the screen', () => {
  assert.not.match(screen(), /[^\P{Cc}\n]/u)
})

test('nothing that a model or a dataset says can act on the terminal', () => {
  const evil = '\u001b[2J\u001b]0;owned\u0007\u009b31m\u202e\r'
  const place = { model: `m${evil}`, prompt: `p${evil}`, slice: `topic=${evil}` }
  const group = new GroupAccumulator(place, 0.95)
  group.add(
    0,
    completed({ output: evil, servedModel: evil, finishReason: evil, servedProvider: evil }),
    scored(1, { reason: evil }),
  )
  group.add(1, failed({ error: evil, output: evil }), undefined)
  const one = group.finish()
  const other = { ...one, prompt: `other${evil}` }
  const text = screen({
    ...SUMMARY,
    dataset: `qa${evil}`,
    notes: [`m${evil}: note`],
    groups: [one, other],
    slices: [one],
  })
  assert.not.match(text, /[^\P{Cc}\n]|[\u202a-\u202e]/u)
  assert.match(text, 'qa [2J')
})

test('a simulated run says so in the first line, a real one does not', () => {
  assert.match(screen({ ...SUMMARY, simulated: true }), /^SIMULATED · qa · /)
  assert.match(screen(), /^qa · /)
})

test('how it was paced is told only when the endpoint held the run back', () => {
  assert.match(screen(), '\npace: 3 attempts refused · 7 to 8 at once · 2,850 requests/min · 1 pause of 2s in all\n')
  const timeline = [{ atMs: 0, concurrency: 8, requestsPerMinute: 120 }]
  assert.not.match(screen({ ...SUMMARY, pace: { refused: 0, pauses: 0, pausedMs: 0, timeline } }), 'pace')
})

test('failures are told with what they could have changed', () => {
  assert.match(
    screen(),
    'acme/large: 1 failed (1 provider_error), 2 not run; pass rate between 0.0 % and 75.0 % whatever they were.',
  )
})

test('a run in which everything was scored says nothing of failures', () => {
  const group = new GroupAccumulator({ model: 'm', prompt: 'p', slice: '' }, 0.95)
  group.add(0, completed(), scored(1))
  assert.not.match(screen({ ...SUMMARY, groups: [group.finish()], slices: [] }), 'whatever they were')
})

test.run()
