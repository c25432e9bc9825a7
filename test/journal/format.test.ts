import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { decodeLine, encodeLine, HEADER } from '../../src/journal/format.ts'
import type { JournalLine, RetryingLine } from '../../src/journal/types.ts'
import { refusalOf, thrownBy } from '../lib/thrown.ts'
import { UserError } from '../../src/lib/errors.ts'
import { completed, failed } from './records.ts'

/** The line without its line feed, as a reader hands it over. */
function lineOf(line: JournalLine | typeof HEADER): string {
  return encodeLine(line).slice(0, -1)
}

function retrying(changes: Partial<RetryingLine>): RetryingLine {
  return {
    type: 'retrying',
    trial: 't',
    attempt: 1,
    errorKind: 'network',
    error: 'gone',
    status: null,
    costUsd: null,
    possiblyBilled: false,
    generationId: null,
    waitMs: 500,
    ...changes,
  }
}

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\n', '\r\n', '\u2028', '"', '\\', ',"crc32":"00000000"}', '🙂', '\ud800'),
)
const count = fc.option(fc.nat())
const lines: fc.Arbitrary<JournalLine> = fc.oneof(
  fc
    .record({ trial: text, attempt: fc.nat(), reservedUsd: fc.option(text) })
    .map(({ trial, attempt, reservedUsd }) => ({ type: 'started' as const, trial, attempt, reservedUsd })),
  fc
    .tuple(text, fc.nat(), count, fc.option(text))
    .map(([error, waitMs, status, costUsd]) => retrying({ error, waitMs, status, costUsd })),
  fc
    .record({
      output: text,
      reasoning: text,
      sample: text,
      promptTokens: count,
      latencyUs: count,
      finishReason: fc.option(text),
    })
    .map((changes) => completed(changes)),
  fc.record({ error: text }).map((changes) => failed(changes)),
  fc
    .record({ id: fc.option(text), name: text, arguments: text })
    .map((call) => completed({ toolCalls: [{ ...call }] })),
)

test('what is encoded is decoded, whatever the texts hold', () => {
  fc.assert(
    fc.property(lines, (line) => {
      const encoded = encodeLine(line)
      assert.is(encoded.indexOf('\n'), encoded.length - 1, 'one line')
      const { crc32, ...decoded } = decodeLine(encoded.slice(0, -1), 'here') as JournalLine & { crc32?: string }
      assert.match(crc32 ?? '', /^[0-9a-f]{8}$/)
      assert.equal(decoded, line)
    }),
  )
})

test('the header is pinned: old journals stay readable', () => {
  assert.is(encodeLine(HEADER), '{"type":"journal","formatVersion":1,"crc32":"d1bc9fca"}\n')
  assert.is(decodeLine(lineOf(HEADER), 'here').type, 'journal')
})

test('a checksum may start with zeros', () => {
  const padded = Array.from({ length: 300 }, (_, attempt) =>
    lineOf({ type: 'started', trial: 't', attempt, reservedUsd: null }),
  ).filter((line) => line.includes('"crc32":"0'))
  assert.ok(padded.length > 0)
  for (const line of padded) assert.is(decodeLine(line, 'here').type, 'started')
})

test('a line is read as bytes, and any of them changed is noticed', () => {
  fc.assert(
    fc.property(lines, fc.nat(), fc.integer({ min: 1, max: 255 }), (line, place, flip) => {
      const bytes = Buffer.from(lineOf(line))
      const at = place % bytes.length
      bytes[at] = (bytes[at] ?? 0) ^ flip
      let noticed = false
      try {
        decodeLine(bytes.toString('utf8'), 'here')
      } catch (error) {
        noticed = error instanceof UserError
      }
      assert.ok(noticed, `byte ${at} of ${JSON.stringify(bytes.toString('utf8'))}`)
    }),
    { numRuns: 500 },
  )
})

test('every single bit of a line counts', async () => {
  const bytes = Buffer.from(lineOf(completed({ output: 'é\ufffd' })))
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = Buffer.from(bytes)
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    assert.instance(await thrownBy(() => decodeLine(flipped.toString('utf8'), 'here')), UserError, `bit ${bit}`)
  }
})

test('a line that was cut anywhere is no line', async () => {
  const line = lineOf(failed())
  for (let length = 0; length < line.length; length++) {
    assert.match(
      await refusalOf(() => decodeLine(line.slice(0, length), 'runs/a/journal.jsonl:7')),
      /^runs\/a\/journal\.jsonl:7: damaged line \(its checksum does not hold\)/,
    )
  }
})

test('text behind a line makes it no line', async () => {
  await refusalOf(() => decodeLine(`${lineOf(HEADER)} `, 'here'))
  await refusalOf(() => decodeLine(`${lineOf(HEADER)}${lineOf(HEADER)}`, 'here'))
})

test.run()
