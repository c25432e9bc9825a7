import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { key128 } from '../../src/lib/hash.ts'
import { KeyTable } from '../../src/lib/key-table.ts'

test('a table holds what a Map holds, through every growth', () => {
  const [table, map] = [new KeyTable(), new Map<string, number>()]
  for (let index = 0; index < 20_000; index++) {
    const key = key128(`key ${index % 15_000}`)
    table.set(key, index)
    map.set(key, index)
  }
  assert.is(table.size, map.size)
  for (const [key, value] of map) assert.is(table.get(key), value)
  assert.is(table.get(key128('another')), undefined)
})

test('keys that differ in one digit alone are different keys', () => {
  const digits = fc.string({ unit: fc.constantFrom(...Array.from('0123456789abcdef')), minLength: 32, maxLength: 32 })
  fc.assert(
    fc.property(digits, fc.integer({ min: 0, max: 31 }), (key, place) => {
      const digit = key[place] === '0' ? '1' : '0'
      const other = key.slice(0, place) + digit + key.slice(place + 1)
      const table = new KeyTable()
      table.set(key, 1)
      assert.is(table.get(other), undefined)
      table.set(other, 2)
      assert.equal([table.get(key), table.get(other), table.size], [1, 2, 2])
    }),
  )
})

test('a key that is there keeps its value when it is added again', () => {
  const [table, map] = [new KeyTable(), new Map<string, number>()]
  for (let index = 0; index < 5_000; index++) {
    const key = key128(`key ${index % 3_000}`)
    const expected = map.get(key) ?? index
    map.set(key, expected)
    assert.is(table.add(key, index), expected)
  }
  assert.is(table.size, 3_000)
  for (const [key, value] of map) assert.is(table.get(key), value)
})

test('digits in capitals are the same digits', () => {
  const table = new KeyTable()
  table.set('0123456789abcdef0123456789ABCDEF', 1)
  assert.is(table.get('0123456789ABCDEF0123456789abcdef'), 1)
})

test('the offset 0 is a value like any other', () => {
  const table = new KeyTable()
  table.set(key128('first'), 0)
  assert.is(table.get(key128('first')), 0)
})

test.run()
