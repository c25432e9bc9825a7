/** Which recorded answer belongs to which trial? */
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Sample } from '../../src/dataset/types.ts'
import { encodeLine } from '../../src/journal/format.ts'
import { textPrompt } from '../../src/prompt/parse.ts'
import { openReplay, type ReplayedAnswer, type ReplaySource } from '../../src/run/replay.ts'
import { completed, failed } from '../journal/records.ts'
import { refusalOf, thrownBy } from '../lib/thrown.ts'
import { type FinishedRun, withFinishedRun } from './finished-run.ts'

const PROMPT = textPrompt('question', '{{question}}', null)

function sample(id: string, vars: Readonly<Record<string, string>> = {}): Sample {
  return { id, line: 2, vars, expected: [], assertions: [], metadata: {}, prefix: '', suffix: '' }
}

function ask(
  source: ReplaySource,
  id: string,
  changes: { model?: string; epoch?: number; prompt?: string } = {},
): ReplayedAnswer {
  const { model = 'm', epoch = 1, prompt = 'question' } = changes
  return source.answerTo({ sample: sample(id), prompt: { ...PROMPT, name: prompt }, model, epoch })
}

const opened = (cwd: string, run = 'r'): Promise<ReplaySource> => openReplay({ run }, cwd, new AbortController().signal)

const RUN: FinishedRun = {
  models: ['m', 'n'],
  epochs: 2,
  samples: [{}, {}, {}],
  trial: ({ index }) => (index === 2 ? 'failed' : index === 1 ? undefined : {}),
}

test('a column is found whatever its capitals, and every text has a fingerprint of its own', async () => {
  const source = await openReplay({ column: 'output' }, '/nowhere', new AbortController().signal)
  const of = (output: string): ReplayedAnswer =>
    source.answerTo({ sample: sample('q1', { Output: output }), prompt: PROMPT, model: 'm', epoch: 1 })
  const texts = ['', ' ', 'a', 'a\n', 'none', '"none"', 'null', 'é', 'e\u0301', '\ud800']
  assert.equal(
    texts.map((text) => of(text).answer?.output),
    texts,
  )
  assert.is(new Set(texts.map((text) => of(text).fingerprint)).size, texts.length)
  assert.is(of('a').origin, null)
  source.close()
})

test('an answer of a run is found by sample, model and epoch; a failure and what was never settled are none', async () => {
  await withFinishedRun(RUN, {}, async (cwd) => {
    const source = await opened(cwd)
    for (const model of ['m', 'n']) {
      for (const epoch of [1, 2]) {
        const { answer, origin } = ask(source, 'q1', { model, epoch })
        assert.equal([answer?.output, answer?.completionTokens, origin?.runId], ['Paris', 2, 'r'])
        assert.is(origin?.costUsd, '0.0000048')
      }
    }
    const none = { fingerprint: 'none', answer: null, origin: null }
    assert.equal(ask(source, 'q2'), none)
    assert.equal(ask(source, 'q3'), none)
    assert.equal(ask(source, 'q1', { model: 'o' }), none)
    assert.equal(ask(source, 'q1', { epoch: 3 }), none)
    source.close()
  })
})

test('the prompt counts where there were several, and any is answered where there was one', async () => {
  await withFinishedRun({ samples: [{}], trial: () => ({}) }, {}, async (cwd) => {
    const source = await opened(cwd)
    assert.is(ask(source, 'q1', { prompt: 'another' }).answer?.output, 'Paris')
    source.close()
  })
  await withFinishedRun({ samples: [{}], prompts: ['short', 'long'], trial: () => ({}) }, {}, async (cwd) => {
    const source = await opened(cwd)
    assert.is(ask(source, 'q1', { prompt: 'long' }).answer?.output, 'Paris')
    assert.is(ask(source, 'q1', { prompt: 'another' }).answer, null)
    source.close()
  })
})

test('of several answers the last one counts, a failure after it does not take it away, and a torn line is none', async () => {
  await withFinishedRun({ samples: [{}], trial: () => ({}) }, {}, async (cwd) => {
    const journal = join(cwd, 'results', 'r', 'journal.jsonl')
    const place = { sample: 'q1', model: 'm' }
    appendFileSync(journal, encodeLine(completed({ ...place, output: 'Lyon' })) + encodeLine(failed(place)))
    appendFileSync(journal, encodeLine(completed({ ...place, output: 'Torn' })).slice(0, 90))
    const source = await opened(cwd)
    assert.is(ask(source, 'q1').answer?.output, 'Lyon')
    source.close()
    // In the middle it is damage.
    writeFileSync(journal, readFileSync(journal, 'utf8').replace('"Paris"', '"Pariß"'))
    assert.match(await refusalOf(() => opened(cwd)), /journal\.jsonl:2.*damaged line/)
  })
})

test('what a replayed run has itself replayed keeps its origin', async () => {
  const fromCache = { runId: 'earlier', at: '2024-01-01T00:00:00.000Z', costUsd: '0.5' }
  await withFinishedRun({ samples: [{}], trial: () => undefined }, {}, async (cwd) => {
    appendFileSync(
      join(cwd, 'results', 'r', 'journal.jsonl'),
      encodeLine(completed({ sample: 'q1', model: 'm', fromCache })),
    )
    const source = await opened(cwd)
    assert.equal(ask(source, 'q1').origin, fromCache)
    source.close()
  })
})

test('a run without a journal has no answers, one that is not there is told, and an interrupt ends the reading', async () => {
  await withFinishedRun(RUN, {}, async (cwd) => {
    assert.is(
      await refusalOf(() => opened(cwd, 'rr')),
      '--replay-run rr: no such folder. Did you mean "r"? Give a run folder, or latest.',
    )
    const reason = new Error('interrupted')
    assert.is(await thrownBy(() => openReplay({ run: 'latest' }, cwd, AbortSignal.abort(reason))), reason)
    rmSync(join(cwd, 'results', 'r', 'journal.jsonl'))
    const source = await opened(cwd)
    assert.is(ask(source, 'q1').answer, null)
    source.close()
  })
})

test.run()
