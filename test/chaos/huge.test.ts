/** What becomes of a run whose answers are far larger than answers are? */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { matrix } from './matrix.ts'
import { delta, event, floods, head, HTML_TYPE, JSON_TYPE, OPEN_STREAM } from './plays.ts'
import type { Script } from './script.ts'

const MEGABYTE = 2 ** 20
const GIGABYTE = 1024 * MEGABYTE

/** What the program may have taken of a body when it closes the connection: its cap, and what the system had under way. */
const MOST_SENT = 48 * MEGABYTE

/** Four bodies at a time are cut at 32 MiB each. */
const MOST_MEMORY = 400 * MEGABYTE

/** Tells at its end how much memory the program has had at most; Node counts in KiB. */
const TELL_MEMORY = `process.on('exit', () => require('node:fs').writeFileSync('peak', String(process.resourceUsage().maxRSS * 1024)))\n`

/** A gigabyte, sent as fast as it is taken. */
function huge(server: string, start: Uint8Array, piece: string, more: Omit<Partial<Script>, 'server'> = {}): Script {
  let mostSent = 0
  return {
    server,
    play: floods(start, piece, GIGABYTE, (sent) => (mostSent = Math.max(mostSent, sent))),
    charge: 'worked on',
    says: /^the answer is larger than 33554432 bytes$/,
    files: { 'memory.cjs': TELL_MEMORY },
    preload: 'memory.cjs',
    ...more,
    afterwards: (work) => {
      assert.ok(mostSent < MOST_SENT, `${mostSent} bytes were sent`)
      const peak = Number(work.read('peak'))
      assert.ok(peak < MOST_MEMORY, `${Math.round(peak / MEGABYTE)} MiB of memory`)
    },
  }
}

const opened = (text: string): Buffer => Buffer.concat([head(200, OPEN_STREAM), Buffer.from(text)])
const PLAIN = { args: ['--no-stream'] }
const length = { 'content-length': String(GIGABYTE) }

matrix('A gigabyte', [
  huge('of JSON', head(200, { ...JSON_TYPE, ...length }), 'x'.repeat(1_000), PLAIN),
  huge('of blanks', head(200, { ...JSON_TYPE, ...length }), ' '.repeat(1_000), PLAIN),
  huge('of tokens', opened(''), delta('and on ')),
  huge('in one event', opened('data: "'), 'x'.repeat(1_000)),
  huge('of comments', opened(''), ': OPENROUTER PROCESSING\n\n'),
  huge(
    'of tool calls',
    opened(''),
    event({ choices: [{ delta: { tool_calls: [{ id: 'a', function: { name: 'f', arguments: 'x' } }] } }] }),
  ),
  huge('of an error page', head(502, { ...HTML_TYPE, ...length }), '<p>Bad gateway</p>', {
    charge: 'refused',
    says: /^502: no explanation given$/,
  }),
])

test.run()
