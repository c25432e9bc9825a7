/** Did the answer begin in time? */
import { scoreTime } from './structure/time-limit.ts'
import type { Scorer } from './types.ts'

export const ttft = {
  name: 'ttft',
  group: 'answer',
  summary: 'The first token of the answer came within the time of the argument.',
  details: `The time is \`ttft_ms\` of results.csv: from the start of the attempt that was answered to the first event with content. An answer that
was not streamed, or not made now, has none and is unscored.`,
  examples: [
    { argument: '500ms', output: 'Paris', facts: { ttftMs: 320.5 }, score: { value: 1, pass: true } },
    { argument: '500ms', output: 'Paris', facts: { ttftMs: 501 }, score: { value: 0, pass: false } },
    { argument: '1s', output: 'Paris', facts: { ttftMs: null }, score: { value: null, pass: null } },
  ],
  argument: 'the longest time with its unit, such as 500ms or 2s; it cannot be left out',
  needsExpected: false,
  create: (argument) => scoreTime('ttft', argument, 'time to first token', ({ ttftMs }) => ttftMs),
} as const satisfies Scorer
