/** A scorer in another language: one process per answer, JSON in and out. */
import { chmodSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { commandScorer, splitWords } from '../../src/score/command.ts'
import type { ParsedScorer, Score, ScoreInput } from '../../src/score/types.ts'
import { inFolder } from '../lib/folder.ts'
import { NO_JUDGES, refusalOf, scoreInput } from './helpers.ts'

const NODE = process.execPath

/** Reads standard input whole as `input`, then runs the code. */
const script = (code: string): string => `
let text = ''
process.stdin.on('data', (chunk) => { text += chunk }).on('end', () => { const input = JSON.parse(text); ${code} })
`

interface Around {
  readonly env?: Readonly<Record<string, string>>
  readonly limitMs?: number
}

/** The scorer of a script that lies in the folder. */
function scorerIn(folder: string, { env = {}, limitMs = 20_000 }: Around = {}): ParsedScorer {
  return commandScorer(`command:${NODE} score.cjs`, {
    cwd: folder,
    env: { PATH: process.env['PATH'], ...env },
    limitMs,
  })
}

const scored = (code: string, input: Partial<ScoreInput> = {}, around?: Around): Promise<Score> =>
  inFolder({ 'score.cjs': code }, async (folder) => scorerIn(folder, around).score(scoreInput(input), NO_JUDGES))

test('the process gets what a scorer may see as JSON, and its JSON is the score', async () => {
  const score = await scored(
    script(
      `process.stdout.write(JSON.stringify({ value: 0.5, reason: Object.keys(input).join() + ' ' + input.output + input.vars.q }) + '\\n')`,
    ),
    { output: 'Zürich 🏔', vars: { q: '?' }, messages: [{ role: 'user', content: 'x' }] },
  )
  assert.equal(score, { value: 0.5, pass: false, reason: 'output,expected,vars,messages,facts Zürich 🏔?' })
})

for (const [said, value, pass] of [
  ['true', 1, true],
  ['false\\n', 0, false],
  ['0.5', 0.5, false],
  ['{"value": 0.5, "pass": true}', 0.5, true],
  ['null', null, null],
] as const) {
  test(`a process that says ${said} gives the value ${value}`, async () => {
    const score = await scored(`process.stdout.write('${said}')`)
    assert.equal([score.value, score.pass], [value, pass])
  })
}

for (const [code, reason] of [
  ['process.exitCode = 3; console.error("first\\nsecond"); console.log("true")', 'scorer error: exit code 3: first'],
  ['process.kill(process.pid, "SIGTERM"); setTimeout(() => {}, 60_000)', 'scorer error: ended by SIGTERM'],
  ['console.log("fine")', 'scorer error: no JSON on standard output, found "fine"'],
  ['', 'scorer error: no JSON on standard output, found ""'],
  ['console.log(7)', 'scorer error: it returned 7; expected true'],
  [
    'process.stdout.write("[".repeat(3e6)); setInterval(() => {}, 1000)',
    'scorer error: more than 1 MB on standard output',
  ],
] as const) {
  test(`${JSON.stringify(code)} leaves the row unscored: ${reason}`, async () => {
    const score = await scored(code)
    assert.equal([score.value, score.pass], [null, null])
    assert.ok(score.reason.startsWith(reason), score.reason)
  })
}

test('a process that does not end is killed with what it has started', async () => {
  const child = `require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' })`
  const score = await scored(
    `const child = ${child}; console.error(child.pid); setInterval(() => {}, 1000)`,
    {},
    { limitMs: 4_000 },
  )
  const [, pid] = /^scorer error: given up after 4 s: (\d+)$/.exec(score.reason) ?? []
  assert.ok(pid !== undefined, score.reason)
  assert.ok(await isGone(Number(pid)))
})

/** A killed process is there for a moment until it is taken note of. */
async function isGone(pid: number): Promise<boolean> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    try {
      process.kill(pid, 0)
    } catch {
      return true
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return false
}

test('an input that is not read is no error', async () => {
  const score = await scored('process.stdin.destroy(); console.log(true)', { output: 'x'.repeat(5e6) })
  assert.is(score.value, 1)
})

test('variables that hold keys by their name do not reach the process', async () => {
  const env = {
    OPENAI_API_KEY: 'a',
    HF_TOKEN: 'b',
    AWS_SECRET: 'c',
    my_api_key: 'd',
    DB_PASSWORD: 'e',
    KEYBOARD: 'f',
    TOKENS: 'g',
  }
  const score = await scored(
    `console.log(JSON.stringify({ value: 1, reason: Object.keys(process.env).sort().join() }))`,
    {},
    { env },
  )
  assert.equal(
    score.reason.split(',').filter((name) => name in env),
    ['KEYBOARD', 'TOKENS'],
  )
})

test('no more processes run at once than there are cores', () => {
  const note = (word: string): string => `require('node:fs').appendFileSync('log', '${word}\\n')`
  const code = `${note('in')}; setTimeout(() => { ${note('out')}; console.log(true) }, 50)`
  return inFolder({ 'score.cjs': code }, async (folder) => {
    const { score } = scorerIn(folder)
    const asked = Array.from({ length: 4 * availableParallelism() }, async () => score(scoreInput({}), NO_JUDGES))
    for (const { value } of await Promise.all(asked)) assert.is(value, 1)
    let running = 0
    for (const word of readFileSync(join(folder, 'log'), 'utf8').trim().split('\n')) {
      running += word === 'in' ? 1 : -1
      assert.ok(running <= availableParallelism(), `${running} at once`)
    }
  })
})

for (const [text, words] of [
  ['python3 score.py', ['python3', 'score.py']],
  ['  a   b ', ['a', 'b']],
  [`a 'b c' "d \\" e" f\\ g`, ['a', 'b c', 'd " e', 'f g']],
  [`'a\\b'`, ['a\\b']],
  [`x"y z"w ''`, ['xy zw', '']],
  ['echo $HOME | cat; rm *', ['echo', '$HOME', '|', 'cat;', 'rm', '*']],
  ['', []],
  [`a "b`, undefined],
  [`it's`, undefined],
] as const) {
  test(`the words of ${text} are ${JSON.stringify(words)}`, () => {
    assert.equal(splitWords(text), words)
  })
}

test('the label shows no folder, and nobody knows when a command would judge otherwise', () =>
  inFolder({ 'tools/score': '#!/bin/sh\necho true\n' }, async (folder) => {
    chmodSync(join(folder, 'tools/score'), 0o755)
    const around = { cwd: folder, env: process.env }
    for (const [typed, label] of [
      [`command:${NODE} ./a/score.py --data=/home/me/x.csv`, 'command:node score.py --data=x.csv'],
      ['command:./tools/score a/b/', 'command:score b/'],
    ] as const) {
      const { label: shown, fingerprint, scorer } = commandScorer(typed, around)
      assert.equal([shown, fingerprint, scorer.needsExpected], [label, null, false])
    }
    assert.is((await commandScorer('command:./tools/score', around).score(scoreInput({}), NO_JUDGES)).value, 1)
  }))

for (const [typed, message] of [
  ['command:', 'no program is named'],
  [`command:python3 "score.py`, 'a quote is not closed'],
  [
    'command:no-such-program-anywhere x',
    'there is no program "no-such-program-anywhere" on the PATH. Commands run without a shell.',
  ],
  ['command:./no-such-file', 'there is no program "./no-such-file" in /nowhere'],
] as const) {
  test(`refuses --scorer ${typed}`, () => {
    assert.match(
      refusalOf(() => commandScorer(typed, { cwd: '/nowhere', env: { PATH: process.env['PATH'] } })),
      message,
    )
  })
}

test.run()
