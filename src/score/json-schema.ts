/** Does the answer have the form that a JSON Schema asks for? */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename } from 'node:path'
import type * as Draft7Module from 'ajv'
import type * as Draft2020Module from 'ajv/dist/2020.js'
import { messageOf, UserError } from '../lib/errors.ts'
import { oneLine } from '../lib/text.ts'
import { parseJson } from '../lib/json.ts'
import { jsonOfAnswer } from './json-answer.ts'
import { jsonErrorPlace } from '../lib/json-syntax.ts'
import { failed, passed, unscored } from './marks.ts'
import { memoized } from './memo.ts'
import { TIMED_OUT, TIMED_OUT_REASON, unlessTooDeep, withinTimeLimit } from './limits.ts'
import type { Score, Scorer } from './types.ts'

/** The column that holds a sample's own schema. */
const SCHEMA_COLUMN = 'schema'

/** Schemas of the dataset that are kept compiled. */
const KEPT_SCHEMAS = 100

/** Broken rules that a reason names. */
const NAMED_ERRORS = 3

type Validate = Draft2020Module.ValidateFunction
type Check = (value: unknown) => readonly Draft2020Module.ErrorObject[] | typeof TIMED_OUT
type Compiled = { readonly check: Check } | { readonly problem: string }

// Loaded at first use: it takes longer than the whole start of a run without schemas.
const load = createRequire(import.meta.url)

/**
 * Strict about unknown keywords, because a misspelt one would let every answer pass. `format` is a note for people, as the
 * standard has it. Nothing is fetched: a `$ref` has to point into the schema itself.
 */
const OPTIONS: Draft2020Module.Options = {
  strict: false,
  strictSchema: true,
  validateFormats: false,
  allErrors: true,
  logger: false,
}

const validators = {
  draft2020: lazily(() => {
    const { Ajv2020 }: typeof Draft2020Module = load('ajv/dist/2020.js')
    return new Ajv2020(OPTIONS)
  }),
  draft7: lazily(() => {
    const { Ajv }: typeof Draft7Module = load('ajv')
    return new Ajv(OPTIONS)
  }),
}

function lazily<T>(make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}

/** Compiles a schema: draft 2020-12, or draft 7 when its `$schema` says so. */
function compile(text: string): Compiled {
  const schema = parseJson(text)?.value
  if (schema === undefined) return { problem: `no JSON from ${jsonErrorPlace(text)} on` }
  if (typeof schema !== 'boolean' && (typeof schema !== 'object' || schema === null || Array.isArray(schema))) {
    return { problem: 'a schema is an object, true or false' }
  }
  const isDraft7 = typeof schema === 'object' && '$schema' in schema && /draft-07/.test(String(schema.$schema))
  const ajv = isDraft7 ? validators.draft7() : validators.draft2020()
  try {
    return { check: timedCheck(ajv.compile(schema), mayTakeLong(schema)) }
  } catch (error) {
    return { problem: oneLine(messageOf(error)) }
  } finally {
    // Else every schema of the dataset would stay for ever, and its $id would clash with the next row's.
    if (typeof schema === 'object') ajv.removeSchema(schema)
  }
}

const compileCell = memoized(KEPT_SCHEMAS, compile)

/** Patterns, recursion and comparing all items with each other can take for ever on some answer; the rest is one pass. */
function mayTakeLong(schema: object | boolean): boolean {
  return /"(?:pattern|patternProperties|uniqueItems|\$(?:ref|dynamicRef|recursiveRef))":/.test(JSON.stringify(schema))
}

/** The broken rules; none when the value is valid. */
function timedCheck(validate: Validate, isTimed: boolean): Check {
  return (value) => {
    const valid = isTimed ? withinTimeLimit(() => validate(value)) : validate(value)
    return valid === TIMED_OUT ? TIMED_OUT : (validate.errors ?? [])
  }
}

function scoreWith(check: Check, output: string): Score {
  const answer = jsonOfAnswer(output)
  if (answer === undefined) return failed('the answer is no JSON')
  const errors = check(answer.value)
  if (errors === TIMED_OUT) return unscored(TIMED_OUT_REASON)
  if (errors.length === 0) return passed('the answer meets the schema')
  const named = errors.slice(0, NAMED_ERRORS)
  return failed(
    oneLine(named.map(({ instancePath, message }) => `${instancePath || 'the value'} ${message}`).join('; ')),
  )
}

export const jsonSchema = {
  name: 'json-schema',
  summary: 'The answer is JSON that meets a JSON Schema (draft 2020-12 or 7); a fenced block counts as the answer.',
  group: 'formats',
  details: `\`json-schema:schema.json\` checks all answers by one file; without an argument the column \`schema\` holds each sample's own. Draft 2020-12 is
read, or draft 7 where \`$schema\` says so, by ajv. The JSON is the whole answer, else its last closed code block; the reason names up to three
broken rules.

Unknown keywords are refused, since a misspelt one would let every answer pass. \`format\` is a note for people, as the standard has it.
Nothing is fetched: a \`$ref\` has to point into the schema itself. Schemas with patterns, references or \`uniqueItems\` run under a time limit of
200 ms an answer.`,
  examples: [
    {
      output: '{"city": "Paris"}',
      vars: { schema: '{"type": "object", "required": ["city"]}' },
      score: { value: 1, pass: true },
    },
    {
      output: '```json\n[1, 2, "3"]\n```',
      vars: { schema: '{"type": "array", "items": {"type": "integer"}}' },
      score: { value: 0, pass: false },
    },
    { output: 'Paris', vars: { schema: '{"type": "string"}' }, score: { value: 0, pass: false } },
  ],
  argument: `the path of a schema file; without it the column ${SCHEMA_COLUMN} holds each sample's schema`,
  needsExpected: false,
  labelOf: (path) => basename(path),
  fileOf: (path) => path,
  create: (argument) => {
    if (argument === undefined) return ({ output, vars }) => scoreCell(vars[SCHEMA_COLUMN], output)
    const { check } = compileFile(argument)
    return ({ output }) => unlessTooDeep(() => scoreWith(check, output))
  },
  checkSample: ({ vars }, argument) => {
    if (argument !== undefined) return undefined
    const text = vars[SCHEMA_COLUMN]
    if (text === undefined || text.trim() === '') {
      return `there is no schema in the column ${SCHEMA_COLUMN}. Fill it in, or give one schema for all rows with --scorer json-schema:file.json.`
    }
    const compiled = compileCell(text)
    return 'problem' in compiled
      ? `the column ${SCHEMA_COLUMN} holds no usable JSON Schema: ${compiled.problem}. Correct the cell.`
      : undefined
  },
} as const satisfies Scorer

function scoreCell(text: string | undefined, output: string): Score {
  if (text === undefined) return unscored(`no column ${SCHEMA_COLUMN}`)
  const compiled = compileCell(text)
  return 'problem' in compiled ? unscored(compiled.problem) : unlessTooDeep(() => scoreWith(compiled.check, output))
}

/** The file is named on the command line or in the config, never in a dataset. */
function compileFile(path: string): { readonly check: Check } {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new UserError(
      `--scorer json-schema:${path}: cannot read the schema (${messageOf(error)}). Expected the path of a JSON file.`,
    )
  }
  const json = text.replace(/^\uFEFF/, '')
  if (parseJson(json) === undefined) {
    throw new UserError(`${path}:${jsonErrorPlace(json)}: the schema is no JSON from here on. Correct the file.`)
  }
  const compiled = compile(json)
  if ('problem' in compiled)
    throw new UserError(`${path}: no usable JSON Schema: ${compiled.problem}. Correct the file.`)
  return compiled
}
