/** Scorers of how an answer came: finish reason, latency, time to first token, cost. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { cost } from '../../src/score/cost.ts'
import { finishReason } from '../../src/score/finish-reason.ts'
import { latency } from '../../src/score/latency.ts'
import { ttft } from '../../src/score/ttft.ts'
import type { AnswerFacts, Score, Scorer } from '../../src/score/types.ts'
import { NO_JUDGES, refusalOf, scoreInput } from './helpers.ts'

function scoreOf(scorer: Scorer, argument: string | undefined, facts: Partial<AnswerFacts>): Score {
  const score = scorer.create(argument)(scoreInput({ output: 'Paris', facts }), NO_JUDGES)
  if ('then' in score) throw new Error('expected a score at once')
  return score
}

const CASES: readonly (readonly [Scorer, argument: string | undefined, Partial<AnswerFacts>, pass: boolean | null])[] =
  [
    [latency, '2s', { latencyMs: 2_000 }, true],
    [latency, '2s', { latencyMs: 2_000.001 }, false],
    [latency, '500ms', { latencyMs: 499.9 }, true],
    [latency, '1.5s', { latencyMs: 1_501 }, false],
    [latency, '1m', { latencyMs: 59_000 }, true],
    [latency, '2s', { ttftMs: 1 }, null],
    [ttft, '500ms', { ttftMs: 500 }, true],
    [ttft, '500ms', { ttftMs: 501 }, false],
    [ttft, '500ms', { latencyMs: 1 }, null],
    [cost, '0.001', { costUsd: '0.001' }, true],
    [cost, '$0.001', { costUsd: '0.000999999999' }, true],
    [cost, '1e-3', { costUsd: '0.001000000000000000000001' }, false],
    [cost, '0', { costUsd: '0' }, true],
    [cost, '0.3', { costUsd: '0.3' }, true],
    [cost, '1', {}, null],
    [finishReason, undefined, { finishReason: 'stop' }, true],
    [finishReason, undefined, { finishReason: 'length' }, false],
    [finishReason, 'stop, Tool_Calls', { finishReason: 'tool_calls' }, true],
    [finishReason, 'length', { finishReason: 'LENGTH' }, true],
    [finishReason, 'stop', {}, null],
  ]

for (const [scorer, argument, facts, pass] of CASES) {
  test(`${scorer.name}:${argument} gives ${pass} for ${JSON.stringify(facts)}`, () => {
    const score = scoreOf(scorer, argument, facts)
    assert.is(score.pass, pass)
    assert.is(score.value, pass === null ? null : Number(pass))
  })
}

test('tells what was found and what was asked for', () => {
  assert.is(scoreOf(latency, '2s', { latencyMs: 2_345.6 }).reason, 'latency 2.35 s, at most 2 s asked for')
  assert.is(scoreOf(ttft, '300ms', { ttftMs: 320.56 }).reason, 'time to first token 320.6 ms, at most 300 ms asked for')
  assert.is(scoreOf(cost, '0.001', { costUsd: '0.0020' }).reason, 'cost $0.002, at most $0.001 asked for')
  assert.is(
    scoreOf(finishReason, undefined, { finishReason: 'length' }).reason,
    'finished with "length", expected stop',
  )
})

test('finish-reason:expected compares with the expected answer, as a cell of promptfoo asks for', () => {
  const score = finishReason.create('expected')
  const facts = { finishReason: 'length' }
  assert.is(score(scoreInput({ expected: ['stop'], facts })).pass, false)
  assert.is(score(scoreInput({ expected: ['stop', ' Length'], facts })).pass, true)
  assert.is(score(scoreInput({ facts })).pass, null)
  assert.match(finishReason.checkSample({ expected: [], vars: {} }, 'expected') ?? '', 'no expected answer')
  assert.is(finishReason.checkSample({ expected: [], vars: {} }, 'stop'), undefined)
})

const REFUSED: readonly (readonly [Scorer, argument: string | undefined, told: string])[] = [
  [latency, undefined, 'latency needs a limit'],
  [latency, '2', 'no time above 0'],
  [latency, '0s', 'no time above 0'],
  [latency, '2 days', 'no time above 0'],
  [ttft, 'fast', 'ttft:500ms'],
  [cost, undefined, 'cost needs a limit'],
  [cost, '-1', 'no amount'],
  [cost, '1 cent', 'no amount'],
  [finishReason, 'stop,', 'comma list of finish reasons'],
  [finishReason, 'a b', 'comma list of finish reasons'],
]

for (const [scorer, argument, told] of REFUSED) {
  test(`${scorer.name} refuses the argument ${argument}`, () => {
    assert.match(
      refusalOf(() => scorer.create(argument)),
      told,
    )
  })
}

test.run()
