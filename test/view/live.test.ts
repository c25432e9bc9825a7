/** Does the program show a run while it goes on, when it was killed, and when it is over? */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { questions } from '../helpers/datasets.ts'
import { inWorkdir, type Program, type Workdir } from '../helpers/workdir.ts'
import { ask, eventsUntil, statesUntil } from './serving.ts'

/** Starts the program that shows results/; resolves with its link. */
async function startViewing(work: Workdir, args: readonly string[] = []): Promise<{ program: Program; url: string }> {
  const program = work.start(['view', ...args])
  await program.says('stdout', 'Ctrl-C ends it')
  const url = /http:\/\/127\.0\.0\.1:\d+\/\S+/.exec(program.stdout)?.[0] ?? ''
  return { program, url }
}

/** Slow enough to be watched, and with failures now and then. */
const SLOW = ['--simulate', '--simulator', 'ttft=150ms', '--simulator', 'script=429,502,ok', '--concurrency', '2']

test('a run is followed from its start to its report; a kill is seen, and so is who goes on with it', async () => {
  await inWorkdir({ 'qa.csv': questions(60) }, async (work) => {
    const { program, url } = await startViewing(work)
    assert.match((await ask(url)).text, 'There is no run under')

    const first = work.start(['eval', '-d', 'qa.csv', '--quiet', ...SLOW])
    const listed = await eventsUntil(`${url}events`, ({ data }) =>
      /"live|class="badge live/.test(data.parts?.['runs'] ?? ''),
    )
    assert.match(listed.at(-1)?.data.parts?.['runs'] ?? '', 'SIMULATED')
    const { path } = work.run()
    const name = path.replace('results/', '')
    const events = `${url}events?run=${name}`

    // Two who watch are told the same.
    const [states, others] = await Promise.all([
      statesUntil(events, ({ etaMs }) => etaMs !== null),
      statesUntil(events, ({ etaMs }) => etaMs !== null),
    ])
    assert.ok(others.length > 0)
    assert.ok(states.length > 1, 'told more than once')
    for (const [index, state] of states.entries()) {
      assert.is(state.status, 'running')
      assert.ok(state.settled >= (states[index - 1]?.settled ?? 0))
      assert.ok(state.scored <= state.settled && state.passed <= state.scored)
      // Two are sent at a time; an answer that has arrived frees its place before its line is written.
      assert.ok(state.inFlight <= 6, `${state.inFlight} in flight`)
    }
    const last = states.at(-1)
    assert.is(last?.planned, 60)
    assert.ok((last?.retries ?? 0) >= 2 && Number(last?.costUsd) > 0)
    assert.ok((last?.etaMs ?? 0) > 0 && (last?.settled ?? 0) > 0)

    const live = await ask(`${url}run?run=${name}`)
    assert.match(live.text, 'data-page="live"')
    assert.match(live.text, /of 60 trials/)
    const early = await ask(`${url}report?run=${name}`)
    assert.equal([early.status, early.text.includes('the run is still going on')], [200, true])

    first.signalAll('SIGKILL')
    await first.ended
    const [broken] = (await statesUntil(events, ({ status }) => status === 'broken')).slice(-1)
    assert.ok((broken?.settled ?? 0) >= (last?.settled ?? 1) && (broken?.settled ?? 60) < 60)
    assert.is(broken?.elapsedMs, null)
    assert.match((await ask(`${url}run?run=${name}`)).text, `assay eval --resume ${name}`)
    assert.match((await ask(url)).text, 'broken off')

    const second = work.start(['eval', '--resume', 'latest', '--quiet'])
    const finished = await statesUntil(events, ({ status }) => status === 'finished')
    assert.is((await second.ended).status, 0)
    const end = finished.at(-1)
    const summary = work.run().summary()
    assert.equal(
      [end?.settled, end?.failed, end?.scored, end?.passed],
      [60, summary.failed, 60, summary.groups[0]?.passed],
    )
    assert.equal(
      [end?.promptTokens, end?.completionTokens],
      [summary.groups[0]?.promptTokens, summary.groups[0]?.completionTokens],
    )

    const report = await ask(`${url}run?run=${name}`)
    assert.is(report.status, 200)
    assert.match(report.text, '<a href="./">All runs</a>')
    assert.match(report.text.trimEnd(), /<\/html>$/)
    assert.not.ok(report.text.includes('data-page="live"'))

    program.signal('SIGINT')
    const ended = await program.ended
    assert.is(ended.status, 0)
    assert.match(ended.stderr, 'assay view has stopped.')
    assert.not.match(ended.stderr, 'an error of ours')
  })
})

test('a run elsewhere is shown when it is named, beside those under results/', async () => {
  await inWorkdir({ 'qa.csv': questions(5) }, async (work) => {
    for (const out of [[], ['--out', 'elsewhere/mine']])
      assert.is((await work.assay(['eval', '-d', 'qa.csv', '--simulate', '--quiet', ...out])).status, 0)
    const { url } = await startViewing(work, ['elsewhere/mine'])
    assert.match(url, /\/run\?run=/)
    assert.match((await ask(url)).text, '<a href="./">All runs</a>')
    const list = await ask(url.replace(/run\?.*/, ''))
    assert.match(list.text, 'value="./elsewhere/mine"')
    assert.is(list.text.match(/type="checkbox"/g)?.length, 2)
  })
})

test('a port that makes no sense, one that is taken and a run that is not there end it with 2', async () => {
  await inWorkdir({}, async (work) => {
    for (const [args, message] of [
      [['--port', 'http'], '--port http: expected a port from 0 to 65535.'],
      [['--port', '70000'], '--port 70000: expected a port'],
      [['nobody'], 'assay view nobody: no such folder.'],
    ] as const) {
      const { status, stderr, stdout } = await work.assay(['view', ...args])
      assert.equal([status, stdout], [2, ''])
      assert.match(stderr, message)
    }
    const { url } = await startViewing(work)
    const { port } = new URL(url)
    const second = await work.assay(['view', '--port', port])
    assert.is(second.status, 2)
    assert.match(second.stderr, `--port ${port}: the port is in use`)
  })
})

test.run()
