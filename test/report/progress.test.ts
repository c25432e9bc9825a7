import { Writable } from 'node:stream'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { barProgress, logProgress, noProgress, type ProgressState, progressLine } from '../../src/report/progress.ts'
import { PlayClock } from '../dispatch/play.ts'

const STATE: ProgressState = {
  settled: 120,
  planned: 310,
  scored: 120,
  passed: 98,
  failed: 0,
  retries: 3,
  spentUsd: '0.0021',
  completionTokens: 1_680,
  elapsedMs: 8_000,
  down: null,
}

test('the line tells how far, how good, how dear, how fast, and how long still', () => {
  assert.is(progressLine(STATE), '120/310 · pass 81.7 % [73.8, 87.6] · $0.0021 · 210 tokens/s · 3 retries · ETA 13s')
})

test('before anything is settled there is no rate and no ETA', () => {
  const state = {
    ...STATE,
    settled: 0,
    scored: 0,
    passed: 0,
    retries: 0,
    spentUsd: '0',
    completionTokens: 0,
    elapsedMs: 0,
  }
  assert.is(progressLine(state), '0/310 · $0.00 · 0 tokens/s · 0 retries')
})

test('failures are named as soon as there are any', () => {
  assert.match(progressLine({ ...STATE, failed: 2 }), ' · 2 failed · ')
})

test('at the end there is nothing to wait for', () => {
  assert.not.match(progressLine({ ...STATE, settled: 310 }), 'ETA')
})

test('an endpoint that is down is told with how long, and with when it is given up', () => {
  const down = { silentMs: 31_000, givesUpInMs: 269_000, lastFailure: 'network: refused' }
  assert.match(progressLine({ ...STATE, down }), ' · no answer for 31s, giving up in 4m 29s · ')
})

test('one retry is a retry', () => {
  assert.match(progressLine({ ...STATE, retries: 1 }), / · 1 retry · /)
})

test('large counts are grouped', () => {
  assert.match(progressLine({ ...STATE, settled: 12_000, planned: 1_000_000 }), /^12,000\/1,000,000 · /)
})

test('a log gets a line at most every ten seconds, and the state is asked for only then', () => {
  const clock = new PlayClock()
  const lines: string[] = []
  let asked = 0
  const progress = logProgress((line) => void lines.push(line), 'qa\u001b[2J', clock)
  for (let second = 1; second <= 60; second++) {
    clock.ms += 1_000
    progress.update(() => {
      asked += 1
      return { ...STATE, elapsedMs: second * 1_000 }
    })
  }
  progress.stop()
  assert.is(lines.length, 6)
  assert.is(asked, 6)
  assert.match(lines[0] ?? '', /^qa \[2J 120\/310 · .+\n$/)
})

test('no progress shows nothing and asks nothing', () => {
  noProgress.update(() => {
    throw new Error('asked')
  })
  noProgress.stop()
})

/** A terminal that remembers what it was sent. */
function playTerminal(columns: number): { readonly stream: NodeJS.WriteStream; readonly shown: () => string } {
  let shown = ''
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      shown += chunk.toString('utf8')
      done()
    },
  })
  return { stream: Object.assign(sink, { isTTY: true, columns }) as unknown as NodeJS.WriteStream, shown: () => shown }
}

test('a terminal that does not know its width gets a whole line', () => {
  const { stream, shown } = playTerminal(0)
  const progress = barProgress(stream, 'qa', new PlayClock())
  progress.update(() => STATE)
  progress.stop()
  assert.match(shown(), '120/310 · pass 81.7 %')
})

test('a bar that is stopped, once or twice, gives cursor and line wrapping back', () => {
  const { stream, shown } = playTerminal(80)
  const progress = barProgress(stream, 'qa', new PlayClock())
  progress.update(() => STATE)
  assert.ok(shown().includes('\u001b[?25l') && shown().includes('\u001b[?7l'))
  progress.stop()
  progress.stop()
  assert.ok(shown().includes('\u001b[?25h') && shown().includes('\u001b[?7h'))
})

test.run()
