/** Which runs may be held against each other, and when has their level moved? */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { seriesOf } from '../../../src/gate/history/series.ts'
import type { HistoryLine, HistorySegment } from '../../../src/gate/history/types.ts'
import { randomFrom } from '../../../src/lib/random.ts'
import { movingRangeSigma } from '../../../src/stats/cusum.ts'
import { line, linesWith } from './made-lines.ts'

function segments(lines: readonly HistoryLine[]): readonly HistorySegment[] {
  const series = seriesOf(lines, 'test')
  assert.is(series.length, 1)
  return series[0]?.segments ?? []
}

/** Values around a level, the same in every run of the test. */
function noise(count: number, level: number, spread = 0.01): number[] {
  const random = randomFrom('history')
  return Array.from({ length: count }, () => level + spread * (random.uniform() - 0.5))
}

test('every dataset, model and prompt has a series of its own', () => {
  const series = seriesOf(
    [line(0), line(0, { model: 'other' }), line(1), line(1, { dataset: 'math' }), line(1, { prompt: 'terse' })],
    'test',
  )
  assert.equal(
    series.map(({ dataset, model, prompt, segments: [first] }) => [dataset, model, prompt, first?.nights.length]),
    [
      ['qa', 'm', 'question', 2],
      ['qa', 'other', 'question', 1],
      ['math', 'm', 'question', 1],
      ['qa', 'm', 'terse', 1],
    ],
  )
})

test('another dataset version, scoring, prompt text or number of trials begins a new segment, and says why', () => {
  const changes: [Partial<HistoryLine>, RegExp][] = [
    [{ datasetVersion: 'v2' }, /^dataset v1 → v2$/],
    [{ scoring: 'k2', scorers: 'numeric' }, /^scorers exact → numeric$/],
    [{ scoring: 'k2' }, /^settings or judge of the scorers$/],
    [{ promptId: 'p2' }, /^text of the prompt$/],
    [{ planned: 300, n: 300 }, /^trials 100 → 300$/],
    [{ simulated: true }, /^simulated$/],
  ]
  for (const [change, told] of changes) {
    const [first, second, ...more] = segments([line(0), line(1), line(2, change)])
    assert.equal([first?.nights.length, second?.nights.length, more.length], [2, 1, 0])
    assert.equal(first?.changed, [])
    assert.match(second?.changed.join('; ') ?? '', told)
  }
})

test('simulated and real runs never share a segment, however they alternate', () => {
  const found = segments([0, 1, 2, 3].map((day) => line(day, { simulated: day % 2 === 1 })))
  assert.equal(
    found.map(({ simulated, nights }) => [simulated, nights.map(({ runId }) => runId)]),
    [
      [false, ['night-0', 'night-2']],
      [true, ['night-1', 'night-3']],
    ],
  )
})

test('runs stand in the order of time, and one that stands twice counts once', () => {
  const [only] = segments([line(2), line(0), line(1, { value: 0.1 }), line(1, { value: 0.7 })])
  assert.equal(
    only?.nights.map(({ runId, value }) => [runId, value]),
    [
      ['night-0', 0.9],
      ['night-1', 0.7],
      ['night-2', 0.9],
    ],
  )
})

test('with fewer than 20 whole runs there is no chart, and it says how many are missing', () => {
  const [few] = segments(linesWith(noise(15, 0.9)))
  assert.equal([few?.chart, few?.missing], [null, 5])
  const broken = linesWith(noise(22, 0.9)).map((one, day) => (day < 5 ? Object.assign({}, one, { n: 40 }) : one))
  const [half] = segments(broken)
  assert.equal([half?.chart, half?.missing], [null, 3])
  assert.equal(half?.nights.map(({ isCharted }) => isCharted).slice(3, 7), [false, false, true, true])
})

test('mean and σ are those of the first 20 runs, σ by the moving range', () => {
  const values = noise(60, 0.9)
  const [only] = segments(linesWith(values))
  const reference = values.slice(0, 20)
  assert.is(only?.chart?.reference, 20)
  assert.is(only?.chart?.sigma, movingRangeSigma(reference))
  const mean = reference.reduce((sum, value) => sum + value, 0) / 20
  assert.ok(Math.abs((only?.chart?.mean ?? 0) - mean) < 1e-12)
  const z = ((values[40] ?? 0) - mean) / (movingRangeSigma(reference) ?? 0)
  assert.ok(Math.abs((only?.nights[40]?.z ?? 0) - z) < 1e-9)
})

test('run lengths are those of two sums at k ½ and h 5', () => {
  const [only] = segments(linesWith(noise(20, 0.9)))
  // statistics-golden.json, cusum "k 0.5 h 5.0": 930.887 for one sum, 10.376 after a shift of 1 σ.
  assert.ok(Math.abs((only?.chart?.falseAlarmEvery ?? 0) - 930.887012063 / 2) < 1e-6)
  assert.ok(Math.abs((only?.chart?.foundAfter ?? 0) - 10.3759753002) < 1e-6)
})

test('a lasting drop raises an alarm on its side, and is dated', () => {
  const values = [...noise(30, 0.9), ...noise(15, 0.88)]
  const [only] = segments(linesWith(values))
  const alarms = only?.nights.flatMap(({ alarm }, day) => (alarm === null ? [] : [[day, alarm] as const])) ?? []
  assert.ok(alarms.length > 0)
  for (const [day, side] of alarms) assert.ok(day >= 30 && side === 'lower', `${day} ${side}`)
  assert.is(only?.chart?.alarms, alarms.length)
  assert.equal(
    only?.changes.map(({ runId }) => runId),
    ['night-30'],
  )
  assert.ok((only?.changes[0]?.pValue ?? 1) <= 0.001)
})

test('nothing is charted where the first runs are all alike, and nothing dated below ten', () => {
  const [alike] = segments(linesWith([...Array<number>(20).fill(1), 0.5]))
  assert.equal([alike?.chart, alike?.missing], [null, 0])
  const [short] = segments(linesWith([0.9, 0.91, 0.9, 0.91, 0.5, 0.51, 0.5, 0.51, 0.5]))
  assert.equal(short?.changes, [])
})

test('a run without a value is shown, and has no place in the chart', () => {
  const lines = linesWith(noise(25, 0.9)).map((one, day) =>
    day === 22 ? Object.assign({}, one, { value: null }) : one,
  )
  const [only] = segments(lines)
  assert.is(only?.nights.length, 25)
  assert.equal([only?.nights[22]?.isCharted, only?.nights[22]?.z], [false, null])
  assert.ok(only?.nights[23]?.z !== null)
})

test.run()
