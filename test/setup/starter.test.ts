/** Are the files of a first evaluation what they say they are? */
import { parse } from 'csv-parse/sync'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { loadConfig } from '../../src/config/load.ts'
import { readConfig } from '../../src/config/read.ts'
import { isAtLeast } from '../../src/setup/doctor/program-checks.ts'
import { STARTER_CONFIG, STARTER_DATASET, STARTER_ROWS } from '../../src/setup/starter.ts'
import { inFolder } from '../lib/folder.ts'

test('every setting of the config file is known, and each has its comment', async () => {
  const config = await inFolder({ 'eval.config.ts': STARTER_CONFIG }, async (folder) =>
    readConfig({}, await loadConfig(folder, undefined)),
  )
  assert.is(config.dataset, STARTER_DATASET)
  const lines = STARTER_CONFIG.split('\n')
  const settings = lines.filter((line) => /^ {2}\w+:/.test(line))
  assert.equal(settings.length, Object.keys(config).length)
  for (const line of settings) assert.match(lines[lines.indexOf(line) - 1] ?? '', /^ {2}\/\/ /, line)
  assert.ok(lines.every((line) => line.length <= 130))
})

test('every row of the dataset has an id of its own, a question, one short answer and a category', () => {
  const rows = parse<Record<string, string>>(STARTER_ROWS, { columns: true })
  assert.is(rows.length, 12)
  assert.is(new Set(rows.map(({ id }) => id)).size, 12)
  for (const { question = '', expected = '', category = '' } of rows) {
    assert.match(question, /[?.]$/)
    assert.match(expected, /^\S+( \S+)?$/)
    assert.match(category, /^[a-z]+$/)
  }
})

test('versions are compared number by number', () => {
  for (const [found, needed, is] of [
    ['20.19.0', '20.19.0', true],
    ['20.20.1', '20.19.0', true],
    ['20.9.9', '20.19.0', false],
    ['22.0.0', '20.19.0', true],
    ['18.99.0', '20.19.0', false],
    ['24.0.0-nightly', '20.19.0', true],
  ] as const) {
    assert.is(isAtLeast(found, needed), is, `${found} ${needed}`)
  }
})

test.run()
