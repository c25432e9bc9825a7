import { appendFileSync, existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { cacheStats, clearCache } from '../../src/cache/index.ts'
import { inFolder } from '../lib/folder.ts'
import { answer, forever, found, keep, segments } from './answers.ts'

const EMPTY = { answers: 0, files: 0, bytes: 0, damagedLines: 0, oldest: null, newest: null, models: [] }

test('where nothing was ever kept there is nothing to show and nothing to remove', async () => {
  await inFolder({}, async (folder) => {
    const dir = join(folder, 'none')
    assert.equal(await cacheStats(dir, forever), EMPTY)
    assert.equal(await clearCache(dir, forever), EMPTY)
    assert.not.ok(existsSync(dir))
  })
})

test('stats count requests once, by model, with what they cost and when they were made', async () => {
  await inFolder({}, async (dir) => {
    await keep(dir, {
      a: answer('1', { at: '2025-01-15T10:00:00.000Z' }),
      b: answer('2', { at: '2024-12-31T23:59:59.000Z', costUsd: null, costSource: null }),
      c: answer('3', { model: 'acme/large', costUsd: '0.25' }),
    })
    await keep(dir, { a: answer('again', { at: '2025-01-15T10:00:00.000Z' }) })
    const { bytes, ...stats } = await cacheStats(dir, forever)
    assert.equal(stats, {
      answers: 3,
      files: 2,
      damagedLines: 0,
      oldest: '2024-12-31T23:59:59.000Z',
      newest: '2025-01-15T10:00:00.000Z',
      models: [
        { model: 'acme/large', answers: 1, costUsd: '0.25' },
        { model: 'mistralai/mistral-small', answers: 2, costUsd: '0.0000048' },
      ],
    })
    assert.ok(bytes > 1_000 && bytes < 4_000, `${bytes} bytes`)
  })
})

test('lines that cannot be read are counted', async () => {
  await inFolder({}, async (dir) => {
    await keep(dir, { a: answer('1') })
    appendFileSync(join(dir, segments(dir)[0] ?? ''), 'half a line\n')
    const { answers, damagedLines } = await cacheStats(dir, forever)
    assert.equal([answers, damagedLines], [1, 1])
  })
})

test('clearing removes every answer, says how many there were, and leaves the files of others', async () => {
  await inFolder({}, async (dir) => {
    await keep(dir, { a: answer('1'), b: answer('2') })
    await keep(dir, { c: answer('3') })
    writeFileSync(join(dir, 'notes.txt'), 'mine')
    assert.is((await clearCache(dir, forever)).answers, 3)
    assert.equal(readdirSync(dir), ['notes.txt'])
    assert.is(await found(dir, 'a'), undefined)
  })
})

test('a folder that holds nothing but answers goes with them', async () => {
  await inFolder({}, async (folder) => {
    const dir = join(folder, 'cache')
    await keep(dir, { a: answer('1') })
    await clearCache(dir, forever)
    assert.not.ok(existsSync(dir))
  })
})

test.run()
