/** Do the nightly workflows of this repository run as they are, and are workflows written as they should be? */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { parse } from 'yaml'
import { githubWorkflow } from '../../src/setup/github-workflow.ts'
import { OUTCOMES } from '../../src/setup/github-steps.ts'
import { inProject, ROOT } from './project.ts'
import { readWorkflow } from './workflow.ts'

const WORKFLOWS = join(ROOT, '.github/workflows')

function own(...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(ROOT, name), 'utf8')]))
}

test("the repository's own nightly workflow makes its baseline and passes the night after", () =>
  inProject(
    own('package.json', 'eval.config.ts', '.gitignore', 'datasets/qa.csv', '.github/workflows/nightly.yml'),
    async (project) => {
      for (const inputs of [{ 'new-baseline': true }, {}]) {
        const end = await project.night('.github/workflows/nightly.yml', { inputs })
        assert.equal(end.jobs(), { Evaluate: 'success', 'Commit the history': 'success' }, end.transcript())
        assert.is(end.figures().gate?.verdict ?? 'PASS', 'PASS')
      }
      assert.is(project.history().length, 2)
    },
  ))

test('all workflows are read, and the only one beside the nightly ones runs what CI runs anywhere', () => {
  assert.equal(readdirSync(WORKFLOWS).sort(), ['ci.yml', 'nightly-shards.yml', 'nightly.yml'])
  for (const name of ['nightly-shards.yml', 'nightly.yml']) readWorkflow(readFileSync(join(WORKFLOWS, name), 'utf8'))
  const { jobs, permissions } = parse(readFileSync(join(WORKFLOWS, 'ci.yml'), 'utf8'))
  assert.equal(permissions, { contents: 'read' })
  assert.is(jobs.ci.steps.at(-1).run, '.ci/run')
})

test('one job may write, it never sees a key, and the key is in the environment of the one step that asks', () => {
  for (const shards of [1, 3]) {
    const { jobs, env, permissions } = readWorkflow(githubWorkflow({ keyEnv: 'A_KEY', shards }))
    assert.is(permissions.contents, 'read')
    assert.not.match(JSON.stringify(env), /secrets/)
    const writing = Object.entries(jobs).filter(([, job]) => job.permissions?.contents === 'write')
    assert.equal(
      writing.map(([id]) => id),
      ['record'],
    )
    const withKey = Object.values(jobs).flatMap((job) =>
      job.steps.filter((step) => JSON.stringify(step).includes('secrets')).map(({ name }) => name),
    )
    assert.equal(withKey, ['Evaluate'])
    assert.not.match(JSON.stringify(writing), /secrets|assay /)
  }
})

test('the workflow without options asks the real endpoint and cannot fetch a package of that name', () => {
  const text = githubWorkflow()
  assert.not.match(text, /simulat/)
  assert.not.match(text, /npx (?!--no-install )/)
})

test('docs/nightly.md explains every outcome by its title', () => {
  const page = readFileSync(join(ROOT, 'docs/nightly.md'), 'utf8')
  for (const { title } of OUTCOMES) assert.ok(page.includes(title), title)
})

test.run()
