/** Are the counts of a run that goes on those of its files, whatever sessions it has had? */
import { appendFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { encodeLine, HEADER } from '../../src/journal/format.ts'
import type { JournalLine, Manifest, RetryingLine, StartedLine, TrialRecord } from '../../src/journal/types.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { RunCounts } from '../../src/view/live/counts.ts'
import { FollowedRun } from '../../src/view/live/follow.ts'
import { RecentRate } from '../../src/view/live/recent-rate.ts'
import type { ListedRun, LiveSnapshot, RunProgress } from '../../src/view/types.ts'
import { type Answer, inRuns, lineOf, MODEL } from '../gate/run-folder.ts'

const AT = '2026-01-01T00:00:10.000Z'

const PLAN: Pick<Manifest, 'trials' | 'settings' | 'prompts' | 'scorings' | 'resumes'> = {
  trials: 4,
  settings: { model: [MODEL] },
  prompts: [{ name: 'question', id: 'p', text: '{{question}}' }],
  scorings: [
    { pass: 1, at: AT, key: 'scoring-1', scorers: ['exact'], judges: [], weight: {}, threshold: {}, combine: 'all' },
  ],
  resumes: [],
}

function settled(sample: string, changes: Partial<TrialRecord> = {}): TrialRecord {
  return {
    type: 'settled',
    trial: `trial of ${sample}`,
    sample,
    prompt: 'question',
    model: MODEL,
    epoch: 1,
    status: 'completed',
    at: AT,
    costUsd: '0.5',
    retryCostUsd: '0',
    promptTokens: 10,
    completionTokens: 2,
    ...changes,
  } as TrialRecord
}

const failed = (sample: string, changes: Partial<TrialRecord> = {}): TrialRecord =>
  settled(sample, { status: 'failed', costUsd: null, errorKind: 'timeout', error: 'too late', ...changes })

const started = (sample: string): StartedLine => ({
  type: 'started',
  trial: `trial of ${sample}`,
  attempt: 1,
  reservedUsd: null,
})

const retrying = (sample: string): RetryingLine => ({
  type: 'retrying',
  trial: `trial of ${sample}`,
  attempt: 1,
  errorKind: 'overloaded',
  error: 'busy\u001b[31m',
  status: 503,
  costUsd: '0',
  possiblyBilled: false,
  generationId: null,
  waitMs: 1,
})

/** The counts after these lines, each at a place of its own. */
function countsAfter(
  journal: readonly JournalLine[],
  scores: readonly Answer[] = [],
  plan: Partial<typeof PLAN> = {},
): RunProgress {
  const counts = new RunCounts({ ...PLAN, ...plan }, (offset) => journal[offset / 100 - 1] as TrialRecord)
  for (const answer of scores) counts.scoreLine(lineOf(answer))
  for (const [index, line] of journal.entries()) counts.journalLine(line, (index + 1) * 100)
  return counts.progress(Date.parse(AT))
}

test('answers, failures, scores, money and tokens are counted', () => {
  const progress = countsAfter(
    [
      started('a'),
      settled('a'),
      started('b'),
      retrying('b'),
      started('b'),
      failed('b', { retryCostUsd: '0.25' }),
      started('c'),
    ],
    [{ question: 'a', passed: true }, { question: 'b' }],
  )
  assert.equal(
    [
      progress.planned,
      progress.settled,
      progress.failed,
      progress.scored,
      progress.passed,
      progress.inFlight,
      progress.retries,
    ],
    [4, 2, 1, 1, 1, 1, 1],
  )
  assert.equal([progress.costUsd, progress.costUnknown], ['0.75', 0])
  assert.equal([progress.promptTokens, progress.completionTokens], [20, 4])
  assert.equal(progress.errorKinds, { overloaded: 1, timeout: 1 })
  assert.equal(progress.lastErrors, [
    { kind: 'timeout', message: 'too late', isFinal: true },
    { kind: 'overloaded', message: 'busy [31m', isFinal: false },
  ])
})

test('an answer without a known cost is counted as such', () => {
  assert.equal(countsAfter([settled('a', { costUsd: null })]).costUnknown, 1)
})

test('a failure that is asked again is one trial, and its money is counted once', () => {
  const progress = countsAfter(
    [failed('a', { retryCostUsd: '0.25' }), settled('a', { costUsd: '1', retryCostUsd: '0.25' })],
    [{ question: 'a' }, { question: 'a', passed: false }],
  )
  assert.equal([progress.settled, progress.failed, progress.scored, progress.passed], [1, 0, 1, 0])
  assert.is(progress.costUsd, '1.25')
})

test('what a session before has left in flight is in flight no more once a later one has answered', () => {
  const resumes = [{ at: AT, assayVersion: '', reused: 1, retried: 0, rerun: 0, remaining: 1, dropped: 0, changed: [] }]
  const lines = [settled('a', { at: '2026-01-01T00:00:00.000Z' }), started('b')]
  assert.is(countsAfter(lines, [], { resumes }).inFlight, 1)
  assert.is(countsAfter([...lines, started('b'), started('c'), settled('c')], [], { resumes }).inFlight, 0)
})

test('scores of other scorers, answers of models that are asked no more and stale lines do not count', () => {
  const counts = new RunCounts(PLAN, () => failed('never read'))
  counts.scoreLine(lineOf({ question: 'a', passed: true }, 'other scorers'))
  counts.scoreLine(lineOf({ question: 'b', passed: true, model: 'another/model' }))
  counts.journalLine(settled('b', { model: 'another/model' }), 100)
  counts.journalLine(settled('c'), 200)
  counts.scoreLine(lineOf({ question: 'c', passed: true }))
  const before = counts.progress(0)
  assert.equal([before.settled, before.scored], [1, 1])
  const { sample, epoch, model, prompt, pairKey } = lineOf({ question: 'c', passed: true })
  counts.scoreLine({ trial: 'new', pass: 1, pairKey, sample, epoch, model, prompt, stale: true })
  const after = counts.progress(0)
  assert.equal([after.settled, after.scored, after.passed], [0, 0, 0])
})

test('the rate is that of the last minute', () => {
  const rate = new RecentRate()
  assert.is(rate.perMinute(0), null)
  for (let second = 0; second < 200; second++) rate.add(second * 1_000)
  assert.is(Math.round(rate.perMinute(199_000) ?? 0), 60)
  assert.is(rate.perMinute(400_000), null)
  const young = new RecentRate()
  for (let count = 0; count < 10; count++) young.add(0)
  assert.is(young.perMinute(500), null)
  assert.is(young.perMinute(10_000), 60)
})

/** The states of a folder that changes while it is followed. */
async function following(
  use: (dir: string, next: (isMeant: (snapshot: LiveSnapshot) => boolean) => Promise<LiveSnapshot>) => Promise<void>,
): Promise<void> {
  await inRuns(
    [{ name: 'run', answers: [], settings: { model: [MODEL] }, manifest: { trials: 4, prompts: PLAN.prompts } }],
    async ([run]) => {
      if (run === undefined) throw new Error('no run')
      const listed: ListedRun = { ...run, name: 'run', models: [MODEL], status: 'running', figures: null }
      const followed = new FollowedRun(() => listed, systemClock)
      const seen: LiveSnapshot[] = []
      let wake = (): void => {}
      const stop = followed.watch({
        tell: (snapshot) => {
          seen.push(snapshot)
          wake()
        },
        fail: (error) => {
          throw error
        },
      })
      try {
        await use(run.dir, async (isMeant) => {
          for (;;) {
            const snapshot = seen.at(-1)
            if (snapshot !== undefined && isMeant(snapshot)) return snapshot
            await new Promise<void>((resolve) => (wake = resolve))
          }
        })
      } finally {
        stop()
      }
    },
  )
}

test('half a line counts when it is whole, and a file that was cut is read from its start', async () => {
  await following(async (dir, next) => {
    const journal = join(dir, 'journal.jsonl')
    writeFileSync(journal, encodeLine(HEADER) + encodeLine(settled('a')))
    await next(({ settled: count }) => count === 1)
    const line = encodeLine(settled('b'))
    appendFileSync(journal, line.slice(0, 40))
    appendFileSync(join(dir, 'scores.jsonl'), `${JSON.stringify(lineOf({ question: 'a', passed: true }))}\n`)
    const torn = await next(({ scored }) => scored === 1)
    assert.is(torn.settled, 1)
    appendFileSync(journal, line.slice(40) + encodeLine(settled('c')))
    await next(({ settled: count }) => count === 3)
    truncateSync(journal, encodeLine(HEADER).length)
    const cut = await next(({ settled: count }) => count === 0)
    assert.is(cut.scored, 1)
    appendFileSync(journal, 'damage\n' + encodeLine(settled('d')))
    await next(({ settled: count }) => count === 1)
  })
})

test('a run that goes away is told to whoever watches', async () => {
  const followed = new FollowedRun(() => {
    throw new Error('gone')
  }, systemClock)
  const error = await new Promise((resolve) => followed.watch({ tell: () => {}, fail: resolve }))
  assert.is((error as Error).message, 'gone')
  assert.not.ok(followed.isWatched)
})

test.run()
