import { appendFileSync, chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { openCache } from '../../src/cache/index.ts'
import { checkedLine } from '../../src/lib/checked-line.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { WriteError } from '../../src/lib/errors.ts'
import { inFolder } from '../lib/folder.ts'
import { thrownBy } from '../lib/thrown.ts'
import { answer, forever, found, keep, keyOf, segments, withCache } from './answers.ts'

test('an answer comes back in a later session with every field, whatever its letters', async () => {
  const texts = fc.string({ unit: 'binary' })
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.string(), texts, { minKeys: 1, noNullPrototype: true }), (outputs) =>
      inFolder({}, async (dir) => {
        const kept = Object.entries(outputs).map(([question, output]): [string, ReturnType<typeof answer>] => [
          question,
          answer(output, { toolCalls: [{ id: null, name: 'f', arguments: output }] }),
        ])
        await withCache(dir, (cache) => {
          for (const [question, one] of kept) cache.put(keyOf(question), one)
        })
        await withCache(dir, (cache) => {
          for (const [question, one] of kept.toReversed()) {
            const { output, toolCalls, ...rest } = cache.get(keyOf(question)) ?? answer('nothing was found')
            assert.is(output, one.output)
            assert.equal(toolCalls, one.toolCalls)
            assert.equal({ ...answer(''), ...rest, output: '', toolCalls: [] }, answer(''))
          }
        })
      }),
    ),
    { numRuns: 40 },
  )
})

test('nothing is found in a new folder, and nothing is written until there is something to keep', async () => {
  await inFolder({}, async (folder) => {
    const dir = join(folder, 'results', '.cache')
    assert.is(await found(dir, 'never asked'), undefined)
    assert.equal(segments(dir), [])
    await keep(dir, { asked: answer('yes') })
    assert.is(segments(dir).length, 1)
    assert.is((await found(dir, 'asked'))?.output, 'yes')
    assert.is(await found(dir, 'never asked'), undefined)
  })
})

test('a session does not serve what it has kept itself', async () => {
  await inFolder({}, async (dir) => {
    await withCache(dir, (cache) => {
      cache.put(keyOf('q'), answer('a'))
      assert.is(cache.get(keyOf('q')), undefined)
    })
    assert.is((await found(dir, 'q'))?.output, 'a')
  })
})

test('sessions at the same time write files of their own, and of two answers to one key either is served', async () => {
  await inFolder({}, async (dir) => {
    const sessions = await Promise.all(
      Array.from({ length: 8 }, () => openCache(dir, { clock: systemClock, interrupt: forever })),
    )
    for (const [number, cache] of sessions.entries()) {
      cache.put(keyOf('shared'), answer(`shared ${number}`))
      cache.put(keyOf(`own ${number}`), answer(`own ${number}`))
    }
    await Promise.all(sessions.map((cache) => cache.close()))
    assert.is(segments(dir).length, 8)
    assert.match((await found(dir, 'shared'))?.output ?? '', /^shared \d$/)
    for (const number of sessions.keys()) assert.is((await found(dir, `own ${number}`))?.output, `own ${number}`)
  })
})

test('more segments than a process keeps open are all served', async () => {
  await inFolder({}, async (dir) => {
    const questions = Array.from({ length: 80 }, (_, number) => `q${number}`)
    for (const question of questions) await keep(dir, { [question]: answer(question) })
    assert.is(segments(dir).length, 80)
    await withCache(dir, (cache) => {
      for (const question of [...questions, ...questions.toReversed()]) {
        assert.is(cache.get(keyOf(question))?.output, question)
      }
    })
  })
})

test('a segment cut at any byte serves what lies whole before the cut, and nothing else', async () => {
  await inFolder({}, async (dir) => {
    await keep(dir, { a: answer('first'), b: answer('second é') })
    const [name = ''] = segments(dir)
    const path = join(dir, name)
    const whole = readFileSync(path)
    const ends = [...whole.keys()].filter((at) => whole[at] === 0x0a)
    for (let length = 0; length <= whole.length; length += 7) {
      writeFileSync(path, whole.subarray(0, length))
      assert.is((await found(dir, 'a'))?.output, length > (ends[1] ?? 0) ? 'first' : undefined, `cut at ${length}`)
      assert.is((await found(dir, 'b'))?.output, length > (ends[2] ?? 0) ? 'second é' : undefined, `cut at ${length}`)
    }
  })
})

test('a damaged line is never served, and takes no other with it', async () => {
  await inFolder({}, async (dir) => {
    await keep(dir, { a: answer('first'), b: answer('second'), c: answer('third') })
    const path = join(dir, segments(dir)[0] ?? '')
    writeFileSync(path, readFileSync(path, 'utf8').replace('second', 'sneaky'))
    assert.is(await found(dir, 'b'), undefined)
    assert.is((await found(dir, 'a'))?.output, 'first')
    assert.is((await found(dir, 'c'))?.output, 'third')
  })
})

test('what is damaged or replaced after the session has begun is not served either', async () => {
  await inFolder({}, async (dir) => {
    await keep(dir, { a: answer('first'), b: answer('other') })
    const path = join(dir, segments(dir)[0] ?? '')
    const [header = '', a = '', b = ''] = readFileSync(path, 'utf8').split('\n')
    await withCache(dir, (cache) => {
      writeFileSync(path, `${[header, b, a].join('\n')}\n`)
      assert.is(cache.get(keyOf('a')), undefined, 'the line holds the answer to another key')
    })
    await withCache(dir, (cache) => {
      rmSync(path)
      assert.is(cache.get(keyOf('a')), undefined, 'the file has gone')
    })
  })
})

test('a segment of another version, and files that are none of ours, are passed over', async () => {
  await inFolder({}, async (dir) => {
    await keep(dir, { a: answer('first') })
    const line = checkedLine({ key: keyOf('b'), ...answer('from another version') })
    const other = checkedLine({ type: 'cache', formatVersion: 2 })
    writeFileSync(join(dir, '20990101T000000Z-1-00000000.jsonl'), `${other}${line}`)
    writeFileSync(join(dir, 'notes.jsonl'), line)
    assert.is(await found(dir, 'b'), undefined)
    assert.is((await found(dir, 'a'))?.output, 'first')
  })
})

test('a line without end, as a process that still writes leaves it, is left to that process', async () => {
  await inFolder({}, async (dir) => {
    await keep(dir, { a: answer('first') })
    const path = join(dir, segments(dir)[0] ?? '')
    const line = checkedLine({ key: keyOf('b'), ...answer('second') })
    appendFileSync(path, line.slice(0, 60))
    assert.is(await found(dir, 'b'), undefined)
    appendFileSync(path, line.slice(60))
    assert.is((await found(dir, 'b'))?.output, 'second')
  })
})

test('a folder that cannot be made is refused with what to do', async () => {
  await inFolder({ results: 'a file' }, async (folder) => {
    const error = await thrownBy(() => found(join(folder, 'results', '.cache'), 'q'))
    assert.instance(error, WriteError)
    assert.match((error as Error).message, /response cache cannot be used \((ENOTDIR|EEXIST)\).*run without --cache/)
  })
})

test('a folder or a segment that may not be read or written is refused before anything is asked', async () => {
  // Permissions do not bind root: there is nothing to see then.
  if (process.getuid?.() === 0) return
  await inFolder({}, async (dir) => {
    await keep(dir, { a: answer('first') })
    const path = join(dir, segments(dir)[0] ?? '')
    chmodSync(path, 0o000)
    assert.instance(await thrownBy(() => found(dir, 'a')), WriteError)
    chmodSync(path, 0o644)
    chmodSync(dir, 0o555)
    assert.instance(await thrownBy(() => found(dir, 'a')), WriteError)
    chmodSync(dir, 0o755)
  })
})

test('an interrupt ends the reading', async () => {
  await inFolder({}, async (dir) => {
    await keep(dir, { a: answer('first') })
    const reason = new Error('stop')
    assert.is(
      await thrownBy(() => openCache(dir, { clock: systemClock, interrupt: AbortSignal.abort(reason) })),
      reason,
    )
  })
})

test('a cache that another process clears meanwhile goes on in a new folder', async () => {
  await inFolder({}, async (folder) => {
    const dir = join(folder, 'cache')
    await withCache(dir, (cache) => {
      rmSync(dir, { recursive: true })
      cache.put(keyOf('a'), answer('first'))
    })
    assert.is((await found(dir, 'a'))?.output, 'first')
  })
})

test('answers that cannot be kept disturb nobody until the cache is closed', async () => {
  await inFolder({}, async (folder) => {
    const dir = join(folder, 'cache')
    const cache = await openCache(dir, { clock: systemClock, interrupt: forever })
    rmSync(dir, { recursive: true })
    writeFileSync(dir, 'a file where the folder was')
    cache.put(keyOf('a'), answer('first'))
    cache.put(keyOf('b'), answer('second'))
    const error = await thrownBy(() => cache.close())
    assert.instance(error, WriteError)
    assert.match((error as Error).message, /response cache cannot be used/)
  })
})

test.run()
