import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Timeline } from '../../src/dispatch/timeline.ts'

test('a change is a point, and what does not change is none', () => {
  const timeline = new Timeline(1_000)
  timeline.note(8, null, 1_000)
  timeline.note(8, null, 5_000)
  timeline.note(9, null, 6_000)
  timeline.note(9, 3_000, 8_000)
  assert.equal(timeline.points, [
    { atMs: 0, concurrency: 8, requestsPerMinute: null },
    { atMs: 5_000, concurrency: 9, requestsPerMinute: null },
    { atMs: 7_000, concurrency: 9, requestsPerMinute: 3_000 },
  ])
})

test('changes that follow each other at once are one, with what came out in the end', () => {
  const timeline = new Timeline(0)
  timeline.note(8, null, 0)
  timeline.note(7, null, 1_000)
  timeline.note(6, null, 1_010)
  timeline.note(4, null, 1_020)
  assert.equal(
    timeline.points.map(({ atMs, concurrency }) => [atMs, concurrency]),
    [
      [0, 8],
      [1_000, 4],
    ],
  )
})

test('what is allowed from the first moment on is one point', () => {
  const timeline = new Timeline(0)
  timeline.note(8, null, 0)
  timeline.note(8, 60, 0)
  timeline.note(9, 60, 1)
  assert.equal(
    timeline.points.map(({ atMs, concurrency, requestsPerMinute }) => [atMs, concurrency, requestsPerMinute]),
    [
      [0, 8, 60],
      [1, 9, 60],
    ],
  )
})

test('however much changes there are at most 100 points, in order, the first one and the last state among them', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ ms: fc.nat(20_000), concurrency: fc.nat(50) }), { maxLength: 2_000 }),
      (changes) => {
        const timeline = new Timeline(0)
        let nowMs = 0
        timeline.note(8, null, 0)
        for (const { ms, concurrency } of changes) timeline.note(concurrency, null, (nowMs += ms))
        const { points } = timeline
        assert.ok(points.length <= 100)
        assert.is(points[0]?.atMs, 0)
        assert.is(points.at(-1)?.concurrency, changes.at(-1)?.concurrency ?? 8)
        for (let index = 1; index < points.length; index++) {
          assert.ok((points[index]?.atMs ?? 0) > (points[index - 1]?.atMs ?? 0))
        }
      },
    ),
    { numRuns: 50 },
  )
})

test.run()
