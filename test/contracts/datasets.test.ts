/** Is each dataset that comes with the project what datasets/README.md says? */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ROOT } from '../helpers/workdir.ts'

const folder = join(ROOT, 'datasets')
const readme = readFileSync(join(folder, 'README.md'), 'utf8')
const files = readdirSync(folder).filter((name) => name !== 'README.md')

/** The rows of a file by column. */
function rowsOf(name: string): readonly Record<string, unknown>[] {
  const text = readFileSync(join(folder, name), 'utf8')
  if (name.endsWith('.csv')) return parse(text, { columns: true })
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

for (const name of files) {
  test(`${name} has the checksum, rows and columns that are told of it`, () => {
    const section = readme.split(/^## /m).find((text) => text.startsWith(`${name}\n`)) ?? ''
    const rows = rowsOf(name)
    const checksum = createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex')
    assert.ok(section.includes(`SHA-256: \`${checksum}\``), `expected ${checksum}`)
    assert.ok(section.includes(`Rows: ${rows.length}\n`), `expected ${rows.length} rows`)
    assert.match(section, 'Licence: ')
    assert.equal(
      Array.from(section.matchAll(/^\| `([^`]+)` \|/gm), ([, column]) => column),
      Object.keys(rows[0] ?? {}),
    )
  })
}

test('ids are unique over all files', () => {
  const ids = files.flatMap((name) => rowsOf(name).map(({ id }) => id))
  assert.is(new Set(ids).size, ids.length)
})

test.run()
