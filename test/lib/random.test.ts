/** Are the numbers those of the published generator, and those of the reference for every label? */
import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { sha256 } from '../../src/lib/hash.ts'
import { bounded, randomFrom, randomFromState, shuffled } from '../../src/lib/random.ts'
import { goldenGroup } from '../stats/golden.ts'

interface Drawing {
  readonly label?: string
  readonly state?: [number, number, number, number]
  readonly take: 'u32' | 'f64' | 'bounded' | 'shuffle' | 'hash_order'
  readonly n?: number
  readonly seed?: string
  readonly ids?: readonly string[]
}
interface Drawn {
  readonly state?: readonly number[]
  readonly values?: readonly number[]
  readonly order?: readonly string[]
  readonly key_of_q1?: string
}

const golden = goldenGroup<Drawing, Drawn>('prng', 'lib/random.ts: randomFrom, bounded, shuffled; lib/hash.ts: sha256')

/** As many numbers as `values` are, taken as the vector says. */
function drawn({ label = '', state, take, n = 0 }: Drawing, values: readonly number[]): number[] {
  const random = state === undefined ? randomFrom(label) : randomFromState(state)
  if (take === 'shuffle') return shuffled([...Array(n).keys()], random)
  if (take === 'bounded') return values.map(() => bounded(n, random))
  return values.map(() => (take === 'f64' ? random.uniform() : random.uint32()))
}

for (const { name, in: input, out } of golden.cases) {
  if (input.take === 'hash_order') continue
  test(`the random numbers of "${name}" are the golden ones`, () => {
    const values = out.values ?? []
    const found = drawn(input, values)
    assert.is(found.length, values.length)
    for (const [index, value] of values.entries()) golden.close(found[index] ?? null, value, `number ${index}`)
  })
}

for (const { name, in: input, out } of golden.cases) {
  if (input.take !== 'hash_order') continue
  test(`ids sorted by the hash of seed and id come in the golden ${name}`, () => {
    const keyOf = (id: string): string => sha256(`${input.seed}|${id}`)
    assert.is(keyOf('q1'), out.key_of_q1)
    const order = [...(input.ids ?? [])].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
    assert.equal(order, out.order)
  })
}

for (const { in: input, out } of golden.cases) {
  if (input.label === undefined || out.state === undefined) continue
  test(`the state of "${input.label}" is the head of its SHA-256`, () => {
    const digest = createHash('sha256')
      .update(input.label ?? '')
      .digest()
    assert.equal(
      [0, 4, 8, 12].map((at) => digest.readUInt32LE(at)),
      out.state,
    )
  })
}

golden.finish()

test('numbers below n are whole, below n, and every one of them comes up', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.string(), (n, label) => {
      const random = randomFrom(label)
      const found = new Set(Array.from({ length: 40 * n }, () => bounded(n, random)))
      assert.ok([...found].every((value) => Number.isInteger(value) && value >= 0 && value < n))
      // The chance that one of 40 is missing is below 40 · (39/40)^1600 = 1e-16.
      assert.is(found.size, n)
    }),
  )
  const random = randomFrom('all words')
  assert.ok(Array.from({ length: 100 }, () => bounded(2 ** 32, random)).some((value) => value >= 2 ** 31))
})

test('shuffling keeps every item, and leaves the given list as it is', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.string(), (items, label) => {
      const before = [...items]
      const after = shuffled(items, randomFrom(label))
      assert.equal(items, before)
      assert.equal(
        after.sort((a, b) => a - b),
        before.sort((a, b) => a - b),
      )
    }),
  )
})

test('every number of every stream is in [0, 1)', () => {
  fc.assert(
    fc.property(fc.string(), (label) => {
      const random = randomFrom(label)
      for (let count = 0; count < 20; count++) {
        const value = random.uniform()
        assert.ok(value >= 0 && value < 1)
      }
    }),
  )
})

test('streams of different labels do not depend on each other', () => {
  const alone = randomFrom('a')
  const expected = Array.from({ length: 10 }, () => alone.uint32())
  const [first, second] = [randomFrom('a'), randomFrom('b')]
  const interleaved = Array.from({ length: 10 }, () => {
    second.uint32()
    return first.uint32()
  })
  assert.equal(interleaved, expected)
})

test('uniform numbers fill their range evenly', () => {
  const random = randomFrom('evenness')
  const counts = Array.from({ length: 10 }, () => 0)
  for (let count = 0; count < 10_000; count++) {
    const bin = Math.floor(random.uniform() * 10)
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  // χ² with 9 degrees of freedom exceeds 27.88 once in a thousand; the stream is fixed, so this never changes.
  const chiSquare = counts.reduce((sum, observed) => sum + (observed - 1_000) ** 2 / 1_000, 0)
  assert.ok(chiSquare < 27.88, `χ² = ${chiSquare}`)
})

test.run()
