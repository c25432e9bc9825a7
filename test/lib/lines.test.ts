import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { visitLines } from '../../src/lib/lines.ts'
import { inFolder } from './folder.ts'
import { thrownBy } from './thrown.ts'

async function visited(content: string | Uint8Array): Promise<{ lines: [string, number, number][]; bytes: number }> {
  return inFolder({ file: content }, async (folder) => {
    const lines: [string, number, number][] = []
    const bytes = await visitLines(`${folder}/file`, (text, offset, number) => lines.push([text, offset, number]))
    return { lines, bytes }
  })
}

test('every line comes once with its byte and its number, and what has no line feed is left over', async () => {
  assert.equal(await visited('one\n\nzwölf\nhalf'), {
    lines: [
      ['one', 0, 1],
      ['', 4, 2],
      ['zwölf', 5, 3],
    ],
    bytes: 12,
  })
  assert.equal(await visited(''), { lines: [], bytes: 0 })
})

test('lines put together again are the file, however long they are', async () => {
  const line = fc.oneof(
    fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', ' ')),
    // Longer than what is read at once, and with characters of several bytes where a piece ends.
    fc.integer({ min: 250_000, max: 600_000 }).map((length) => 'é'.repeat(length)),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 12 }), async (lines) => {
      const found = await visited(lines.map((text) => `${text}\n`).join(''))
      assert.equal(
        found.lines.map(([text]) => text),
        lines,
      )
    }),
    { numRuns: 30 },
  )
})

test('an aborted signal ends the reading with its reason', async () => {
  const reason = new Error('enough')
  await inFolder({ file: 'line\n' }, async (folder) => {
    const ended = await thrownBy(() => visitLines(`${folder}/file`, () => {}, AbortSignal.abort(reason)))
    assert.is(ended, reason)
  })
})

test.run()
