import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { checkedLine, isIntact } from '../../src/lib/checked-line.ts'

const objects = fc.record({ key: fc.string({ unit: 'binary' }), value: fc.jsonValue() })

test('a line is one line, holds the object beside the checksum, and is intact', () => {
  fc.assert(
    fc.property(objects, (object) => {
      const line = checkedLine(object)
      assert.is(line.indexOf('\n'), line.length - 1)
      assert.ok(isIntact(line.slice(0, -1)))
      const { crc32, ...rest } = JSON.parse(line) as Record<string, unknown>
      assert.match(String(crc32), /^[0-9a-f]{8}$/)
      assert.equal(rest, JSON.parse(JSON.stringify(object)))
    }),
  )
})

test('a line with any one character changed, or cut anywhere, is not intact', () => {
  fc.assert(
    fc.property(objects, fc.nat(), fc.nat({ max: 255 }), (object, place, letter) => {
      const line = checkedLine(object).slice(0, -1)
      const at = place % line.length
      const other = String.fromCodePoint(letter)
      if (line[at] !== other) assert.not.ok(isIntact(line.slice(0, at) + other + line.slice(at + 1)))
      assert.not.ok(isIntact(line.slice(0, at)))
    }),
  )
})

test('the checksum is the CRC-32 of the bytes before it', () => {
  // Python: '%08x' % zlib.crc32(b'{"a":1')
  assert.is(checkedLine({ a: 1 }), '{"a":1,"crc32":"a702fc6e"}\n')
})

test.run()
