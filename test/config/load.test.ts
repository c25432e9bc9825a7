import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type ConfigFile, loadConfig } from '../../src/config/load.ts'
import { readConfig } from '../../src/config/read.ts'
import { inFolder } from '../lib/folder.ts'
import { refusalOf } from '../lib/thrown.ts'

const loadedFrom = (files: Readonly<Record<string, string>>, asked?: string): Promise<ConfigFile | undefined> =>
  inFolder(files, (folder) => loadConfig(folder, asked))

test('a folder without a config file has none', async () => {
  assert.is(await loadedFrom({ 'other.ts': 'export default 1' }), undefined)
})

test('the file is TypeScript, and may import assay wherever it lies', async () => {
  const file = await loadedFrom({
    'eval.config.ts': `
      import { defineConfig, type EvalConfig } from 'assay'
      const retries: EvalConfig['retries'] = 2
      export default defineConfig({ dataset: 'qa.csv', retries, price: { m: '1/2' } })
    `,
  })
  assert.equal(file, { name: 'eval.config.ts', content: { dataset: 'qa.csv', retries: 2, price: { m: '1/2' } } })
})

test('the file may import its neighbours and use what comes later than its first line', async () => {
  const file = await loadedFrom({
    'eval.config.ts': "import { models } from './models.ts'\nexport default { model: await Promise.resolve(models) }",
    'models.ts': "export const models: string[] = ['a', 'b']",
  })
  assert.equal(file?.content, { model: ['a', 'b'] })
})

test('JavaScript will do, and TypeScript comes first', async () => {
  const js = "export default { dataset: 'js.csv' }"
  assert.equal((await loadedFrom({ 'eval.config.js': js }))?.name, 'eval.config.js')
  assert.equal((await loadedFrom({ 'eval.config.mjs': js }))?.content, { dataset: 'js.csv' })
  const both = await loadedFrom({ 'eval.config.js': js, 'eval.config.ts': "export default { dataset: 'ts.csv' }" })
  assert.equal(both?.content, { dataset: 'ts.csv' })
})

test('a file asked for by name is taken, also from another folder', async () => {
  const nightly = { 'eval.config.ts': 'export default {}', 'ci/nightly.ts': 'export default { retries: 9 }' }
  assert.equal(await loadedFrom(nightly, join('ci', 'nightly.ts')), { name: 'nightly.ts', content: { retries: 9 } })
})

test('a file asked for that is not there is refused, whatever else is there', async () => {
  assert.is(
    await refusalOf(() => loadedFrom({ 'eval.config.ts': 'export default {}' }, 'nightly.ts')),
    '--config nightly.ts: no such file.',
  )
})

test('a file that does not parse is refused with its name', async () => {
  assert.match(
    await refusalOf(() => loadedFrom({ 'eval.config.ts': 'export default {{' })),
    /^eval\.config\.ts: cannot be loaded: ./,
  )
})

test('a file that throws is refused with what it threw', async () => {
  assert.match(
    await refusalOf(() => loadedFrom({ 'eval.config.ts': "throw new Error('no key for the lab')" })),
    /^eval\.config\.ts: cannot be loaded: .*no key for the lab/,
  )
})

test('a file that imports what is not installed is refused', async () => {
  assert.match(
    await refusalOf(() => loadedFrom({ 'eval.config.ts': "import 'not-installed-anywhere'\nexport default {}" })),
    /^eval\.config\.ts: cannot be loaded: .*not-installed-anywhere/,
  )
})

test('a file without a default export is told so when it is read', async () => {
  for (const content of ["export const dataset = 'qa.csv'", '']) {
    const file = await loadedFrom({ 'eval.config.ts': content })
    assert.match(await refusalOf(() => readConfig({}, file)), /expected an object as default export/)
  }
})

test.run()
