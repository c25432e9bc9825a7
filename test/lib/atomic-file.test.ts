import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { writeAtomically } from '../../src/lib/atomic-file.ts'
import { WriteError } from '../../src/lib/errors.ts'
import { inFolder } from './folder.ts'
import { thrownBy } from './thrown.ts'

test('the pieces make the file, in order', async () => {
  await inFolder({}, async (folder) => {
    await writeAtomically(join(folder, 'a.csv'), ['one\n', '', 'zwei\n', '三\n'])
    assert.is(readFileSync(join(folder, 'a.csv'), 'utf8'), 'one\nzwei\n三\n')
    assert.equal(readdirSync(folder), ['a.csv'])
  })
})

test('no piece at all makes an empty file', async () => {
  await inFolder({}, async (folder) => {
    await writeAtomically(join(folder, 'a.csv'), [])
    assert.is(readFileSync(join(folder, 'a.csv'), 'utf8'), '')
  })
})

test('many megabytes of pieces are all there', async () => {
  await inFolder({}, async (folder) => {
    const line = `${'é'.repeat(49)}\n`
    await writeAtomically(
      join(folder, 'a.csv'),
      (function* () {
        for (let count = 0; count < 40_000; count++) yield line
      })(),
    )
    assert.is(readFileSync(join(folder, 'a.csv'), 'utf8'), line.repeat(40_000))
  })
})

test('until the last piece a reader sees the old file, then the new one', async () => {
  await inFolder({ 'a.csv': 'old' }, async (folder) => {
    const path = join(folder, 'a.csv')
    const seen: string[] = []
    await writeAtomically(
      path,
      (function* () {
        for (let count = 0; count < 3; count++) {
          yield 'x'.repeat(300_000)
          seen.push(readFileSync(path, 'utf8'))
        }
      })(),
    )
    assert.equal(seen, ['old', 'old', 'old'])
    assert.is(readFileSync(path, 'utf8').length, 900_000)
  })
})

test('when a piece fails the old file stays, and nothing is left beside it', async () => {
  await inFolder({ 'a.csv': 'old' }, async (folder) => {
    const broken = new Error('broken piece')
    const error = await thrownBy(() =>
      writeAtomically(
        join(folder, 'a.csv'),
        (function* () {
          yield 'x'.repeat(300_000)
          throw broken
        })(),
      ),
    )
    assert.is(error, broken)
    assert.is(readFileSync(join(folder, 'a.csv'), 'utf8'), 'old')
    assert.equal(readdirSync(folder), ['a.csv'])
  })
})

test('when the file cannot be put in its place, nothing is left beside it', async () => {
  await inFolder({}, async (folder) => {
    // A folder of that name, with something in it: no file can be renamed onto it.
    mkdirSync(join(folder, 'a.csv'))
    writeFileSync(join(folder, 'a.csv', 'inside'), '')
    await thrownBy(() => writeAtomically(join(folder, 'a.csv'), ['new']))
    assert.equal(readdirSync(folder), ['a.csv'])
  })
})

test('a path through a file is a write error that names it', async () => {
  await inFolder({ file: '' }, async (folder) => {
    const error = await thrownBy(() => writeAtomically(join(folder, 'file', 'a.csv'), ['new']))
    assert.instance(error, WriteError)
    assert.match((error as Error).message, join('file', 'a.csv'))
  })
})

test('between two writes others have their turn', async () => {
  await inFolder({}, async (folder) => {
    let turns = 0
    const count = setInterval(() => (turns += 1), 0)
    const turnsSeen: number[] = []
    await writeAtomically(
      join(folder, 'a.csv'),
      (function* () {
        for (let piece = 0; piece < 20; piece++) {
          yield 'x'.repeat(300_000)
          turnsSeen.push(turns)
          for (const startMs = performance.now(); performance.now() - startMs < 3; );
        }
      })(),
    )
    clearInterval(count)
    assert.ok(new Set(turnsSeen).size > 5, `turns by piece: ${turnsSeen.join(' ')}`)
  })
})

test('a process that ends in the middle leaves the old file and nothing beside it', async () => {
  await inFolder({ 'a.csv': 'old' }, async (folder) => {
    const script = `
      import { writeAtomically } from ${JSON.stringify(new URL('../../src/lib/atomic-file.ts', import.meta.url).href)}
      function* pieces() {
        yield 'x'.repeat(300_000)
        process.exit(7)
      }
      await writeAtomically('a.csv', pieces())`
    writeFileSync(join(folder, 'writer.mjs'), script)
    const tsx = import.meta.resolve('tsx')
    const { status } = spawnSync(process.execPath, ['--import', tsx, 'writer.mjs'], { cwd: folder })
    assert.is(status, 7)
    assert.is(readFileSync(join(folder, 'a.csv'), 'utf8'), 'old')
    assert.equal(readdirSync(folder).sort(), ['a.csv', 'writer.mjs'])
  })
})

test.run()
