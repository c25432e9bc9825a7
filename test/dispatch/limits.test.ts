import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Limits } from '../../src/dispatch/limits.ts'
import type { RateLimits } from '../../src/provider/types.ts'

const requests = (limit: number, remaining: number): RateLimits => ({ requests: { limit, remaining }, tokens: null })
const tokens = (limit: number, remaining: number): RateLimits => ({ requests: null, tokens: { limit, remaining } })

test('without limits nothing waits and nobody counts tokens', () => {
  const limits = new Limits(null, null, 0)
  for (let sent = 0; sent < 1_000; sent++) limits.take(0, 0)
  assert.is(limits.waitMs(0, 0), 0)
  assert.is(limits.countTokens(0), false)
  assert.is(limits.requestsPerMinute(0), null)
})

test('the user limits requests and tokens, and the one that holds back longer decides', () => {
  const limits = new Limits(60, 60_000, 0)
  assert.is(limits.countTokens(0), true)
  limits.take(3_000, 0)
  assert.is(limits.waitMs(1, 0), 2_001)
  assert.is(limits.waitMs(1, 2_500), 0)
})

test('what was sent for nothing is given back', () => {
  const limits = new Limits(60, 60_000, 0)
  limits.giveBack(limits.take(1_000, 0))
  assert.is(limits.waitMs(1_000, 0), 0)
})

test('used tokens take the place of the estimate', () => {
  const limits = new Limits(null, 60_000, 0)
  const taken = limits.take(1_000, 0)
  assert.is(limits.waitMs(1_000, 0), 1_000)
  limits.used(400, taken)
  assert.is(limits.waitMs(1_000, 0), 400)
  limits.used(1_500, limits.take(500, 0))
  assert.is(limits.waitMs(1, 0), 901)
})

test('an endpoint that says what is left is believed, and its limit fills again evenly', () => {
  const limits = new Limits(null, null, 0)
  const taken = limits.take(0, 0)
  limits.believe(requests(600, 1), taken, 0, 0)
  assert.is(limits.requestsPerMinute(0), 600)
  assert.is(limits.waitMs(0, 0), 0)
  limits.take(0, 0)
  assert.is(limits.waitMs(0, 0), 100)
})

test('what was sent after the request that is answered is taken off, and what filled since is added', () => {
  const limits = new Limits(null, null, 0)
  const first = limits.take(0, 0)
  for (let sent = 0; sent < 5; sent++) limits.take(0, 1_000)
  // 3 were left, 20 came back in two seconds, 5 went out.
  limits.believe(requests(600, 3), first, 0, 2_000)
  for (let sent = 0; sent < 18; sent++) {
    assert.is(limits.waitMs(0, 2_000), 0, `${sent} sent`)
    limits.take(0, 2_000)
  }
  assert.is(Math.round(limits.waitMs(0, 2_000)), 100)
})

test('an answer that was overtaken by a later one is not believed any more', () => {
  const limits = new Limits(null, null, 0)
  const early = limits.take(0, 0)
  const late = limits.take(0, 10)
  limits.believe(requests(600, 100), late, 10, 20)
  limits.believe(requests(600, 0), early, 0, 20)
  assert.is(limits.waitMs(0, 20), 0)
})

test('the stricter of both holds', () => {
  const limits = new Limits(60, null, 0)
  limits.believe(requests(600, 600), limits.take(0, 0), 0, 0)
  assert.is(limits.requestsPerMinute(0), 60)
  assert.is(Math.round(limits.waitMs(0, 0)), 1_000)
  limits.believe(requests(6, 0), limits.take(0, 1_000), 1_000, 1_000)
  assert.is(limits.requestsPerMinute(1_000), 6)
  assert.is(Math.round(limits.waitMs(0, 1_000)), 10_000)
})

test('tokens are counted once the endpoint limits them', () => {
  const limits = new Limits(null, null, 0)
  limits.believe(tokens(60_000, 500), limits.take(0, 0), 0, 0)
  assert.is(limits.countTokens(0), true)
  assert.is(limits.waitMs(1_500, 0), 1_000)
})

test('nothing that an endpoint says stops the run for more than a minute', () => {
  const amount = fc.double({ min: 1e-9, max: 1e12, noNaN: true })
  fc.assert(
    fc.property(
      amount,
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.nat(10_000),
      amount,
      (limit, part, sent, cost) => {
        const limits = new Limits(null, null, 0)
        const taken = limits.take(cost, 0)
        for (let more = 0; more < sent % 50; more++) limits.take(cost, 0)
        const told = { limit, remaining: limit * part }
        limits.believe({ requests: told, tokens: told }, taken, 0, sent)
        assert.ok(limits.waitMs(cost, sent) <= 60_000)
        assert.is(limits.waitMs(cost, 60_000), 0)
        assert.is(limits.requestsPerMinute(60_000), null)
      },
    ),
  )
})

test.run()
