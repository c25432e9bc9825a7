import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { PacedRate } from '../../src/dispatch/paced-rate.ts'

/** Sends `perSecond` evenly for some time, as far as the rate lets it, and has refused what `isRefused` says. */
class Play {
  readonly rate = new PacedRate(0)
  nowMs = 0
  sent = 0

  run(ms: number, perSecond: number, isRefused: (sent: number) => boolean = () => false): this {
    const endMs = this.nowMs + ms
    for (;;) {
      this.nowMs += Math.max(1_000 / perSecond, this.rate.waitMs(this.nowMs))
      if (this.nowMs > endMs) break
      this.rate.sent(this.nowMs)
      this.sent += 1
      if (isRefused(this.sent)) this.rate.refused(this.nowMs, this.nowMs)
    }
    this.nowMs = endMs
    return this
  }

  get perSecond(): number | null {
    return this.rate.perMinute === null ? null : this.rate.perMinute / 60
  }
}

const everyNth =
  (n: number) =>
  (sent: number): boolean =>
    sent % n === 0

function within(value: number | null, least: number, most: number): void {
  assert.ok(value !== null && value >= least && value <= most, `${value} is not within ${least} to ${most}`)
}

test('there is no rate while nothing is refused', () => {
  const play = new Play().run(20_000, 500)
  assert.is(play.perSecond, null)
  assert.is(play.rate.waitMs(play.nowMs), 0)
})

test('the first rate is what was accepted lately, and a little less', () => {
  const play = new Play().run(5_000, 100).run(240, 100, everyNth(4))
  within(play.perSecond, 60, 96)
})

test('one refusal of many is tolerated, in each period', () => {
  assert.is(new Play().run(30_000, 100, everyNth(101)).perSecond, null)
})

test('a rate is cut to what was borne the period before when refusals begin again, and not below what was accepted', () => {
  const play = new Play().run(2_000, 100).run(1_100, 100, everyNth(3)).run(4_000, 1_000)
  const before = play.perSecond ?? 0
  play.run(1_200, 1_000, everyNth(10))
  within(play.perSecond, before * 0.85, before)
})

test('refusals of what was sent before the cut do not cut again', () => {
  const play = new Play().run(2_000, 100).run(1_100, 100, everyNth(2))
  const before = play.perSecond
  for (let refusal = 0; refusal < 50; refusal++) play.rate.refused(100, play.nowMs)
  assert.is(play.perSecond, before)
})

test('a rate that is borne grows, slowly near the one that was cut and faster the longer it is borne', () => {
  const play = new Play().run(2_000, 100).run(1_100, 100, everyNth(3)).run(1_500, 1_000)
  const start = play.perSecond ?? 0
  play.run(5_000, 1_000)
  within(play.perSecond, start * 1.05, start * 1.3)
  play.run(15_000, 1_000)
  within(play.perSecond, start * 2, 1_000)
})

test('a rate that nobody uses is given up', () => {
  const play = new Play().run(2_000, 100).run(1_100, 100, everyNth(3))
  assert.ok(play.perSecond !== null)
  assert.is(play.run(5_000, 10).perSecond, null)
})

test('a guess grows by half each period until something contradicts it', () => {
  const play = new Play()
  play.rate.guess(0.01, 0)
  play.run(4_500, 1_000)
  within(play.perSecond, 30, 80)
  play.rate.guess(1_000, play.nowMs)
  within(play.perSecond, 30, 80)
})

test('refusals that come whatever the rate is do not end in a stand: what was accepted once is tried again', () => {
  const play = new Play().run(2_000, 100)
  let least = Number.POSITIVE_INFINITY
  for (let second = 0; second < 60; second++) {
    play.run(1_000, 100, everyNth(7))
    least = Math.min(least, play.perSecond ?? least)
  }
  assert.ok(least > 10, `down to ${least} a second`)
  const sent = play.sent
  play.run(30_000, 100, everyNth(7))
  assert.ok(play.sent - sent > 1_500, `${play.sent - sent} in half a minute`)
})

test('a pause with refusals cuts to what was accepted before; one without changes nothing', () => {
  const failed = new Play().run(2_000, 100)
  failed.rate.pause(failed.nowMs)
  failed.rate.resume(failed.nowMs + 10_000)
  assert.is(failed.perSecond, null)
  const play = new Play().run(2_000, 100)
  for (let refusal = 0; refusal < 10; refusal++) play.rate.refused(play.nowMs, play.nowMs)
  play.rate.pause(play.nowMs)
  within(play.perSecond, 60, 100)
})

test('a second pause without a good period in between cuts deeper', () => {
  const play = new Play().run(2_000, 100)
  for (let pause = 0; pause < 5; pause++) {
    for (let refusal = 0; refusal < 3; refusal++) play.rate.refused(play.nowMs, play.nowMs)
    play.rate.pause(play.nowMs)
    play.nowMs += 1_000
    play.rate.resume(play.nowMs)
    play.run(100, 1_000)
  }
  within(play.perSecond, 1, 40)
})

test('whatever happens a rate is a positive number, or none', () => {
  const step = fc.record({
    ms: fc.integer({ min: 0, max: 5_000 }),
    what: fc.constantFrom('send', 'refuse', 'pause', 'resume', 'guess'),
    times: fc.integer({ min: 1, max: 60 }),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const rate = new PacedRate(0)
      let nowMs = 0
      for (const { ms, what, times } of steps) {
        nowMs += ms
        for (let time = 0; time < times; time++) {
          if (what === 'send') rate.sent(nowMs + time)
          else if (what === 'refuse') {
            rate.sent(nowMs)
            rate.refused(nowMs, nowMs)
          }
        }
        if (what === 'pause') rate.pause(nowMs)
        else if (what === 'resume') rate.resume(nowMs)
        else if (what === 'guess') rate.guess(times / 100, nowMs)
        nowMs += times
        const { perMinute } = rate
        assert.ok(perMinute === null || (perMinute > 0 && Number.isFinite(perMinute)), String(perMinute))
        assert.ok(rate.waitMs(nowMs) >= 0)
      }
    }),
  )
})

test.run()
