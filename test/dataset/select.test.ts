import { Readable } from 'node:stream'
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  dispatchOrder,
  orderKey,
  parseShard,
  pick,
  type ReadSelection,
  selectWhileReading,
} from '../../src/dataset/select.ts'
import type { Sample } from '../../src/dataset/types.ts'
import { collect, refusal, samplesOf } from './helpers.ts'

const idsIn = (ids: readonly string[], order: Uint32Array): string[] => [...order].map((index) => ids[index] ?? '')
const orderOf = (ids: readonly string[], seed = 1): Uint32Array =>
  dispatchOrder(Float64Array.from(ids, (id) => orderKey(seed, id)))
const ids = fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 40 })

test('the order is by key, and by position where keys are equal', () => {
  // All 52 bits count, the lowest ones too.
  const bits = fc.oneof(fc.maxSafeNat(), fc.nat({ max: 3 })).map((value) => (value % 2 ** 52) / 2 ** 52)
  fc.assert(
    fc.property(fc.array(bits, { maxLength: 300 }), (keys) => {
      const compared = [...keys.keys()].sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0) || a - b)
      assert.equal([...dispatchOrder(Float64Array.from(keys))], compared)
    }),
  )
})

test('reads shards', () => {
  assert.equal(parseShard('2/5'), { number: 2, count: 5 })
})

for (const text of ['0/5', '6/5', '2', '2/', '1.5/3', '-1/3', '1/3/5', ' 1/3']) {
  test(`refuses the shard "${text}"`, async () => {
    assert.match(await refusal(() => parseShard(text)), /expected k\/n with k from 1 to n/)
  })
}

async function selected(selection: Partial<ReadSelection>): Promise<{ ids: string[]; read: number }> {
  const samples = await samplesOf(
    [1, 2, 3, 4, 5, 6].map((id) => ({ id: String(id), Parity: id % 2 === 0 ? 'even' : 'odd' })),
  )
  let read = 0
  async function* counted(): AsyncGenerator<Sample, void> {
    for await (const sample of Readable.from(samples) as AsyncIterable<Sample>) {
      read += 1
      yield sample
    }
  }
  const all = { where: [], offset: 0, limit: null, ...selection }
  const kept = await collect(selectWhileReading(counted(), all, 'qa.csv'))
  return { ids: kept.map(({ id }) => id), read }
}

test('where, offset and limit apply in this order, and reading stops at the limit', async () => {
  assert.equal(await selected({}), { ids: ['1', '2', '3', '4', '5', '6'], read: 6 })
  assert.equal(await selected({ offset: 1, limit: 2 }), { ids: ['2', '3'], read: 3 })
  const where = [{ column: 'parity', value: 'even' }]
  assert.equal(await selected({ where, offset: 1, limit: 1 }), { ids: ['4'], read: 4 })
  assert.equal(await selected({ where: [...where, { column: 'id', value: '6' }] }), { ids: ['6'], read: 6 })
  assert.equal(await selected({ where: [{ column: 'Parity', value: 'Even' }] }), { ids: [], read: 6 })
  assert.equal(await selected({ offset: 9 }), { ids: [], read: 6 })
  assert.equal(await selected({ limit: 0 }), { ids: [], read: 0 })
})

test('refuses a condition on a column that does not exist', async () => {
  assert.is(
    await refusal(() => selected({ where: [{ column: 'party', value: 'x' }] })),
    '--where "party": qa.csv has no such column. Did you mean "Parity"? Its columns are id, Parity.',
  )
})

test('the order is a permutation that depends on seed and ids, not on positions', () => {
  fc.assert(
    fc.property(ids, fc.nat(), (all, seed) => {
      assert.equal(
        [...orderOf(all, seed)].sort((a, b) => a - b),
        all.map((_, index) => index),
      )
      const reversed = all.toReversed()
      assert.equal(idsIn(reversed, orderOf(reversed, seed)), idsIn(all, orderOf(all, seed)))
    }),
  )
  const many = Array.from({ length: 20 }, (_, index) => `s${index}`)
  assert.not.equal(orderOf(many, 1), orderOf(many, 2))
})

test('shards are disjoint, complete and balanced', () => {
  fc.assert(
    fc.property(ids, fc.integer({ min: 1, max: 7 }), fc.option(fc.nat(50)), (all, count, sample) => {
      const order = orderOf(all)
      const shards = Array.from({ length: count }, (_, index) =>
        pick(order, { sample, shard: { number: index + 1, count } }),
      )
      const sizes = shards.map(({ length }) => length)
      assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1)
      const joined = shards.flatMap((shard) => Array.from(shard)).sort((a, b) => a - b)
      assert.equal(
        joined,
        [...pick(order, { sample, shard: null })].sort((a, b) => a - b),
      )
      assert.is(joined.length, Math.min(all.length, sample ?? all.length))
    }),
  )
})

test('appended rows can only push members out of a sample', () => {
  fc.assert(
    fc.property(ids, ids, fc.nat(20), (before, added, sample) => {
      const after = [...before, ...added.filter((id) => !before.includes(id))]
      const old = new Set(idsIn(before, pick(orderOf(before), { sample, shard: null })))
      for (const id of idsIn(after, pick(orderOf(after), { sample, shard: null }))) {
        assert.ok(old.has(id) || !before.includes(id), `${id} was there before and not drawn`)
      }
    }),
  )
})

test.run()
