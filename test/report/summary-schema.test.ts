/** Is summary.json what its published schema says? The summaries of real runs are held against docs/summary.schema.json. */
import { readFileSync } from 'node:fs'
import { Ajv2020, type AnySchema } from 'ajv/dist/2020.js'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { summaryJson, UNTIMED } from '../../src/report/summary-json.ts'
import { summarySchema } from '../../src/report/summary-schema.ts'
import type { Summary } from '../../src/stats/types.ts'
import { inWorkdir, ROOT } from '../helpers/workdir.ts'
import { SUMMARY } from './play.ts'
import { reportedRun } from './reported-run.ts'

/** Readonly throughout; and with every field that may be left out. */
type Plain<T> = T extends object ? { readonly [K in keyof T]: Plain<T[K]> } : T
type Whole<T> = T extends object ? { readonly [K in keyof T]-?: Whole<T[K]> } : T
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false
type Equal<A, B> = [Same<Plain<A>, Plain<B>>, Same<Whole<A>, Whole<B>>]

// Does not compile when a field is in one of them alone, or is of another type there.
const isSummary: Equal<z.infer<typeof summarySchema>, Summary> = [true, true]

interface Definition {
  readonly description?: string
  readonly properties?: Readonly<Record<string, Definition>>
  readonly anyOf?: readonly Definition[]
  readonly type?: string
}

interface Published {
  readonly $schema: string
  readonly $defs: Readonly<Record<string, Definition>>
}

const published = JSON.parse(readFileSync(`${ROOT}docs/summary.schema.json`, 'utf8')) as Published

const ajv = new Ajv2020({ strict: true, allErrors: true, validateFormats: false, allowUnionTypes: true })
const isPublished = ajv.compile(published as unknown as AnySchema)
/** Open objects let a field through that nobody has described. */
const isDescribed = ajv.compile(z.toJSONSchema(summarySchema, { io: 'output' }) as AnySchema)

function assertValid(text: string): void {
  assert.ok(isPublished(JSON.parse(text)), ajv.errorsText(isPublished.errors, { separator: '\n' }))
}

function assertDescribed(text: string): void {
  assert.ok(isDescribed(JSON.parse(text)), ajv.errorsText(isDescribed.errors, { separator: '\n' }))
}

test('the schema has the fields of a summary and says of each what it means', () => {
  assert.equal(isSummary, [true, true])
  for (const [type, { properties = {} }] of Object.entries(published.$defs)) {
    for (const [name, { description = '' }] of Object.entries(properties)) {
      assert.ok(description.length > 5, `${type}.${name}`)
    }
  }
})

test('made summaries are valid, with a gate and without timings', () => {
  for (const summary of [SUMMARY, reportedRun().summary]) {
    assertValid(summaryJson(summary, true))
    assertValid(summaryJson(summary, false))
    assertDescribed(summaryJson(summary, true))
  }
})

test('what may be null says so, and only without timings is null where it says that', () => {
  for (const [type, names] of Object.entries(UNTIMED)) {
    for (const name of names) {
      const { description = '', anyOf = [] } = published.$defs[type]?.properties?.[name] ?? {}
      assert.match(description, 'Null with --no-timings.')
      assert.ok(
        anyOf.some((option) => option.type === 'null'),
        `${type}.${name}`,
      )
    }
  }
  const timed = JSON.parse(summaryJson(reportedRun().summary, true)) as object
  for (const changed of [{ planned: null }, { groups: [{}] }, { costUsd: 0.5 }, { formatVersion: 2 }]) {
    assert.not.ok(isPublished({ ...timed, ...changed }), JSON.stringify(changed))
  }
})

const RUNS: Readonly<Record<string, readonly string[]>> = {
  'two models with slices': ['-m', 'mistralai/mistral-small', '-m', 'openai/gpt-4o', '--slice', 'category'],
  'a judge and epochs': [
    '--scorer',
    'factuality',
    '--judge',
    'openai/gpt-4o-mini',
    '--epochs',
    '2',
    '--reducer',
    'mean',
  ],
  'classification with people': ['--scorer', 'classification', '--cluster', 'category'],
  'failures and a budget': ['--simulator', 'fail-rate=0.4', '--retries', '0', '--max-cost', '0.0002'],
  'no timings': ['--no-timings'],
}

test('summaries of real runs are valid', () =>
  inWorkdir({}, async (work) => {
    const common = ['--dataset', 'qa.csv', '--simulate', '--limit', '30', '--quiet']
    for (const [name, args] of Object.entries(RUNS)) {
      const out = `results/${name.replaceAll(' ', '-')}`
      const { status, stderr } = await work.assay(['eval', ...common, ...args, '--out', out])
      assert.ok([0, 3, 4].includes(status ?? -1), `${name}: ${status}\n${stderr}`)
      assertValid(work.read(`${out}/summary.json`))
      if (name !== 'no timings') assertDescribed(work.read(`${out}/summary.json`))
    }
    const gated = ['--baseline', 'results/two-models-with-slices', '--max-drop', '0.3', '--out', 'results/gated']
    const again = ['-m', 'mistralai/mistral-small', '-m', 'openai/gpt-4o', '--seed', '2']
    const { stdout } = await work.assay(['eval', ...common, ...again, ...gated, '--json'])
    assertDescribed(stdout)
    assertValid(stdout)
    assert.ok((JSON.parse(stdout) as Summary).gate !== null)
  }))

test.run()
