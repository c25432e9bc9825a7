/** Do the notices travel with the packages that are part of a report's script? */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { readBundle } from '../../../src/report/html/bundle.ts'
import { ROOT } from '../../helpers/workdir.ts'

const { script } = readBundle('report/html')
const notices = script.slice(script.lastIndexOf('/*!'))

test('every package that the script is made of is named with its version and its licence', () => {
  for (const name of ['@observablehq/plot', 'd3-array', 'd3-shape', '@tanstack/virtual-core', 'diff']) {
    const folder = join(ROOT, 'node_modules', name)
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }
    assert.match(notices, `${name} ${version}`)
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry)) ?? ''
    const holder = /^\s*copyright.*$/im.exec(readFileSync(join(folder, file), 'utf8'))?.[0]
    assert.match(notices, holder?.trim() ?? 'no copyright line')
  }
})

test('a text that several packages have stands there once', () => {
  assert.is(notices.split('d3-array').length, 2)
  assert.ok(notices.length < 15_000, `${notices.length} characters`)
})

test('no notice ends its comment or the element that holds the script', () => {
  assert.is(notices.indexOf('*/'), notices.trimEnd().length - 2)
  assert.not.match(script, /<\/script|<!--/i)
})

test.run()
