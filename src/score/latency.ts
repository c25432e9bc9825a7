/** Did the whole answer come in time? */
import { scoreTime } from './structure/time-limit.ts'
import type { Scorer } from './types.ts'

export const latency = {
  name: 'latency',
  group: 'answer',
  summary: 'The answer came within the time of the argument, measured to its last output.',
  details: `The time is \`latency_ms\` of results.csv: from the start of the attempt that was answered to its last output; waiting for a turn and
earlier attempts are not part of it. An answer that was not made now, from the cache or a replay, has no latency and is unscored.

Percentiles of latency are in the summary of every run; this scorer is for a limit that each single answer has to keep.
promptfoo's \`latency(2000)\` in a cell is \`latency:2000ms\`.`,
  examples: [
    { argument: '2s', output: 'Paris', facts: { latencyMs: 850 }, score: { value: 1, pass: true } },
    { argument: '2s', output: 'Paris', facts: { latencyMs: 2_400 }, score: { value: 0, pass: false } },
    { argument: '500ms', output: 'Paris', facts: { latencyMs: null }, score: { value: null, pass: null } },
  ],
  argument: 'the longest time with its unit, such as 500ms or 2s; it cannot be left out',
  needsExpected: false,
  promptfooTypes: { latency: '{number}ms' },
  create: (argument) => scoreTime('latency', argument, 'latency', ({ latencyMs }) => latencyMs),
} as const satisfies Scorer
