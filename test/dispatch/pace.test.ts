/** Whole runs in played time: what comes out of all parts together, against servers that limit. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Pace } from '../../src/dispatch/pace.ts'
import type { Down, Permit } from '../../src/dispatch/types.ts'
import { failure, idle, PlayClock, playPace, POLICY } from './play.ts'
import { type Admission, fixedWindow, inFlight, play, type Scenario, slidingWindow, tokenBucket } from './simulated.ts'

const AUTO = { concurrency: 256, isAdaptive: true }
const about100 = (uniform: number): number => 98 + 6 * uniform
const from40to160 = (uniform: number): number => 40 + 120 * uniform

/** Wall time over the least possible, and the share of requests that were refused. */
async function figures(scenario: Scenario, idealMs: number): Promise<{ ratio: number; share: number }> {
  const played = await play(scenario)
  assert.equal([played.completed, played.failed, played.unsettled], [scenario.rows, 0, 0])
  return { ratio: played.wallMs / idealMs, share: played.report.refused / played.requests }
}

const RATE_LIMITS: readonly [name: string, admission: () => Admission][] = [
  ['a bucket of a second', () => tokenBucket(50, 50)],
  ['a bucket of three', () => tokenBucket(50, 3)],
  ['50 in each second of the clock', () => fixedWindow(50, 1_000)],
  ['50 in any second', () => slidingWindow(50, 1_000)],
]

for (const [name, admission] of RATE_LIMITS) {
  for (const retryAfterMs of [undefined, 1_000]) {
    const hint = retryAfterMs === undefined ? '' : ', with Retry-After'
    test(`auto finds 50 requests/s: ${name}${hint}`, async () => {
      for (const [index, latencyMs] of [about100, from40to160].entries()) {
        const { ratio, share } = await figures(
          {
            rows: 3_000,
            policy: AUTO,
            admission: admission(),
            latencyMs,
            refusalMs: 2,
            overheadMs: 1,
            seed: `${name} ${index}`,
            ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
          },
          59_100,
        )
        assert.ok(ratio < 1.15, `${ratio} of the least time`)
        assert.ok(share < 0.05, `${share * 100} % refused`)
      }
    })
  }
}

for (const [name, policy] of [
  ['auto', AUTO],
  ['a fixed 64', { concurrency: 64 }],
] as const) {
  test(`${name} finds 4 in flight, with even and with uneven latencies, also when refusals are slow`, async () => {
    for (const latencyMs of [() => 100, from40to160]) {
      for (const refusalMs of [0, 100]) {
        const { ratio, share } = await figures(
          { rows: 3_000, policy, admission: inFlight(4), latencyMs, refusalMs, overheadMs: 1 },
          75_000,
        )
        assert.ok(ratio < 1.2, `${ratio} of the least time`)
        assert.ok(share < 0.05, `${share * 100} % refused`)
      }
    }
  })
}

test('an endpoint that says its limits is not refused once', async () => {
  const { ratio, share } = await figures(
    { rows: 3_000, policy: AUTO, admission: tokenBucket(50, 50), latencyMs: about100, hasHeaders: true },
    59_100,
  )
  assert.ok(ratio < 1.05, `${ratio} of the least time`)
  assert.is(share, 0)
})

test('an endpoint without limits is used up to the most', async () => {
  const { report, wallMs } = await play({ rows: 5_000, policy: AUTO, admission: inFlight(1e9), latencyMs: about100 })
  assert.is(report.timeline.at(-1)?.concurrency, 256)
  assert.ok(wallMs < 6_000, `${wallMs} ms`)
  assert.equal([report.refused, report.pauses], [0, 0])
})

for (const [name, admission] of [
  ['a bucket', () => tokenBucket(2, 2)],
  ['a window', () => fixedWindow(2, 1_000)],
] as const) {
  test(`a fixed 8 against 2 requests/s by ${name} loses no row`, async () => {
    for (const latencyMs of [100, 5_000]) {
      const scenario = { rows: 200, policy: { concurrency: 8 }, admission: admission(), latencyMs: () => latencyMs }
      const { ratio } = await figures(scenario, Math.max(99_000, (200 * latencyMs) / 8))
      assert.ok(ratio < 1.4, `${ratio} of the least time at ${latencyMs} ms`)
    }
  })
}

test('twenty requests a minute are found, by window or evenly, and what says its limits is not asked in vain', async () => {
  const at1s = { rows: 200, policy: AUTO, latencyMs: () => 1_000 }
  for (const [admission, more, most] of [
    [slidingWindow(20, 60_000), {}, 1.6],
    [fixedWindow(20, 60_000), { retryAfterMs: 20_000 }, 1.4],
    [tokenBucket(1 / 3, 1), {}, 1.6],
    [tokenBucket(1 / 3, 20), { hasHeaders: true }, 1.05],
  ] as const) {
    const { completed, wallMs, report } = await play({ ...at1s, ...more, admission })
    assert.ok(completed >= 198, `${completed} of 200 rows`)
    assert.ok(wallMs < 540_000 * most, `${wallMs / 1_000} s`)
    if ('hasHeaders' in more) assert.is(report.refused, 0)
  }
})

test('answers of 5 to 20 seconds under a limit of 0.2 requests/s take not much longer than they must', async () => {
  const latencyMs = (uniform: number): number => 5_000 + 15_000 * uniform
  const { ratio } = await figures({ rows: 200, policy: AUTO, admission: tokenBucket(0.2, 1), latencyMs }, 1_000_000)
  assert.ok(ratio < 1.5, `${ratio} of the least time`)
})

test('a limit that rises is found, and so is one that falls', async () => {
  const rising = tokenBucket((nowMs) => (nowMs < 20_000 ? 50 : 200), 50)
  const risen = await figures({ rows: 6_000, policy: AUTO, admission: rising, latencyMs: about100 }, 45_000)
  assert.ok(risen.ratio < 1.3, `${risen.ratio} of the least time`)
  const falling = inFlight((nowMs) => (nowMs < 5_000 ? 16 : 4))
  const fallen = await figures({ rows: 3_000, policy: AUTO, admission: falling, latencyMs: from40to160 }, 60_000)
  assert.ok(fallen.ratio < 1.4 && fallen.share < 0.1, `${fallen.ratio} of the least time, ${fallen.share} refused`)
})

test('refusals that come whatever the rate is do not bring the run to a stand', async () => {
  for (const [share, most] of [
    [0.01, 1.2],
    [0.05, 2.5],
    [0.2, 5],
  ] as const) {
    const { completed, wallMs } = await play({
      rows: 3_000,
      policy: { concurrency: 8 },
      admission: inFlight(1e9),
      latencyMs: about100,
      stumbles: { share, kind: 'overloaded' },
    })
    assert.ok(completed >= 2_995, `${completed} of 3,000 rows`)
    assert.ok(wallMs < 37_900 * most, `${wallMs / 1_000} s at ${share * 100} %`)
  }
})

test('failures that are no refusals do not slow the run down', async () => {
  const { report, wallMs } = await play({
    rows: 3_000,
    policy: { concurrency: 8 },
    admission: inFlight(1e9),
    latencyMs: about100,
    stumbles: { share: 0.2, kind: 'provider_error' },
  })
  assert.ok(wallMs < 45_000, `${wallMs / 1_000} s`)
  assert.equal([report.refused, report.pauses], [0, 0])
})

test('--rpm and --tpm hold whatever the endpoint would take', async () => {
  const { timesMs, report } = await play({
    rows: 300,
    policy: { ...AUTO, requestsPerMinute: 120 },
    admission: inFlight(1e9),
    latencyMs: about100,
  })
  for (const [index, ms] of timesMs.entries()) {
    const minuteLater = timesMs[index + 120]
    assert.ok(
      minuteLater === undefined || minuteLater - ms >= 60_000 - 1e-6,
      `121 requests within a minute at ${ms} ms`,
    )
  }
  assert.equal(
    report.timeline.map(({ requestsPerMinute }) => requestsPerMinute).filter((rate) => rate !== 120),
    [],
  )
  // Each request is estimated, and uses, one token.
  const slow = await play({
    rows: 120,
    policy: { ...AUTO, tokensPerMinute: 60 },
    admission: inFlight(1e9),
    latencyMs: about100,
  })
  assert.ok(slow.wallMs > 115_000, `${slow.wallMs} ms`)
})

// An endpoint that is down.

test('a dead endpoint is given up in time, with few attempts, and what is open stays open', async () => {
  const dead = { admission: inFlight(1e9), latencyMs: about100, isDown: () => true }
  const policy = { concurrency: 8, giveUpAfterMs: 120_000 }
  const { gaveUp, wallMs, requests, failed, unsettled, report } = await play({ rows: 3_000, policy, ...dead })
  assert.is(Math.round(wallMs), 120_000)
  assert.ok(requests < 40, `${requests} requests`)
  assert.is(failed, 0)
  assert.ok(unsettled > 0)
  assert.equal([gaveUp?.silentMs, gaveUp?.givesUpInMs, gaveUp?.lastFailure], [120_000, 0, 'network: down'])
  assert.is(report.pauses, 1)
  assert.ok(report.pausedMs > 119_000)
  assert.is(report.timeline.at(-1)?.requestsPerMinute, 0)
})

test('few rows against a dead endpoint end by their own attempts, long before', async () => {
  const dead = { admission: inFlight(1e9), latencyMs: about100, isDown: () => true }
  const { gaveUp, wallMs, failed, requests } = await play({ rows: 3, policy: { concurrency: 8 }, ...dead })
  assert.is(gaveUp, null)
  assert.equal([failed, requests], [3, 18])
  assert.ok(wallMs < 25_000, `${wallMs} ms`)
})

test('an outage is sat out: all rows are answered, and few attempts are lost', async () => {
  const { completed, wallMs, requests, report } = await play({
    rows: 1_500,
    policy: { concurrency: 8 },
    admission: inFlight(1e9),
    latencyMs: about100,
    isDown: (nowMs) => nowMs > 5_000 && nowMs < 65_000,
  })
  assert.is(completed, 1_500)
  assert.ok(requests < 1_570, `${requests} requests`)
  assert.ok(wallMs < 100_000, `${wallMs} ms`)
  assert.ok(report.pauses >= 1 && report.pausedMs > 50_000)
})

// The queue itself.

const TRIAL = { estimateTokens: () => 1 }
const LEARNED = { tokens: null, rateLimits: null }

function isPermit(entered: Permit | Promise<Permit | null>): entered is Permit {
  return !(entered instanceof Promise)
}

test('what nothing holds back is admitted at once, without a promise', () => {
  const clock = new PlayClock()
  const pace = playPace({ concurrency: 2 }, { clock, stop: new AbortController().signal })
  assert.ok(isPermit(pace.enter(TRIAL, false)))
  assert.ok(isPermit(pace.enter(TRIAL, false)))
  assert.not.ok(isPermit(pace.enter(TRIAL, false)))
  pace.close()
})

test('those that wait have their turn in the order of their coming, retries before first attempts', async () => {
  const clock = new PlayClock()
  const pace = playPace({ concurrency: 1 }, { clock, stop: new AbortController().signal })
  const order: string[] = []
  let current = pace.enter(TRIAL, false) as Permit
  for (const [name, isRetry] of [
    ['first', false],
    ['second', false],
    ['retry', true],
    ['later retry', true],
  ] as const) {
    void Promise.resolve(pace.enter(TRIAL, isRetry)).then((permit) => {
      order.push(name)
      if (permit !== null) current = permit
    })
  }
  for (let turn = 0; turn < 4; turn++) {
    current.answered(LEARNED)
    await idle()
  }
  assert.equal(order, ['retry', 'later retry', 'first', 'second'])
})

test('who waits for a place is not due yet; who has one and waits for the rate is', async () => {
  const clock = new PlayClock()
  clock.held = []
  const pace = playPace({ concurrency: 2, requestsPerMinute: 60 }, { clock, stop: new AbortController().signal })
  const first = pace.enter(TRIAL, false) as Permit
  assert.is(first.dueMs, 1_000)
  const second = pace.enter(TRIAL, false)
  const third = pace.enter(TRIAL, false)
  clock.held.shift()?.wake()
  assert.is((await second)?.dueMs, 1_000)
  // Both places are taken until now.
  clock.ms += 5_000
  first.answered(LEARNED)
  assert.is((await third)?.dueMs, 7_000)
})

test('a stop wakes all that wait, and leaves no timer behind', async () => {
  const clock = new PlayClock()
  clock.held = []
  const stopper = new AbortController()
  const pace = playPace({ concurrency: 4, requestsPerMinute: 1 }, { clock, stop: stopper.signal })
  void pace.enter(TRIAL, false)
  const waiting = [false, true, false].map((isRetry) => Promise.resolve(pace.enter(TRIAL, isRetry)))
  stopper.abort()
  assert.equal(await Promise.all(waiting), [null, null, null])
})

test('an attempt that was not sent after all leaves its place and its part of the limit to the next', async () => {
  const clock = new PlayClock()
  clock.held = []
  const pace = playPace({ concurrency: 1, requestsPerMinute: 60 }, { clock, stop: new AbortController().signal })
  const permit = pace.enter(TRIAL, false) as Permit
  const next = pace.enter(TRIAL, false)
  permit.withdraw()
  assert.is((await next)?.dueMs, 1_000)
})

test('while the endpoint is down each probe is told with how long there was no answer and when it is given up', () => {
  const clock = new PlayClock()
  clock.held = []
  const told: Down[] = []
  const pace = new Pace(
    { ...POLICY, concurrency: 20, giveUpAfterMs: 60_000 },
    { clock, stop: new AbortController().signal, probing: (down) => told.push(down), giveUp: () => {} },
  )
  const permits = Array.from({ length: 10 }, () => pace.enter({ estimateTokens: () => 1 }, false) as Permit)
  clock.ms += 2_000
  for (const permit of permits) permit.failed(failure('network'))
  assert.equal(told, [{ silentMs: 2_000, givesUpInMs: 58_000, lastFailure: 'network: played network' }])
  clock.ms += 1_000
  assert.ok(isPermit(pace.enter(TRIAL, true)))
  assert.equal([told.length, told[1]?.silentMs, told[1]?.givesUpInMs], [2, 3_000, 57_000])
  pace.close()
})

test.run()
