import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { formatUsd, type Usd, ZERO_USD } from '../../src/lib/usd.ts'
import { Budget, type Reservation } from '../../src/plan/budget.ts'
import { usd } from './price.ts'

const MODEL = 'acme/large'
const never = (): AbortSignal => new AbortController().signal

const budgetOf = (limit: string | null): Budget => new Budget(limit === null ? null : usd(limit), never())

/** Lets everything that can go on go on. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Watches a promise without waiting for it. */
function watched<T>(promise: Promise<T>): { value: T | undefined } {
  const seen: { value: T | undefined } = { value: undefined }
  void promise.then((value) => (seen.value = value))
  return seen
}

/** A reservation that has to fit. */
async function reserved(budget: Budget, worst: string, model = MODEL): Promise<Reservation> {
  const reservation = await budget.reserve(usd(worst), model)
  if (reservation === null) throw new Error(`${worst} should fit`)
  return reservation
}

test('without a limit everything is admitted and counted', async () => {
  const budget = budgetOf(null)
  budget.settle(await reserved(budget, '1000000'), { costUsd: usd('0.25') })
  budget.settle(await reserved(budget, '1'), 'possibly billed')
  assert.is(formatUsd(budget.spentUsd), '0.25')
  assert.is(formatUsd(budget.committedUsd), '1.25')
})

test('the limit itself may be reached, but not passed by the smallest amount', async () => {
  await reserved(budgetOf('1'), '1')
  assert.is(await budgetOf('1').reserve(usd('1') + 1n, MODEL), null)
})

test('what does not fit waits for a settlement, and is admitted when that frees enough', async () => {
  const budget = budgetOf('1')
  const first = await reserved(budget, '0.7')
  const waiting = watched(budget.reserve(usd('0.5'), MODEL))
  await settled()
  assert.is(waiting.value, undefined)
  budget.settle(first, { costUsd: usd('0.1') })
  await settled()
  assert.is(waiting.value?.usd, usd('0.5'))
})

test('a settlement that frees too little wakes nobody for good', async () => {
  const budget = budgetOf('1')
  const [first, second] = [await reserved(budget, '0.4'), await reserved(budget, '0.4')]
  const waiting = watched(budget.reserve(usd('0.7'), MODEL))
  budget.settle(first, { costUsd: usd('0.3') })
  await settled()
  assert.is(waiting.value, undefined, 'the other one is still in flight')
  budget.settle(second, { costUsd: ZERO_USD })
  await settled()
  assert.is(waiting.value?.usd, usd('0.7'))
})

test('what can never fit is refused once nothing is in flight', async () => {
  const budget = budgetOf('1')
  const first = await reserved(budget, '0.7')
  const waiting = watched(budget.reserve(usd('0.5'), MODEL))
  budget.settle(first, { costUsd: usd('0.6') })
  await settled()
  assert.is(waiting.value, null)
  await reserved(budget, '0.4')
})

test('an attempt that may have been billed keeps its whole reservation', async () => {
  const budget = budgetOf('1')
  budget.settle(await reserved(budget, '0.7'), 'possibly billed')
  assert.is(formatUsd(budget.spentUsd), '0')
  assert.is(formatUsd(budget.committedUsd), '0.7')
  assert.is(await budget.reserve(usd('0.4'), MODEL), null)
  await reserved(budget, '0.3')
})

test('an answer whose cost is an estimate keeps its whole reservation: it may have cost that much', async () => {
  const budget = budgetOf('1')
  budget.settle(await reserved(budget, '0.7'), { costUsd: usd('0.1'), isEstimate: true })
  assert.is(formatUsd(budget.spentUsd), '0.1')
  assert.is(formatUsd(budget.committedUsd), '0.7')
  assert.is(await budget.reserve(usd('0.4'), MODEL), null)
})

test('when the run is stopped nobody waits for money any longer', async () => {
  const stop = new AbortController()
  const budget = new Budget(usd('1'), stop.signal)
  await reserved(budget, '1')
  const waiting = watched(budget.reserve(usd('1'), MODEL))
  await settled()
  assert.is(waiting.value, undefined)
  stop.abort()
  await settled()
  assert.is(waiting.value, null)
  assert.is(await budget.reserve(ZERO_USD, MODEL), null)
})

test('an answer that cost more than was reserved raises later reservations for its model alone', async () => {
  const budget = budgetOf('10')
  budget.settle(await reserved(budget, '1'), { costUsd: usd('1.5') })
  assert.is(budget.overruns, 1)
  assert.is((await reserved(budget, '1')).usd, usd('1.501'), 'half as much again, rounded up to a thousandth')
  assert.is((await reserved(budget, '1', 'acme/small')).usd, usd('1'))
})

test('overruns of reservations made before the margin was raised do not raise it again', async () => {
  const budget = budgetOf('100')
  const together = await Promise.all(Array.from({ length: 8 }, () => reserved(budget, '1')))
  for (const reservation of together) budget.settle(reservation, { costUsd: usd('2') })
  assert.is((await reserved(budget, '1')).usd, usd('2.001'))
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
      const budget = new Budget(limitUsd, never())
      let inFlightUsd: Usd = ZERO_USD
      const refused: Usd[] = []
      const check = (): void => assert.ok(budget.committedUsd + inFlightUsd <= limitUsd)
      await Promise.all(
        all.map(async ({ worst, share, startTick, ticks }) => {
          const worstUsd = BigInt(worst)
          await giveWay(startTick)
          const reservation = await budget.reserve(worstUsd, MODEL)
          if (reservation === null) {
            refused.push(worstUsd)
            return
          }
          inFlightUsd += worstUsd
          check()
          await giveWay(ticks)
          inFlightUsd -= worstUsd
          const costUsd = share === null ? null : BigInt(Math.floor((worst * share) / 100))
          budget.settle(reservation, costUsd === null ? 'possibly billed' : { costUsd })
          check()
        }),
      )
      assert.ok(inFlightUsd === ZERO_USD)
      for (const worstUsd of refused) {
        assert.ok(budget.committedUsd + worstUsd > limitUsd, 'refused though it would fit')
      }
    }),
    { numRuns: 300 },
  )
})

test.run()
