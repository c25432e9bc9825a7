/** Which exit code does a run end with, and what has been sent and billed by then? */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { formatUsd, parseUsd, parseUsdPerMillion, times } from '../../src/lib/usd.ts'
import { answerTo, questions } from '../helpers/datasets.ts'
import { type Answer, type Asked, bodyOf, fails, hangsUp, questionOf, says, withServer } from '../helpers/server.ts'
import { CLI, type Ended, inWorkdir } from '../helpers/workdir.ts'

const AT_ONCE = ['--simulator', 'ttft=0ms', '--simulator', 'token-gap=0ms']

function assertEnds({ status, signal }: Ended, code: number): void {
  assert.equal({ status, signal }, { status: code, signal: null })
}

/** Answers some questions rightly and the others with "wrong". */
function rightUpTo(last: number): (asked: Asked) => Answer {
  return (asked) => {
    const question = questionOf(asked)
    return says(Number(/\d+/.exec(question)?.[0]) <= last ? answerTo(question) : 'wrong')
  }
}

test('--fail-under is met with 0 at exactly the pass rate and missed with 1 above it', async () => {
  await inWorkdir({ 'qa.csv': questions(10) }, async (work) => {
    await withServer(rightUpTo(8), async (server) => {
      const args = ['eval', '--dataset', 'qa.csv', '--base-url', server.url]
      assertEnds(await work.assay([...args, '--fail-under', '80%']), 0)
      const missed = await work.assay([...args, '--fail-under', '0.81'])
      assertEnds(missed, 1)
      assert.match(missed.stderr, /^exit 1: mistralai\/mistral-small \(question\) has a pass rate of 80\.00 %, below/m)
    })
  })
})

test('trials that fail in more than 5 % end with 3, have no score, and both bounds are told', async () => {
  await inWorkdir({ 'qa.csv': questions(20) }, async (work) => {
    const failTwo = (asked: Asked): Answer => (/ (3|7)\?/.test(questionOf(asked)) ? fails(400) : rightUpTo(20)(asked))
    await withServer(failTwo, async (server) => {
      const args = ['eval', '--dataset', 'qa.csv', '--base-url', server.url]
      const ended = await work.assay([...args, '--out', 'run'])
      assertEnds(ended, 3)
      assert.match(ended.stderr, /^exit 3: 2 of 20 trials failed, more than --max-failed 5%/m)
      assert.match(ended.stdout, /18 of 20/)
      assert.match(ended.stdout, /2 failed \(2 invalid_request\); pass rate between 90\.0 % and 100\.0 %/)
      const failed = work
        .runAt('run')
        .results()
        .filter((row) => row['status'] === 'failed')
      assert.equal(
        failed.map((row) => [row['expected'], row['pass'], row['score'], row['error_kind'], row['attempts']]),
        [
          ['Answer 3', '', '', 'invalid_request', '1'],
          ['Answer 7', '', '', 'invalid_request', '1'],
        ],
      )
      assertEnds(await work.assay([...args, '--max-failed', '10%']), 0)
    })
  })
})

for (const { status, kind } of [
  { status: 401, kind: 'unauthorized' },
  { status: 402, kind: 'insufficient_credits' },
  { status: 404, kind: 'not_found' },
]) {
  test(`a ${status} stops the run at once with 3`, async () => {
    await inWorkdir({ 'qa.csv': questions(300) }, async (work) => {
      await withServer(
        () => fails(status),
        async (server) => {
          const ended = await work.assay(['eval', '-d', 'qa.csv', '--base-url', server.url, '--concurrency', '4'])
          assertEnds(ended, 3)
          assert.ok(ended.stderr.includes(`exit 3: the endpoint refused (${kind})`))
          // What is in progress while the first failure goes to disk: twice the concurrency and 64 more.
          assert.ok(server.asked.length <= 72, `${server.asked.length} requests were sent`)
          const statuses = new Set(
            work
              .run()
              .results()
              .map((row) => row['status']),
          )
          assert.equal(statuses, new Set(['failed', 'skipped_stopped']))
        },
      )
    })
  })
}

const PRICE = { promptUsd: parseUsdPerMillion('0.2') ?? 0n, completionUsd: parseUsdPerMillion('0.6') ?? 0n }
const MAX_TOKENS = 50

/** What the server itself would charge when every token that it could bill is billed. */
function billFor(asked: Asked): bigint {
  const promptTokens = Buffer.byteLength(questionOf(asked))
  return times(PRICE.promptUsd, promptTokens) + times(PRICE.completionUsd, MAX_TOKENS)
}

/** Answers as long as they may be, one in four failing on the way; whatever was sent is billed by `billFor`. */
function dearServer(_asked: Asked, place: number): Answer {
  if (place % 8 === 3) return hangsUp
  if (place % 8 === 6) return fails(504)
  return (response, asked) => {
    const prompt_tokens = Buffer.byteLength(questionOf(asked))
    says('x', { usage: { prompt_tokens, completion_tokens: bodyOf(asked).max_tokens } })(response, asked)
  }
}

test('what the server could have billed stays within --max-cost, and the run ends with 4', async () => {
  await inWorkdir({ 'qa.csv': questions(200) }, async (work) => {
    await withServer(dearServer, async (server) => {
      const args = ['eval', '--dataset', 'qa.csv', '--base-url', server.url, '--max-tokens', String(MAX_TOKENS)]
      const limits = ['--max-cost', '0.001', '--concurrency', '16', '--max-failed', '100%']
      const ended = await work.assay([...args, ...limits])
      assertEnds(ended, 4)
      assert.match(ended.stderr, /^exit 4: the budget \(--max-cost\) left \d+ of 200 trials unasked/m)
      const billedUsd = server.asked.reduce((sum, asked) => sum + billFor(asked), 0n)
      assert.ok(billedUsd <= (parseUsd('0.001') ?? 0n), `billed ${formatUsd(billedUsd)}`)
      assert.ok(billedUsd >= (parseUsd('0.0008') ?? 0n), `only ${formatUsd(billedUsd)} of the budget was used`)
      const run = work.run()
      const skipped = run.results().filter((row) => row['status'] === 'skipped_budget')
      assert.is(run.results().length, 200)
      assert.is(skipped.length, run.summary().skipped)
      assert.ok(skipped.every((row) => row['output'] === '' && row['cost_usd'] === ''))
    })
  })
})

test('a budget too small for one request sends nothing and ends with 4', async () => {
  await inWorkdir({ 'qa.csv': questions(3) }, async (work) => {
    await withServer(dearServer, async (server) => {
      assertEnds(await work.assay(['eval', '-d', 'qa.csv', '--base-url', server.url, '--max-cost', '0.0000001']), 4)
      assert.is(server.asked.length, 0)
    })
  })
})

test('the first code of the precedence counts: too many failures before a threshold missed', async () => {
  await inWorkdir({ 'qa.csv': questions(4) }, async (work) => {
    await withServer(
      () => fails(400),
      async (server) => {
        const ended = await work.assay(['eval', '-d', 'qa.csv', '--base-url', server.url, '--fail-under', '50%'])
        assertEnds(ended, 3)
        assert.match(ended.stderr, /has no pass rate, below --fail-under 50%/)
      },
    )
  })
})

test('a results folder that cannot be made ends with 74 before anything is sent', async () => {
  await inWorkdir({ 'qa.csv': questions(3), results: 'a file in the way' }, async (work) => {
    await withServer(rightUpTo(3), async (server) => {
      const ended = await work.assay(['eval', '--dataset', 'qa.csv', '--base-url', server.url])
      assertEnds(ended, 74)
      assert.match(ended.stderr, /^assay: \S+results: cannot write \(EEXIST\)\. Free space or choose another folder/)
      assert.is(server.asked.length, 0)
      assert.equal(ended.files, ['qa.csv', 'results'])
    })
  })
})

/** Files may grow to 48 blocks; bash counts blocks of 1,024 bytes. */
const LIMITED = 'ulimit -f 48; exec "$@"'

test('a disk that fills up ends the run with 74, and the journal is intact but for its last line', async () => {
  await inWorkdir({ 'qa.csv': questions(150) }, async (work) => {
    await withServer(rightUpTo(150), async (server) => {
      const args = [process.execPath, CLI, 'eval', '--dataset', 'qa.csv', '--base-url', server.url]
      const ended = await work.launch('bash', ['-c', LIMITED, 'bash', ...args]).ended
      assertEnds(ended, 74)
      assert.match(ended.stderr, /^assay: \S+journal\.jsonl: cannot write \(EFBIG\)/m)
      assert.not.match(ended.stderr, /^ {4}at /m)
      assert.ok(server.asked.length < 150, 'nothing is sent any more once the journal cannot be written')
      const run = work.run()
      const journal = run.text('journal.jsonl')
      assert.is(Buffer.byteLength(journal), 48 * 1024)
      work.write(`${run.path}/journal.jsonl`, journal.slice(0, journal.lastIndexOf('\n') + 1))
      assert.ok(run.journal().length > 40)
    })
  })
})

test('a disk that fills up ends the run at once, too, while trials wait for money', async () => {
  await inWorkdir({ 'qa.csv': questions(150) }, async (work) => {
    await withServer(rightUpTo(150), async (server) => {
      // Room for three attempts at a time: the other slots wait for what those give back.
      const args = [
        'eval',
        '--dataset',
        'qa.csv',
        '--base-url',
        server.url,
        '--max-cost',
        '0.002',
        '--concurrency',
        '8',
      ]
      const ended = await work.launch('bash', ['-c', LIMITED, 'bash', process.execPath, CLI, ...args]).ended
      assertEnds(ended, 74)
      assert.match(ended.stderr, /^assay: \S+journal\.jsonl: cannot write \(EFBIG\)/m)
    })
  })
})

test('an error of ours ends with 70 and its stack', async () => {
  // No input is known to bring one about: a config file that fails while it is looked at stands in for a broken check.
  const thrown = `export default { get dataset() { throw new TypeError('x is undefined') } }\n`
  const rejected = `Promise.reject(new TypeError('x is undefined'))\nexport default {}\n`
  for (const config of [thrown, rejected]) {
    await inWorkdir({ 'qa.csv': questions(2), 'eval.config.mjs': config }, async (work) => {
      const ended = await work.assay(['eval', '--dataset', 'qa.csv', ...AT_ONCE])
      assertEnds(ended, 70)
      assert.match(
        ended.stderr,
        /^assay: an error of ours, not of yours\. Please report it:\n {2}TypeError: x is undefined\n {6}at /,
      )
    })
  }
})

test('a simulator that dies is an error of ours', async () => {
  await inWorkdir(
    { 'qa.csv': questions(2), 'die.cjs': "if (process.argv[1].includes('simulator')) process.exit(9)\n" },
    async (work) => {
      const ended = await work.assay(['eval', '-d', 'qa.csv'], { env: { NODE_OPTIONS: '--require ./die.cjs' } })
      assertEnds(ended, 70)
      assert.match(ended.stderr, /Error: the simulator ended unexpectedly \(exit code 9\)/)
    },
  )
})

test.run()
