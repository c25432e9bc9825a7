/** What is left of a run whose machine fails it: a full disk, a folder that cannot be written, a clock that jumps, a terminal that goes? */
import { spawnSync } from 'node:child_process'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { decodeLine } from '../../src/journal/format.ts'
import { answerTo, questions } from '../helpers/datasets.ts'
import { after, type Answer, type Asked, questionOf, says, withServer } from '../helpers/server.ts'
import { CLI, type Ended, inWorkdir, type Program, type RunFolder, type Workdir } from '../helpers/workdir.ts'

const rightly = (asked: Asked): Answer => says(answerTo(questionOf(asked)))

function assertEnds({ status, signal, stderr }: Ended, code: number): void {
  assert.equal({ status, signal }, { status: code, signal: null })
  assert.not.match(stderr, /^ {4}at /m, 'no stack trace')
}

/** What --concurrency is when nobody says. */
const CONCURRENCY = 8

/** A mount that nobody else sees, and that is gone with its process: what is to be looked at afterwards is copied to `kept`. */
const IN_OWN_MOUNTS = ['--mount', ...(process.getuid?.() === 0 ? [] : ['--map-root-user'])]
const canMount = spawnSync('unshare', [...IN_OWN_MOUNTS, 'mount', '-t', 'tmpfs', 'tmpfs', '/tmp']).status === 0

/** A test that needs a file system of its own; skipped where none can be made. */
function whereMounting(name: string, run: () => Promise<void>): void {
  if (canMount) test(name, run)
  else test.skip(name, run)
}

/** Runs eval with `results/` on a file system of its own. */
function withDisk(work: Workdir, options: string, args: readonly string[]): Program {
  work.write('results/.keep', '')
  const script = `mount -t tmpfs -o ${options} tmpfs results && "$@"; status=$?; cp -r results kept; exit $status`
  const command = ['bash', '-c', script, 'bash', process.execPath, CLI, 'eval', '-d', 'qa.csv', ...args]
  return work.launch('unshare', [...IN_OWN_MOUNTS, ...command])
}

/** The run folder that was on that file system. */
function kept(work: Workdir, { files }: Ended): RunFolder {
  const manifest = files.find((file) => /^kept\/[^/]+\/manifest\.json$/.test(file))
  if (manifest === undefined) throw new Error('there is no run folder')
  return work.runAt(manifest.replace('/manifest.json', ''))
}

/** How many trials the journal tells of. Its last line may be torn; every other one has to hold. */
function settledIn(run: RunFolder): number {
  const [, ...lines] = run.text('journal.jsonl').split('\n').slice(0, -1)
  return lines.filter((line) => decodeLine(line, 'journal.jsonl').type === 'settled').length
}

whereMounting('a disk without space left ends the run with 74, and the journal holds what was answered', async () => {
  await inWorkdir({ 'qa.csv': questions(300) }, async (work) => {
    await withServer(rightly, async (server) => {
      const ended = await withDisk(work, 'size=160k', ['--base-url', server.url]).ended
      assertEnds(ended, 74)
      assert.match(ended.stderr, /^assay: \S+\.jsonl: cannot write \(ENOSPC\)\. Free space or choose another folder/m)
      const run = kept(work, ended)
      const sent = server.asked.length
      assert.ok(sent < 300, 'nothing is sent any more once the journal cannot be written')
      const settled = settledIn(run)
      assert.ok(settled > 20, `${settled} are settled`)
      assert.ok(sent - settled <= CONCURRENCY, `${sent} sent, ${settled} settled`)
      assertEnds(await work.assay(['eval', '--resume', run.path]), 0)
      assert.is(server.asked.length - sent, 300 - settled)
      assert.is(run.results().filter((row) => row['pass'] === 'true').length, 300)
    })
  })
})

whereMounting('a disk that has no room for the manifest ends the run with 74 before anything is sent', async () => {
  await inWorkdir({ 'qa.csv': questions(20) }, async (work) => {
    await withServer(rightly, async (server) => {
      const ended = await withDisk(work, 'size=4k', ['--base-url', server.url]).ended
      assertEnds(ended, 74)
      assert.match(ended.stderr, /cannot write \(ENOSPC\)/)
      assert.is(server.asked.length, 0)
    })
  })
})

test('reports for which there is no room end the run with 74, and the journal is complete', async () => {
  // Rows and answers are as long: only results.csv, which holds both, goes beyond the limit.
  const long = 'x'.repeat(4_000)
  const rows = Array.from({ length: 20 }, (_, index) => `Question ${index + 1}?,${long}\n`)
  await inWorkdir({ 'qa.csv': `question,note\n${rows.join('')}` }, async (work) => {
    await withServer(
      () => says(long),
      async (server) => {
        const args = ['eval', '-d', 'qa.csv', '--base-url', server.url, '--keep', 'note']
        const limited = ['-c', 'ulimit -f 140; exec "$@"', 'bash', process.execPath, CLI, ...args]
        const ended = await work.launch('bash', limited).ended
        assertEnds(ended, 74)
        assert.match(ended.stderr, /^assay: \S+results\.csv: cannot write \(EFBIG\)\. Free space or choose another/m)
        assert.is(settledIn(work.run()), 20)
        assert.not.ok(
          ended.files.some((file) => /\.tmp$|results\.csv$/.test(file)),
          'half a report is no report',
        )
        assertEnds(await work.assay(['eval', '--resume', 'latest']), 0)
        assert.is(server.asked.length, 20)
        assert.is(work.run().results().length, 20)
      },
    )
  })
})

whereMounting('a results folder that is read-only ends with 74 before anything is sent', async () => {
  await inWorkdir({ 'qa.csv': questions(3) }, async (work) => {
    await withServer(rightly, async (server) => {
      for (const out of [[], ['--out', 'results/run'], ['--out', 'results/a/b']]) {
        const ended = await withDisk(work, 'ro', ['--base-url', server.url, ...out]).ended
        assertEnds(ended, 74)
        assert.match(ended.stderr, /^assay: \S+: (cannot write|the folder cannot be made) \(EROFS\)\. /m)
      }
      assert.is(server.asked.length, 0)
    })
  })
})

/** Lets the program's clock jump as soon as there is a file of that name. */
function jumpingClock(byMs: number): string {
  return `
    const { existsSync } = require('node:fs')
    const Real = Date
    const shiftMs = () => (existsSync('jump') ? ${byMs} : 0)
    globalThis.Date = class extends Real {
      constructor(...given) {
        if (given.length === 0) super(Real.now() + shiftMs())
        else super(...given)
      }
      static now() {
        return Real.now() + shiftMs()
      }
    }\n`
}

for (const [way, byMs] of [
  ['back', -3_600_000],
  ['forward', 3_600_000],
] as const) {
  test(`a clock that is set ${way} by an hour during the run changes neither waits nor durations`, async () => {
    await inWorkdir({ 'qa.csv': questions(12), 'clock.cjs': jumpingClock(byMs) }, async (work) => {
      // The server has the right time all along, and names a moment by it.
      const busy: Answer = (response) => {
        const at = new Date(Date.now() + 2_000).toUTCString()
        response.writeHead(429, { 'content-type': 'application/json', 'retry-after': at })
        response.end('{"error":{"code":429,"message":"slow down"}}')
      }
      const script = (asked: Asked, place: number): Answer => {
        if (place === 5) work.write('jump', '')
        return place === 6 ? busy : rightly(asked)
      }
      await withServer(script, async (server) => {
        const args = ['eval', '-d', 'qa.csv', '--base-url', server.url, '--concurrency', '1']
        const ended = await work.start(args, { env: { NODE_OPTIONS: '--require ./clock.cjs' } }).ended
        assertEnds(ended, 0)
        const rows = work.run().results()
        assert.is(rows.length, 12)
        for (const row of rows) {
          assert.equal([row['status'], row['pass']], ['completed', 'true'])
          const times = ['queue_ms', 'ttft_ms', 'latency_ms', 'retry_ms', 'total_ms'].map((name) => Number(row[name]))
          assert.ok(
            times.every((ms) => ms >= 0 && ms < 60_000),
            times.join(' '),
          )
        }
        const waits = work
          .run()
          .journal()
          .flatMap((line) => (line.type === 'retrying' ? [line.waitMs] : []))
        assert.is(waits.length, 1)
        assert.ok((waits[0] ?? -1) >= 0 && (waits[0] ?? 0) <= 3_100, `a wait of ${waits[0]} ms`)
        const { wallMs } = work.run().summary()
        assert.ok(wallMs > 0 && wallMs < 60_000, `${wallMs} ms of wall time`)
      })
    })
  })
}

/** A gate that opens when a test has seen enough. */
function createGate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => {}
  const opened = new Promise<void>((resolve) => (open = resolve))
  return { opened, open: () => open() }
}

test('SIGHUP, even twice, finishes what is in flight, writes the reports and ends with 130', async () => {
  await inWorkdir({ 'qa.csv': questions(40) }, async (work) => {
    const gate = createGate()
    const script = (asked: Asked, place: number): Answer =>
      place < 6 ? rightly(asked) : after(gate.opened, rightly(asked))
    await withServer(script, async (server) => {
      const program = work.start(['eval', '-d', 'qa.csv', '--base-url', server.url, '--concurrency', '4'])
      await server.arrived(10)
      program.signal('SIGHUP')
      await program.says('stderr', 'finishing what is in flight')
      program.signal('SIGHUP')
      gate.open()
      const ended = await program.ended
      assertEnds(ended, 130)
      assert.is(settledIn(work.run()), 10)
      const completed = work
        .run()
        .results()
        .filter((row) => row['status'] === 'completed')
      assert.is(completed.length, 10)
    })
  })
})

test('SIGHUP for program and simulator together ends with 130 and no failed trial', async () => {
  await inWorkdir({ 'qa.csv': questions(400) }, async (work) => {
    const program = work.start(['eval', '-d', 'qa.csv', '--simulator', 'ttft=50ms'])
    await program.says('stderr', 'asking mistralai/mistral-small')
    program.signalAll('SIGHUP')
    assertEnds(await program.ended, 130)
    const statuses = new Set(
      work
        .run()
        .results()
        .map((row) => row['status']),
    )
    assert.not.ok(statuses.has('failed'))
    assert.ok(statuses.has('pending'))
  })
})

test('a standard error that nobody reads any more is no error', async () => {
  await inWorkdir({ 'qa.csv': questions(20) }, async (work) => {
    const run = [
      process.execPath,
      CLI,
      'eval',
      '-d',
      'qa.csv',
      '--simulator',
      'ttft=20ms',
      '--simulator',
      'token-gap=0ms',
    ]
    const pipeline = '{ "$@" 2>&1 >/dev/null; echo $? > status; } | head -1'
    await work.launch('bash', ['-c', pipeline, 'bash', ...run]).ended
    assert.is(work.read('status'), '0\n')
    assert.is(work.run().results().length, 20)
  })
})

test.run()
