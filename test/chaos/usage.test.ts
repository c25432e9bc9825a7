/** What becomes of tokens and money when a server tells them wrongly, or not at all? */
import { test } from 'uvu'
import { matrix } from './matrix.ts'
import { answerTo } from '../helpers/datasets.ts'
import { delta, DONE, response, sends, STREAM_TYPE, streamed } from './plays.ts'
import type { Script } from './script.ts'

/** A good answer with this usage. */
function telling(server: string, usage: unknown): Script {
  const play = sends((exchange) => response(200, STREAM_TYPE, streamed(exchange, usage)))
  return { server, play, charge: 'answered' }
}

const counts = { prompt_tokens: 10, completion_tokens: 2 }

matrix(
  'Usage',
  [
    {
      server: 'none',
      play: sends(({ question }) => response(200, STREAM_TYPE, delta(answerTo(question), 'stop') + DONE)),
      charge: 'answered',
    },
    telling('`usage: null`', null),
    telling('`usage: []`', []),
    telling('negative', { prompt_tokens: -10, completion_tokens: 2 }),
    telling('fractional', { prompt_tokens: 10.5, completion_tokens: 2 }),
    telling('texts', { prompt_tokens: '10', completion_tokens: '2' }),
    telling('one count alone', { prompt_tokens: 10 }),
    telling('9007199254740991 tokens', { prompt_tokens: 10, completion_tokens: Number.MAX_SAFE_INTEGER }),
    telling('1e300 tokens', { prompt_tokens: 1e300, completion_tokens: 2 }),
    telling('a cost', { ...counts, cost: 0.0000032 }),
    telling('a cost of 0', { ...counts, cost: 0 }),
    telling('a negative cost', { ...counts, cost: -1 }),
    telling('a cost that is a text', { ...counts, cost: '0.5' }),
    telling('a cost of 1e30', { ...counts, cost: 1e30 }),
  ],
  { together: true },
)

test.run()
