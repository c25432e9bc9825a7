import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { attemptUntilSettled, dispatch } from '../../src/dispatch/dispatch.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { ProviderError } from '../../src/provider/types.ts'
import { thrownBy } from '../lib/thrown.ts'
import { constant, failure, type Gate, gate, idle, POLICY, PlayTrial, playContext, playPace } from './play.ts'

const neverStopped = new AbortController().signal

/** Counts what it gives. */
function counted(length = Number.POSITIVE_INFINITY): { readonly items: Iterable<number>; pulled: number } {
  const source = {
    pulled: 0,
    items: {
      *[Symbol.iterator]() {
        while (source.pulled < length) yield source.pulled++
      },
    },
  }
  return source
}

// dispatch: many items

test('every item is settled exactly once', async () => {
  const settled: number[] = []
  await dispatch(
    counted(1_000).items,
    async (item) => {
      await idle()
      settled.push(item)
    },
    { concurrency: 3 },
    neverStopped,
  )
  assert.equal(
    settled.sort((a, b) => a - b),
    Array.from({ length: 1_000 }, (_, index) => index),
  )
})

test('no items are no work', async () => {
  await dispatch([], () => Promise.reject(new Error('never')), { concurrency: 8 }, neverStopped)
})

test('no more attempts are in flight than the concurrency, with retries and any lengths of answers', async () => {
  const trial = fc.array(fc.record({ ticks: fc.integer({ min: 1, max: 6 }), fails: fc.boolean() }), {
    minLength: 1,
    maxLength: 4,
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(trial, { maxLength: 40 }),
      fc.integer({ min: 1, max: 8 }),
      async (trials, concurrency) => {
        const context = playContext()
        const pace = playPace({ concurrency }, context)
        let inFlight = 0
        let most = 0
        const attempts: number[] = []
        await dispatch(
          trials,
          async (plan) => {
            let sent = 0
            const outcome = await attemptUntilSettled(
              {
                admit: () => Promise.resolve('admitted' as const),
                send: async () => {
                  most = Math.max(most, ++inFlight)
                  const { ticks, fails } = plan[sent++] ?? { ticks: 1, fails: false }
                  for (let tick = 0; tick < ticks; tick++) await new Promise((resolve) => setImmediate(resolve))
                  inFlight -= 1
                  if (fails) throw failure('network')
                  return 'answer'
                },
                retrying: () => {},
                learn: () => ({ tokens: null, rateLimits: null }),
                estimateTokens: () => 1,
              },
              POLICY,
              { ...context, pace },
            )
            const failures = plan.findIndex(({ fails }) => !fails)
            assert.is(outcome.kind, 'completed')
            assert.is(outcome.attempts, (failures < 0 ? plan.length : failures) + 1)
            attempts.push(outcome.attempts)
          },
          pace,
          neverStopped,
        )
        assert.is(attempts.length, trials.length)
        assert.ok(most <= concurrency, `${most} in flight, ${concurrency} allowed`)
        assert.ok(most >= Math.min(concurrency, trials.length), 'the slots are used')
      },
    ),
    { numRuns: 60 },
  )
})

for (const concurrency of [1, 8, 100]) {
  test(`with ${concurrency} at once only a bounded number of endless items is pulled before the first settles`, async () => {
    const source = counted()
    const stopper = new AbortController()
    const first = gate()
    const rest = gate()
    const running = dispatch(
      source.items,
      (item) => (item === 0 ? first.promise : rest.promise),
      { concurrency },
      stopper.signal,
    )
    await idle()
    const bound = 2 * concurrency + 64
    assert.ok(source.pulled >= bound && source.pulled <= bound + 1, `${source.pulled} pulled`)
    first.open()
    await idle()
    assert.ok(source.pulled <= bound + 2, 'one settled, one more pulled')
    stopper.abort()
    rest.open()
    await running
    assert.ok(source.pulled <= bound + 2, 'nothing is pulled after the stop')
  })
}

test('a stop waits for what is open', async () => {
  const stopper = new AbortController()
  const slow = gate()
  let ended = false
  const running = dispatch([1, 2], () => slow.promise, { concurrency: 8 }, stopper.signal).then(() => (ended = true))
  await idle()
  stopper.abort()
  await idle()
  assert.is(ended, false)
  slow.open()
  await running
})

test('an error of settle ends the dispatch with it, after what is open, and pulls nothing more', async () => {
  const source = counted()
  const broken = new Error('disk full')
  const slow = gate()
  let slowDone = false
  const running = thrownBy(() =>
    dispatch(
      source.items,
      async (item) => {
        if (item === 1) throw broken
        if (item === 3) throw new Error('a later one')
        await slow.promise
        slowDone = true
      },
      { concurrency: 1 },
      neverStopped,
    ),
  )
  await idle()
  const pulled = source.pulled
  slow.open()
  assert.is(await running, broken)
  assert.is(slowDone, true)
  assert.ok(source.pulled <= pulled + 1)
})

test('a crowd that waits for retries wakes at the stop, without a warning about its listeners', async () => {
  const warnings: string[] = []
  const onWarning = (warning: Error): void => void warnings.push(warning.name)
  process.on('warning', onWarning)
  const context = { ...playContext(), clock: systemClock, random: constant(1) }
  const kinds: string[] = []
  const running = dispatch(
    counted(50).items,
    async (_item) => {
      kinds.push((await attemptUntilSettled(new PlayTrial(failure('overloaded')), POLICY, context)).kind)
    },
    { concurrency: 8 },
    context.stop,
  )
  await idle()
  context.stopper.abort()
  await running
  await idle()
  process.off('warning', onWarning)
  assert.equal(kinds, Array(50).fill('unsettled'))
  assert.equal(warnings, [])
})

test('a retry whose wait is over comes before all that were never sent', async () => {
  const played = { ...playContext(), clock: systemClock }
  const context = { ...played, pace: playPace({ concurrency: 1 }, played) }
  const order: number[] = []
  await dispatch(
    counted(100).items,
    async (item) => {
      const trial = new PlayTrial(...(item === 0 ? [failure('network', { retryAfterMs: 0 }), 'answer'] : ['answer']))
      const send = trial.send.bind(trial)
      trial.send = async (signal) => {
        await systemClock.sleep(5)
        return send(signal)
      }
      await attemptUntilSettled(trial, POLICY, context)
      order.push(item)
    },
    context.pace,
    context.stop,
  )
  // Its wait of up to 100 ms lets some pass; the queue of all that are open is 66 long.
  assert.ok(order.indexOf(0) < 40, `the retried item came ${order.indexOf(0)} items later`)
})

// attemptUntilSettled: one trial

test('a first answer completes the trial', async () => {
  const trial = new PlayTrial('42')
  const outcome = await attemptUntilSettled(trial, POLICY, playContext())
  assert.equal(outcome, { kind: 'completed', value: '42', attempts: 1, queueUs: 0, retryUs: 0 })
  assert.equal(trial.log, ['admit 1', 'send 1'])
})

test('a failure that may pass is tried again after its wait, each attempt admitted anew', async () => {
  const context = playContext()
  const trial = new PlayTrial(failure('network'), failure('rate_limited', { retryAfterMs: 3_000 }), '42')
  const outcome = await attemptUntilSettled(trial, POLICY, context)
  assert.equal(context.clock.sleepsMs, [500, 3_050])
  assert.equal(trial.log, [
    'admit 1',
    'send 1',
    'retry after 1: network, 500 ms',
    'admit 2',
    'send 2',
    'retry after 2: rate_limited, 3050 ms',
    'admit 3',
    'send 3',
  ])
  assert.equal(outcome, { kind: 'completed', value: '42', attempts: 3, queueUs: 0, retryUs: 3_550_000 })
})

for (const retries of [0, 1, 5]) {
  test(`${retries} retries mean ${retries + 1} attempts`, async () => {
    const trial = new PlayTrial(failure('provider_error'))
    const outcome = await attemptUntilSettled(trial, { ...POLICY, retries }, playContext())
    assert.is(outcome.kind, 'failed')
    assert.is(outcome.attempts, retries + 1)
    assert.is(trial.sent, retries + 1)
  })
}

test('a final failure is not tried again and keeps its error', async () => {
  const error = failure('invalid_request', { status: 400 })
  const outcome = await attemptUntilSettled(new PlayTrial(error), POLICY, playContext())
  assert.equal([outcome.kind, outcome.attempts], ['failed', 1])
  assert.ok(outcome.kind === 'failed' && outcome.error === error)
})

test('an error that is no failure of the provider is ours and passes through', async () => {
  const broken = new TypeError('ours')
  assert.is(await thrownBy(() => attemptUntilSettled(new PlayTrial(broken), POLICY, playContext())), broken)
})

test('what is not admitted is not sent, and gives its place back', async () => {
  const context = playContext()
  const pace = playPace({ concurrency: 1 }, context)
  const trial = new PlayTrial('never')
  trial.admit = () => Promise.resolve('budget')
  const outcome = await attemptUntilSettled(trial, POLICY, { ...context, pace })
  assert.equal(outcome, { kind: 'unsettled', why: 'budget', attempts: 0 })
  assert.is(trial.sent, 0)
  assert.is((await attemptUntilSettled(new PlayTrial('next'), POLICY, { ...context, pace })).kind, 'completed')
})

test('times add up: queue, retries, and the final attempt', async () => {
  const context = playContext()
  const { clock } = context
  const endings = [failure('network', { elapsedUs: 200_000 }), 'answer']
  const outcome = await attemptUntilSettled(
    {
      admit: (attempt) => {
        if (attempt === 1) clock.ms += 30
        return Promise.resolve('admitted')
      },
      send: () => {
        clock.ms += 200
        const ending = endings.shift()
        return typeof ending === 'string' ? Promise.resolve(ending) : Promise.reject(ending ?? new Error('no ending'))
      },
      retrying: () => {},
      learn: () => ({ tokens: null, rateLimits: null }),
      estimateTokens: () => 1,
    },
    POLICY,
    context,
  )
  // 30 ms until admitted; 200 ms of the failed attempt and 500 ms of wait.
  assert.equal(outcome, { kind: 'completed', value: 'answer', attempts: 2, queueUs: 30_000, retryUs: 700_000 })
})

test('of a failed trial the final attempt is not counted among the retries', async () => {
  const context = playContext()
  const outcome = await attemptUntilSettled(
    {
      admit: () => Promise.resolve('admitted' as const),
      send: () => {
        context.clock.ms += 200
        return Promise.reject(failure('network', { elapsedUs: 200_000 }))
      },
      retrying: () => {},
      learn: () => ({ tokens: null, rateLimits: null }),
      estimateTokens: () => 1,
    },
    { ...POLICY, retries: 1 },
    context,
  )
  assert.ok(outcome.kind === 'failed')
  assert.is(outcome.kind === 'failed' && outcome.retryUs, 700_000)
})

test('a trial that waits for its retry has no place in flight', async () => {
  const played = playContext()
  played.clock.held = []
  const context = { ...played, pace: playPace({ concurrency: 1 }, played) }
  const first = attemptUntilSettled(new PlayTrial(failure('network'), 'late'), POLICY, context)
  await idle()
  assert.is(context.clock.held?.length, 1, 'the first waits')
  const second = await attemptUntilSettled(new PlayTrial('early'), POLICY, context)
  assert.is(second.kind, 'completed')
  context.clock.held?.[0]?.wake()
  const outcome = await first
  assert.ok(outcome.kind === 'completed' && outcome.value === 'late')
})

/** An attempt that ends when its signal does, with the signal's reason; or when the gate opens. */
function sendUntil(opened: Gate<string>): (signal: AbortSignal) => Promise<string> {
  return (signal) => {
    signal.addEventListener('abort', () => opened.fail(signal.reason as Error), { once: true })
    return opened.promise
  }
}

test('an attempt beyond its time is aborted as a timeout', async () => {
  const trial = new PlayTrial()
  trial.send = sendUntil(gate<string>())
  const policy = { ...POLICY, attemptTimeoutMs: 15, retries: 0 }
  const outcome = await attemptUntilSettled(trial, policy, playContext())
  assert.ok(outcome.kind === 'failed')
  assert.ok(outcome.kind === 'failed' && outcome.error.kind === 'timeout')
  assert.match((outcome.kind === 'failed' && outcome.error.message) || '', /15 ms/)
})

test('the signal of an attempt in time is left alone', async () => {
  const trial = new PlayTrial()
  let kept: AbortSignal | undefined
  trial.send = (signal) => {
    kept = signal
    return Promise.resolve('answer')
  }
  await attemptUntilSettled(trial, { ...POLICY, attemptTimeoutMs: 5 }, playContext())
  await new Promise((resolve) => setTimeout(resolve, 20))
  assert.is(kept?.aborted, false)
})

test('a wait that would end beyond the deadline of the trial is not begun', async () => {
  const context = playContext()
  const trial = new PlayTrial(failure('rate_limited', { retryAfterMs: 10_000 }))
  const outcome = await attemptUntilSettled(trial, { ...POLICY, trialTimeoutMs: 10_000 }, context)
  assert.equal([outcome.kind, outcome.attempts], ['failed', 1])
  assert.equal(context.clock.sleepsMs, [])
  assert.not.match(trial.log.join(), 'retry', 'its money is settled with the trial')
})

test('a later attempt has only what is left of the time of the trial', async () => {
  const context = playContext()
  const trial = new PlayTrial()
  const opened = gate<string>()
  let sent = 0
  trial.send = (signal) => (++sent === 1 ? Promise.reject(failure('network')) : sendUntil(opened)(signal))
  // The wait takes 500 of 515 ms; the minute of an attempt would outlast the test's own deadline.
  const outcome = await attemptUntilSettled(trial, { ...POLICY, trialTimeoutMs: 515 }, context)
  assert.ok(outcome.kind === 'failed' && outcome.error.kind === 'timeout')
  assert.is(outcome.attempts, 2)
})

test('a trial whose turn comes after its deadline is not sent again', async () => {
  const played = playContext()
  const context = { ...played, pace: playPace({ concurrency: 1 }, played) }
  const trial = new PlayTrial(failure('network'), 'too late')
  trial.retrying = () => {
    // The retry has to wait for this one.
    const other = context.pace.enter(trial, false)
    void idle().then(async () => {
      context.clock.ms += 20_000
      ;(await other)?.withdraw()
    })
  }
  const outcome = await attemptUntilSettled(trial, { ...POLICY, trialTimeoutMs: 10_000 }, context)
  assert.ok(outcome.kind === 'failed' && outcome.error.kind === 'timeout' && !outcome.error.possiblyBilled)
  assert.is(trial.sent, 1)
  assert.is(outcome.attempts, 1)
  assert.equal(trial.log, ['admit 1', 'send 1'], 'no money is set aside for what is not sent')
})

test('after a stop what is in flight finishes', async () => {
  const context = playContext()
  const opened = gate<string>()
  const trial = new PlayTrial()
  trial.send = sendUntil(opened)
  const running = attemptUntilSettled(trial, POLICY, context)
  await idle()
  context.stopper.abort()
  await idle()
  opened.open('answer')
  const outcome = await running
  assert.ok(outcome.kind === 'completed' && outcome.value === 'answer')
})

test('after a stop a failed attempt is not tried again: the trial is unsettled', async () => {
  const context = playContext()
  const opened = gate<string>()
  const trial = new PlayTrial()
  trial.send = () => opened.promise
  const running = attemptUntilSettled(trial, POLICY, context)
  await idle()
  context.stopper.abort()
  opened.fail(failure('network'))
  assert.equal(await running, { kind: 'unsettled', why: 'stopped', attempts: 1 })
})

test('a stop ends the wait for a retry: the trial is unsettled', async () => {
  const context = playContext()
  context.clock.held = []
  const running = attemptUntilSettled(new PlayTrial(failure('network')), POLICY, context)
  await idle()
  assert.is(context.clock.held.length, 1)
  context.stopper.abort()
  assert.equal(await running, { kind: 'unsettled', why: 'stopped', attempts: 1 })
})

test('a trial that waits for its turn when the run stops is never sent', async () => {
  const played = playContext()
  const context = { ...played, pace: playPace({ concurrency: 1 }, played) }
  const other = context.pace.enter(new PlayTrial(), false)
  const trial = new PlayTrial('never')
  const running = attemptUntilSettled(trial, POLICY, context)
  context.stopper.abort()
  assert.equal(await running, { kind: 'unsettled', why: 'stopped', attempts: 0 })
  assert.is.not(await other, null)
  assert.equal(trial.log, [])
})

test('a final failure settles the trial also after a stop', async () => {
  const context = playContext()
  const opened = gate<string>()
  const trial = new PlayTrial()
  trial.send = () => opened.promise
  const running = attemptUntilSettled(trial, POLICY, context)
  await idle()
  context.stopper.abort()
  opened.fail(new ProviderError('unauthorized', 'no'))
  assert.is((await running).kind, 'failed')
})

test.run()
