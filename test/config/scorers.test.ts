/** Which scorers does the user mean, those of their own code included? */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { readConfig } from '../../src/config/read.ts'
import { isCodeScorer, resolveScorers, withoutFolders } from '../../src/config/scorers.ts'
import type { WrittenScorer } from '../../src/config/written-scorers.ts'
import type { ParsedScorer, Score } from '../../src/score/types.ts'
import { inFolder } from '../lib/folder.ts'
import { refusalOf } from '../lib/thrown.ts'
import { NO_JUDGES, scoreInput } from '../score/helpers.ts'

type Files = Readonly<Record<string, string>>

const resolveIn = (files: Files, ...written: readonly WrittenScorer[]): Promise<ParsedScorer[]> =>
  inFolder(files, (cwd) => resolveScorers(written, { cwd, env: process.env }))

async function scoreOf(scorer: ParsedScorer | undefined, output: string): Promise<Score> {
  if (scorer === undefined) throw new Error('expected a scorer')
  return scorer.score(scoreInput({ output, expected: ['x'] }), NO_JUDGES)
}

const POLITE = `
import { scorer, type ScorerInput } from 'assay'
const isPolite = ({ output }: ScorerInput): boolean => output.includes('please')
export default scorer({ name: 'polite', score: isPolite, needsExpected: true })
`

test('reads names, definitions, modules and commands, in their order', async () => {
  const node = process.execPath
  const scorers = await resolveIn(
    { 'lib/polite.ts': POLITE, 'short.mjs': 'export default ({ output }) => output.length / 10' },
    'after:#### > exact',
    { name: 'mine', score: ({ output }) => output === 'yes', threshold: 0.5 },
    './lib/polite.ts',
    'last-line > short.mjs',
    `lower > command:${node} -e "console.log(true)"`,
  )
  assert.equal(
    scorers.map(({ label }) => label),
    ['after:#### > exact', 'mine', 'polite.ts', 'last-line > short.mjs', 'lower > command:node -e console.log(true)'],
  )
  assert.equal(
    scorers.map(({ scorer }) => scorer.needsExpected),
    [true, false, true, false, false],
  )
  const [, mine, polite, short, command] = scorers
  assert.is((await scoreOf(mine, 'yes')).pass, true)
  assert.is((await scoreOf(polite, 'please')).pass, true)
  assert.is((await scoreOf(polite, 'now!')).pass, false)
  assert.is((await scoreOf(short, 'long line\nabcde')).value, 0.5)
  // Its folder is gone by now: a process that cannot be started is no verdict.
  assert.match((await scoreOf(command, 'X')).reason, /^scorer error: spawn .* ENOENT$/)
})

test('a module is another one when its content changes; of one with imports nobody knows', () =>
  inFolder({ 'a.mjs': 'export default () => true' }, async (cwd) => {
    const printOf = async (): Promise<string | null | undefined> =>
      (await resolveScorers(['./a.mjs'], { cwd, env: {} }))[0]?.fingerprint
    const before = await printOf()
    assert.type(before, 'string')
    assert.is(await printOf(), before)
    writeFileSync(join(cwd, 'a.mjs'), 'export default () => false')
    assert.is.not(await printOf(), before)
    writeFileSync(join(cwd, 'b.mjs'), 'export const b = true')
    writeFileSync(join(cwd, 'a.mjs'), "import { b } from './b.mjs'\nexport default () => b")
    assert.is(await printOf(), null)
    const [mine] = await resolveScorers([{ name: 'mine', score: () => true }], { cwd, env: {} })
    assert.is(mine?.fingerprint, null)
  }))

for (const [written, message] of [
  ['./gone.ts', '--scorer ./gone.ts: no such file'],
  ['./broken.ts', '--scorer ./broken.ts: cannot be loaded: '],
  ['./throws.ts', 'no key for the lab'],
  ['./empty.ts', '--scorer ./empty.ts: the file exports nothing as default'],
  ['./number.ts', '--scorer ./number.ts: expected scorer({ name, score }), found a number'],
  ['number.ts', '--scorer number.ts: expected scorer({ name, score }), found a number'],
  ['./nameless.ts', '--scorer ./nameless.ts: name: expected a name in lower case'],
  ['last-lin > ./number.ts', 'there is no filter "last-lin"'],
  [{ name: 'exact', score: () => true }, 'scorer: "exact" is the name of a built-in scorer. Give yours another one'],
  [{ name: 'not-exact', score: () => true }, 'is the name of a built-in scorer'],
  [{ name: 'command', score: () => true }, 'is the name of a built-in scorer'],
  [{ name: 'Mine', score: () => true }, 'name: expected a name in lower case'],
] as const) {
  test(`refuses the scorer ${typeof written === 'string' ? written : written.name}`, async () => {
    const files = {
      'broken.ts': 'export default {{',
      'throws.ts': "throw new Error('no key for the lab')",
      'empty.ts': 'export const score = 1',
      'number.ts': 'export default 7',
      'nameless.ts': 'export default { score: () => true }',
    }
    assert.match(await refusalOf(() => resolveIn(files, written)), message)
  })
}

test('two scorers of one name are refused, wherever they come from', async () => {
  const files = { 'a/polite.ts': POLITE, 'b/polite.ts': POLITE }
  const message = '--scorer polite.ts is given twice. Leave one out.'
  assert.is(await refusalOf(() => resolveIn(files, './a/polite.ts', './b/polite.ts')), message)
  assert.match(await refusalOf(() => resolveIn({}, 'exact', ' exact ')), '--scorer exact is given twice')
})

for (const [typed, isCode, shown] of [
  ['./polite.ts', true, 'polite.ts'],
  ['../../home/me/polite.js', true, 'polite.js'],
  ['/home/me/polite', true, 'polite'],
  ['polite.mjs', true, 'polite.mjs'],
  ['last-line > /home/me/polite.ts', true, 'last-line > polite.ts'],
  ['command:python3 /home/me/score.py', true, 'command:python3 score.py'],
  ['after:a > b > command:/usr/bin/score --data=/x/y.csv', true, 'after:a > b > command:score --data=y.csv'],
  ['exact', false, 'exact'],
  ['regex:/a.ts', false, 'regex:/a.ts'],
  ['regex:x.ts', false, 'regex:x.ts'],
  ['extract:/a > /b/ > regex:command:x', false, 'extract:/a > /b/ > regex:command:x'],
  ['not-regex:./a.ts', false, 'not-regex:./a.ts'],
] as const) {
  test(`${typed} is ${isCode ? '' : 'no '}code, and may be written down as ${shown}`, () => {
    assert.is(isCodeScorer(typed), isCode)
    assert.is(withoutFolders(typed), shown)
  })
}

test('a config takes one scorer or a list, as text or as definitions, and refuses the rest', async () => {
  const mine = { name: 'mine', score: () => true }
  const read = (scorer: unknown): readonly WrittenScorer[] | undefined =>
    readConfig({}, { name: 'eval.config.ts', content: { scorer } }).scorer
  assert.equal(read('exact'), ['exact'])
  assert.equal(read(mine), [mine])
  assert.equal(read(['exact', mine]), ['exact', mine])
  for (const wrong of [7, [7], ['exact', null], '']) {
    assert.match(await refusalOf(() => read(wrong)), /eval\.config\.ts: scorer(\[\d\])?: expected/)
  }
})

test.run()
