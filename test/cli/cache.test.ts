/** Is no answer paid for twice with --cache, and is an old one never given to a new question? */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { CacheStats } from '../../src/cache/types.ts'
import { answerTo, questions } from '../helpers/datasets.ts'
import { type ChatServer, fails, questionOf, says, type Script, withServer } from '../helpers/server.ts'
import { type Ended, inWorkdir, type RunFolder, type Workdir } from '../helpers/workdir.ts'

const COST = '0.000007'
const usage = { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12, cost: Number(COST) }

/** Right answers that cost something. */
const answers: Script = (asked) => says(answerTo(questionOf(asked)), { usage })

/** Runs an eval into a folder of its own, and tells how many requests it sent. */
async function evalInto(
  work: Workdir,
  server: ChatServer,
  out: string,
  ...flags: string[]
): Promise<Ended & { run: RunFolder; sent: number }> {
  const before = server.asked.length
  const ended = await work.assay(['eval', '-d', 'qa.csv', '--base-url', server.url, '--out', out, ...flags])
  return { ...ended, run: work.runAt(out), sent: server.asked.length - before }
}

/** results.csv without what an answer costs. */
const butCosts = (run: RunFolder): Record<string, string>[] =>
  run.results().map(({ cost_usd: _usd, cost_source: _source, ...cells }) => cells)

const cells = (run: RunFolder, column: string): string[] => run.results().map((row) => row[column] ?? '')

const cacheFiles = (work: Workdir): string[] =>
  work.files().filter((name) => /^results\/\.cache\/.*\.jsonl$/.test(name))

/** Lines of all segments, headers included. */
const linesOf = (work: Workdir): number =>
  cacheFiles(work).reduce((sum, name) => sum + work.read(name).split('\n').length - 1, 0)

test('a second run sends nothing, costs nothing and says so, and its answers are the same', async () => {
  await withServer(answers, async (server) => {
    await inWorkdir({ 'qa.csv': questions(12) }, async (work) => {
      const first = await evalInto(work, server, 'first', '--cache', '--no-timings')
      assert.equal([first.status, first.sent], [0, 12], 'an empty cache is no trouble')
      const second = await evalInto(work, server, 'second', '--cache', '--no-timings')
      assert.equal([second.status, second.sent], [0, 0])
      assert.equal(butCosts(second.run), butCosts(first.run))
      assert.equal(new Set(cells(first.run, 'cost_source')), new Set(['reported']))
      assert.equal(new Set(cells(second.run, 'cost_source')), new Set(['cache']))
      assert.equal(new Set(cells(second.run, 'cost_usd')), new Set(['0']))
      assert.match(second.stdout, '12 of 12 answers from the cache, which saved $0.000084')
      assert.match(second.stdout, 'total $0.00 ')
      assert.match(second.stdout, ' 0 retries')
    })
  })
})

test('what is not measured is not in the figures: no latency, no speed, no attempt, no started line', async () => {
  await withServer(answers, async (server) => {
    await inWorkdir({ 'qa.csv': questions(5) }, async (work) => {
      const first = await evalInto(work, server, 'first', '--cache')
      const { run } = await evalInto(work, server, 'second', '--cache')
      assert.equal(new Set(run.journal().map(({ type }) => type)), new Set(['settled']))
      const [row] = run.results()
      const empty = ['ttft_ms', 'latency_ms', 'output_tps'].map((column) => row?.[column])
      assert.equal(empty, ['', '', ''])
      assert.is(row?.['attempts'], '0')
      const { cachedAnswers, cacheSavedUsd, costUsd, outputTokensPerSecond, groups } = run.summary()
      assert.equal([cachedAnswers, cacheSavedUsd, costUsd], [5, '0.000035', '0'])
      assert.is(outputTokensPerSecond, null)
      assert.equal([groups[0]?.latencyMs.p50.n, groups[0]?.ttftMs.p50.n, groups[0]?.attempts], [0, 0, 0])
      assert.equal([groups[0]?.promptTokens, groups[0]?.completionTokens], [50, 10], 'tokens are those of the answers')
      const [settled] = run.journal()
      assert.ok(settled?.type === 'settled' && settled.fromCache !== null)
      assert.equal([settled.fromCache.runId, settled.fromCache.costUsd], [first.run.manifest().runId, COST])
    })
  })
})

test('an edited row, a new row, another epoch and another temperature are asked; the rest is not', async () => {
  await withServer(answers, async (server) => {
    await inWorkdir({ 'qa.csv': questions(10) }, async (work) => {
      const sent = async (out: string, ...flags: string[]): Promise<number> =>
        (await evalInto(work, server, out, '--cache', ...flags)).sent
      assert.is(await sent('first'), 10)
      work.write('qa.csv', questions(10).replace('Question 4?', 'Question 44?'))
      assert.is(await sent('edited'), 1)
      work.write('qa.csv', questions(11))
      assert.is(await sent('added'), 1)
      assert.is(await sent('epochs', '--epochs', '2'), 11, 'the first epoch is there')
      assert.is(await sent('temperature', '--temperature', '0.5'), 11)
      assert.is(await sent('model', '--model', 'acme/other'), 11)
      assert.is(await sent('scorer', '--scorer', 'includes', '--concurrency', '2'), 0, 'decides no answer')
    })
  })
})

test('an answer from the cache needs no money', async () => {
  await withServer(answers, async (server) => {
    await inWorkdir({ 'qa.csv': questions(6) }, async (work) => {
      await evalInto(work, server, 'first', '--cache', '--price', 'mistralai/mistral-small=1/1')
      work.write('qa.csv', questions(7))
      const tight = ['--max-cost', '0.000001', '--price', 'mistralai/mistral-small=1/1']
      const { status, sent, run } = await evalInto(work, server, 'second', '--cache', ...tight)
      assert.equal([status, sent], [4, 0])
      assert.equal(cells(run, 'status'), [...Array.from({ length: 6 }, () => 'completed'), 'skipped_budget'])
    })
  })
})

test('a failure is never kept', async () => {
  let isDown = true
  const script: Script = (asked, place) => (isDown ? fails(400) : answers(asked, place))
  await withServer(script, async (server) => {
    await inWorkdir({ 'qa.csv': questions(4) }, async (work) => {
      const down = await evalInto(work, server, 'down', '--cache')
      assert.equal([down.status, down.sent], [3, 4])
      assert.equal(cacheFiles(work), [])
      isDown = false
      const up = await evalInto(work, server, 'up', '--cache')
      assert.equal([up.status, up.sent], [0, 4])
    })
  })
})

test('without --cache nothing is read or written', async () => {
  await withServer(answers, async (server) => {
    await inWorkdir({ 'qa.csv': questions(4) }, async (work) => {
      await evalInto(work, server, 'plain')
      assert.equal(cacheFiles(work), [])
      await evalInto(work, server, 'filling', '--cache')
      const files = cacheFiles(work)
      const kept = files.map((name) => work.read(name))
      const { sent } = await evalInto(work, server, 'again')
      assert.is(sent, 4)
      assert.equal(cacheFiles(work), files)
      assert.equal(
        files.map((name) => work.read(name)),
        kept,
      )
    })
  })
})

test('processes that run at the same time share a cache without harm', async () => {
  await withServer(answers, async (server) => {
    await inWorkdir({ 'qa.csv': questions(30) }, async (work) => {
      const runs = await Promise.all(
        ['a', 'b', 'c'].map((out) => evalInto(work, server, out, '--cache', '--concurrency', '4')),
      )
      for (const { status, run } of runs) assert.equal([status, run.results().length], [0, 30])
      const later = await evalInto(work, server, 'later', '--cache')
      assert.equal([later.status, later.sent], [0, 0])
      assert.equal(new Set(cells(later.run, 'pass')), new Set(['true']))
    })
  })
})

test('a run that is killed has kept what it answered', async () => {
  const script: Script = (asked, place) => (place < 5 ? answers(asked, place) : () => {})
  await withServer(script, async (server) => {
    await inWorkdir({ 'qa.csv': questions(8) }, async (work) => {
      const program = work.start([
        'eval',
        '-d',
        'qa.csv',
        '--base-url',
        server.url,
        '--out',
        'killed',
        '--cache',
        '--concurrency',
        '2',
      ])
      // An answer is kept once its record is on disk, which may take longer than the next request.
      await server.arrived(7)
      for (let tries = 0; linesOf(work) < 1 + 5 && tries < 1_000; tries++) await sleep(20)
      await program.kill()
      const stats = JSON.parse((await work.assay(['cache', 'stats', '--json'])).stdout) as CacheStats
      assert.is(stats.answers, 5)
    })
  })
})

test('a simulated answer is never given to a row whose right answer has changed, or for another skill', async () => {
  await inWorkdir({ 'qa.csv': questions(6) }, async (work) => {
    const flags = ['--simulate', '--simulator', 'ttft=0ms', '--simulator', 'token-gap=0ms', '--cache']
    const cached = async (out: string, ...more: string[]): Promise<number> => {
      const { status } = await work.assay(['eval', '-d', 'qa.csv', '--out', out, ...flags, ...more])
      assert.is(status, 0)
      return cells(work.runAt(out), 'cost_source').filter((source) => source === 'cache').length
    }
    assert.is(await cached('first'), 0)
    assert.is(await cached('same'), 6)
    work.write('qa.csv', questions(6).replace('Answer 2', 'Another answer'))
    assert.is(await cached('edited'), 5)
    assert.is(await cached('skill', '--simulator', 'skill=mistralai/mistral-small:1'), 0)
    assert.is(await cached('delay', '--simulator', 'sigma=1'), 6, 'decides no answer')
    assert.is(work.runAt('same').summary().simulated, true)
  })
})

test('assay cache stats and clear say in words, or as JSON, what is there', async () => {
  await withServer(answers, async (server) => {
    await inWorkdir({ 'qa.csv': questions(3) }, async (work) => {
      const nothing = await work.assay(['cache', 'stats'])
      assert.equal([nothing.status, nothing.files], [0, ['qa.csv']])
      assert.match(nothing.stdout, /^results\/\.cache: nothing is cached\. assay eval --cache keeps answers there\.\n$/)
      await evalInto(work, server, 'first', '--cache', '--model', 'acme/one', '--model', 'acme/two')
      const { stdout } = await work.assay(['cache', 'stats'])
      assert.match(stdout, /^results\/\.cache: 6 answers in 1 file, \d\.\d kB\.\nMade from 20\d\d-.* to 20.* UTC\.\n/)
      assert.match(stdout, /acme\/one +│ 3 +│ \$0\.000021/)
      const stats = JSON.parse((await work.assay(['cache', 'stats', '--json'])).stdout) as CacheStats
      assert.equal([stats.answers, stats.files, stats.damagedLines], [6, 1, 0])
      assert.equal(
        stats.models.map(({ model }) => model),
        ['acme/one', 'acme/two'],
      )
      const cleared = await work.assay(['cache', 'clear'])
      assert.is(cleared.status, 0)
      assert.match(cleared.stdout, /^results\/\.cache: removed 6 answers in 1 file, \d\.\d kB\.\n$/)
      assert.not.ok(existsSync(join(work.path, 'results', '.cache')))
      const { sent } = await evalInto(work, server, 'second', '--cache')
      assert.is(sent, 3)
    })
  })
})

test('a slip after assay cache is told with what was meant', async () => {
  await inWorkdir({}, async (work) => {
    const refusals = await Promise.all(
      [['stat'], [], ['stats', 'clear'], ['stats', '--jsn']].map((args) => work.assay(['cache', ...args])),
    )
    assert.equal(
      refusals.map(({ status, stdout }) => [status, stdout]),
      refusals.map(() => [2, '']),
    )
    const [typo, missing, tooMany, flag] = refusals.map(({ stderr }) => stderr)
    assert.match(typo ?? '', 'assay cache stat: there is no such action. Did you mean "stats"? Known: stats, clear.')
    assert.match(missing ?? '', 'assay cache <stats|clear> [flags]: expected 1 action')
    assert.match(tooMany ?? '', '"clear" stands alone.')
    assert.match(flag ?? '', '--jsn: there is no such flag. Did you mean --json?')
  })
})

test('a cache that cannot be used is told before anything is asked', async () => {
  await withServer(answers, async (server) => {
    await inWorkdir({ 'qa.csv': questions(3), 'results/.cache': 'a file' }, async (work) => {
      const args = ['eval', '-d', 'qa.csv', '--base-url', server.url, '--cache']
      const ended = await work.assay(args)
      assert.equal([ended.status, server.asked.length, ended.files], [74, 0, ['qa.csv', 'results/.cache']])
      assert.match(ended.stderr, /results\/\.cache: the response cache cannot be used \(\w+\)\..*without --cache\.\n$/)
      assert.is((await work.assay(['cache', 'stats'])).status, 74)
      assert.is((await work.assay(args.slice(0, -1))).status, 0, 'without --cache it is no trouble')
    })
  })
})

test.run()
