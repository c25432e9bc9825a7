import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { lockRun } from '../../src/journal/lock.ts'
import { inFolder } from '../lib/folder.ts'
import { refusalOf } from '../lib/thrown.ts'

const NOW = new Date('2025-01-15T10:00:00Z')

/** Claims in the folder. */
const claims = (folder: string): string[] => readdirSync(folder).filter((name) => name.startsWith('.writer-'))

/** What the name of a claim made here ends with. */
const HERE = await inFolder({}, (folder) => {
  const lock = lockRun(folder, NOW)
  const [name = ''] = claims(folder)
  lock.release()
  return name.slice(-8)
})

function claim(folder: string, name: string, host = hostname()): void {
  writeFileSync(join(folder, name), JSON.stringify({ host, since: '2025-01-01T00:00:00.000Z' }))
}

/** Runs with a process that has ended when `use` begins, or that runs until it is over. */
async function withProcess<T>(isAlive: boolean, use: (pid: number) => T): Promise<T> {
  const child = spawn(process.execPath, ['-e', isAlive ? 'setInterval(() => {}, 1000)' : ''], { stdio: 'ignore' })
  const closed = once(child, 'close')
  if (!isAlive) await closed
  try {
    return use(child.pid ?? 0)
  } finally {
    child.kill('SIGKILL')
    await closed
  }
}

test('a lock stands in the folder until it is released, and then another can be had', async () => {
  await inFolder({}, (folder) => {
    const lock = lockRun(folder, NOW)
    assert.is(claims(folder).length, 1)
    lock.release()
    assert.is(claims(folder).length, 0)
    lockRun(folder, NOW).release()
  })
})

test('one process cannot write a run twice at a time', async () => {
  await inFolder({}, async (folder) => {
    const lock = lockRun(folder, NOW)
    assert.match(await refusalOf(() => lockRun(folder, NOW)), /this very process is writing the run already/)
    assert.is(claims(folder).length, 1)
    lock.release()
  })
})

test('the claim of a process that lives is a reason to step back, and stays', async () => {
  await inFolder({}, async (folder) => {
    await withProcess(true, async (pid) => {
      claim(folder, `.writer-${pid}-unknown-${HERE}`)
      const refusal = await refusalOf(() => lockRun(folder, NOW))
      assert.match(refusal, `another process is writing this run (process ${pid}, since 2025-01-01T00:00:00.000Z)`)
      assert.equal(claims(folder), [`.writer-${pid}-unknown-${HERE}`])
    })
  })
})

test('the claim of a process that is gone is removed', async () => {
  await inFolder({}, async (folder) => {
    await withProcess(false, (pid) => {
      claim(folder, `.writer-${pid}-unknown-${HERE}`)
      const lock = lockRun(folder, NOW)
      assert.is(claims(folder).length, 1)
      lock.release()
    })
  })
})

test('a pid that the system has given out again does not stand for its first owner', async () => {
  await inFolder({}, async (folder) => {
    await withProcess(true, (pid) => {
      claim(folder, `.writer-${pid}-0123abcd_42-${HERE}`)
      lockRun(folder, NOW).release()
      assert.equal(claims(folder), [])
    })
  })
})

test('a process of another machine cannot be asked, so its claim stays and the message says how to remove it', async () => {
  await inFolder({}, async (folder) => {
    claim(folder, '.writer-1-0123abcd_42-89abcdef', 'elsewhere')
    const refusal = await refusalOf(() => lockRun(folder, NOW))
    assert.match(
      refusal,
      /process 1 on elsewhere, since .*If that machine or container no longer works on it, remove .*\.writer-1-/,
    )
    assert.equal(claims(folder), ['.writer-1-0123abcd_42-89abcdef'])
  })
})

test('a claim that is still empty counts as well', async () => {
  await inFolder({}, async (folder) => {
    await withProcess(true, async (pid) => {
      writeFileSync(join(folder, `.writer-${pid}-unknown-${HERE}`), '')
      assert.match(await refusalOf(() => lockRun(folder, NOW)), `(process ${pid})`)
    })
  })
})

test.run()
