/** Are it all files or none? */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { WriteError } from '../../src/lib/errors.ts'
import type { StarterFile } from '../../src/setup/types.ts'
import { writeFiles } from '../../src/setup/write-files.ts'
import { inFolder } from '../lib/folder.ts'
import { thrownBy } from '../lib/thrown.ts'

const file = (path: string, action: StarterFile['action'], content = 'new\n'): StarterFile => ({
  path,
  action,
  content,
  about: '',
})

test('files are made with their folders, lines are added, and what is kept is not touched', () =>
  inFolder({ added: 'old\n', kept: 'old\n' }, (folder) => {
    writeFiles(folder, [file('a/b/c.txt', 'write'), file('added', 'append'), file('kept', 'keep')])
    assert.equal(
      ['a/b/c.txt', 'added', 'kept'].map((name) => readFileSync(join(folder, name), 'utf8')),
      ['new\n', 'old\nnew\n', 'old\n'],
    )
  }))

test('when one cannot be written, those before it and their folders are gone again, and nothing was added', () =>
  inFolder({ added: 'old\n' }, async (folder) => {
    const tooLong = 'x'.repeat(300)
    const error = await thrownBy(() =>
      writeFiles(folder, [file('added', 'append'), file('a/b/c.txt', 'write'), file(tooLong, 'write')]),
    )
    assert.instance(error, WriteError)
    assert.match((error as WriteError).message, /cannot write \(ENAMETOOLONG\)\. Nothing was made\./)
    assert.equal(readdirSync(folder), ['added'])
    assert.is(readFileSync(join(folder, 'added'), 'utf8'), 'old\n')
  }))

test('a file that has come into being meanwhile is not replaced', () =>
  inFolder({}, async (folder) => {
    writeFileSync(join(folder, 'b'), 'another process\n')
    const error = await thrownBy(() => writeFiles(folder, [file('a', 'write'), file('b', 'write')]))
    assert.instance(error, WriteError)
    assert.is(readFileSync(join(folder, 'b'), 'utf8'), 'another process\n')
    assert.not.ok(existsSync(join(folder, 'a')))
  }))

test.run()
