/** Does one budget hold for models and judges, by the bill of a server that charges for what the client never heard of? */
import { Readable } from 'node:stream'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { readConfig } from '../../src/config/read.ts'
import { resolveSettings } from '../../src/config/resolve.ts'
import { scanJournal } from '../../src/journal/scan.ts'
import type { Clock } from '../../src/lib/clock.ts'
import { formatUsd, parseUsd, type Usd, ZERO_USD } from '../../src/lib/usd.ts'
import { noProgress } from '../../src/report/progress.ts'
import { type RunEnd, runEval } from '../../src/run/run.ts'
import { BillingServer } from '../budget/server.ts'
import { judgeBodyOf } from '../helpers/judge-server.ts'
import { fails, type Script, withServer } from '../helpers/server.ts'
import { inFolder } from '../lib/folder.ts'
import { usd } from '../plan/price.ts'

const TIMEOUT_MS = 80
/** Waits of minutes are over in seconds; the deadline of an attempt is real. */
const SPEED = 50

const fastClock: Clock = {
  nowMs: () => performance.now() * SPEED,
  wallTime: () => new Date(),
  sleep: (ms, signal) => sleep(ms / SPEED, undefined, signal === undefined ? {} : { signal }),
}

interface Case {
  readonly rows: number
  readonly judges: number
  readonly concurrency: number
  readonly retries: number
  /** Cents that the first session may take; the second one takes as many more. */
  readonly budgetCents: number
  readonly failPercent: number
  /** The judge takes no schema. */
  readonly refusesSchema: boolean
  readonly seed: number
}

const cases = fc.record<Case>({
  rows: fc.integer({ min: 1, max: 15 }),
  judges: fc.integer({ min: 1, max: 3 }),
  concurrency: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.constant(64)),
  retries: fc.integer({ min: 0, max: 2 }),
  budgetCents: fc.integer({ min: 1, max: 60 }),
  failPercent: fc.constantFrom(0, 20, 50),
  refusesSchema: fc.boolean(),
  seed: fc.nat(),
})

/** 100 tokens of answer may cost up to a cent. */
const PRICE = '10/100'

/** `flags` are those of the session; null: no limit. */
async function session(
  folder: string,
  flags: Readonly<Record<string, unknown>>,
  limitUsd: Usd | null,
): Promise<RunEnd> {
  const typed = { dataset: 'qa.csv', maxCost: limitUsd === null ? 'none' : formatUsd(limitUsd), ...flags }
  const around = { cwd: folder, env: {}, flags: typed, sendsNothing: false, scoresOnly: false }
  return runEval(await resolveSettings(readConfig(typed, undefined), around), {
    cwd: folder,
    env: {},
    stdin: Readable.from([]),
    clock: fastClock,
    interrupt: new AbortController().signal,
    announce: () => noProgress,
    onLeave: () => {},
  })
}

/** What the journal says may have been billed. */
async function committedIn(folder: string): Promise<Usd> {
  const { spentUsd, lostUsd } = await scanJournal(join(folder, 'run'), new AbortController().signal)
  return spentUsd + lostUsd
}

test('no bill of models and judges exceeds the budget, in one session or two, and the journal knows of every cent', async () => {
  let unasked = 0
  await fc.assert(
    fc.asyncProperty(cases, async (one) => {
      const perToken = { promptUsd: usd('10e-6'), completionUsd: usd('100e-6') }
      const books = new BillingServer({
        ...perToken,
        failPercent: one.failPercent,
        timeoutMs: TIMEOUT_MS,
        seed: one.seed,
      })
      const script: Script = (asked, place) =>
        one.refusesSchema && judgeBodyOf(asked).response_format !== undefined && place % 2 === 0
          ? fails(400, 'response_format is not supported')
          : books.script(asked, place)
      const lines = Array.from({ length: one.rows }, (_, row) => `${row},Question ${row}?\n`)
      await inFolder({ 'qa.csv': `id,question\n${lines.join('')}` }, (folder) =>
        withServer(script, async ({ url }) => {
          const judge = ['i', 'j', 'k'].slice(0, one.judges)
          const flags = {
            baseUrl: url,
            model: ['m'],
            judge,
            scorer: ['criteria:Is it an answer?'],
            price: ['m', ...judge].map((model) => `${model}=${PRICE}`),
            maxTokens: 100,
            judgeMaxTokens: 100,
            concurrency: one.concurrency,
            retries: one.retries,
            timeout: `${TIMEOUT_MS}ms`,
            stream: false,
          }
          const limitUsd = usd(`${one.budgetCents}e-2`)
          for (const [place, limit] of [
            [{ out: 'run' }, limitUsd],
            [{ resume: 'run' }, limitUsd * 2n],
            [{ resume: 'run' }, null],
          ] as const) {
            const { summary, exitCode } = await session(folder, { ...flags, ...place }, limit)
            await books.closed()
            const committedUsd = await committedIn(folder)
            const sums = `${formatUsd(books.billedUsd)} billed, ${formatUsd(committedUsd)} in the journal, ${limit && formatUsd(limit)} allowed`
            assert.ok(books.billedUsd <= committedUsd, sums)
            assert.ok(limit === null || committedUsd <= limit, sums)
            const told = [summary.costUsd, summary.judgeCostUsd, summary.retryCostUsd]
            const toldUsd = told.reduce((sum, text) => sum + (parseUsd(text ?? '0') ?? ZERO_USD), ZERO_USD)
            // What was held back for answers without a word on tokens is in the journal alone.
            assert.ok(toldUsd <= committedUsd, `${formatUsd(toldUsd)} told; ${sums}`)
            if (exitCode === 4) unasked += 1
            if (limit === null) assert.not.equal(exitCode, 4)
          }
        }),
      )
    }),
    { numRuns: 40, includeErrorInReport: true },
  )
  assert.ok(unasked > 0, 'the budget has ended a session')
})

test('what was lost on a call before its schema was refused stays in the books of the call', async () => {
  let judged = 0
  const usage = { prompt_tokens: 10, completion_tokens: 10, total_tokens: 20 }
  const script: Script = (asked) => (response) => {
    const body = judgeBodyOf(asked)
    const isJudge = body.model === 'j'
    if (isJudge) judged += 1
    // Begun and broken off first, refused then.
    if (isJudge && judged === 1) {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
      response.write('{"id":"gen-1"', () => response.destroy())
      return
    }
    const isRefused = isJudge && body.response_format !== undefined
    const content = isJudge ? '{"reason": "so", "verdict": "yes"}' : 'An answer.'
    response.writeHead(isRefused ? 400 : 200, { 'content-type': 'application/json' })
    response.end(
      JSON.stringify(
        isRefused
          ? { error: { message: 'response_format is not supported' } }
          : { id: 'g', choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }], usage },
      ),
    )
  }
  await inFolder({ 'qa.csv': 'id,question\n1,Question?\n' }, (folder) =>
    withServer(script, async ({ url }) => {
      const flags = { baseUrl: url, model: ['m'], judge: ['j'], scorer: ['criteria:Is it one?'], stream: false }
      const price = { price: [`m=${PRICE}`, `j=${PRICE}`], judgeMaxTokens: 100, maxTokens: 100 }
      const { summary } = await session(folder, { ...flags, ...price, out: 'run' }, usd('1'))
      assert.equal([judged, summary.judgeCalls, summary.possiblyBilled], [3, 1, 1])
      assert.ok(Number(summary.retryCostUsd) > 0.01, `${summary.retryCostUsd} lost`)
      const again = await session(folder, { ...flags, ...price, resume: 'run' }, usd('1'))
      assert.equal([judged, again.summary.judgeCalls, again.summary.possiblyBilled], [3, 1, 1])
      assert.is(again.summary.retryCostUsd, summary.retryCostUsd, 'a later session knows of it')
    }),
  )
})

test.run()
