/** Does a baseline file give back what was put into it, and refuse everything else? */
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { baselineLines, BaselineReader } from '../../../src/gate/baseline/format.ts'
import type { Side } from '../../../src/gate/types.ts'
import { type Made, many, type MadeRows, side } from '../made-sides.ts'

function textOf(one: Side): string {
  return [...baselineLines(one)].join('')
}

function read(text: string): Side {
  const reader = new BaselineReader('kept.jsonl')
  for (const [index, line] of text.split('\n').slice(0, -1).entries()) reader.read(line, index + 1)
  return reader.finish()
}

/** Everything that comparisons ask of a side. Clusters are numbered by the first of their rows: their names are not kept. */
function contentOf({ facts, groups }: Side): unknown {
  const told = groups.map(({ rows, servedBy }) => {
    const clusters = new Map<number | undefined, number>()
    const inOrder = [...rows.keys()].sort(([one], [other]) => (one < other ? -1 : 1))
    const content = inOrder.map(([key, row]) => {
      const cluster = rows.clusterOf(row)
      if (!clusters.has(cluster)) clusters.set(cluster, clusters.size)
      const values = rows.columns.map((column) => [column, rows.value(column, row)])
      return { key, order: rows.orderOf(row), cluster: clusters.get(cluster), values }
    })
    return { model: rows.model, prompt: rows.prompt, servedBy, hasClusters: rows.hasClusters, content }
  })
  // JSON has no NaN: it becomes null on both sides.
  return JSON.parse(JSON.stringify({ facts, told }))
}

const made: fc.Arbitrary<MadeRows> = fc
  .record({
    values: fc.array(fc.oneof(fc.constantFrom(0, 1, null), fc.double({ min: 0, max: 1, noNaN: true })), {
      maxLength: 20,
    }),
    cost: fc.integer({ min: 0, max: 999_999_999 }),
    hasClusters: fc.boolean(),
  })
  .map(({ values, cost, hasClusters }) => {
    const rows = values.map((value, index): [string, Made] => [
      `s${index}`,
      value === null ? null : { pass_rate: value, cost: cost / 1e12, 'score:"a", b': value },
    ])
    const samples = Object.fromEntries(rows)
    return hasClusters ? { samples, clusterOf: (sample) => `passage ${sample.slice(-1)}` } : { samples }
  })

test('what is written is what is read', () => {
  fc.assert(
    fc.property(made, made, (one, other) => {
      const written = side([one, { ...other, model: 'other/model' }], { runIds: ['a', 'b'] })
      assert.equal(contentOf(read(textOf(written))), contentOf(written))
    }),
  )
})

test('equal sides give equal bytes, whatever the order in which their rows came', () => {
  const samples = many(50, (index) => index % 2)
  const reversed = Object.fromEntries(Object.entries(samples).toReversed())
  assert.is(textOf(side({ samples })), textOf(side({ samples: reversed })))
})

test('a thousand rows take less than 150 kB', () => {
  const values = (index: number) => ({
    pass_rate: (index % 5) / 5,
    cost: 0.000_123_456_7 / 7,
    tokens: 1_234 / 7,
    latency: 12_345.678 / 7,
    'score:exact': index % 2,
    'score:f1': (index % 7) / 7,
  })
  const bytes = Buffer.byteLength(textOf(side({ samples: many(1_000, values) }, { runIds: ['1', '2', '3', '4', '5'] })))
  assert.ok(bytes < 150_000, `${bytes} bytes`)
})

test('it holds neither questions nor answers nor the names of samples and clusters', () => {
  const text = textOf(side({ samples: { 'secret sample': 1 }, clusterOf: () => 'secret passage' }))
  assert.not.match(text, 'secret')
})

test('any changed character is refused with its line', () => {
  const text = textOf(side({ samples: many(5, (index) => index % 2) }))
  const property = fc.property(fc.nat(text.length - 2), fc.constantFrom('0', '9', 'x', '"', ' '), (at, character) => {
    if (text[at] === '\n' || text[at] === character) return
    const line = text.slice(0, at).split('\n').length
    const changed = text.slice(0, at) + character + text.slice(at + 1)
    assert.throws(() => read(changed), new RegExp(`^kept\\.jsonl:${line}: `))
  })
  fc.assert(property, { numRuns: 500 })
})

test('a file that was cut off is refused, and so is one that lost or repeats a line', () => {
  const text = textOf(side({ samples: many(5, () => 1) }))
  const lines = text.split('\n').slice(0, -1)
  for (let kept = 1; kept < lines.length; kept++) {
    const cut = lines.slice(0, kept).map((line) => `${line}\n`)
    assert.throws(
      () => read(cut.join('')),
      new RegExp(`^kept\\.jsonl:${kept + 1}: the file ends after ${kept - 1} of the 5 rows`),
    )
  }
  const [header = '', first = '', second = '', ...rest] = lines
  const repeated = [header, first, first, ...rest].map((line) => `${line}\n`).join('')
  assert.throws(() => read(repeated), /^kept\.jsonl:3: not as it was written/)
  const lost = [header, second, ...rest].map((line) => `${line}\n`).join('')
  assert.throws(() => read(lost), /ends after 4 of the 5 rows/)
  assert.throws(() => read(''), /the file has no line/)
})

test('line ends of another system do not matter', () => {
  const one = side({ samples: many(5, () => 1) })
  assert.equal(contentOf(read(textOf(one).replaceAll('\n', '\r\n'))), contentOf(one))
})

test('a file of another kind, or of a later version, is told as such', () => {
  assert.throws(() => read('question,expected\na,b\n'), /^kept\.jsonl:1: no baseline/)
  assert.throws(
    () => read('{"type":"baseline","formatVersion":2,"assayVersion":"9.0.0"}\n'),
    /format 2 by Assay 9\.0\.0/,
  )
})

test.run()
