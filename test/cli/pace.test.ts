/** How fast does it go out over real HTTP, and what becomes of a run whose endpoint refuses or is gone? */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { answerTo, questions } from '../helpers/datasets.ts'
import { after, type Answer, type Asked, questionOf, says, withServer } from '../helpers/server.ts'
import { type Ended, inWorkdir, type Workdir } from '../helpers/workdir.ts'

const rightly = (asked: Asked): Answer => says(answerTo(questionOf(asked)))

function refuses(headers: Readonly<Record<string, string>> = {}): Answer {
  return (response) => {
    response.writeHead(429, { 'content-type': 'application/json', ...headers })
    response.end('{"error":{"code":429,"message":"slow down"}}')
  }
}

/** The right answer with further headers. */
function rightlyWith(headers: Readonly<Record<string, string>>): (asked: Asked) => Answer {
  return (asked) => (response, exchange) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    rightly(asked)(response, exchange)
  }
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Runs `eval` over so many questions. */
function ask(work: Workdir, url: string, args: readonly string[]): Promise<Ended> {
  return work.assay(['eval', '-d', 'qa.csv', '--base-url', url, ...args])
}

function assertAllRight(work: Workdir, count: number): void {
  const { completed, failed, groups } = work.run().summary()
  assert.equal([completed, failed, groups[0]?.passed], [count, 0, count])
}

test('a fixed 8 against a server that takes 25 requests a second loses no row, and the report tells of the pace', async () => {
  await inWorkdir({ 'qa.csv': questions(100) }, async (work) => {
    let level = 25
    let atMs = performance.now()
    const script = (asked: Asked): Answer => {
      const nowMs = performance.now()
      level = Math.min(25, level + (nowMs - atMs) / 40)
      atMs = nowMs
      if (level < 1) return refuses()
      level -= 1
      return rightly(asked)
    }
    await withServer(script, async (server) => {
      const ended = await ask(work, server.url, ['--concurrency', '8'])
      assert.is(ended.status, 0)
      assertAllRight(work, 100)
      const { pace } = work.run().summary()
      assert.is(pace.refused, server.asked.length - 100)
      assert.ok(pace.refused > 0 && pace.refused < 100, `${pace.refused} refused`)
      assert.ok(pace.timeline.some(({ requestsPerMinute }) => (requestsPerMinute ?? 0) > 0))
      assert.match(ended.stdout, /\npace: \d+ attempts refused · .* requests\/min/)
    })
  })
})

for (const concurrency of ['auto', '16']) {
  test(`--concurrency ${concurrency} comes down to what a server takes at once`, async () => {
    await inWorkdir({ 'qa.csv': questions(200) }, async (work) => {
      let busy = 0
      const script = (asked: Asked): Answer => {
        if (busy >= 4) return refuses()
        busy += 1
        const done = wait(30)
        return after(done, (response, exchange) => {
          busy -= 1
          rightly(asked)(response, exchange)
        })
      }
      await withServer(script, async (server) => {
        const ended = await ask(work, server.url, ['--concurrency', concurrency, '--no-stream'])
        assert.is(ended.status, 0)
        assertAllRight(work, 200)
        const { pace } = work.run().summary()
        assert.ok(pace.refused < 150, `${pace.refused} refused`)
        const isHeldBack = pace.timeline.some((point) => point.concurrency < 8 || point.requestsPerMinute !== null)
        assert.ok(isHeldBack, JSON.stringify(pace.timeline))
      })
    })
  })
}

test('--concurrency auto says so, and has more in flight than at first where the server takes more', async () => {
  await inWorkdir({ 'qa.csv': questions(300) }, async (work) => {
    await withServer(
      (asked) => after(wait(50), rightly(asked)),
      async (server) => {
        const ended = await ask(work, server.url, ['--concurrency', 'auto'])
        assert.is(ended.status, 0)
        assert.match(ended.stderr, /as many at once as it takes, up to 256/)
        assert.ok(server.peakInFlight > 16, `${server.peakInFlight} at once`)
        assert.not.match(ended.stdout, /^pace:/m)
      },
    )
  })
})

test('--rpm spaces requests evenly, and the wait counts as queue', async () => {
  await inWorkdir({ 'qa.csv': questions(21) }, async (work) => {
    const timesMs: number[] = []
    const script = (asked: Asked): Answer => {
      timesMs.push(performance.now())
      return rightly(asked)
    }
    await withServer(script, async (server) => {
      const ended = await ask(work, server.url, ['--rpm', '600'])
      assert.is(ended.status, 0)
      assert.match(ended.stderr, /8 at once, 600 requests\/min/)
      const spanMs = (timesMs.at(-1) ?? 0) - (timesMs[0] ?? 0)
      assert.ok(spanMs > 1_900, `20 gaps of 100 ms in ${spanMs} ms`)
      const queued = work
        .run()
        .results()
        .filter((row) => Number(row['queue_ms']) > 20)
      assert.ok(queued.length >= 15, `${queued.length} of 21 waited for their turn`)
    })
  })
})

test('--tpm counts tokens: estimated before, reported after', async () => {
  await inWorkdir({ 'qa.csv': questions(20) }, async (work) => {
    const usage = { prompt_tokens: 450, completion_tokens: 50 }
    await withServer(
      (asked) => says(answerTo(questionOf(asked)), { usage }),
      async (server) => {
        const ended = await ask(work, server.url, ['--tpm', '150000'])
        assert.is(ended.status, 0)
        // 10,000 tokens at 2,500 a second; the first second is free, and so is what is in flight before an answer tells.
        const { wallMs } = work.run().summary()
        assert.ok(wallMs > 1_000, `${wallMs} ms`)
      },
    )
  })
})

test('limits that the endpoint tells are kept without being asked to', async () => {
  await inWorkdir({ 'qa.csv': questions(40) }, async (work) => {
    const headers = { 'x-ratelimit-limit-requests': '1200', 'x-ratelimit-remaining-requests': '0' }
    await withServer(rightlyWith(headers), async (server) => {
      const ended = await ask(work, server.url, ['--concurrency', '8'])
      assert.is(ended.status, 0)
      const { wallMs, pace } = work.run().summary()
      // Eight at once, then one each 50 ms.
      assert.ok(wallMs > 1_400, `${wallMs} ms`)
      assert.is(pace.timeline.at(-1)?.requestsPerMinute, 1_200)
    })
  })
})

test('when several are told to come back later nothing goes out until then', async () => {
  await inWorkdir({ 'qa.csv': questions(40) }, async (work) => {
    const timesMs: number[] = []
    const script = (asked: Asked, place: number): Answer => {
      timesMs.push(performance.now())
      return place < 12 ? refuses({ 'retry-after': '2' }) : rightly(asked)
    }
    await withServer(script, async (server) => {
      const ended = await ask(work, server.url, ['--concurrency', '12'])
      assert.is(ended.status, 0)
      assertAllRight(work, 40)
      const gaps = timesMs.slice(1).map((ms, index) => ms - (timesMs[index] ?? 0))
      assert.ok(Math.max(...gaps) > 1_800, `the longest time without a request is ${Math.max(...gaps)} ms`)
      const { pauses, pausedMs } = work.run().summary().pace
      assert.is(pauses, 1)
      assert.ok(pausedMs > 1_800)
    })
  })
})

test('a dead endpoint ends the run by itself with 3, after few attempts, and leaves all trials open', async () => {
  // A port on which nobody listens any more.
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  await inWorkdir({ 'qa.csv': questions(200) }, async (work) => {
    const ended = await ask(work, `http://127.0.0.1:${port}/v1`, ['--give-up-after', '5s', '--out', 'run'])
    assert.is(ended.status, 3)
    assert.match(
      ended.stderr,
      /^exit 3: the endpoint gave no answer for 5s \(--give-up-after\).* network: cannot connect/m,
    )
    assert.match(ended.stderr, /--resume when it is back: 200 trials left/)
    const run = work.runAt('run')
    const { completed, failed, skipped, pace } = run.summary()
    assert.equal([completed, failed, skipped], [0, 0, 200])
    assert.is(pace.pauses, 1)
    assert.equal(new Set(run.results().map((row) => row['status'])), new Set(['skipped_stopped']))
    const attempts = run.journal().filter(({ type }) => type === 'started').length
    assert.ok(attempts >= 10 && attempts <= 30, `${attempts} attempts`)
  })
})

test('an endpoint that comes back in time is gone on with, and no row is lost', async () => {
  await inWorkdir({ 'qa.csv': questions(120) }, async (work) => {
    let firstMs = 0
    const script = (asked: Asked, place: number): Answer => {
      firstMs ||= performance.now()
      const isDown = place >= 20 && performance.now() - firstMs < 3_000
      return isDown ? (response) => void response.destroy() : rightly(asked)
    }
    await withServer(script, async (server) => {
      const ended = await ask(work, server.url, ['--max-cost', 'none'])
      assert.is(ended.status, 0)
      assertAllRight(work, 120)
      assert.ok(server.asked.length < 220, `${server.asked.length} requests`)
      assert.ok(work.run().summary().pace.pauses >= 1)
    })
  })
})

test('--no-timings leaves out how it was paced', async () => {
  await inWorkdir({ 'qa.csv': questions(3) }, async (work) => {
    await withServer(rightly, async (server) => {
      await ask(work, server.url, ['--no-timings'])
      assert.is(work.run().summary().pace, null)
    })
  })
})

test.run()
