/** Does a folder have a working evaluation after `assay init`, and is everything that was there still as it was? */
import { chmodSync, existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { STARTER_CONFIG, STARTER_ROWS } from '../../src/setup/starter.ts'
import { inWorkdir, type Workdir } from '../helpers/workdir.ts'

const MADE = ['.gitignore', 'datasets/first.csv', 'eval.config.ts']

/** Runs the evaluation as it is, and looks at what came of it. */
async function evaluates(work: Workdir): Promise<void> {
  const { status, stdout, stderr } = await work.assay(['eval'])
  assert.is(status, 0, stderr)
  assert.match(stdout, /SIMULATED · first · 12 trials/)
  assert.match(stdout, /category=science/)
}

test('an empty folder has three files, and assay eval runs with them as they are', () =>
  inWorkdir({}, async (work) => {
    const { status, stdout, stderr, files } = await work.assay(['init'])
    assert.equal([status, stderr, files], [0, '', MADE])
    for (const file of MADE) assert.match(stdout, `  ${file} `)
    assert.match(stdout, /Next\n {2}assay eval +asks the built-in simulator: .*\n {2}assay doctor +/)
    assert.is(work.read('eval.config.ts'), STARTER_CONFIG)
    await evaluates(work)
  }))

for (const type of ['module', 'commonjs', undefined]) {
  test(`a project whose package.json has the type ${type} runs too, without assay installed`, () =>
    inWorkdir({ 'package.json': JSON.stringify({ name: 'p', type }) }, async (work) => {
      assert.is((await work.assay(['init'])).status, 0)
      await evaluates(work)
    }))
}

test('a folder that is named is made, with those above it', () =>
  inWorkdir({}, async (work) => {
    const { status, stdout, files } = await work.assay(['init', 'a b/c'])
    assert.is(status, 0)
    assert.match(stdout, "  cd 'a b/c'\n")
    assert.equal(
      files,
      MADE.map((file) => `a b/c/${file}`),
    )
  }))

test('a second time changes nothing and says so', () =>
  inWorkdir({}, async (work) => {
    await work.assay(['init'])
    const before = MADE.map((file) => work.read(file))
    const { status, stdout } = await work.assay(['init'])
    assert.is(status, 0)
    assert.match(stdout, /^Everything is there already; nothing was changed\.\n/)
    assert.match(stdout, /Next\n {2}assay eval {2,}/)
    assert.equal(
      MADE.map((file) => work.read(file)),
      before,
    )
  }))

test('what is there stays as it is, is named, and the rest is made', () => {
  const own = { 'eval.config.mjs': "export default { model: 'mine' }\n", '.gitignore': 'node_modules/' }
  return inWorkdir(own, async (work) => {
    const { status, stdout, files } = await work.assay(['init'])
    assert.is(status, 0)
    assert.match(stdout, /Left as it was\n {2}eval\.config\.mjs +is there already/)
    assert.match(stdout, '  .gitignore (added to)')
    assert.match(stdout, '  assay eval --dataset datasets/first.csv  ')
    assert.equal(files, ['.gitignore', 'datasets/first.csv', 'eval.config.mjs'])
    assert.is(work.read('eval.config.mjs'), own['eval.config.mjs'])
    assert.is(work.read('.gitignore'), 'node_modules/\nresults/*\n!results/history.csv\n!results/baselines/\n')
  })
})

test('links are kept, also those that lead nowhere, and nothing is written through them', () =>
  inWorkdir({ 'elsewhere/kept.txt': 'mine' }, async (work) => {
    mkdirSync(join(work.path, 'p'))
    symlinkSync('../elsewhere/config.ts', join(work.path, 'p/eval.config.ts'))
    symlinkSync('../elsewhere/kept.txt', join(work.path, 'p/.gitignore'))
    const { status, stdout, files } = await work.assay(['init', 'p'])
    assert.is(status, 0)
    assert.match(stdout, /eval\.config\.ts +is a link that leads nowhere; it stays as it is/)
    assert.match(stdout, /\.gitignore +is a link; it stays as it is/)
    assert.is(work.read('elsewhere/kept.txt'), 'mine')
    assert.equal(
      files.filter((file) => file.startsWith('elsewhere/')),
      ['elsewhere/kept.txt'],
    )
  }))

test('a link that leads out of the folder is refused before anything is written', () =>
  inWorkdir({ 'elsewhere/kept.txt': 'mine' }, async (work) => {
    mkdirSync(join(work.path, 'p'))
    symlinkSync('../elsewhere', join(work.path, 'p/datasets'))
    const { status, stderr } = await work.assay(['init', 'p'])
    assert.is(status, 2)
    assert.match(stderr, /datasets is a link that leads elsewhere, and a folder is needed there\. Nothing was written/)
    assert.not.ok(existsSync(join(work.path, 'p/eval.config.ts')))
    assert.not.ok(existsSync(join(work.path, 'elsewhere/first.csv')))
  }))

test('a file where a folder is needed is refused before anything is written', () =>
  inWorkdir({ datasets: 'a file', other: 'a file' }, async (work) => {
    const inside = await work.assay(['init'])
    assert.is(inside.status, 2)
    assert.match(inside.stderr, /datasets is no folder, and a folder is needed there/)
    for (const folder of ['other', 'other/below']) {
      const { status, stderr } = await work.assay(['init', folder])
      assert.is(status, 2)
      assert.match(stderr, /other is no folder\. Name a folder, or one to be made\./)
    }
    assert.equal(inside.files, ['datasets', 'other'])
  }))

test('a folder that takes no files ends with 74, and has none', () =>
  inWorkdir({}, async (work) => {
    // Root may write wherever the disk lets it: there the system itself has a folder that takes none.
    const folder = process.getuid?.() === 0 ? '/proc/self' : join(work.path, 'locked')
    if (process.getuid?.() !== 0) {
      mkdirSync(folder)
      chmodSync(folder, 0o500)
    }
    const { status, stderr } = await work.assay(['init', folder])
    assert.is(status, 74)
    assert.match(stderr, /^assay: \S+: cannot write \(\w+\)\. Nothing was made\. Choose another folder/)
  }))

test('--ci github adds a workflow, and says so where GitHub would not see it', () =>
  inWorkdir({ '.git/HEAD': 'ref: refs/heads/main\n' }, async (work) => {
    const { status, stdout } = await work.assay(['init', '--ci', 'github'])
    assert.is(status, 0)
    assert.match(stdout, /assay-nightly\.yml +the nightly run/)
    assert.match(work.read('.github/workflows/assay-nightly.yml'), /^\s*schedule:/m)
    const below = await work.assay(['init', 'evals', '--ci', 'github'])
    assert.is(below.status, 0)
    assert.match(below.stdout, /GitHub reads it at the top of the repository only: move it to /)
  }))

test('a service that is not known is refused with the one that was meant', () =>
  inWorkdir({}, async (work) => {
    const { status, stderr, files } = await work.assay(['init', '--ci', 'gihub'])
    assert.equal([status, files], [2, []])
    assert.is(stderr, 'assay: --ci gihub: no workflow is known for it. Did you mean "github"? Known: github.\n')
  }))

test('the first command says who would be asked: a key in the environment costs, CI needs the simulator by name', () =>
  inWorkdir({}, async (work) => {
    const withKey = await work.assay(['init'], { env: { OPENROUTER_API_KEY: 'sk-or-v1-0123456789' } })
    assert.match(withKey.stdout, 'asks OpenRouter, at most $1')
    assert.not.match(withKey.stdout, 'sk-or')
    const inCi = await work.assay(['init'], { env: { CI: 'true' } })
    assert.match(inCi.stdout, '  assay eval --simulate  ')
    const byNpx = await work.assay(['init'], { env: { npm_lifecycle_event: 'npx' } })
    assert.match(byNpx.stdout, '  npx --no-install assay eval ')
  }))

test('the dataset is read as it is written', () =>
  inWorkdir({}, async (work) => {
    await work.assay(['init'])
    assert.is(work.read('datasets/first.csv'), STARTER_ROWS)
    const plan = await work.assay(['plan'])
    assert.is(plan.status, 0)
    assert.match(plan.stdout, '12 samples × 1 prompt × 1 model × 1 epoch')
  }))

test.run()
