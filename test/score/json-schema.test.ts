import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { parseScorer } from '../../src/score/index.ts'
import { jsonSchema } from '../../src/score/json-schema.ts'
import { refusalOf, scoring } from './helpers.ts'

const PERSON = JSON.stringify({
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'integer', minimum: 0 } },
  required: ['name'],
})

const CASES: readonly (readonly [schema: string, output: string, reason: string])[] = [
  [PERSON, '{"name": "Ada", "age": 36}', 'the answer meets the schema'],
  [PERSON, '```json\n{"name": "Ada"}\n```', 'the answer meets the schema'],
  [PERSON, '{"age": 36}', "the value must have required property 'name'"],
  [PERSON, '{"name": 1, "age": -1}', '/name must be string; /age must be >= 0'],
  [PERSON, 'Ada is 36', 'the answer is no JSON'],
  ['true', '1', 'the answer meets the schema'],
  ['{"type":"string","format":"email"}', '"no address"', 'the answer meets the schema'],
  ['{"prefixItems":[{"type":"string"}]}', '[1]', '/0 must be string'],
  ['{"$ref":"#/$defs/n","$defs":{"n":{"type":"number"}}}', '"x"', 'the value must be number'],
  ['{"$schema":"http://json-schema.org/draft-07/schema#","items":[{"type":"string"}]}', '[1]', '/0 must be string'],
]

for (const [schema, output, reason] of CASES) {
  test(`${output} against ${schema.slice(0, 60)}: ${reason}`, () => {
    assert.is(jsonSchema.checkSample({ expected: [], vars: { schema } }, undefined), undefined)
    const score = scoring(jsonSchema)(output, [], { schema })
    assert.is(score.reason, reason)
    assert.is(score.pass, reason === 'the answer meets the schema')
  })
}

const BAD_SCHEMAS: readonly (readonly [schema: string, problem: string])[] = [
  ['{"type": "object",}', 'no JSON from 1:19 on'],
  ['5', 'a schema is an object'],
  ['{"type": "objekt"}', 'must be equal to one of the allowed values'],
  ['{"requried": ["a"]}', 'unknown keyword: "requried"'],
  ['{"$ref": "https://example.com/schema.json"}', "can't resolve reference https://example.com/schema.json"],
  ['{"$schema": "https://example.com/meta"}', 'no schema with key or ref'],
]

for (const [schema, problem] of BAD_SCHEMAS) {
  test(`refuses a sample with the schema ${schema}`, () => {
    const message = jsonSchema.checkSample({ expected: [], vars: { schema } }, undefined) ?? ''
    assert.match(message, problem)
    assert.match(message, 'column schema')
    assert.is(scoring(jsonSchema)('{}', [], { schema }).value, null)
  })
}

test('two samples may use the same $id for different schemas', () => {
  const schemas = ['string', 'number'].map((type) => JSON.stringify({ $id: 'https://example.com/same', type }))
  assert.equal(
    schemas.map((schema) => scoring(jsonSchema)('"x"', [], { schema }).pass),
    [true, false],
  )
})

test('refuses a sample without a schema, unless a file is given', () => {
  assert.match(jsonSchema.checkSample({ expected: [], vars: {} }, undefined) ?? '', 'no schema in the column schema')
  assert.match(
    jsonSchema.checkSample({ expected: [], vars: { schema: ' ' } }, undefined) ?? '',
    'no schema in the column schema',
  )
  assert.is(jsonSchema.checkSample({ expected: [], vars: {} }, 'a.json'), undefined)
})

test('gives up on a pattern of the schema that would take for ever', () => {
  const schema = JSON.stringify({ type: 'string', pattern: '(a+)+$' })
  const score = scoring(jsonSchema)(JSON.stringify(`${'a'.repeat(40)}!`), [], { schema })
  assert.is(score.value, null)
  assert.match(score.reason, 'given up after')
})

test('does not judge what is nested too deeply', () => {
  const schema = '{"items": {"$ref": "#"}}'
  const score = scoring(jsonSchema)('['.repeat(100_000) + ']'.repeat(100_000), [], { schema })
  assert.is(score.value, null)
})

test('reads the schema from the file named after the colon', () => {
  withFile(`\uFEFF${PERSON}`, (path) => {
    const score = scoring(jsonSchema, path)
    assert.is(score('{"name": "Ada"}', []).pass, true)
    assert.is(score('{"name": 1}', []).reason, '/name must be string')
  })
})

test('the label names the file without its folder: a report tells nothing of the machine', () => {
  withFile(PERSON, (path) => assert.is(parseScorer(`json-schema:${path}`).label, `json-schema:${basename(path)}`))
})

test('refuses a schema file with its line and column', () => {
  withFile('{\n  "type": "object",\n}', (path) => {
    assert.match(
      refusalOf(() => jsonSchema.create(path)),
      `${path}:3:1: the schema is no JSON`,
    )
  })
  withFile('{"type": "objekt"}', (path) => {
    assert.match(
      refusalOf(() => jsonSchema.create(path)),
      `${path}: no usable JSON Schema`,
    )
  })
  assert.match(
    refusalOf(() => jsonSchema.create('no/such/file.json')),
    'cannot read the schema',
  )
})

function withFile(content: string, use: (path: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'assay-schema-'))
  try {
    const path = join(folder, 'schema.json')
    writeFileSync(path, content)
    use(path)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

test.run()
