import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Breaker } from '../../src/dispatch/breaker.ts'

const trials = Array.from({ length: 50 }, (_, id) => ({ id }))
const trial = (id: number): object => trials[id] ?? {}

function fail(breaker: Breaker, id: number, nowMs: number, hintMs: number | null = null, sentMs = nowMs): void {
  breaker.failed({ trial: trial(id), sentMs, isRefusal: hintMs !== null, hintMs }, nowMs)
}

function opened(nowMs = 0): Breaker {
  const breaker = new Breaker()
  for (let id = 0; id < 10; id++) fail(breaker, id, nowMs)
  return breaker
}

test('it opens when ten different trials have failed in a row', () => {
  const breaker = new Breaker()
  for (let id = 0; id < 9; id++) fail(breaker, id, 0)
  assert.is(breaker.isOpen, false)
  fail(breaker, 9, 0)
  assert.is(breaker.isOpen, true)
  assert.is(breaker.pauses, 1)
})

test('an answer in between starts the count anew', () => {
  const breaker = new Breaker()
  for (let id = 0; id < 40; id++) {
    fail(breaker, id, id)
    if (id % 9 === 8) breaker.answered(id, id)
  }
  assert.is(breaker.isOpen, false)
})

test('few trials that fail again and again open nothing', () => {
  const breaker = new Breaker()
  for (let attempt = 0; attempt < 100; attempt++) for (let id = 0; id < 9; id++) fail(breaker, id, attempt)
  assert.is(breaker.isOpen, false)
})

test('while it is open probes go out after a second, then after twice as long each, up to half a minute', () => {
  const breaker = opened(0)
  const probesMs: number[] = []
  for (let nowMs = 0; probesMs.length < 9; nowMs += breaker.waitMs(nowMs)) {
    if (breaker.waitMs(nowMs) > 0) continue
    probesMs.push(nowMs)
    breaker.sent(nowMs)
    fail(breaker, 20, nowMs)
  }
  assert.equal(probesMs, [1_000, 3_000, 7_000, 15_000, 31_000, 61_000, 91_000, 121_000, 151_000])
})

test('an answer closes it at once, also one that was sent before it opened', () => {
  const breaker = opened(500)
  breaker.answered(100, 700)
  assert.is(breaker.isOpen, false)
  assert.is(breaker.waitMs(700), 0)
  assert.is(breaker.pausedMs(9_000), 200)
})

test('closed by what was sent before it opened it opens again at the first failure, until something newer is answered', () => {
  const breaker = opened(500)
  breaker.answered(100, 700)
  fail(breaker, 20, 800)
  assert.is(breaker.isOpen, true)
  breaker.answered(200, 900)
  breaker.answered(950, 1_000)
  fail(breaker, 21, 1_100)
  assert.is(breaker.isOpen, false)
})

test('an endpoint that only refuses is there: it takes ten again', () => {
  const breaker = opened(500)
  breaker.answered(100, 700)
  fail(breaker, 20, 800, 10)
  assert.is(breaker.isOpen, false)
})

test('time that is still going on counts as paused', () => {
  const breaker = opened(1_000)
  assert.is(breaker.pausedMs(4_000), 3_000)
})

test('three trials that were told to come back later hold up all, until the soonest of their times', () => {
  const breaker = new Breaker()
  fail(breaker, 0, 0, 20_000)
  fail(breaker, 1, 200, 9_000)
  assert.is(breaker.waitMs(200), 0)
  fail(breaker, 2, 400, 30_000)
  assert.is(breaker.isOpen, true)
  assert.is(breaker.waitMs(400), 8_800)
})

test('one trial that is told three times, three with an answer in between, and three at once are no agreement', () => {
  const again = new Breaker()
  for (let time = 0; time < 20; time++) fail(again, 0, time * 1_000, 60_000)
  assert.is(again.isOpen, false)
  const between = new Breaker()
  for (let id = 0; id < 20; id++) {
    fail(between, id, id * 1_000, 60_000)
    if (id % 2 === 1) between.answered(id * 1_000, id * 1_000)
  }
  assert.is(between.isOpen, false)
  const atOnce = new Breaker()
  for (let id = 0; id < 9; id++) fail(atOnce, id, 100, 60_000, 0)
  assert.is(atOnce.isOpen, false)
})

test('ten at once that were told to come back later hold up all', () => {
  const breaker = new Breaker()
  for (let id = 0; id < 10; id++) fail(breaker, id, 100, 5_000, 0)
  assert.is(breaker.waitMs(100), 5_000)
})

test('no hint keeps probes away for more than a minute', () => {
  const breaker = new Breaker()
  for (let id = 0; id < 3; id++) fail(breaker, id, id * 200, 86_400_000)
  assert.is(breaker.waitMs(400), 59_600)
  let nowMs = 400
  for (let probe = 0; probe < 10; probe++) {
    assert.ok(breaker.waitMs(nowMs) <= 60_000)
    nowMs += breaker.waitMs(nowMs)
    breaker.sent(nowMs)
    fail(breaker, 30 + probe, nowMs, 86_400_000)
  }
})

test('what was accepted before hints agreed does not overrule them; a probe that is answered does', () => {
  const breaker = new Breaker()
  for (let id = 0; id < 3; id++) fail(breaker, id, id * 200, 10_000)
  breaker.answered(150, 1_000)
  assert.is(breaker.isOpen, true)
  breaker.sent(10_000)
  breaker.answered(10_000, 10_100)
  assert.is(breaker.isOpen, false)
})

test('a probe that is told to come back later puts off the next one', () => {
  const breaker = opened(0)
  breaker.sent(1_000)
  fail(breaker, 20, 1_010, 25_000, 1_000)
  assert.is(breaker.waitMs(1_010), 25_000)
})

test.run()
