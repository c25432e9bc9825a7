/** What do judges cost and decide in a run: undisturbed, broken off, short of money, and where they fail? */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { answerTo } from '../helpers/datasets.ts'
import { type Decide, judgeBodyOf, JudgeBooks, rightly, verdict } from '../helpers/judge-server.ts'
import {
  after,
  type Answer,
  type Asked,
  type ChatServer,
  fails,
  hangs,
  questionOf,
  says,
  withServer,
} from '../helpers/server.ts'
import { type Ended, inWorkdir, type RunFolder, type Workdir } from '../helpers/workdir.ts'

const PRICES = ['--model', 'm', '--price', 'm=1/2', '--price', 'j=3/4']
const FACTUALITY = ['--scorer', 'factuality', '--judge', 'j']

/** Every third answer is wrong. */
function modelAnswers(asked: Asked): Answer {
  const answer = answerTo(questionOf(asked))
  return says(Number(/\d+/.exec(answer)?.[0]) % 3 === 0 ? `${answer}, or not` : answer)
}

function rows(count: number): string {
  const lines = Array.from({ length: count }, (_, index) => `r${index},Question ${index}?,Answer ${index}\n`)
  return `id,question,expected\n${lines.join('')}`
}

function assertEnds({ status, signal }: Ended, code: number): void {
  assert.equal({ status, signal }, { status: code, signal: null })
}

interface Judged {
  readonly work: Workdir
  readonly models: ChatServer
  readonly judge: ChatServer
  readonly books: JudgeBooks
  /** Arguments of a run over all rows with both servers, to be begun in the folder `run`. */
  readonly args: readonly string[]
  readonly run: RunFolder
}

/** A model server and a judge, and rows to be asked. */
async function withJudge(count: number, decide: Decide, use: (judged: Judged) => Promise<void>): Promise<void> {
  const books = new JudgeBooks(decide)
  await inWorkdir({ 'qa.csv': rows(count) }, (work) =>
    withServer(modelAnswers, (models) =>
      withServer(books.script, (judge) => {
        const places = ['--base-url', models.url, '--judge-base-url', judge.url]
        const args = ['eval', '-d', 'qa.csv', ...places, ...FACTUALITY, ...PRICES]
        return use({ work, models, judge, books, args: [...args, '--out', 'run'], run: work.runAt('run') })
      }),
    ),
  )
}

const always = (): undefined => undefined

/** Judge answers that are on disk. */
function judgedIn(run: RunFolder): number {
  return run.journal().filter(({ type }) => type === 'judged').length
}

function columnOf(run: RunFolder, name: string): (string | undefined)[] {
  return run.results().map((row) => row[name])
}

test('a run killed while it judges is gone on with: what is judged is not asked again, and the reports are the same', async () => {
  let hanging = true
  let taken = 0
  const decide: Decide = () => (hanging && taken++ >= 20 ? hangs : undefined)
  await withJudge(40, decide, async ({ work, judge, models, books, args, run }) => {
    const program = work.start([...args, '--concurrency', '4'])
    await judge.arrived(24)
    program.signal('SIGKILL')
    await program.ended
    const judged = judgedIn(run)
    const asked = judge.asked.length
    const answered = run.journal().filter(({ type }) => type === 'settled').length
    hanging = false
    const resumed = await work.assay(['eval', '--resume', 'run'])
    assertEnds(resumed, 0)
    assert.is(judge.asked.length - asked, 40 - judged)
    assert.ok(judged >= 16, `${judged} were judged before the kill`)
    assert.ok(models.asked.length - 40 <= 40 - answered, 'what is answered is not asked again')
    const { possiblyBilled, retryCostUsd, judgeCalls, judgeCostUsd } = run.summary()
    assert.ok(books.answersTooMany <= possiblyBilled, `${books.answersTooMany} twice, ${possiblyBilled} told`)
    assert.ok(possiblyBilled >= asked - judged, 'what was in flight at the kill is told')
    assert.ok(Number(retryCostUsd) > 0)
    assert.equal([judgeCalls, judgeCostUsd], [40, '0.00152'])
    assertEnds(await work.assay(['eval', '--resume', 'run', '--no-timings']), 0)
    assert.is(judge.asked.length - asked, 40 - judged, 'nothing is left to ask')
    const whole = args.with(args.indexOf('run'), 'whole')
    assertEnds(await work.assay([...whole, '--no-timings']), 0)
    assert.is(run.text('results.csv'), work.runAt('whole').text('results.csv'))
  })
})

test('Ctrl-C while it judges: what is in flight is waited for, and nothing is asked twice', async () => {
  let release = (): void => {}
  const gate = new Promise<void>((resolve) => (release = resolve))
  let taken = 0
  const decide: Decide = (shown) => (taken++ >= 10 ? after(gate, rightly(shown)) : undefined)
  await withJudge(30, decide, async ({ work, judge, args, run }) => {
    const program = work.start([...args, '--concurrency', '4'])
    await judge.arrived(14)
    program.signal('SIGINT')
    await program.says('stderr', /[Cc]trl-C|stopping|interrupt/)
    release()
    const interrupted = await program.ended
    assertEnds(interrupted, 130)
    assert.is(judgedIn(run), 14)
    const open = columnOf(run, 'score:factuality').filter((score) => score === '')
    assert.is(open.length, 16, 'the others have no score yet')
    assertEnds(await work.assay(['eval', '--resume', 'run', '--no-timings']), 0)
    assert.is(judge.asked.length, 30)
    assert.equal([run.summary().judgeCalls, run.summary().possiblyBilled], [30, 0])
    const whole = args.with(args.indexOf('run'), 'whole')
    assertEnds(await work.assay([...whole, '--no-timings']), 0)
    assert.is(run.text('results.csv'), work.runAt('whole').text('results.csv'))
  })
})

test.run()
