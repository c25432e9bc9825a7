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
  type Telling,
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

const rightAlways: Decide = () => undefined

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
    assertEnds(await work.assay(['eval', '--resume', 'run']), 0)
    assert.is(judge.asked.length, 30)
    assert.equal([run.summary().judgeCalls, run.summary().possiblyBilled], [30, 0])
    assertEnds(await work.assay(['eval', '--resume', 'run', '--no-timings']), 0)
    const whole = args.with(args.indexOf('run'), 'whole')
    assertEnds(await work.assay([...whole, '--no-timings']), 0)
    assert.is(run.text('results.csv'), work.runAt('whole').text('results.csv'))
  })
})

test('killed again and again, with a judge that fails: it ends as if nobody had disturbed it', async () => {
  const faulty: Decide = (shown) => {
    const number = Number(/\d+/.exec(shown.answer)?.[0])
    if (shown.attempt > 1 || number % 5 !== 0) return slowly(rightly(shown), number % 7)
    return number % 2 === 0 ? fails(500) : breaks
  }
  await withJudge(60, faulty, async ({ work, judge, args, run }) => {
    const flags = ['--concurrency', '6']
    for (const arrivals of [5, 17, 40, 60]) {
      const begins = arrivals === 5
      const program = work.start(begins ? [...args, ...flags] : ['eval', '--resume', 'run'])
      await judge.arrived(arrivals)
      program.signal('SIGKILL')
      await program.ended
    }
    const judged = judgedIn(run)
    const asked = judge.asked.length
    assertEnds(await work.assay(['eval', '--resume', 'run']), 0)
    assert.is(judgedIn(run), 60)
    const retried = run.journal().filter(({ type }) => type === 'retrying').length
    assert.ok(judge.asked.length - asked <= 60 - judged + retried, 'only what was not judged is asked')
    const { possiblyBilled } = run.summary()
    // Every request beyond the first of a question is a failure that is written down, or was cut off by a kill.
    const beyond = judge.asked.length - new Set(judge.asked.map(({ body }) => body)).size
    assert.ok(beyond - retried <= possiblyBilled, `${beyond} more, ${retried} failed, ${possiblyBilled} told`)
    assertEnds(await work.assay(['eval', '--resume', 'run', '--no-timings']), 0)
    const whole = args.with(args.indexOf('run'), 'whole')
    assertEnds(await work.assay([...whole, '--no-timings']), 0)
    assert.is(run.text('results.csv'), work.runAt('whole').text('results.csv'))
  })
})

test('a budget is for models and judges together: the bill never exceeds it, and more money judges the rest', async () => {
  let billedMills = 0
  const bill = (mills: number): Telling => {
    billedMills += mills
    return { usage: { prompt_tokens: 10, completion_tokens: 2, cost: mills / 1_000 } }
  }
  const books = new JudgeBooks((shown) => (response, asked) => rightly(shown, bill(10))(response, asked))
  await inWorkdir({ 'qa.csv': rows(30) }, (work) =>
    withServer(
      (asked) => (response) => says(answerTo(questionOf(asked)), bill(1))(response, asked),
      (models) =>
        withServer(books.script, async (judge) => {
          const places = ['--base-url', models.url, '--judge-base-url', judge.url, '--max-tokens', '10']
          const tokens = ['--judge-max-tokens', '16', '--concurrency', '4']
          const price = ['--model', 'm', '--price', 'm=0/100', '--price', 'j=0/1000']
          const args = ['eval', '-d', 'qa.csv', '--out', 'run', ...places, ...FACTUALITY, ...price, ...tokens]
          const first = await work.assay([...args, '--max-cost', '0.15'])
          assertEnds(first, 4)
          assert.match(first.stderr, /the budget \(--max-cost\) left \d+ judge calls? unasked/)
          assert.match(first.stderr, /--resume run --max-cost <more>/)
          assert.ok(billedMills <= 150 && billedMills > 100, `${billedMills} billed`)
          const run = work.runAt('run')
          assert.match(run.summary().notes.join('\n'), /judge calls? did not fit the budget/)
          const before = billedMills
          assertEnds(await work.assay(['eval', '--resume', 'run']), 4)
          assert.ok(billedMills <= 150, `${billedMills} billed, ${before} before`)
          const judgedBefore = judge.asked.length
          assertEnds(await work.assay(['eval', '--resume', 'run', '--max-cost', '0.25']), 4)
          assert.ok(judge.asked.length > judgedBefore && billedMills <= 250)
          assertEnds(await work.assay(['eval', '--resume', 'run', '--max-cost', '1']), 0)
          assert.equal([models.asked.length, judge.asked.length, books.answersTooMany], [30, 30, 0])
          const { costUsd, judgeCostUsd, judgeCalls } = run.summary()
          assert.equal([costUsd, judgeCostUsd, judgeCalls], ['0.03', '0.3', 30])
          assert.equal(columnOf(run, 'judge_cost_usd'), Array(30).fill('0.01'))
          assert.equal(columnOf(run, 'cost_usd'), Array(30).fill('0.001'))
        }),
    ),
  )
})

test('what judges cost is shown apart, on the screen and in every report', async () => {
  await withJudge(6, rightAlways, async ({ work, args, run }) => {
    const ended = await work.assay(args)
    assertEnds(ended, 0)
    assert.match(ended.stdout, /judges +│ \$0\.000228/)
    assert.match(ended.stdout, /total \$0\.000084 · \+ \$0\.000228 for 6 judge calls/)
    assert.match(ended.stderr, /judged by j over custom \(http:\/\/127\.0\.0\.1/)
    assert.equal(columnOf(run, 'judge_cost_usd'), Array(6).fill('0.000038'))
    const { costUsd, judgeCostUsd, groups } = run.summary()
    assert.equal([costUsd, judgeCostUsd, groups[0]?.judgeCostUsd], ['0.000084', '0.000228', '0.000228'])
    assert.ok(run.summaryLines().some((line) => line['metric'] === 'judge_cost' && line['value'] === '0.000228'))
    assert.equal(run.manifest().judges?.models, ['j'])
    assert.equal(
      run.manifest().scorings.map(({ pass, scorers, judges }) => [pass, scorers, judges]),
      [[1, ['factuality'], ['j']]],
    )
  })
})

test('a judge without a price is refused under a budget before anything is sent', async () => {
  await withJudge(3, rightAlways, async ({ work, args, judge, models }) => {
    const unpriced = args.filter((_, index) => args[index] !== 'j=3/4' && args[index + 1] !== 'j=3/4')
    const refused = await work.assay([...unpriced, '--max-cost', '1'])
    assertEnds(refused, 2)
    assert.match(refused.stderr, /no price is known for j, so the budget of \$1 .* cannot be kept/)
    assert.equal([models.asked.length, judge.asked.length], [0, 0])
    assertEnds(await work.assay(unpriced), 0)
  })
})

test('a judge that is busy is asked again when it says, and the score counts', async () => {
  const decide: Decide = ({ attempt }) =>
    attempt > 1
      ? undefined
      : (response) => {
          response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '1' })
          response.end(JSON.stringify({ error: { code: 429, message: 'busy' } }))
        }
  await withJudge(3, decide, async ({ work, judge, args, run }) => {
    assertEnds(await work.assay(args), 0)
    assert.is(judge.asked.length, 6)
    assert.equal(columnOf(run, 'score:factuality'), ['0', '1', '1'])
    const { judgeCalls, possiblyBilled, judgeCostUsd } = run.summary()
    assert.equal([judgeCalls, possiblyBilled, judgeCostUsd], [3, 0, '0.000114'])
  })
})

test('what a judge fails to answer has no score, is told, and is asked by the next resume', async () => {
  let heals = false
  const decide: Decide = ({ answer }) => (!heals && answer === 'Answer 7' ? fails(500, 'broken inside') : undefined)
  await withJudge(30, decide, async ({ work, judge, models, args, run }) => {
    // One call of thirty answers is within --max-failed.
    const first = await work.assay([...args, '--retries', '1', '--scorer', 'exact'])
    assertEnds(first, 0)
    const row = run.results()[7]
    assert.equal(
      [row?.['status'], row?.['score:factuality'], row?.['score:exact'], row?.['pass']],
      ['completed', '', '1', ''],
    )
    assert.match(row?.['reason'] ?? '', /broken inside/)
    assert.match(first.stdout, /1 judge call failed: the scores that need them are empty, and a resume asks again/)
    assert.match(first.stderr, /to ask the judges for the rest: assay eval --resume run/)
    const strict = await work.assay(['eval', '--resume', 'run', '--max-failed', '3%'])
    assertEnds(strict, 3)
    assert.match(strict.stderr, /1 judge call failed, more than --max-failed 3% of the 30 answers/)
    heals = true
    const asked = judge.asked.length
    const healed = await work.assay(['eval', '--resume', 'run'])
    assertEnds(healed, 0)
    assert.equal([judge.asked.length - asked, models.asked.length], [1, 30])
    assert.equal([run.results()[7]?.['score:factuality'], run.results()[7]?.['pass']], ['1', 'true'])
    assert.not.match(healed.stdout, /judge call failed/)
  })
})

test('a judge that takes no such key ends the run with 3, and the rest is judged when it does', async () => {
  let knows = false
  await withJudge(
    40,
    () => (knows ? undefined : fails(401, 'no such key')),
    async ({ work, judge, models, args, run }) => {
      const refused = await work.assay([...args, '--concurrency', '2'])
      assertEnds(refused, 3)
      assert.match(refused.stderr, /exit 3: the endpoint refused \(\w+\): .*no such key/)
      assert.ok(judge.asked.length < 40, `${judge.asked.length} asked after the first refusal`)
      knows = true
      const asked = judge.asked.length
      assertEnds(await work.assay(['eval', '--resume', 'run']), 0)
      assert.equal([judge.asked.length - asked, models.asked.length, run.summary().judgeCalls], [40, 40, 40])
    },
  )
})

test('what a judge refuses is left out, once for all: the schema, and the temperature', async () => {
  const decide: Decide = (_shown, asked) => {
    const body = judgeBodyOf(asked)
    if (body.response_format !== undefined)
      return fails(400, "'response_format' of type 'json_schema' is not supported")
    if (body.temperature !== undefined) return fails(400, "Unsupported value: 'temperature' does not support 0")
    return undefined
  }
  await withJudge(20, decide, async ({ work, judge, args, run }) => {
    assertEnds(await work.assay([...args, '--concurrency', '1']), 0)
    const { length } = judge.asked
    // The next call is on its way when a refusal comes.
    assert.ok(length >= 22 && length <= 24, `${length} asked: each field is refused once`)
    assert.is(judgeBodyOf(judge.asked[0] as Asked).temperature, 0)
    const last = judgeBodyOf(judge.asked.at(-1) as Asked)
    assert.equal(
      [last.temperature, last.response_format, last.stream, last.max_tokens],
      [undefined, undefined, false, 1_024],
    )
    assert.equal([run.summary().judgeCalls, run.summary().possiblyBilled], [20, 0])
    assertEnds(await work.assay(['eval', '--resume', 'run']), 0)
    assert.is(judge.asked.length, length, 'the answers are those of the same questions')
  })
})

test('a verdict that is on no menu, and words without one, leave a row unscored for good', async () => {
  const decide: Decide = ({ answer }) => {
    if (answer === 'Answer 1') return verdict('superb')
    if (answer === 'Answer 2') return says('I would rather not say.')
    return answer === 'Answer 4' ? says('') : undefined
  }
  await withJudge(6, decide, async ({ work, judge, args, run }) => {
    const ended = await work.assay(args)
    assertEnds(ended, 0)
    assert.equal(columnOf(run, 'score:factuality'), ['0', '', '', '0', '', '1'])
    assert.match(run.results()[1]?.['reason'] ?? '', /"superb" is none of equal/)
    assert.match(run.results()[2]?.['reason'] ?? '', /no verdict in "I would rather not say\."/)
    const asked = judge.asked.length
    assert.not.match(ended.stderr, /to ask the judges for the rest/)
    assertEnds(await work.assay(['eval', '--resume', 'run']), 0)
    assert.is(judge.asked.length, asked)
  })
})

test('two scorers that ask the same share one call', async () => {
  await withJudge(5, rightAlways, async ({ work, judge, args, run }) => {
    assertEnds(await work.assay([...args, '--scorer', 'factuality:0.7', '--scorer', 'not-factuality']), 0)
    assert.is(judge.asked.length, 5)
    assert.equal(columnOf(run, 'score:factuality'), columnOf(run, 'score:factuality:0.7'))
    assert.equal(columnOf(run, 'score:not-factuality'), ['1', '0', '0', '1', '0'])
    assert.equal(columnOf(run, 'judge_cost_usd'), Array(5).fill('0.000038'))
  })
})

test('three judges decide by majority or by their mean, and each is paid', async () => {
  // The third is of another opinion than the two others.
  const decide: Decide = (shown) =>
    shown.model === 'k' ? verdict(shown.answer === shown.expected ? 'subset' : 'superset') : rightly(shown)
  await withJudge(4, decide, async ({ work, judge, args, run }) => {
    const panel = ['--judge', 'i', '--judge', 'k', '--price', 'i=3/4', '--price', 'k=3/4']
    const ended = await work.assay([...args, ...panel])
    assertEnds(ended, 0)
    assert.is(judge.asked.length, 12)
    assert.match(ended.stderr, /judged by j, i, k over custom .* \(majority\)/)
    assert.equal(columnOf(run, 'score:factuality'), ['0', '1', '1', '0'])
    assert.match(run.results()[0]?.['reason'] ?? '', /1 of 3 judges let it pass: j: contradicts .*; k: superset/)
    assert.is(run.summary().judgeCostUsd, '0.000456')
    // The same questions again: their answers are in the journal.
    assertEnds(await work.assay(['score', 'run', '--judge-panel', 'mean']), 0)
    assert.is(judge.asked.length, 12)
    assert.equal(columnOf(run, 'score:factuality').map(Number), [0.2, 0.8, 0.8, 0.2])
    assert.equal(columnOf(run, 'pass'), ['false', 'true', 'true', 'false'])
  })
})

test('with --cache a judge is not asked twice for the same answer across runs, and a hit costs nothing', async () => {
  await withJudge(5, rightAlways, async ({ work, judge, models, args, run }) => {
    assertEnds(await work.assay([...args, '--cache']), 0)
    const again = args.with(args.indexOf('run'), 'again')
    assertEnds(await work.assay([...again, '--cache', '--max-cost', '0.0001']), 0)
    assert.equal([models.asked.length, judge.asked.length], [5, 5])
    const { costUsd, judgeCostUsd } = work.runAt('again').summary()
    assert.equal([costUsd, judgeCostUsd], ['0', '0'])
    assert.equal(columnOf(work.runAt('again'), 'score'), columnOf(run, 'score'))
    assert.equal(columnOf(work.runAt('again'), 'judge_cost_usd'), Array(5).fill('0'))
  })
})

test('judges have slots of their own: one slot for models and one server for both come to an end', async () => {
  const books = new JudgeBooks()
  await inWorkdir({ 'qa.csv': rows(12) }, (work) =>
    withServer(
      (asked, place) => (judgeBodyOf(asked).model === 'm' ? modelAnswers(asked) : books.script(asked, place)),
      async (server) => {
        const args = ['eval', '-d', 'qa.csv', '--base-url', server.url, ...FACTUALITY, ...PRICES, '--out', 'run']
        assertEnds(await work.assay([...args, '--judge', 'i', '--concurrency', '1']), 0)
        assert.is(server.asked.length, 36)
        assert.ok(server.peakInFlight <= 2, 'one of the models, one of the judges')
      },
    ),
  )
})

test('the key of a judge is sent to the judge alone and stands nowhere', async () => {
  await withJudge(3, rightAlways, async ({ work, judge, models, args }) => {
    const env = { JUDGE_KEY: 'sk-judge-secret-1234567890', MODEL_KEY: 'sk-model-secret-1234567890' }
    const keys = ['--judge-api-key-env', 'JUDGE_KEY', '--provider', 'custom', '--api-key-env', 'MODEL_KEY']
    const ended = await work.assay([...args, ...keys], { env })
    assertEnds(ended, 0)
    const sent = (server: ChatServer): unknown => server.asked.map(({ headers }) => headers.authorization)
    assert.equal(sent(judge), Array(3).fill(`Bearer ${env.JUDGE_KEY}`))
    assert.equal(sent(models), Array(3).fill(`Bearer ${env.MODEL_KEY}`))
    for (const file of work.files()) assert.not.match(work.read(file), /sk-(judge|model)-secret/)
    assert.not.match(ended.stdout + ended.stderr, /sk-(judge|model)-secret/)
    const refused = await work.assay(['score', 'run', '--scorer', 'criteria:Is it short?'], { env: { MODEL_KEY: 'x' } })
    assertEnds(refused, 2)
    assert.match(refused.stderr, /the environment variable JUDGE_KEY is not set/)
  })
})

test('a model that judges itself is told on the screen and in the reports, unless that is accepted', async () => {
  await withJudge(3, rightAlways, async ({ work, args, run }) => {
    const self = [...args, '--judge', 'acme/M:free', '--price', 'acme/M:free=1/1']
    const warned = await work.assay(self)
    assertEnds(warned, 0)
    const warning = /acme\/M:free judges its own answers, and models favour what they wrote/
    assert.match(warned.stderr, warning)
    assert.match(warned.stdout, warning)
    assert.match(run.summary().notes.join('\n'), warning)
    const accepted = await work.assay([...self.with(self.indexOf('run'), 'other'), '--allow-self-judge'])
    assertEnds(accepted, 0)
    assert.not.match(accepted.stdout + accepted.stderr, /judges its own/)
    assert.equal(work.runAt('other').summary().notes, [])
  })
})

/** The answer a few milliseconds later. */
function slowly(answer: Answer, ms: number): Answer {
  return after(new Promise((resolve) => setTimeout(resolve, ms)), answer)
}

/** Begins to answer, and breaks off. */
const breaks: Answer = (response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
  response.write('{"id":"gen-1"', () => response.destroy())
}

test.run()
