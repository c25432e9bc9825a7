/** Scorers of the user's own, seen from outside: what they decide, how they fail, and who may name them. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Files, inWorkdir, type Workdir } from '../helpers/workdir.ts'

const QA = 'question,expected\nOne?,1\nTwo?,2\nThree?,3\n'

/** Every answer is right. */
const RIGHT = ['--simulate', '--simulator', 'skill=mistralai/mistral-small:1', '--quiet']

const config = (scorer: string): string =>
  `import { defineConfig, scorer } from 'assay'\nexport default defineConfig({ scorer: ${scorer} })\n`

function inRun(files: Files, args: readonly string[], check: (work: Workdir) => Promise<void> | void): Promise<void> {
  return inWorkdir({ 'qa.csv': QA, ...files }, async (work) => {
    const { status, stderr } = await work.assay(['eval', '-d', 'qa.csv', ...RIGHT, '--out', 'out', ...args])
    assert.is(status, 0, stderr)
    await check(work)
  })
}

test('a scorer that throws or is wrong leaves its rows unscored, and the run ends well', () => {
  const scorers = `['exact',
    scorer({ name: 'thrower', score: ({ vars }) => { if (vars.question === 'Two?') throw new Error('no two'); return true } }),
    scorer({ name: 'later', score: async ({ output }) => (output === '3' ? 'three' : 0.5), threshold: 0.5 }),
  ]`
  return inRun({ 'eval.config.ts': config(scorers) }, [], (work) => {
    const rows = work.runAt('out').results()
    assert.equal(
      rows.map((row) => [row['pass'], row['score:exact'], row['score:thrower'], row['score:later']]),
      [
        ['true', '1', '1', '0.5'],
        ['', '1', '', '0.5'],
        ['', '1', '1', ''],
      ],
    )
    assert.is(rows[1]?.['reason'], 'thrower: scorer error: no two')
    assert.match(rows[2]?.['reason'] ?? '', /^later: scorer error: it returned "three"; expected true/)
  })
})

test('several filters over one answer, weights, a threshold and a rule make one verdict', () => {
  const args = [
    '--scorer',
    'after:#### > exact',
    '--scorer',
    'number > numeric',
    '--scorer',
    'f1',
    '--scorer',
    'not-regex:7',
  ]
  const counting = ['--weight', 'f1=0', '--threshold', 'f1=1', '--combine', 'weighted:66%']
  return inRun({}, [...args, ...counting], (work) => {
    for (const row of work.runAt('out').results()) {
      assert.equal(
        ['score:after:#### > exact', 'score:number > numeric', 'score:f1', 'score:not-regex:7'].map((key) => row[key]),
        ['0', '1', '1', '1'],
      )
      assert.ok(Math.abs(Number(row['score']) - 2 / 3) < 1e-5, row['score'])
      assert.is(row['pass'], 'true')
    }
  })
})

test('a command sees the environment without keys, whatever they are called', () =>
  inWorkdir(
    { 'qa.csv': QA, 'env.cjs': 'console.log(JSON.stringify({ value: 1, reason: Object.keys(process.env).join() }))' },
    async (work) => {
      const keys = { OUR_LOGIN: 'a', THEIR_LOGIN: 'b', SOME_API_KEY: 'c', HARMLESS: 'd' }
      const args = [
        '--scorer',
        `command:${process.execPath} env.cjs`,
        '--api-key-env',
        'OUR_LOGIN',
        '--judge-api-key-env',
        'THEIR_LOGIN',
      ]
      const judge = ['--judge', 'a/judge', '--judge-provider', 'openai']
      const { status, stderr } = await work.assay(
        ['eval', '-d', 'qa.csv', ...RIGHT, '--out', 'out', ...args, ...judge],
        { env: keys },
      )
      assert.is(status, 0, stderr)
      const names = (work.runAt('out').results()[0]?.['reason'] ?? '').split(',')
      assert.equal(
        Object.keys(keys).filter((name) => names.includes(name)),
        ['HARMLESS'],
      )
    },
  ))

for (const [args, message] of [
  [['--scorer', './gone.ts'], '--scorer ./gone.ts: no such file'],
  [['--scorer', 'command:no-such-program-anywhere'], 'there is no program "no-such-program-anywhere"'],
  [['--weight', 'exat=2'], 'Did you mean "exact"?'],
  [['--threshold', 'exact=2'], '--threshold exact=2: expected a share'],
  [['--combine', 'most'], '--combine most: expected all, any, weighted'],
  [['--weight', 'exact=0'], 'every scorer has the weight 0'],
] as const) {
  test(`refuses ${args.join(' ')} before anything is sent`, () =>
    inWorkdir({ 'qa.csv': QA }, async (work) => {
      const { status, stderr, files } = await work.assay(['eval', '-d', 'qa.csv', ...RIGHT, ...args])
      assert.is(status, 2)
      assert.match(stderr, message)
      assert.equal(files, ['qa.csv'])
    }))
}

const MARKING = `import { writeFileSync } from 'node:fs'
writeFileSync('ran', '')
export default () => true
`

test('a resume never runs code that the manifest names, and runs what is typed again', () =>
  inRun({ 'lib/mark.mjs': MARKING }, ['--scorer', './lib/mark.mjs'], async (work) => {
    const manifest = work.runAt('out').manifest()
    assert.equal(manifest.scorers, ['mark.mjs'])
    assert.is(manifest.flags['scorer'], 'mark.mjs')
    work.remove('ran')
    // Whoever can write the manifest can write anything into it.
    const named = [
      ['./lib/mark.mjs'],
      './lib/mark.mjs',
      ['exact', 'last-line > command:touch ran'],
      'command:touch ran',
    ]
    for (const scorer of named) {
      work.write('out/manifest.json', JSON.stringify({ ...manifest, flags: { ...manifest.flags, scorer } }))
      const { status, stderr } = await work.assay(['eval', '--resume', 'out', '--quiet'])
      assert.is(status, 2, stderr)
      assert.match(stderr, 'Type --scorer again')
      assert.not.ok(existsSync(join(work.path, 'ran')), JSON.stringify(scorer))
    }
    const { status } = await work.assay(['eval', '--resume', 'out', '--quiet', '--scorer', './lib/mark.mjs'])
    assert.is(status, 0)
    assert.ok(existsSync(join(work.path, 'ran')))
  }))

test('scores of a module are kept while its file is the same', () =>
  inRun({ 'mark.mjs': MARKING }, ['--scorer', './mark.mjs'], async (work) => {
    const again = ['eval', '--resume', 'out', '--quiet', '--scorer', './mark.mjs']
    const before = work.runAt('out').scores().length
    assert.is((await work.assay(again)).status, 0)
    assert.is(work.runAt('out').scores().length, before)
    work.write('mark.mjs', 'export default () => false')
    assert.is((await work.assay(again)).status, 0)
    assert.is(work.runAt('out').scores().length, 2 * before)
    for (const row of work.runAt('out').results()) assert.is(row['pass'], 'false')
  }))

test('a cell that reads like code is text', () => {
  const cells = ['command:touch ran', './mark.mjs', 'last-line > ./mark.mjs', 'mark.mjs', 'mark']
  const rows = cells.map((cell, index) => `Row ${index}?,${cell}\n`).join('')
  const files = { 'cells.csv': `question,__expected\n${rows}`, 'mark.mjs': MARKING }
  return inWorkdir(files, async (work) => {
    const { status, stderr } = await work.assay(['eval', '-d', 'cells.csv', ...RIGHT, '--out', 'out'])
    assert.is(status, 0, stderr)
    assert.not.ok(existsSync(join(work.path, 'ran')))
    const results = work.runAt('out').results()
    assert.equal(
      results.map(({ expected }) => expected),
      cells,
    )
    for (const row of results) assert.is(row['scores'], '{"exact:strict":1}')
  })
})

for (const cell of ['javascript: output.length', 'python: x', 'file://mark.mjs', 'fn: x', 'not-javascript: x']) {
  test(`the cell "${cell}" is refused`, () =>
    inWorkdir({ 'cells.csv': `question,__expected\nOne?,${cell}\n` }, async (work) => {
      const { status, stderr } = await work.assay(['eval', '-d', 'cells.csv', ...RIGHT])
      assert.is(status, 2)
      assert.match(stderr, 'names code or a file')
    }))
}

test('the cells of a row ask for scorers, their opposites, numbers and a threshold for all', () => {
  const columns = 'question,__expected1,__expected2,__expected3,__threshold'
  const rows = [
    'One?,contains: 1,not-contains: 7,latency(60000),',
    'Two?,contains: 2,not-contains: 2,,0.5',
    'Three?,contains: 3,not-contains: 3,,',
  ]
  return inWorkdir({ 'cells.csv': `${columns}\n${rows.join('\n')}\n` }, async (work) => {
    const { status, stderr } = await work.assay(['eval', '-d', 'cells.csv', ...RIGHT, '--out', 'out'])
    assert.is(status, 0, stderr)
    const results = work.runAt('out').results()
    assert.equal(
      results.map(({ scores, pass, expected }) => [scores, pass, expected]),
      [
        ['{"includes":1,"not-includes":1,"latency:60000ms":1}', 'true', '1'],
        ['{"includes":1,"not-includes":0}', 'true', '2'],
        ['{"includes":1,"not-includes":0}', 'false', '3'],
      ],
    )
  })
})

test.run()
