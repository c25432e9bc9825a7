/** What is left when somebody does not want to wait? */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { answerTo, questions } from '../helpers/datasets.ts'
import { after, type Answer, type Asked, hangs, questionOf, says, withServer } from '../helpers/server.ts'
import { CLI, inWorkdir, type Workdir } from '../helpers/workdir.ts'

const rightly = (asked: Asked): Answer => says(answerTo(questionOf(asked)))

/** A gate that a test opens when it has seen enough. */
function createGate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => {}
  const opened = new Promise<void>((resolve) => (open = resolve))
  return { opened, open: () => open() }
}

function statusCounts(work: Workdir): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { status = '' } of work.run().results()) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} finishes what is in flight, writes the reports and ends with 130`, async () => {
    await inWorkdir({ 'qa.csv': questions(60) }, async (work) => {
      const gate = createGate()
      const script = (asked: Asked, place: number): Answer =>
        place < 10 ? rightly(asked) : after(gate.opened, rightly(asked))
      await withServer(script, async (server) => {
        const program = work.start(['eval', '-d', 'qa.csv', '--base-url', server.url, '--concurrency', '4'])
        await server.arrived(14)
        program.signal(signal)
        await program.says('stderr', 'finishing what is in flight')
        gate.open()
        const ended = await program.ended
        assert.equal([ended.status, ended.signal], [130, null])
        assert.match(ended.stderr, /^exit 130: interrupted with 46 trials unfinished/m)
        assert.is(server.asked.length, 14)
        assert.equal(statusCounts(work), { completed: 14, pending: 46 })
        const summary = work.run().summary()
        assert.equal([summary.planned, summary.completed, summary.skipped], [60, 14, 46])
        assert.is(
          work
            .run()
            .journal()
            .filter(({ type }) => type === 'settled').length,
          14,
        )
        assert.match(ended.stdout, /14 of 60/)
      })
    })
  })
}

test('trials that wait for their retry do not hold up the end', async () => {
  await inWorkdir({ 'qa.csv': questions(30) }, async (work) => {
    const busy: Answer = (response) => {
      response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '300' })
      response.end('{"error":{"code":429,"message":"slow down"}}')
    }
    await withServer(
      () => busy,
      async (server) => {
        const program = work.start(['eval', '-d', 'qa.csv', '--base-url', server.url, '--concurrency', '15'])
        // All that have a slot; by then three agree that the endpoint wants a pause.
        await server.arrived(15)
        program.signal('SIGINT')
        const ended = await program.ended
        assert.is(ended.status, 130)
        assert.equal(statusCounts(work), { pending: 30 })
        assert.not.match(ended.stderr, /warning/i, 'so many that wait are no leak of listeners')
      },
    )
  })
})

test('a second SIGINT leaves at once, and every line of the journal holds', async () => {
  await inWorkdir({ 'qa.csv': questions(60) }, async (work) => {
    const script = (asked: Asked, place: number): Answer => (place < 20 ? rightly(asked) : hangs)
    await withServer(script, async (server) => {
      const program = work.start(['eval', '-d', 'qa.csv', '--base-url', server.url, '--concurrency', '4'])
      await server.arrived(24)
      program.signal('SIGINT')
      await program.says('stderr', 'again to leave at once')
      program.signal('SIGINT')
      const ended = await program.ended
      assert.equal([ended.status, ended.signal], [130, null])
      assert.match(ended.stderr, /left at once; the journal is intact/)
      const journal = work.run().journal()
      assert.is(journal.filter(({ type }) => type === 'started').length, 24)
      assert.is(journal.filter(({ type }) => type === 'settled').length, 20)
      assert.not.ok(ended.files.some((file) => file.endsWith('results.csv')))
    })
  })
})

test('a second SIGINT when the reports are written already is no error either', async () => {
  // The simulator is the last thing that is waited for; here it takes its time to leave.
  const linger =
    "if (process.argv[1].includes('simulator')) process.on('exit', () => { for (const end = Date.now() + 5_000; Date.now() < end; ); })\n"
  await inWorkdir({ 'qa.csv': questions(5), 'linger.cjs': linger }, async (work) => {
    const program = work.start(['eval', '-d', 'qa.csv'], { env: { NODE_OPTIONS: '--require ./linger.cjs' } })
    await untilThereIs('summary.json', work)
    program.signal('SIGINT')
    await program.says('stderr', 'again to leave at once')
    program.signal('SIGINT')
    const ended = await program.ended
    assert.equal([ended.status, ended.signal], [130, null])
    assert.is(work.run().results().length, 5)
  })
})

test('SIGINT while the dataset is still being typed sends nothing and leaves nothing', async () => {
  await inWorkdir({}, async (work) => {
    await withServer(rightly, async (server) => {
      const program = work.start(['eval', '--dataset', '-', '--base-url', server.url])
      program.stdin.write(questions(3))
      // By then the program has set up its handling of signals.
      await untilThereIs('.staging-', work)
      program.signal('SIGINT')
      const ended = await program.ended
      assert.equal([ended.status, ended.signal], [130, null])
      assert.match(ended.stderr, /interrupted before anything was sent/)
      assert.is(server.asked.length, 0)
      assert.equal(ended.files, [])
    })
  })
})

test('a second SIGINT while the dataset is still being typed leaves at once, and nothing behind', async () => {
  // The program is kept busy at the first signal, so that the second comes before it has ended.
  const held = `
    process.on('SIGINT', () => { const startMs = Date.now(); while (Date.now() - startMs < 1_000); })\n`
  await inWorkdir({ 'held.cjs': held }, async (work) => {
    const env = { NODE_OPTIONS: '--require ./held.cjs' }
    const program = work.start(
      ['eval', '--dataset', '-', '--out', 'a/b/run', '--provider', 'custom', '--base-url', 'http://127.0.0.1:9'],
      { env },
    )
    program.stdin.write(questions(3))
    await untilThereIs('.staging-', work)
    program.signal('SIGINT')
    await new Promise((resolve) => setTimeout(resolve, 200))
    program.signal('SIGINT')
    const ended = await program.ended
    assert.equal([ended.status, ended.signal], [130, null])
    assert.not.match(ended.stderr, 'journal')
    assert.equal(ended.files, ['held.cjs'])
  })
})

for (const command of ['plan', 'eval']) {
  test(`SIGINT in the middle of looking at every prompt of ${command} ends with 130`, async () => {
    // Long prompts, each of which has to be counted: that takes many times as long as the signal may.
    const long = 'mississippi '.repeat(2_000)
    const rows = Array.from({ length: 1_500 }, (_, index) => `${index} ${long}\n`)
    await inWorkdir({ 'qa.csv': `question\n${rows.join('')}` }, async (work) => {
      await withServer(rightly, async (server) => {
        const args = ['-d', 'qa.csv', '--model', 'mistralai/mistral-small', '--base-url', server.url]
        const program = work.start([command, ...args, '--max-tokens', '20000'])
        await new Promise((resolve) => setTimeout(resolve, 1_500))
        const startMs = performance.now()
        program.signal('SIGINT')
        const ended = await program.ended
        const tookMs = performance.now() - startMs
        assert.ok(tookMs < 15_000, `it took ${tookMs} ms to stop`)
        assert.equal([ended.status, ended.signal], [130, null])
        assert.match(ended.stderr, /interrupted before anything was sent/)
        assert.is(server.asked.length, 0)
        assert.equal(ended.files, ['qa.csv'])
      })
    })
  })
}

/** Resolves when a file with this in its name exists. */
async function untilThereIs(name: string, work: Workdir): Promise<void> {
  while (!work.files().some((file) => file.includes(name) && !file.endsWith('.tmp'))) {
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} for program and simulator together ends with 130 and no failed trial`, async () => {
    await inWorkdir({ 'qa.csv': questions(400) }, async (work) => {
      const program = work.start(['eval', '-d', 'qa.csv', '--simulator', 'ttft=50ms'])
      await program.says('stderr', 'asking mistralai/mistral-small')
      program.signalAll(signal)
      const ended = await program.ended
      assert.equal([ended.status, ended.signal], [130, null])
      const { completed = 0, pending = 0, ...others } = statusCounts(work)
      assert.is(completed + pending, 400)
      assert.ok(pending > 0)
      assert.equal(others, {})
      // A simulator that left before its client would break the connections of what is in flight.
      assert.not.ok(
        work
          .run()
          .journal()
          .some(({ type }) => type === 'retrying'),
      )
    })
  })
}

test('a reader that has seen enough is no error', async () => {
  await inWorkdir({ 'qa.csv': questions(50) }, async (work) => {
    const run = [
      process.execPath,
      CLI,
      'eval',
      '-d',
      'qa.csv',
      '--simulator',
      'ttft=0ms',
      '--simulator',
      'token-gap=0ms',
    ]
    const pipeline = '"$@" --json | head -1; exit ${PIPESTATUS[0]}'
    const ended = await work.launch('bash', ['-c', pipeline, 'bash', ...run]).ended
    assert.equal([ended.status, ended.stdout], [0, '{\n'])
    assert.not.match(ended.stderr, /EPIPE/)
    assert.is(work.run().results().length, 50)
  })
})

test('a standard output that is closed from the start is no error either', async () => {
  await inWorkdir({ 'qa.csv': questions(5) }, async (work) => {
    const program = work.start(['eval', '-d', 'qa.csv', '--simulator', 'ttft=0ms'])
    program.closeStdout()
    const ended = await program.ended
    assert.equal([ended.status, ended.signal], [0, null])
    assert.is(work.run().results().length, 5)
  })
})

test.run()
