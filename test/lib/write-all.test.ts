import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { writeAll } from '../../src/lib/write-all.ts'
import { inFolder } from './folder.ts'

test('one call after another appends at the position of the file', async () => {
  await inFolder({}, (folder) => {
    const path = join(folder, 'bytes')
    const fd = openSync(path, 'w')
    for (const text of ['é', '', 'x'.repeat(300_000)]) writeAll(fd, Buffer.from(text))
    closeSync(fd)
    assert.is(readFileSync(path, 'utf8'), `é${'x'.repeat(300_000)}`)
  })
})

test.run()
