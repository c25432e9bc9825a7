import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  asWriteError,
  EXIT,
  type ExitCode,
  errorCode,
  inRunFolder,
  messageOf,
  UserError,
  WriteError,
  worstExit,
  writing,
} from '../../src/lib/errors.ts'
import { thrownBy } from './thrown.ts'

/** Precedence of design section 5. */
const ORDER: readonly ExitCode[] = [130, 70, 74, 2, 3, 4, 1, 5, 0]

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: no luck`), { code })
}

test('there are exactly the nine exit codes of the precedence', () => {
  assert.equal(Object.values(EXIT), ORDER)
})

test('of any exit codes the first in the precedence wins, in whatever order they come', () => {
  fc.assert(
    fc.property(
      fc.subarray([...ORDER], { minLength: 1 }),
      fc.infiniteStream(fc.double({ noNaN: true })),
      (codes, keys) => {
        const [expected] = codes
        const shuffled = codes
          .map((code) => ({ code, key: keys.next().value ?? 0 }))
          .sort((a, b) => a.key - b.key)
          .map(({ code }) => code)
        assert.is(worstExit(shuffled), expected)
      },
    ),
  )
})

test('without any exit code the end is 0', () => {
  assert.is(worstExit([]), 0)
})

for (const code of [
  'ENOSPC',
  'EROFS',
  'EDQUOT',
  'EFBIG',
  'EIO',
  'EACCES',
  'EPERM',
  'EEXIST',
  'ENOTDIR',
  'EISDIR',
  'ENAMETOOLONG',
  'EBUSY',
]) {
  test(`${code} is a write error that names the path and the code`, async () => {
    const cause = systemError(code)
    const error = await thrownBy(() =>
      writing('results/x.csv', () => {
        throw cause
      }),
    )
    assert.instance(error, WriteError)
    assert.is((error as WriteError).cause, cause)
    assert.is(
      messageOf(error),
      `results/x.csv: cannot write (${code}). Free space or choose another folder with --out.`,
    )
  })
}

test('too many open files are a write error with another way out', async () => {
  for (const code of ['EMFILE', 'ENFILE']) {
    const error = await thrownBy(() =>
      writing('x', () => {
        throw systemError(code)
      }),
    )
    assert.instance(error, WriteError)
    assert.match(messageOf(error), `x: cannot write (${code}). Too many files are open`)
  }
})

test('a file of the run folder that is gone is a write error', async () => {
  const cause = systemError('ENOENT')
  const error = await thrownBy(() =>
    inRunFolder('run/journal.jsonl', () => {
      throw cause
    }),
  )
  assert.instance(error, WriteError)
  assert.is((error as WriteError).cause, cause)
  assert.match(messageOf(error), /^run\/journal\.jsonl: the file or its folder is gone\./)
})

test('any other error passes through as it is', async () => {
  for (const cause of [systemError('ENOENT'), new TypeError('ours'), new UserError('theirs'), 'text']) {
    assert.is(asWriteError('x', cause), cause)
  }
})

test('an operation that succeeds gives its value', () => {
  assert.is(
    writing('x', () => 7),
    7,
  )
})

test('the code of a system error is text or nothing', () => {
  assert.is(errorCode(systemError('ENOENT')), 'ENOENT')
  assert.is(errorCode(Object.assign(new Error('x'), { code: 5 })), undefined)
  assert.is(errorCode({ code: 'ENOENT' }), undefined)
  assert.is(errorCode(undefined), undefined)
})

test('anything thrown has a text', () => {
  assert.is(messageOf(new Error('broken')), 'broken')
  assert.is(messageOf('thrown text'), 'thrown text')
  assert.is(messageOf(undefined), 'undefined')
})

test('what a message quotes begins no line; a list of lines stays one', () => {
  const quoted = 'qa.csv:3: "a\r\nPASS: forged\u2028exit 0\u0085x\vy\fz" is no number.'
  assert.is(new UserError(quoted).message, 'qa.csv:3: "a PASS: forged exit 0 x y z" is no number.')
  assert.is(new UserError([quoted, 'b\nc']).message.split('\n').length, 2)
  assert.is(new WriteError('a\nb: cannot write').message, 'a b: cannot write')
  const cause = new Error('why')
  assert.is(new UserError('what', { cause }).cause, cause)
})

test.run()
