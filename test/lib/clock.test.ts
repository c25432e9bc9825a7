import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { systemClock } from '../../src/lib/clock.ts'
import { thrownBy } from './thrown.ts'

test('sleep takes at least its time on the monotonic clock', async () => {
  const startMs = systemClock.nowMs()
  await systemClock.sleep(20)
  // Node's timers count whole milliseconds and may fire a fraction early.
  assert.ok(systemClock.nowMs() - startMs >= 19)
})

test('a sleep of no or negative time ends at once', async () => {
  await systemClock.sleep(0)
  await systemClock.sleep(-5)
})

test('an abort ends the sleep with the reason of the signal', async () => {
  const controller = new AbortController()
  const reason = new Error('enough')
  const error = thrownBy(() => systemClock.sleep(3_600_000, controller.signal))
  controller.abort(reason)
  assert.is(await error, reason)
})

test('with an aborted signal there is no sleep at all', async () => {
  const reason = new Error('already')
  assert.is(await thrownBy(() => systemClock.sleep(3_600_000, AbortSignal.abort(reason))), reason)
})

test('a time beyond the longest timer does not fire at once', async () => {
  const controller = new AbortController()
  let woken = false
  const asleep = systemClock.sleep(2 ** 40, controller.signal).then(
    () => (woken = true),
    () => {},
  )
  await systemClock.sleep(20)
  assert.is(woken, false)
  controller.abort()
  await asleep
})

test.run()
