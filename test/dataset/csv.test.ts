import { existsSync } from 'node:fs'
import { Readable } from 'node:stream'
import { stringify } from 'csv-stringify/sync'
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { readCsv } from '../../src/dataset/csv.ts'
import { toSamples } from '../../src/dataset/sample.ts'
import { collect, openIn, rowsOfStdin, SAMPLE_OPTIONS } from './helpers.ts'

const cell = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc
    .array(fc.constantFrom('"', ',', '\n', '\r\n', '\r', ' ', 'a', 'é', '🦆', '\u2028', '\t'), { maxLength: 6 })
    .map((parts) => parts.join('')),
)
const text = cell.map((value) => value.replaceAll('\u0000', ''))

test('what csv-stringify writes comes back unchanged, with the line of each row', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }).chain((width) =>
        fc.record({
          rows: fc.array(fc.array(text, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 6 }),
          lineEnd: fc.constantFrom('\n', '\r\n'),
          pieceBytes: fc.integer({ min: 1, max: 40 }),
        }),
      ),
      async ({ rows, lineEnd, pieceBytes }) => {
        // The first cell is never empty: rows of empty cells are the blank lines of a spreadsheet.
        const records = rows.map(([first = '', ...others]) => [`x${first}`, ...others])
        const header = records[0]?.map((_, index) => `c${index}`) ?? []
        const written = stringify([header, ...records], { record_delimiter: lineEnd, quoted: true })
        const read = await rowsOfStdin(written, { format: 'csv', pieceBytes })
        assert.equal(
          read.map(({ cells }) => Object.values(cells)),
          records,
        )
        let line = 2
        for (const [index, record] of records.entries()) {
          assert.is(read[index]?.line, line)
          line += 1 + (record.join('\u0000').match(/\r\n|\n|\r/g)?.length ?? 0)
        }
      },
    ),
    { numRuns: 300 },
  )
})

test('memory stays flat while 200,000 rows stream by', async () => {
  const rowBytes = 500
  const rowCount = 200_000
  const row = Buffer.from(`1,"${'x'.repeat(rowBytes - 10)}",yes\n`)
  let rowsMade = 0
  async function* generated(): AsyncGenerator<Buffer, void> {
    yield Buffer.from('id,question,expected\n')
    const block = Buffer.concat(Array.from({ length: 200 }, () => row))
    for (; rowsMade < rowCount; rowsMade += 200) yield Buffer.from(block)
  }
  const { rows } = await readCsv(generated(), { file: 'big.csv', delimiter: ',' })
  let count = 0
  let furthestAhead = 0
  for await (const { line } of rows) {
    count += 1
    assert.is(line, count + 1)
    // Rows made and not yet read are what is held in memory; counting them does not depend on the garbage collector.
    furthestAhead = Math.max(furthestAhead, rowsMade + 200 - count)
  }
  assert.is(count, rowCount)
  assert.ok(furthestAhead < rowCount / 50, `${furthestAhead} rows were held at once`)
})

test('the columns are those of the header, in its order', async () => {
  const { columns, rows } = await readCsv(Readable.from([Buffer.from('b,a\n1,2\n')]), {
    file: 'qa.csv',
    delimiter: ',',
  })
  assert.equal(columns, ['b', 'a'])
  assert.equal(await collect(rows), [{ line: 2, cells: { b: '1', a: '2' } }])
})

const SHARED = '../shared/datasets'

if (existsSync(`${SHARED}/truthfulqa.csv`)) {
  test('reads the 817 rows of TruthfulQA with several right answers each', async () => {
    const dataset = await openIn(process.cwd(), `${SHARED}/truthfulqa.csv`)
    const options = {
      ...SAMPLE_OPTIONS,
      file: dataset.file,
      expectedColumn: 'Correct Answers',
      expectedSeparator: '; ',
    }
    const samples = await collect(toSamples(dataset.rows(), options))
    assert.is(samples.length, 817)
    assert.is(new Set(samples.map(({ id }) => id)).size, 817)
    assert.equal(samples[0]?.expected.slice(0, 2), ['Nothing happens', 'You eat watermelon seeds'])
    assert.ok(samples.every(({ expected }) => expected.length > 0))
    assert.is(dataset.sha256(), '99d6ae7755e3b435eade956068c9de7c0c474770344237aeb66b56519ba4b697')
  })
}

if (existsSync(`${SHARED}/gsm8k-test.jsonl`)) {
  test('reads the 1,319 rows of GSM8K', async () => {
    const dataset = await openIn(process.cwd(), `${SHARED}/gsm8k-test.jsonl`)
    const samples = await collect(toSamples(dataset.rows(), { ...SAMPLE_OPTIONS, file: dataset.file }))
    assert.is(samples.length, 1319)
    assert.match(samples[0]?.expected[0] ?? '', /#### 18$/)
  })
}

test.run()
