/** Does the budget of a whole run hold, by the bill of a real server that charges for what the client never heard of? */
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { readConfig } from '../../src/config/read.ts'
import { resolveSettings } from '../../src/config/resolve.ts'
import type { Settings } from '../../src/config/types.ts'
import type { Clock } from '../../src/lib/clock.ts'
import { formatUsd, parseUsd, perMillion, type Usd, ZERO_USD } from '../../src/lib/usd.ts'
import { worstCost } from '../../src/plan/cost.ts'
import { promptTokensBound } from '../../src/prompt/tokens.ts'
import { noProgress } from '../../src/report/progress.ts'
import { type RunEnd, runEval } from '../../src/run/run.ts'
import { withServer } from '../helpers/server.ts'
import { inFolder } from '../lib/folder.ts'
import { priceRow, usd } from '../plan/price.ts'
import { resultsOf } from './results.ts'
import { BillingServer } from './server.ts'

interface Case {
  readonly rows: number
  readonly concurrency: number
  readonly retries: number
  readonly maxTokens: number
  /** Hundredths of a dollar per million tokens. */
  readonly promptCents: number
  readonly completionCents: number
  /** Of what all rows cost in the worst case without a retry. */
  readonly budgetPercent: number
  readonly failPercent: number
  readonly seed: number
}

const cases = fc.record<Case>({
  rows: fc.integer({ min: 2, max: 30 }),
  concurrency: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 200 })),
  retries: fc.integer({ min: 0, max: 3 }),
  maxTokens: fc.integer({ min: 1, max: 400 }),
  promptCents: fc.integer({ min: 0, max: 300 }),
  completionCents: fc.integer({ min: 1, max: 3_000 }),
  budgetPercent: fc.integer({ min: 5, max: 150 }),
  failPercent: fc.constantFrom(0, 20, 50),
  seed: fc.nat(),
})

const MODEL = 'acme/large'
const TIMEOUT_MS = 80
/** Waits of minutes are over in seconds; the deadline of an attempt is real. */
const SPEED = 50

const fastClock: Clock = {
  nowMs: () => performance.now() * SPEED,
  wallTime: () => new Date(),
  sleep: (ms, signal) => sleep(ms / SPEED, undefined, signal === undefined ? {} : { signal }),
}

const questionOf = (row: number): string => `Question ${row}${' and so on'.repeat(row % 5)}?`

/** The most that a row can cost. */
function worstOf(row: number, { maxTokens, promptCents, completionCents }: Case): Usd {
  const price = priceRow(perToken(promptCents), perToken(completionCents))
  return worstCost(promptTokensBound([{ role: 'user', content: questionOf(row) }], {}), maxTokens, price)
}

/** Decimal dollars per token. */
const perToken = (cents: number): string => `${cents}e-8`

function settingsOf(one: Case, folder: string, baseUrl: string, limitUsd: Usd): Promise<Settings> {
  const price = [one.promptCents, one.completionCents].map((cents) => formatUsd(perMillion(usd(perToken(cents)))))
  const flags = {
    dataset: 'qa.csv',
    out: 'run',
    baseUrl,
    model: [MODEL],
    price: [`${MODEL}=${price.join('/')}`],
    maxCost: formatUsd(limitUsd),
    maxTokens: one.maxTokens,
    concurrency: one.concurrency,
    retries: one.retries,
    timeout: `${TIMEOUT_MS}ms`,
    stream: false,
  }
  return resolveSettings(readConfig(flags, undefined), {
    cwd: folder,
    env: {},
    flags,
    sendsNothing: false,
    scoresOnly: false,
  })
}

function run(settings: Settings, folder: string): Promise<RunEnd> {
  return runEval(settings, {
    cwd: folder,
    env: {},
    stdin: Readable.from([]),
    clock: fastClock,
    interrupt: new AbortController().signal,
    announce: () => noProgress,
    onLeave: () => {},
  })
}

test('no bill exceeds the budget, and no money that would do for another row is left over', async () => {
  let budgetEnds = 0
  await fc.assert(
    fc.asyncProperty(cases, async (one) => {
      const worstUsd = Array.from({ length: one.rows }, (_, row) => worstOf(row, one))
      const limitUsd = (sumOf(worstUsd) * BigInt(one.budgetPercent)) / 100n
      const { seed, failPercent } = one
      const books = new BillingServer({
        promptUsd: usd(perToken(one.promptCents)),
        completionUsd: usd(perToken(one.completionCents)),
        failPercent,
        timeoutMs: TIMEOUT_MS,
        seed,
      })
      const lines = Array.from({ length: one.rows }, (_, row) => `${row},${questionOf(row)}\n`)
      await inFolder({ 'qa.csv': `id,question\n${lines.join('')}` }, (folder) =>
        withServer(books.script, async ({ url }) => {
          const { exitCode, summary } = await run(await settingsOf(one, folder, url, limitUsd), folder)
          await books.closed()
          const rows = resultsOf(folder)
          // Up to the whole reservation of an answer whose tokens nobody told may have been billed.
          const untoldUsd = rows
            .filter((row) => row['cost_source'] === 'estimated')
            .map((row) => (worstUsd[Number(row['sample_id'])] ?? ZERO_USD) - usd(row['cost_usd'] ?? ''))
          const accountedUsd = amount(summary.costUsd) + amount(summary.retryCostUsd) + sumOf(untoldUsd)
          const sums = `${formatUsd(books.billedUsd)} billed, ${formatUsd(accountedUsd)} accounted for, ${formatUsd(limitUsd)} allowed`
          assert.ok(books.billedUsd <= accountedUsd && accountedUsd <= limitUsd, sums)
          const skipped = rows.filter((row) => row['status'] === 'skipped_budget')
          assert.is(exitCode === 4, skipped.length > 0 && exitCode !== 3)
          for (const row of skipped) {
            budgetEnds += 1
            const neededUsd = worstUsd[Number(row['sample_id'])] ?? ZERO_USD
            assert.ok(limitUsd - accountedUsd < neededUsd, `${sums}; a row of ${formatUsd(neededUsd)} was not asked`)
          }
        }),
      )
    }),
    { numRuns: 100, includeErrorInReport: true },
  )
  assert.ok(budgetEnds > 0, 'the budget has ended a run')
})

function sumOf(amounts: readonly Usd[]): Usd {
  return amounts.reduce((sum, one) => sum + one, ZERO_USD)
}

function amount(text: string | null): Usd {
  return parseUsd(text ?? '0') ?? ZERO_USD
}

test.run()
