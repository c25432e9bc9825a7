import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { WriteError } from '../../src/lib/errors.ts'
import { inFolder } from './folder.ts'
import { thrownBy } from './thrown.ts'

const real = { openSync: fs.openSync, writeSync: fs.writeSync, fdatasync: fs.fdatasync }

/** What reached the disk, in order. Flushes are held back while `heldSyncs` is a list. */
let events: string[] = []
let heldSyncs: ((error: NodeJS.ErrnoException | null) => void)[] | undefined

/** Stands in for functions of node:fs in the module under test. */
function replaceFs(replacements: object): void {
  Object.assign(fs, replacements)
  syncBuiltinESMExports()
}

// Before the module is loaded, since it takes hold of fdatasync then.
replaceFs({
  fdatasync: (fd: number, done: (error: NodeJS.ErrnoException | null) => void) => {
    events.push('sync')
    if (heldSyncs === undefined) real.fdatasync(fd, done)
    else heldSyncs.push(done)
  },
})
const { AppendFile } = await import('../../src/lib/append-file.ts')

/** Every write and sync is noted; the writes really happen. */
function watchWrites(): void {
  replaceFs({
    writeSync: (fd: number, bytes: Buffer, offset = 0): number => {
      events.push(`write ${JSON.stringify(bytes.toString('utf8', offset))}`)
      return real.writeSync(fd, bytes, offset)
    },
  })
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const test = suite('AppendFile')

test.before.each(() => {
  events = []
})

test.after.each(() => {
  heldSyncs = undefined
  replaceFs({ openSync: real.openSync, writeSync: real.writeSync })
})

test('refuses a file that exists', async () => {
  await inFolder({ journal: 'old' }, async (folder) => {
    const error = await thrownBy(() => new AppendFile(join(folder, 'journal')))
    assert.match((error as Error).message, 'EEXIST')
    assert.is(fs.readFileSync(join(folder, 'journal'), 'utf8'), 'old')
  })
})

test('a folder that cannot be written to is a write error', async () => {
  await inFolder({ file: '' }, async (folder) => {
    assert.instance(await thrownBy(() => new AppendFile(join(folder, 'file', 'journal'))), WriteError)
  })
})

test('tells at which byte each line starts', async () => {
  await inFolder({}, async (folder) => {
    const file = new AppendFile(join(folder, 'journal'))
    assert.equal([file.append('é\n'), file.append('東京\n'), file.append('x\n')], [0, 3, 10])
    await file.flushed()
    assert.is(file.append('last\n'), 12)
    await file.close()
    assert.is(fs.readFileSync(join(folder, 'journal'), 'utf8'), 'é\n東京\nx\nlast\n')
  })
})

test('lines of one turn share one write', async () => {
  await inFolder({}, async (folder) => {
    watchWrites()
    const file = new AppendFile(join(folder, 'journal'))
    for (const line of ['a\n', 'b\n', 'c\n']) file.append(line)
    assert.equal(events, [])
    await file.flushed()
    assert.equal(events, ['write "a\\nb\\nc\\n"'])
    file.append('d\n')
    await file.flushed()
    assert.equal(events, ['write "a\\nb\\nc\\n"', 'write "d\\n"'])
    await file.close()
  })
})

test('what a write leaves over follows', async () => {
  await inFolder({}, async (folder) => {
    replaceFs({ writeSync: (fd: number, bytes: Buffer, offset = 0) => real.writeSync(fd, bytes, offset, 2) })
    const file = new AppendFile(join(folder, 'journal'))
    file.append('abcdefg\n')
    await file.close()
    assert.is(fs.readFileSync(join(folder, 'journal'), 'utf8'), 'abcdefg\n')
  })
})

test('flushed means in the file, and does not wait for the disk', async () => {
  await inFolder({}, async (folder) => {
    heldSyncs = []
    const file = new AppendFile(join(folder, 'journal'))
    const order: string[] = []
    file.append('a\n')
    const synced = file.synced().then(() => order.push('synced'))
    await file.flushed().then(() => order.push('flushed'))
    assert.is(fs.readFileSync(join(folder, 'journal'), 'utf8'), 'a\n')
    assert.equal(order, ['flushed'])
    heldSyncs[0]?.(null)
    await synced
    assert.equal(order, ['flushed', 'synced'])
    file.closeNow()
  })
})

test('flushed is at once when nothing is queued', async () => {
  await inFolder({}, async (folder) => {
    watchWrites()
    const file = new AppendFile(join(folder, 'journal'))
    await file.flushed()
    assert.equal(events, [])
    await file.close()
  })
})

test('all that wait before a sync starts share it', async () => {
  await inFolder({}, async (folder) => {
    const file = new AppendFile(join(folder, 'journal'))
    await Promise.all(
      ['a\n', 'b\n', 'c\n'].map((line) => {
        file.append(line)
        return file.synced()
      }),
    )
    assert.equal(events, ['sync'])
    await file.close()
  })
})

test('a line that comes during a sync waits for the next one', async () => {
  await inFolder({}, async (folder) => {
    heldSyncs = []
    const file = new AppendFile(join(folder, 'journal'))
    const done: string[] = []
    file.append('a\n')
    const first = file.synced().then(() => done.push('a'))
    await file.flushed()
    file.append('b\n')
    const second = file.synced().then(() => done.push('b'))
    await file.flushed()
    assert.is(heldSyncs.length, 1, 'one sync at a time')
    heldSyncs[0]?.(null)
    await first
    await turn()
    assert.equal(done, ['a'])
    assert.is(heldSyncs.length, 2)
    heldSyncs[1]?.(null)
    await second
    assert.equal(done, ['a', 'b'])
    file.closeNow()
  })
})

test('a sync is always of bytes that are written already', async () => {
  await inFolder({}, async (folder) => {
    watchWrites()
    const file = new AppendFile(join(folder, 'journal'))
    file.append('a\n')
    await file.synced()
    assert.equal(events, ['write "a\\n"', 'sync'])
    await file.close()
  })
})

test('a sync that ends while a line is still queued does not begin the next before that line is written', async () => {
  await inFolder({}, async (folder) => {
    watchWrites()
    heldSyncs = []
    const file = new AppendFile(join(folder, 'journal'))
    file.append('a\n')
    const first = file.synced()
    await file.flushed()
    file.append('b\n')
    const second = file.synced()
    heldSyncs[0]?.(null)
    await first
    await turn()
    heldSyncs[1]?.(null)
    await second
    assert.equal(events, ['write "a\\n"', 'sync', 'write "b\\n"', 'sync'])
    file.closeNow()
  })
})

test('closing at once still writes what is queued', async () => {
  await inFolder({}, (folder) => {
    const file = new AppendFile(join(folder, 'journal'))
    file.append('a\n')
    file.closeNow()
    assert.is(fs.readFileSync(join(folder, 'journal'), 'utf8'), 'a\n')
    assert.equal(events, [])
  })
})

test('a failed sync is told to those that wait for it', async () => {
  await inFolder({}, async (folder) => {
    heldSyncs = []
    const file = new AppendFile(join(folder, 'journal'))
    file.append('a\n')
    const waiting = thrownBy(() => file.synced())
    await file.flushed()
    heldSyncs[0]?.(Object.assign(new Error('bad disk'), { code: 'EIO' }))
    const error = await waiting
    assert.instance(error, WriteError)
    assert.is(await thrownBy(() => file.flushed()), error)
    file.closeNow()
  })
})

if (fs.existsSync('/dev/full')) {
  test('on a full device everyone who waits gets the write error, now and later', async () => {
    replaceFs({ openSync: () => real.openSync('/dev/full', 'w') })
    const file = new AppendFile('results/journal.jsonl')
    file.append('a\n')
    const waiting = [() => file.flushed(), () => file.synced(), () => file.flushed(), () => file.synced()].map(thrownBy)
    const errors = await Promise.all(waiting)
    for (const error of errors) assert.instance(error, WriteError)
    assert.is(
      (errors[0] as Error).message,
      'results/journal.jsonl: cannot write (ENOSPC). Free space or choose another folder with --out.',
    )
    file.append('b\n')
    assert.instance(await thrownBy(() => file.flushed()), WriteError)
    assert.instance(await thrownBy(() => file.close()), WriteError)
    file.closeNow()
  })
}

test('after a failed write nothing more is written: a torn line may only be the last', async () => {
  await inFolder({}, async (folder) => {
    const file = new AppendFile(join(folder, 'journal'))
    replaceFs({
      writeSync: (fd: number, bytes: Buffer) => {
        real.writeSync(fd, bytes, 0, 2)
        throw Object.assign(new Error('full'), { code: 'ENOSPC' })
      },
    })
    file.append('torn line\n')
    await thrownBy(() => file.flushed())
    replaceFs({ writeSync: real.writeSync })
    file.append('next\n')
    await turn()
    file.closeNow()
    assert.is(fs.readFileSync(join(folder, 'journal'), 'utf8'), 'to')
  })
})

test('a file is gone on with after the bytes that are kept, and what followed them is cut off', async () => {
  await inFolder({ lines: 'one\ntwo\nhal' }, async (folder) => {
    const file = new AppendFile(join(folder, 'lines'), 8)
    assert.is(file.append('three\n'), 8)
    await file.close()
    assert.is(fs.readFileSync(join(folder, 'lines'), 'utf8'), 'one\ntwo\nthree\n')
  })
})

test.run()
