/** Does what docs/custom-scorers.md and docs/scoring.md show work? Their files are written down, their commands are run. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { allFilters } from '../../src/score/filter/parse.ts'
import { splitWords } from '../../src/score/command.ts'
import { inWorkdir, ROOT, type Workdir } from '../helpers/workdir.ts'

interface Block {
  readonly language: string
  readonly code: string
}

function blocksOf(page: string): readonly Block[] {
  const text = readFileSync(join(ROOT, 'docs', page), 'utf8')
  return Array.from(text.matchAll(/^```(\w+)\n(.*?)^```$/gms), ([, language = '', code = '']) => ({ language, code }))
}

/** The files of a page, by the name in the comment that begins each. */
function filesOf(page: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    blocksOf(page).flatMap(({ code }) => {
      const name = /^(?:\/\/|#) ([\w./-]+\.\w+)\n/.exec(code)?.[1]
      return name === undefined ? [] : [[name, code]]
    }),
  )
}

/** What follows `npm run eval --` in each command of a page, as words. */
function commandsOf(page: string): readonly (readonly string[])[] {
  return blocksOf(page)
    .filter(({ language }) => language === 'sh')
    .flatMap(({ code }) => code.replaceAll('\\\n', ' ').trim().split('\n'))
    .map((line) => {
      assert.ok(line.startsWith('npm run eval'), line)
      return splitWords(line.replace(/^npm run eval(?: --)?/, '')) ?? []
    })
}

const HAS_PYTHON = spawnSync('python3', ['--version']).status === 0

const OWN = 'custom-scorers.md'

async function run(work: Workdir, args: readonly string[]): Promise<readonly Record<string, string>[]> {
  const { status, stderr } = await work.assay(['eval', ...args, '--limit', '3', '--quiet', '--out', 'out'])
  assert.is(status, 0, stderr)
  return work.runAt('out').results()
}

test('the page of own scorers shows three ways', () => {
  assert.equal(Object.keys(filesOf(OWN)), ['eval.config.ts', 'scorers/polite.ts', 'scorers/score.py'])
  assert.is(commandsOf(OWN).length, 3)
})

test('the scorer in the config file scores', () => {
  const { 'eval.config.ts': config = '' } = filesOf(OWN)
  return inWorkdir({ 'eval.config.ts': config }, async (work) => {
    const rows = await run(work, commandsOf(OWN)[0] ?? [])
    assert.equal(
      rows.map((row) => row['score:brief']),
      ['1', '1', '1'],
    )
  })
})

test('the scorer in a file of its own scores, and with the weight 0 decides nothing', () => {
  const { 'scorers/polite.ts': polite = '' } = filesOf(OWN)
  return inWorkdir({ 'scorers/polite.ts': polite }, async (work) => {
    for (const row of await run(work, commandsOf(OWN)[1] ?? [])) {
      assert.is(row['score:polite.ts'], '0')
      assert.is(row['score'], row['score:exact'])
      assert.is(row['pass'], String(row['score:exact'] === '1'))
    }
  })
})

test('the scorer in another language scores', () => {
  if (!HAS_PYTHON) return undefined
  const { 'scorers/score.py': script = '' } = filesOf(OWN)
  return inWorkdir({ 'scorers/score.py': script }, async (work) => {
    for (const row of await run(work, commandsOf(OWN)[2] ?? [])) {
      assert.is(row['score:command:python3 score.py'], '1', row['reason'])
    }
  })
})

for (const args of commandsOf('scoring.md')) {
  test(`docs/scoring.md: ${args.join(' ')}`, () =>
    inWorkdir({ 'gsm8k-test.jsonl': '{"question": "1 + 1?", "answer": "It is 2.\\n#### 2"}\n' }, async (work) => {
      const rows = await run(work, args)
      assert.ok(rows.length > 0)
      for (const row of rows) assert.is.not(row['score'], '', row['reason'])
    }))
}

test('docs/scoring.md names every filter', () => {
  const page = readFileSync(join(ROOT, 'docs', 'scoring.md'), 'utf8')
  const table = page.slice(page.indexOf('| filter |'), page.indexOf('Only the answer is filtered'))
  const named = Array.from(table.matchAll(/`([a-z-]+)(?::[A-Z]+)?`(?=,| \|)/g), ([, name = '']) => name)
  assert.equal(
    named.toSorted(),
    allFilters().map(({ name }) => name),
  )
})

test.run()
