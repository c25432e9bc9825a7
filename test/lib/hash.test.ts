import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { canonicalJson, hash01, key128, sha256 } from '../../src/lib/hash.ts'

test('SHA-256 of the empty text and of "abc" are those of FIPS 180-4', () => {
  assert.is(sha256(''), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  assert.is(sha256('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})

test('a text and its UTF-8 bytes hash alike', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      assert.is(sha256(text), sha256(Buffer.from(text)))
      assert.is(sha256(text), createHash('sha256').update(text).digest('hex'))
      assert.is(key128(text), sha256(text).slice(0, 32))
    }),
  )
})

test('the coin of a text is pinned, and in [0, 1)', () => {
  assert.is(hash01('abc'), 0xba7816bf8f01c / 2 ** 52)
  fc.assert(fc.property(fc.string(), (text) => hash01(text) >= 0 && hash01(text) < 1))
})

test('canonical JSON does not depend on the order of keys, at any depth', () => {
  assert.is(
    canonicalJson({ b: [{ d: 1, c: null }], a: { z: 'é', y: true } }),
    canonicalJson({ a: { y: true, z: 'é' }, b: [{ c: null, d: 1 }] }),
  )
  assert.is(canonicalJson({ b: 1, a: [3, { d: 4, c: 5 }] }), '{"a":[3,{"c":5,"d":4}],"b":1}')
})

test('canonical JSON keeps the order of lists', () => {
  assert.is.not(canonicalJson([1, 2]), canonicalJson([2, 1]))
})

test('canonical JSON is JSON of the same value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      assert.equal(JSON.parse(canonicalJson(value)), JSON.parse(JSON.stringify(value)))
    }),
  )
})

test.run()
