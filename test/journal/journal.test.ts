import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { decodeLine, HEADER } from '../../src/journal/format.ts'
import { Journal } from '../../src/journal/journal.ts'
import type { TrialRecord } from '../../src/journal/types.ts'
import { inFolder } from '../lib/folder.ts'
import { refusalOf, thrownBy } from '../lib/thrown.ts'
import { completed, failed, scored } from './records.ts'

/** The record as written: without the checksum that a line carries. */
function withoutChecksum(record: TrialRecord | undefined): unknown {
  if (record === undefined) return undefined
  const { crc32: _crc32, ...rest } = record as TrialRecord & { crc32?: string }
  return rest
}

function linesOf(folder: string): string[] {
  return readFileSync(join(folder, 'journal.jsonl'), 'utf8').split('\n').slice(0, -1)
}

test('both files begin with a header that names their format', async () => {
  await inFolder({}, async (folder) => {
    await new Journal(folder, 0).close()
    const [header = ''] = linesOf(folder)
    const { crc32: _crc32, ...fields } = decodeLine(header, 'here') as typeof HEADER & { crc32?: string }
    assert.equal(fields, HEADER)
    assert.is(readFileSync(join(folder, 'scores.jsonl'), 'utf8'), '{"type":"scores","formatVersion":1}\n')
  })
})

test('a journal that exists is never written over', async () => {
  await inFolder({ 'journal.jsonl': 'old\n' }, async (folder) => {
    await thrownBy(() => new Journal(folder, 1))
    assert.is(readFileSync(join(folder, 'journal.jsonl'), 'utf8'), 'old\n')
  })
})

test('the line of a start is in the file before the attempt may be sent', async () => {
  await inFolder({}, async (folder) => {
    const journal = new Journal(folder, 1)
    await journal.started({ type: 'started', trial: 't', attempt: 1, reservedUsd: '0.5' })
    assert.match(linesOf(folder)[1] ?? '', /^\{"type":"started","trial":"t","attempt":1,"reservedUsd":"0\.5",/)
    await journal.close()
  })
})

test('a settled record is in the file when its promise resolves, and the order is that of the events', async () => {
  await inFolder({}, async (folder) => {
    const journal = new Journal(folder, 1)
    await journal.started({ type: 'started', trial: 't', attempt: 1, reservedUsd: null })
    journal.retrying({
      type: 'retrying',
      trial: 't',
      attempt: 1,
      errorKind: 'network',
      error: 'gone',
      status: null,
      costUsd: null,
      possiblyBilled: false,
      generationId: null,
      waitMs: 500,
    })
    await journal.started({ type: 'started', trial: 't', attempt: 2, reservedUsd: null })
    await journal.settled(0, completed({ attempts: 2 }))
    assert.equal(
      linesOf(folder).map((line) => decodeLine(line, 'here').type),
      ['journal', 'started', 'retrying', 'started', 'settled'],
    )
    await journal.close()
  })
})

test('records and scores are read back by the index of their trial, whatever the order of settlement', async () => {
  const order = fc.uniqueArray(fc.nat({ max: 30 }), { maxLength: 30 })
  const output = fc.string({ unit: 'binary' })
  await fc.assert(
    fc.asyncProperty(order, fc.array(output, { minLength: 31, maxLength: 31 }), async (indexes, outputs) => {
      await inFolder({}, async (folder) => {
        const journal = new Journal(folder, 31)
        const expected = new Map(
          indexes.map((index) => [index, completed({ sample: `q${index}`, output: outputs[index] ?? '' })]),
        )
        for (const [index, record] of expected) {
          void journal.settled(index, record)
          // Every third trial has no score.
          if (index % 3 !== 0) journal.scored(index, scored(1, { trial: `t${index}`, reason: outputs[index] ?? '' }))
        }
        await journal.close()
        const reader = journal.reader()
        try {
          for (let index = 0; index < 31; index++) {
            assert.equal(withoutChecksum(reader.record(index)), expected.get(index))
            const wanted = expected.has(index) && index % 3 !== 0 ? `t${index}` : undefined
            assert.is(reader.score(index)?.trial, wanted)
          }
        } finally {
          reader.close()
        }
      })
    }),
    { numRuns: 30 },
  )
})

test('a trial that is skipped has no record and is known as skipped', async () => {
  await inFolder({}, async (folder) => {
    const journal = new Journal(folder, 3)
    journal.skip(1)
    await journal.settled(2, failed())
    await journal.close()
    assert.equal(
      [0, 1, 2].map((index) => journal.isSkipped(index)),
      [false, true, false],
    )
    const reader = journal.reader()
    assert.equal(
      [0, 1, 2].map((index) => reader.record(index)?.status),
      [undefined, undefined, 'failed'],
    )
    assert.equal(
      [0, 1, 2].map((index) => reader.score(index)),
      [undefined, undefined, undefined],
    )
    reader.close()
  })
})

test('leaving at once still writes what was appended', async () => {
  await inFolder({}, (folder) => {
    const journal = new Journal(folder, 1)
    void journal.settled(0, completed()).catch(() => {})
    journal.scored(0, scored(1))
    journal.closeNow()
    assert.is(linesOf(folder).length, 2)
    assert.is(readFileSync(join(folder, 'scores.jsonl'), 'utf8').split('\n').length, 3)
  })
})

test('a record that was changed on disk is refused with file and byte', async () => {
  await inFolder({}, async (folder) => {
    const journal = new Journal(folder, 1)
    await journal.settled(0, completed({ output: 'Paris' }))
    await journal.close()
    const path = join(folder, 'journal.jsonl')
    const [header = ''] = linesOf(folder)
    writeFileSync(path, readFileSync(path, 'utf8').replace('Paris', 'Lyons'))
    const reader = journal.reader()
    const message = await refusalOf(() => reader.record(0))
    assert.ok(message.startsWith(`${path}: byte ${header.length + 1}: damaged line`), message)
    reader.close()
  })
})

test.run()
