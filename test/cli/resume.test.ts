/** What does a run that was broken off cost when it is gone on with, and what comes out of it? */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { answerTo, questions } from '../helpers/datasets.ts'
import { type Answer, type Asked, fails, hangs, questionOf, says, withServer } from '../helpers/server.ts'
import { type Ended, inWorkdir, type Workdir } from '../helpers/workdir.ts'

const rightly = (asked: Asked): Answer => says(answerTo(questionOf(asked)))

function assertEnds({ status, signal }: Ended, code: number): void {
  assert.equal({ status, signal }, { status: code, signal: null })
}

/** Rows with ids, some of them in other words. */
function rows(count: number, edited: readonly number[] = []): string {
  const lines = Array.from({ length: count }, (_, index) => {
    const question = edited.includes(index) ? `Question ${index} in other words?` : `Question ${index}?`
    return `r${index},${question},${answerTo(question)}\n`
  })
  return `id,question,expected\n${lines.join('')}`
}

function settledIn(work: Workdir, run = 'run'): number {
  return work
    .runAt(run)
    .journal()
    .filter(({ type }) => type === 'settled').length
}

test('a killed run is gone on with: only the rest is asked, and it ends as if nobody had disturbed it', async () => {
  await inWorkdir({ 'qa.csv': rows(60) }, async (work) => {
    let hanging = true
    const script = (asked: Asked, place: number): Answer => (hanging && place >= 30 ? hangs : rightly(asked))
    await withServer(script, async (server) => {
      const args = ['-d', 'qa.csv', '--base-url', server.url, '--concurrency', '4', '--price', 'm=1/2']
      const program = work.start(['eval', ...args, '--model', 'm', '--out', 'run'])
      await server.arrived(34)
      program.signal('SIGKILL')
      await program.ended
      const settled = settledIn(work)
      hanging = false
      const before = server.asked.length
      const resumed = await work.assay(['eval', '--resume', 'run'])
      assertEnds(resumed, 0)
      assert.match(resumed.stderr, new RegExp(`resuming \\S+: ${settled} reused, ${60 - settled} not answered so far`))
      assert.is(server.asked.length - before, 60 - settled)
      const { possiblyBilled, retryCostUsd, completed } = work.runAt('run').summary()
      assert.equal([completed, possiblyBilled], [60, server.asked.length - 60])
      assert.ok(Number(retryCostUsd) > 0, 'what was in flight at the kill may have cost money')
      assertEnds(await work.assay(['eval', '--resume', 'run', '--no-timings']), 0)
      assertEnds(await work.assay(['eval', ...args, '--model', 'm', '--out', 'whole', '--no-timings']), 0)
      assert.is(work.runAt('run').text('results.csv'), work.runAt('whole').text('results.csv'))
    })
  })
})

test('of 5,000 rows three are edited: a resume sends three requests', async () => {
  await inWorkdir({ 'qa.csv': rows(5_000) }, async (work) => {
    await withServer(rightly, async (server) => {
      assertEnds(
        await work.assay(['eval', '-d', 'qa.csv', '--base-url', server.url, '--concurrency', '32', '--out', 'run']),
        0,
      )
      assert.is(server.asked.length, 5_000)
      work.write('qa.csv', rows(5_000, [17, 1_234, 4_999]))
      const resumed = await work.assay(['eval', '--resume', 'run'])
      assertEnds(resumed, 0)
      assert.match(resumed.stderr, /4,997 reused, 3 re-run since what they ask has changed/)
      assert.equal(server.asked.slice(5_000).map(questionOf).sort(), [
        'Question 1234 in other words?',
        'Question 17 in other words?',
        'Question 4999 in other words?',
      ])
      const results = work.runAt('run').results()
      assert.is(results.filter(({ pass }) => pass === 'true').length, 5_000)
      assert.is(results[17]?.['output'], 'Answer 17 in other words')
      assert.equal(
        work
          .runAt('run')
          .manifest()
          .resumes.map(({ reused, rerun, dropped }) => [reused, rerun, dropped]),
        [[4_997, 3, 0]],
      )
    })
  })
})

test('rows that are gone are dropped, and what they cost stays in the total', async () => {
  await inWorkdir({ 'qa.csv': rows(10) }, async (work) => {
    await withServer(rightly, async (server) => {
      const price = ['--model', 'm', '--price', 'm=1/2']
      assertEnds(await work.assay(['eval', '-d', 'qa.csv', '--base-url', server.url, '--out', 'run', ...price]), 0)
      work.write('qa.csv', rows(8))
      const resumed = await work.assay(['eval', '--resume', 'run'])
      assertEnds(resumed, 0)
      assert.match(resumed.stderr, /8 reused, nothing left to ask, 2 left aside, since nothing asks for them any more/)
      assert.is(server.asked.length, 10)
      const summary = work.runAt('run').summary()
      assert.equal([summary.planned, summary.costUsd, summary.retryCostUsd], [8, '0.000112', '0.000028'])
    })
  })
})

test('another right answer to the same question is scored anew and not asked anew', async () => {
  await inWorkdir({ 'qa.csv': rows(5) }, async (work) => {
    await withServer(rightly, async (server) => {
      assertEnds(await work.assay(['eval', '-d', 'qa.csv', '--base-url', server.url, '--out', 'run']), 0)
      work.write('qa.csv', rows(5).replace('Answer 3\n', 'something else\n'))
      assertEnds(await work.assay(['eval', '--resume', 'run']), 0)
      assert.is(server.asked.length, 5)
      assert.equal(
        work
          .runAt('run')
          .results()
          .map(({ pass }) => pass),
        ['true', 'true', 'true', 'false', 'true'],
      )
      // Another scorer is another pass over the same answers.
      assertEnds(await work.assay(['eval', '--resume', 'run', '--scorer', 'includes']), 0)
      assert.is(server.asked.length, 5)
      assert.equal(
        work
          .runAt('run')
          .scores()
          .map(({ pass }) => pass),
        [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2],
      )
      assert.ok('score:includes' in (work.runAt('run').results()[0] ?? {}))
    })
  })
})

test('a setting that decides the answers may not change, is named, and changes with --allow-change', async () => {
  await inWorkdir({ 'qa.csv': rows(4), 'other.csv': rows(4) }, async (work) => {
    await withServer(rightly, async (server) => {
      assertEnds(await work.assay(['eval', '-d', 'qa.csv', '--base-url', server.url, '--out', 'run']), 0)
      const changes = [
        [['--temperature', '0.5'], /temperature: was not set, is 0\.5/],
        [['--model', 'other/model'], /model: was \["mistralai\/mistral-small"\], is \["other\/model"\]/],
        [['--max-tokens', '100'], /maxTokens: was 1024, is 100/],
        [['--param', 'top_p=0.5'], /param: was \{\}, is \{"top_p":0\.5\}/],
        [['--seed', '7'], /seed/],
        [['--base-url', `${server.url}/v2`], /baseUrl: was "http:\/\/127\.0\.0\.1:\d+\/api\/v1", is/],
        [['-d', 'other.csv'], /dataset: was "qa", is "other"/],
      ] as const
      for (const [flags, named] of changes) {
        const refused = await work.assay(['eval', '--resume', 'run', ...flags])
        assertEnds(refused, 2)
        assert.match(refused.stderr, named)
        assert.match(refused.stderr, /--allow-change/)
      }
      assert.is(server.asked.length, 4)
      assertEnds(await work.assay(['eval', '--resume', 'run', '--concurrency', '2', '--max-cost', '3']), 0)
      assert.is(server.asked.length, 4)
      const allowed = await work.assay(['eval', '--resume', 'run', '--temperature', '0.5', '--allow-change'])
      assertEnds(allowed, 0)
      assert.match(allowed.stderr, /0 reused, 4 re-run/)
      assert.is(server.asked.length, 8)
      assert.equal(
        work
          .runAt('run')
          .manifest()
          .resumes.map(({ changed }) => changed),
        [['concurrency', 'maxCost'], ['temperature']],
      )
    })
  })
})

test('failures stay as they are unless they are asked for again, and one that fails three times alike is left alone', async () => {
  await inWorkdir({ 'qa.csv': rows(20) }, async (work) => {
    let heals = false
    const script = (asked: Asked, place: number): Answer =>
      / 3\?/.test(questionOf(asked)) || (!heals && / 7\?/.test(questionOf(asked)))
        ? fails(400, `request ${place} is refused`)
        : rightly(asked)
    await withServer(script, async (server) => {
      const asked = (): number => server.asked.length
      const first = await work.assay(['eval', '-d', 'qa.csv', '--base-url', server.url, '--out', 'run'])
      assertEnds(first, 3)
      assert.match(first.stderr, /to ask again what failed: assay eval --resume run --retry-failed/)
      assertEnds(await work.assay(['eval', '--resume', 'run']), 3)
      assert.is(asked(), 20)
      heals = true
      assertEnds(await work.assay(['eval', '--resume', 'run', '--retry-failed']), 0)
      assert.is(asked(), 22)
      assert.equal(
        work
          .runAt('run')
          .results()
          .filter(({ status }) => status === 'failed')
          .map((row) => [row['sample_id'], row['attempts']]),
        [['r3', '2']],
      )
      assertEnds(await work.assay(['eval', '--resume', 'run', '--retry-failed']), 0)
      assert.is(asked(), 23)
      const quarantined = await work.assay(['eval', '--resume', 'run', '--retry-failed'])
      assertEnds(quarantined, 0)
      assert.is(asked(), 23)
      assert.match(quarantined.stdout, /1 trial failed in the same way three times in a row/)
    })
  })
})

test('a budget counts what earlier sessions have spent, and a larger one goes on', async () => {
  await inWorkdir({ 'qa.csv': rows(50) }, async (work) => {
    const usage = { prompt_tokens: 10, completion_tokens: 10, total_tokens: 20, cost: 0.01 }
    await withServer(
      (asked) => says(answerTo(questionOf(asked)), { usage }),
      async (server) => {
        const flags = ['--model', 'm', '--price', 'm=1/1000', '--max-tokens', '10', '--concurrency', '4']
        const args = ['eval', '-d', 'qa.csv', '--base-url', server.url, '--out', 'run', ...flags]
        const first = await work.assay([...args, '--max-cost', '0.105'])
        assertEnds(first, 4)
        assert.match(first.stderr, /to go on: assay eval --resume run --max-cost <more>/)
        assert.is(server.asked.length, 10)
        assertEnds(await work.assay(['eval', '--resume', 'run']), 4)
        assert.is(server.asked.length, 10)
        assertEnds(await work.assay(['eval', '--resume', 'run', '--max-cost', '0.205']), 4)
        assert.is(server.asked.length, 20)
        assertEnds(await work.assay(['eval', '--resume', 'run', '--max-cost', 'none']), 0)
        assert.equal([server.asked.length, work.runAt('run').summary().costUsd], [50, '0.5'])
      },
    )
  })
})

test('a dataset from standard input is gone on with from the samples in the run folder', async () => {
  await inWorkdir({}, async (work) => {
    let healthy = false
    await withServer(
      (asked, place) => (healthy || place < 3 ? rightly(asked) : fails(402, 'no money')),
      async (server) => {
        const args = ['eval', '--dataset', '-', '--base-url', server.url, '--out', 'run', '--concurrency', '1']
        assertEnds(await work.assay([...args, '--offset', '1'], { stdin: questions(9) }), 3)
        healthy = true
        assertEnds(await work.assay(['eval', '--resume', 'run', '--retry-failed']), 0)
        const results = work.runAt('run').results()
        assert.equal(
          results.map(({ output }) => output),
          Array.from({ length: 8 }, (_, index) => `Answer ${index + 2}`),
        )
        const refused = await work.assay(['eval', '--resume', 'run', '--offset', '2'])
        assertEnds(refused, 2)
        assert.match(refused.stderr, /offset: was 1, is 2/)
      },
    )
  })
})

test('latest is the run that began last, and a folder that holds no run is refused with the fix', async () => {
  await inWorkdir({ 'qa.csv': rows(2), 'empty/x': '', 'torn/manifest.json': '' }, async (work) => {
    const none = await work.assay(['eval', '--resume', 'latest'])
    assertEnds(none, 2)
    assert.match(none.stderr, /--resume latest: there is no run under results\/\. Begin one with assay eval\./)
    await withServer(rightly, async (server) => {
      assertEnds(await work.assay(['eval', '-d', 'qa.csv', '--base-url', server.url]), 0)
      assertEnds(
        await work.assay(['eval', '-d', 'qa.csv', '--base-url', server.url, '--out', 'results/other', '--seed', '3']),
        0,
      )
      const resumed = await work.assay(['eval', '--resume', 'latest'])
      assertEnds(resumed, 0)
      assert.match(resumed.stdout, /results\/other\/results\.csv/)
      assert.is(server.asked.length, 4)
    })
    for (const folder of ['empty', 'torn', 'missing']) {
      const refused = await work.assay(['eval', '--resume', folder])
      assertEnds(refused, 2)
      assert.match(
        refused.stderr,
        folder === 'missing' ? /no such folder/ : /no readable manifest\.json in that folder/,
      )
    }
    const both = await work.assay(['eval', '--resume', 'latest', '--out', 'x'])
    assertEnds(both, 2)
    assert.match(both.stderr, /--out and --resume both name the run folder/)
  })
})

test('a torn last line is cut off before the next one; any other damage is an error that names line and byte', async () => {
  await inWorkdir({ 'qa.csv': rows(6) }, async (work) => {
    await withServer(rightly, async (server) => {
      const args = ['eval', '-d', 'qa.csv', '--base-url', server.url, '--concurrency', '1', '--no-timings']
      assertEnds(await work.assay([...args, '--out', 'run']), 0)
      const whole = work.runAt('run').text('results.csv')
      const journal = join(work.path, 'run/journal.jsonl')
      const lines = readFileSync(journal, 'utf8').split('\n').slice(0, -1)
      // Half of the last record, as a machine without power leaves it.
      writeFileSync(journal, `${lines.slice(0, -1).join('\n')}\n${lines.at(-1)?.slice(0, 100)}`)
      appendFileSync(join(work.path, 'run/scores.jsonl'), '{"trial":"half')
      const resumed = await work.assay(['eval', '--resume', 'run'])
      assertEnds(resumed, 0)
      assert.match(resumed.stderr, /5 reused, 1 not answered so far/)
      assert.is(settledIn(work), 6)
      assert.is(work.runAt('run').text('results.csv'), whole)

      const damaged = readFileSync(journal, 'utf8').split('\n')
      const byte = Buffer.byteLength(damaged.slice(0, 3).join('\n')) + 1
      damaged[3] = damaged[3]?.replace('"attempt', '"Attempt') ?? ''
      writeFileSync(journal, damaged.join('\n'))
      const asked = server.asked.length
      const refused = await work.assay(['eval', '--resume', 'run'])
      assertEnds(refused, 2)
      assert.match(
        refused.stderr,
        new RegExp(`journal\\.jsonl:4 \\(byte ${byte}\\): damaged line \\(its checksum does not hold\\)`),
      )
      assert.is(server.asked.length, asked)
      assert.is(readFileSync(journal, 'utf8'), damaged.join('\n'), 'nothing of a damaged journal is changed')
    })
  })
})

test('a run that another process is writing is not touched; one whose writer is dead is taken over at once', async () => {
  await inWorkdir({ 'qa.csv': rows(3) }, async (work) => {
    let hanging = true
    await withServer(
      (asked) => (hanging ? hangs : rightly(asked)),
      async (server) => {
        const program = work.start(['eval', '-d', 'qa.csv', '--base-url', server.url, '--out', 'run'])
        await server.arrived(3)
        const refused = await work.assay(['eval', '--resume', 'run'])
        assertEnds(refused, 2)
        assert.match(
          refused.stderr,
          /run: another process is writing this run \(process \d+, since .*\)\. Wait for its end/,
        )
        program.signal('SIGKILL')
        await program.ended
        assert.ok(work.files().some((file) => file.includes('.writer-')))
        hanging = false
        assertEnds(await work.assay(['eval', '--resume', 'run']), 0)
        assert.not.ok(work.files().some((file) => file.includes('.writer-')))
      },
    )
  })
})

test('a key that a run was begun with is asked for again, and stands nowhere', async () => {
  await inWorkdir({ 'qa.csv': rows(2) }, async (work) => {
    await withServer(rightly, async (server) => {
      const env = { MY_KEY: 'sk-very-secret-1234567890' }
      const args = ['--provider', 'custom', '--api-key-env', 'MY_KEY', '--base-url', server.url]
      assertEnds(await work.assay(['eval', '-d', 'qa.csv', '--out', 'run', ...args], { env }), 0)
      work.write('qa.csv', rows(3))
      assertEnds(await work.assay(['eval', '--resume', 'run']), 2)
      assertEnds(await work.assay(['eval', '--resume', 'run'], { env }), 0)
      assert.equal(
        server.asked.map(({ headers }) => headers.authorization),
        Array(3).fill(`Bearer ${env.MY_KEY}`),
      )
      for (const file of work.files()) assert.not.match(work.read(file), env.MY_KEY)
    })
  })
})

test('what a budget held back for answers without usage stays held back', async () => {
  await inWorkdir({ 'qa.csv': rows(40) }, async (work) => {
    await withServer(
      (asked) => says(answerTo(questionOf(asked)), { usage: null }),
      async (server) => {
        const price = ['--model', 'm', '--price', 'm=1/1000', '--max-tokens', '100', '--max-cost', '0.5']
        assertEnds(await work.assay(['eval', '-d', 'qa.csv', '--base-url', server.url, '--out', 'run', ...price]), 4)
        const asked = server.asked.length
        assert.ok(asked > 0 && asked < 6, `${asked} asked`)
        assertEnds(await work.assay(['eval', '--resume', 'run']), 4)
        assert.is(server.asked.length, asked)
      },
    )
  })
})

test('a budget is refused where the cost of earlier answers is unknown', async () => {
  await inWorkdir({ 'qa.csv': rows(3) }, async (work) => {
    await withServer(rightly, async (server) => {
      assertEnds(
        await work.assay([
          'eval',
          '-d',
          'qa.csv',
          '--base-url',
          server.url,
          '--out',
          'run',
          '--model',
          'm',
          '--limit',
          '2',
        ]),
        0,
      )
      const refused = await work.assay([
        'eval',
        '--resume',
        'run',
        '--limit',
        '3',
        '--price',
        'm=1/1',
        '--max-cost',
        '2',
      ])
      assertEnds(refused, 2)
      assert.match(refused.stderr, /nobody knows what 2 trials of earlier sessions cost/)
      assert.is(server.asked.length, 2)
    })
  })
})

test('trials that a wrong key has refused are asked by a plain resume', async () => {
  await inWorkdir({ 'qa.csv': rows(30) }, async (work) => {
    let knows = false
    await withServer(
      (asked) => (knows ? rightly(asked) : fails(401, 'no such key')),
      async (server) => {
        for (let round = 0; round < 4; round++) {
          const flags = round === 0 ? ['-d', 'qa.csv', '--base-url', server.url, '--out', 'run'] : ['--resume', 'run']
          assertEnds(await work.assay(['eval', ...flags]), 3)
        }
        knows = true
        assertEnds(await work.assay(['eval', '--resume', 'run']), 0)
        assert.is(work.runAt('run').summary().completed, 30)
      },
    )
  })
})

test('a dataset that is piped in on a resume is read, and a manifest names no code to run', async () => {
  const evil = "import { writeFileSync } from 'node:fs'\nwriteFileSync('owned', '')\nexport default {}\n"
  await inWorkdir({ 'evil.ts': evil }, async (work) => {
    await withServer(rightly, async (server) => {
      const args = ['eval', '--dataset', '-', '--base-url', server.url, '--out', 'run']
      assertEnds(await work.assay(args, { stdin: rows(3) }), 0)
      const manifest = JSON.parse(work.read('run/manifest.json')) as { flags: Record<string, unknown> }
      manifest.flags['config'] = 'evil.ts'
      work.write('run/manifest.json', JSON.stringify(manifest))
      assertEnds(await work.assay(['eval', '--resume', 'run', '--dataset', '-'], { stdin: rows(3, [1]) }), 0)
      assert.is(server.asked.length, 4)
      assert.not.ok(work.files().includes('owned'))
    })
  })
})

test('another scorer whose scores were cut off does not stand in for the one before', async () => {
  await inWorkdir({ 'qa.csv': rows(4) }, async (work) => {
    await withServer(rightly, async (server) => {
      assertEnds(await work.assay(['eval', '-d', 'qa.csv', '--base-url', server.url, '--out', 'run']), 0)
      const manifest = work.read('run/manifest.json')
      assertEnds(await work.assay(['eval', '--resume', 'run', '--scorer', 'regex:^Z']), 0)
      assert.is(work.runAt('run').summary().groups[0]?.passed, 0)
      // As a kill between the scores and the manifest leaves it.
      work.write('run/manifest.json', manifest)
      assertEnds(await work.assay(['eval', '--resume', 'run']), 0)
      assert.is(work.runAt('run').summary().groups[0]?.passed, 4)
    })
  })
})

test.run()
