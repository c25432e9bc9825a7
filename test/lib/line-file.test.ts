import { join } from 'node:path'
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { LineFile } from '../../src/lib/line-file.ts'
import { inFolder } from './folder.ts'

/** Reads the lines of a file back by offset: in order, last first (no read can lean on the one before), and in order again. */
async function readBack(lines: readonly string[], ending: string): Promise<string[]> {
  return inFolder({ 'lines.txt': lines.join('\n') + ending }, (folder) => {
    const file = new LineFile(join(folder, 'lines.txt'))
    try {
      let end = 0
      const offsets = lines.map((line) => {
        const offset = end
        end += Buffer.byteLength(line) + 1
        return offset
      })
      const forwards = offsets.map((offset) => file.lineAt(offset))
      const backwards = offsets.toReversed().map((offset) => file.lineAt(offset))
      assert.equal(backwards.toReversed(), forwards)
      return offsets.map((offset) => file.lineAt(offset))
    } finally {
      file.close()
    }
  })
}

test('any line is read by its byte offset, whatever its letters', async () => {
  const line = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\n') && !/\p{Surrogate}/u.test(text))
  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 1 }), fc.constantFrom('\n', ''), async (lines, ending) => {
      assert.equal(await readBack(lines, ending), lines)
    }),
    { numRuns: 50 },
  )
})

test('lines longer than the first read come whole, also when a letter lies across its edge', async () => {
  const lines = ['x'.repeat(8_191) + 'é'.repeat(5), 'short', '東'.repeat(100_000), 'y'.repeat(8_192), '']
  assert.equal(await readBack(lines, '\n'), lines)
})

test('many short lines come whole where one read ends and the next begins', async () => {
  const lines = Array.from({ length: 2_000 }, (_, index) => `line ${index} ${'z'.repeat(index % 37)}`)
  assert.equal(await readBack(lines, '\n'), lines)
})

test('beyond the end there is an empty line', async () => {
  await inFolder({ a: 'one\n' }, (folder) => {
    const file = new LineFile(join(folder, 'a'))
    assert.is(file.lineAt(4), '')
    assert.is(file.lineAt(400), '')
    file.close()
  })
})

test.run()
