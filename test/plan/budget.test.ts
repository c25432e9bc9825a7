import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { formatUsd, type Usd, ZERO_USD } from '../../src/lib/usd.ts'
import { Budget } from '../../src/plan/budget.ts'
import { usd } from './price.ts'

/** Lets everything that can go on go on. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Watches a promise without waiting for it. */
function watched<T>(promise: Promise<T>): { value: T | undefined } {
  const seen: { value: T | undefined } = { value: undefined }
  void promise.then((value) => (seen.value = value))
  return seen
}

test('without a limit everything is admitted and counted', async () => {
  const budget = new Budget(null)
  assert.is(await budget.reserve(usd('1000000')), usd('1000000'))
  budget.settle(usd('1000000'), { costUsd: usd('0.25') })
  assert.is(await budget.reserve(usd('1')), usd('1'))
  budget.settle(usd('1'), 'possibly billed')
  assert.is(formatUsd(budget.spentUsd), '0.25')
  assert.is(formatUsd(budget.committedUsd), '1.25')
})

test('the limit itself may be reached, but not passed by the smallest amount', async () => {
  assert.is(await new Budget(usd('1')).reserve(usd('1')), usd('1'))
  assert.is(await new Budget(usd('1')).reserve(usd('1') + 1n), null)
})

test('what does not fit waits for a settlement, and is admitted when that frees enough', async () => {
  const budget = new Budget(usd('1'))
  await budget.reserve(usd('0.7'))
  const waiting = watched(budget.reserve(usd('0.5')))
  await settled()
  assert.is(waiting.value, undefined)
  budget.settle(usd('0.7'), { costUsd: usd('0.1') })
  await settled()
  assert.ok(waiting.value !== null && waiting.value !== undefined)
})

test('a settlement that frees too little wakes nobody for good', async () => {
  const budget = new Budget(usd('1'))
  await budget.reserve(usd('0.4'))
  await budget.reserve(usd('0.4'))
  const waiting = watched(budget.reserve(usd('0.7')))
  budget.settle(usd('0.4'), { costUsd: usd('0.3') })
  await settled()
  assert.is(waiting.value, undefined, 'the other one is still in flight')
  budget.settle(usd('0.4'), { costUsd: ZERO_USD })
  await settled()
  assert.ok(waiting.value !== null && waiting.value !== undefined)
})

test('what can never fit is refused once nothing is in flight', async () => {
  const budget = new Budget(usd('1'))
  await budget.reserve(usd('0.7'))
  const waiting = watched(budget.reserve(usd('0.5')))
  budget.settle(usd('0.7'), { costUsd: usd('0.6') })
  await settled()
  assert.is(waiting.value, null)
  assert.is(await budget.reserve(usd('0.4')), usd('0.4'), 'something smaller still fits')
})

test('an attempt that may have been billed keeps its whole reservation', async () => {
  const budget = new Budget(usd('1'))
  await budget.reserve(usd('0.7'))
  budget.settle(usd('0.7'), 'possibly billed')
  assert.is(formatUsd(budget.spentUsd), '0')
  assert.is(formatUsd(budget.committedUsd), '0.7')
  assert.is(await budget.reserve(usd('0.4')), null)
  assert.is(await budget.reserve(usd('0.3')), usd('0.3'))
})

test('of many that wait all are answered', async () => {
  const budget = new Budget(usd('1'))
  await budget.reserve(usd('1'))
  const waiting = Array.from({ length: 10 }, () => watched(budget.reserve(usd('0.25'))))
  budget.settle(usd('1'), { costUsd: ZERO_USD })
  await settled()
  const admitted = (): typeof waiting => waiting.filter(({ value }) => value === usd('0.25'))
  assert.is(admitted().length, 4)
  for (let round = 0; round < 10; round++) {
    for (const seen of admitted()) {
      seen.value = null
      budget.settle(usd('0.25'), { costUsd: usd('0.02') })
    }
    await settled()
  }
  assert.is(waiting.filter(({ value }) => value === undefined).length, 0)
})

test('an answer that cost more than was reserved raises the reservations that follow', async () => {
  const budget = new Budget(usd('10'))
  const reserved = await budget.reserve(usd('1'))
  budget.settle(reserved ?? ZERO_USD, { costUsd: usd('1.5') })
  assert.is(budget.overruns, 1)
  assert.is(await budget.reserve(usd('1')), usd('1.501'), 'half as much again, rounded up to a thousandth')
})

interface Attempt {
  readonly worst: number
  /** Cost as a share of the reservation in percent; null: nobody knows. */
  readonly share: number | null
  readonly startTick: number
  readonly ticks: number
}

const attempts = fc.array(
  fc.record<Attempt>({
    worst: fc.integer({ min: 1, max: 60 }),
    share: fc.option(fc.integer({ min: 0, max: 100 })),
    startTick: fc.nat({ max: 10 }),
    ticks: fc.nat({ max: 10 }),
  }),
  { maxLength: 40 },
)

/** Gives way so often that attempts of different lengths interleave in every order. */
async function giveWay(ticks: number): Promise<void> {
  for (let tick = 0; tick < ticks; tick++) await Promise.resolve()
}

test('committed plus reserved never exceeds the limit, and every refusal is final, whatever runs at once', async () => {
  await fc.assert(
    fc.asyncProperty(attempts, fc.integer({ min: 1, max: 100 }), async (all, limit) => {
      const limitUsd = BigInt(limit)
      const budget = new Budget(limitUsd)
      let inFlightUsd: Usd = ZERO_USD
      const refused: Usd[] = []
      const check = (): void => assert.ok(budget.committedUsd + inFlightUsd <= limitUsd)
      await Promise.all(
        all.map(async ({ worst, share, startTick, ticks }) => {
          const worstUsd = BigInt(worst)
          await giveWay(startTick)
          if ((await budget.reserve(worstUsd)) === null) {
            refused.push(worstUsd)
            return
          }
          inFlightUsd += worstUsd
          check()
          await giveWay(ticks)
          inFlightUsd -= worstUsd
          budget.settle(
            worstUsd,
            share === null ? 'possibly billed' : { costUsd: BigInt(Math.floor((worst * share) / 100)) },
          )
          check()
        }),
      )
      assert.ok(inFlightUsd === ZERO_USD)
      for (const worstUsd of refused)
        assert.ok(budget.committedUsd + worstUsd > limitUsd, 'refused though it would fit')
    }),
    { numRuns: 300 },
  )
})

test.run()
