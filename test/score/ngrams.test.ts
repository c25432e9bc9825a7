import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { sharedNgrams } from '../../src/score/text/ngrams.ts'
import { numberTokens } from '../../src/score/text/number-tokens.ts'

const text = fc.array(fc.constantFrom('a', 'b', 'c', 'constructor'), { maxLength: 30 })

test('counts shared n-grams as a table of their texts does, clipped to the reference that has most', () => {
  fc.assert(
    fc.property(text, fc.array(text, { maxLength: 3 }), (answer, references) => {
      const { texts, size } = numberTokens([answer, ...references])
      const [ofAnswer = new Uint32Array(), ...ofReferences] = texts
      const expected = [1, 2, 3, 4, 5].map((order) => clipped(answer, references, order))
      assert.equal(sharedNgrams(ofAnswer, ofReferences, size, 5), expected)
    }),
    { numRuns: 500 },
  )
})

test('equal tokens have equal numbers, in all texts', () => {
  fc.assert(
    fc.property(text, text, (one, other) => {
      const { texts, size } = numberTokens([one, other])
      const numbers = texts.flatMap((ids) => Array.from(ids))
      assert.is(size, new Set([...one, ...other]).size)
      for (const [i, token] of [...one, ...other].entries())
        for (const [j, second] of [...one, ...other].entries()) assert.is(numbers[i] === numbers[j], token === second)
    }),
  )
})

function clipped(answer: readonly string[], references: readonly (readonly string[])[], order: number): number {
  const counts = references.map((reference) => tally(reference, order))
  return [...tally(answer, order)]
    .map(([gram, count]) => Math.min(count, Math.max(0, ...counts.map((one) => one.get(gram) ?? 0))))
    .reduce((sum, count) => sum + count, 0)
}

function tally(tokens: readonly string[], order: number): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (let start = 0; start + order <= tokens.length; start += 1) {
    const gram = tokens.slice(start, start + order).join(' ')
    counts.set(gram, (counts.get(gram) ?? 0) + 1)
  }
  return counts
}

test.run()
