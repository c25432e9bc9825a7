/** What comes of a judge call when something fails that is neither the judge nor the question? */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { JudgeRecord } from '../../src/journal/types.ts'
import { WriteError } from '../../src/lib/errors.ts'
import { KeyTable } from '../../src/lib/key-table.ts'
import { textPrompt } from '../../src/prompt/parse.ts'
import { Judging, type JudgingContext, type JudgingOptions } from '../../src/run/judging.ts'
import type { PreparedTrial } from '../../src/run/prepare-trial.ts'
import { scoreOf } from '../../src/run/trial.ts'
import { NotJudged } from '../../src/score/types.ts'
import { unconnected } from '../../src/provider/index.ts'
import { custom } from '../../src/provider/custom.ts'
import { completed } from '../journal/records.ts'
import { usd } from '../plan/price.ts'

const OPTIONS: JudgingOptions = {
  judges: [
    {
      plan: { slug: 'j', price: null, contextTokens: null },
      provider: unconnected(custom, { baseUrl: 'http://127.0.0.1:1/v1' }),
    },
  ],
  panel: 'majority',
  maxTokens: 100,
  embeddings: null,
  seed: 0,
  runId: 'run',
  cacheScope: '',
}

const QUESTION = { model: 'j', messages: [{ role: 'user', content: 'Is it right?' }], schema: {} } as const
const TRIAL = { trialKey: 'trial' } as PreparedTrial

/** Every question has an answer in the cache; `carried` and the journal are the test's. */
function judging(carried: JudgingContext['carried'], judged: (record: JudgeRecord) => Promise<void>): Judging {
  const context = {
    clock: { wallTime: () => new Date(0) },
    carried,
    judgedAt: new KeyTable(),
    cache: { get: () => ({ output: '{"verdict":"yes"}' }), put: () => {} },
    journal: { judged },
  }
  return new Judging(OPTIONS, context as unknown as JudgingContext)
}

test('a full disk leaves the question open, and no score is made of it', async () => {
  const full = new WriteError('journal.jsonl: cannot write (ENOSPC)')
  const judges = judging(new Map(), () => Promise.reject(full)).judgesOf(TRIAL)
  try {
    await judges.ask(QUESTION)
    assert.unreachable('the answer is not on disk')
  } catch (error) {
    assert.instance(error, NotJudged)
  }
  assert.is(judges.failure(), full)
  const trial = {
    ...TRIAL,
    sample: { id: '1', line: 2, vars: {}, expected: [], assertions: [], metadata: {}, prefix: '', suffix: '' },
    prompt: textPrompt('p', 'Q', null),
    messages: [],
    trial: { index: 0, sampleIndex: 0, promptIndex: 0, modelIndex: 0, epoch: 1 },
  } as unknown as PreparedTrial
  const context = {
    score: () => ({ pass: null, score: null, scores: {}, reason: '', isFinal: false }),
    judgesOf: () => judges,
    scoring: 'these',
    scoringPass: 1,
    clusterColumn: null,
  }
  try {
    await scoreOf(trial, completed(), context)
    assert.unreachable('a score was made')
  } catch (error) {
    assert.is(error, full)
  }
})

test('what earlier sessions may have paid for a call stays in its books when the cache answers it', async () => {
  const records: JudgeRecord[] = []
  const keep = async (record: JudgeRecord): Promise<void> => void records.push(record)
  await judging(new Map(), keep).judgesOf(TRIAL).ask(QUESTION)
  const [first] = records
  assert.equal([first?.retryCostUsd, first?.possiblyBilled], ['0', 0])
  const losses = { lostUsd: usd('0.25'), possiblyBilled: 1, attempts: 1 }
  const carried = new Map([[first?.trial ?? '', { losses, failure: null }]])
  await judging(carried, keep).judgesOf(TRIAL).ask(QUESTION)
  assert.equal([records[1]?.retryCostUsd, records[1]?.possiblyBilled, records[1]?.attempts], ['0.25', 1, 1])
  assert.is(carried.size, 0, 'nobody else counts it')
})

test.run()
