import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createSpool, openSpool } from '../../src/dataset/spool.ts'
import type { Sample } from '../../src/dataset/types.ts'
import { WriteError } from '../../src/lib/errors.ts'
import { refusalOf, thrownBy } from '../lib/thrown.ts'
import { withFiles } from './helpers.ts'

const never = new AbortController().signal

function sampleOf(id: string, text: string): Sample {
  return {
    id,
    line: 2,
    vars: { question: text, ['__proto__']: 'own' },
    expected: [text, 'x'],
    assertions: [{ scorer: 'exact', argument: null, expected: [text] }],
    metadata: { topic: text },
    prefix: '',
    suffix: text,
  }
}

function inFolder(use: (path: string) => Promise<void> | void): Promise<void> {
  return withFiles({}, (folder) => use(join(folder, 'spool.jsonl')))
}

test('samples come back unchanged, and in the same order from equal spools', async () => {
  const text = fc.string({ unit: 'binary', maxLength: 30 })
  await inFolder((path) =>
    fc.assert(
      fc.property(fc.array(text, { maxLength: 20 }), fc.nat(), (texts, seed) => {
        const samples = texts.map((value, index) => sampleOf(`s${index}`, value))
        const orders = [path, `${path}.again`].map((file) => {
          const writer = createSpool(file, { seed })
          for (const sample of samples) writer.add(sample)
          const spool = writer.finish()
          assert.is(spool.count, samples.length)
          for (let index = samples.length - 1; index >= 0; index -= 1) assert.equal(spool.read(index), samples[index])
          const order = spool.order()
          spool.close()
          return order
        })
        assert.equal(orders[0], orders[1])
      }),
      { numRuns: 50 },
    ),
  )
})

test('a sample larger than a write and lines of every length keep their places', () =>
  inFolder((path) => {
    const writer = createSpool(path, { seed: 1 })
    const texts = Array.from({ length: 3000 }, (_, index) => 'é'.repeat(index === 1500 ? 400_000 : index % 700))
    for (const [index, value] of texts.entries()) writer.add(sampleOf(`s${index}`, value))
    const spool = writer.finish()
    for (const index of [2999, 0, 1500, 1501, 1499]) assert.is(spool.read(index).vars['question'], texts[index])
    assert.throws(() => spool.read(3000), /no sample 3000 among 3000/)
    spool.close()
    assert.match(readFileSync(path, 'utf8'), /^\{"formatVersion":1,"seed":1\}\n\{"id":"s0",/)
  }))

test('a place where nothing can be written is a WriteError', () =>
  withFiles({ file: '' }, (folder) => {
    const thrown: unknown[] = []
    try {
      createSpool(folder, { seed: 1 })
    } catch (error) {
      thrown.push(error)
    }
    assert.instance(thrown[0], WriteError)
  }))

test('an abandoned spool closes its file', () =>
  inFolder((path) => {
    const writer = createSpool(path, { seed: 1 })
    writer.abandon()
    assert.throws(() => writer.abandon(), /EBADF/)
  }))

test('a spool opened again gives the same samples in the same order', async () => {
  await inFolder(async (path) => {
    const writer = createSpool(path, { seed: 3 })
    for (let row = 0; row < 50; row++) writer.add(sampleOf(`q${row}`, `naïve ${row}`))
    const written = writer.finish()
    const opened = await openSpool(path, { seed: 3 }, never)
    assert.equal([...opened.order()], [...written.order()])
    for (let row = 0; row < 50; row++) assert.equal(opened.read(row), written.read(row))
    written.close()
    opened.close()
  })
})

test('a spool that somebody has changed is refused with its line, and one that is gone by name', async () => {
  await inFolder(async (path) => {
    const gone = await thrownBy(() => openSpool(path, { seed: 0 }, never))
    assert.instance(gone, WriteError)
    const writer = createSpool(path, { seed: 0 })
    writer.add(sampleOf('a', 'b'))
    writer.finish().close()
    appendFileSync(path, 'by hand\n')
    assert.match(
      await refusalOf(() => openSpool(path, { seed: 0 }, never)),
      /spool\.jsonl:3: no sample\. The file has been changed/,
    )
  })
})

test.run()
