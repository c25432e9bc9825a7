import { Ajv } from 'ajv'
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { canonicalJson } from '../../src/lib/hash.ts'
import { instanceOf } from '../../src/simulator/instance.ts'

type Schema = Record<string, unknown>

const ajv = new Ajv({ strict: false, logger: false, allowUnionTypes: true })

function assertValid(schema: Schema, instance: unknown): void {
  const isValid = ajv.compile(schema)
  assert.ok(
    isValid(instance),
    `${JSON.stringify(schema)}\n${JSON.stringify(instance)}\n${ajv.errorsText(isValid.errors)}`,
  )
}

const object = (properties: Schema): Schema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
})

const REVIEW = object({
  sentiment: { type: 'string', enum: ['positive', 'neutral', 'negative'] },
  confidence: { type: 'number', minimum: 0, maximum: 1 },
  aspects: { type: 'array', items: { type: 'string' } },
})

test('what fits of a right answer is kept', () => {
  const right = { sentiment: 'negative', confidence: 0.97, aspects: ['food', 'service'] }
  assert.equal(instanceOf(REVIEW, right), right)
  const partly = { sentiment: 'furious', confidence: 7, aspects: 'food', other: 1 }
  assert.equal(instanceOf(REVIEW, partly), { sentiment: 'positive', confidence: 1, aspects: ['food'] })
})

test('an answer in plain words goes where it fits', () => {
  assert.equal(instanceOf(object({ answer: { type: 'string' } }), 'Paris'), { answer: 'Paris' })
  assert.equal(instanceOf(object({ total: { type: 'integer' }, isRight: { type: 'boolean' } }), 'Yes: 3 + 4 = 1,007'), {
    total: 1007,
    isRight: true,
  })
  assert.equal(instanceOf(REVIEW, 'neutral'), { sentiment: 'neutral', confidence: 0, aspects: ['neutral'] })
})

test('any object will do where nothing more is asked for', () => {
  assert.equal(instanceOf({ type: 'object' }, { a: 1 }), { a: 1 })
  assert.equal(instanceOf({ type: 'object' }, 'Paris'), { answer: 'Paris' })
  assert.equal(instanceOf(object({}), 'Paris'), {})
})

test('null is said where it is allowed and right', () => {
  const name = { anyOf: [{ type: 'string' }, { type: 'null' }] }
  assert.equal(instanceOf(object({ name, age: { type: ['integer', 'null'] } }), { name: null, age: null }), {
    name: null,
    age: null,
  })
  assert.equal(instanceOf(object({ name }), 'Ada'), { name: 'Ada' })
})

test('a schema that contains itself comes to an end', () => {
  const node = object({ value: { type: 'string' }, next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] } })
  const list: Schema = { $ref: '#/$defs/node', $defs: { node } }
  assertValid(list, instanceOf(list, 'x'))
  const tree = object({ name: { type: 'string' }, children: { type: 'array', items: { $ref: '#' } } })
  assertValid(tree, instanceOf(tree, 'x'))
  // Nothing finite fits this one; the maker has to end all the same.
  assert.type(instanceOf(object({ self: { $ref: '#' } }), 'x'), 'object')
  assert.is(instanceOf({ $ref: '#' }, 'x'), 'x')
})

const limits = fc.record({ a: fc.integer({ min: -50, max: 50 }), size: fc.integer({ min: 3, max: 40 }) })

const leaf: fc.Arbitrary<Schema> = fc.oneof(
  fc.constant({ type: 'null' }),
  fc.constant({ type: 'boolean' }),
  fc.constant({ const: 'fixed' }),
  fc
    .uniqueArray(fc.jsonValue({ maxDepth: 1 }), { selector: canonicalJson, minLength: 1, maxLength: 4 })
    .map((choices) => ({ enum: choices })),
  limits.map(({ size }) => ({ type: 'string', minLength: size - 3, maxLength: size })),
  limits.map(({ a, size }) => ({ type: 'integer', minimum: a, maximum: a + size })),
  limits.map(({ a, size }) => ({ type: 'number', exclusiveMinimum: a, exclusiveMaximum: a + size })),
  limits.map(({ a, size }) => ({ type: 'integer', multipleOf: 3, minimum: a, maximum: a + size })),
  limits.map(({ a }) => ({ type: 'number', exclusiveMinimum: a, exclusiveMaximum: a + 0.01 })),
)

const { schema: anySchema } = fc.letrec<{ schema: Schema }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    leaf,
    fc.dictionary(fc.string({ minLength: 1, maxLength: 4 }), tie('schema'), { maxKeys: 4 }).map(object),
    fc
      .record({ items: tie('schema'), minItems: fc.nat({ max: 2 }) })
      .map(({ items, minItems }) => ({ type: 'array', items, minItems, maxItems: 2 })),
    fc.array(tie('schema'), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
  ),
}))

test('whatever the schema and the answer, the instance is valid', () => {
  fc.assert(
    fc.property(anySchema, fc.oneof(fc.string({ unit: 'grapheme' }), fc.jsonValue()), (schema, hint) => {
      assertValid(schema, instanceOf(schema, hint))
    }),
    { numRuns: 500 },
  )
})

test.run()
