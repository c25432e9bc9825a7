/** Does `npm run check` notice when the docs and the code disagree? The generator runs over a copy of the docs. */
import { cpSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Ended, inWorkdir, ROOT, type Workdir } from '../helpers/workdir.ts'

const COPIED = ['.github', 'README.md', 'CONTRIBUTING.md', 'docs', 'datasets', 'scripts']
const LINKED = ['dist', 'eval.config.ts', 'node_modules', 'package.json', 'src', 'test']

function copyProject({ path }: Workdir): void {
  for (const name of COPIED) cpSync(join(ROOT, name), join(path, name), { recursive: true })
  for (const name of LINKED) symlinkSync(join(ROOT, name), join(path, name))
}

/** Runs the generator in the copy. */
function docs(work: Workdir, ...args: readonly string[]): Promise<Ended> {
  const program = work.launch(process.execPath, ['scripts/docs.js', ...args])
  program.stdin.end()
  return program.ended
}

test('stale, missing and left-over pages and links that lead nowhere are told; writing mends all but the links', () =>
  inWorkdir({}, async (work) => {
    copyProject(work)
    assert.is((await docs(work)).status, 0)
    assert.is((await docs(work, '--check')).status, 0)

    work.write('docs/scorers/exact.md', 'outdated')
    work.remove('docs/scorers/numeric.md')
    work.write('docs/scorers/gone.md', 'the page of a scorer that was removed')
    work.write(
      'docs/links.md',
      '# Here\n\n[a](config.md#scoring) [b](#here) `[c](code.md)` [d](nowhere.md) [e](config.md#nowhere) [f](https://example.com/x)\n',
    )
    const { status, stderr } = await docs(work, '--check')
    assert.is(status, 1)
    const told = stderr.trimEnd().split('\n').sort()
    const links = told.filter((line) => line.endsWith(' leads nowhere'))
    assert.equal(
      told.filter((line) => !links.includes(line)),
      [
        'docs/scorers/exact.md is out of date: run npm run docs',
        'docs/scorers/gone.md is the page of no scorer: run npm run docs',
        'docs/scorers/numeric.md is missing: run npm run docs',
      ],
    )
    assert.equal(
      links.filter((line) => line.startsWith('docs/links.md')),
      ['docs/links.md: config.md#nowhere leads nowhere', 'docs/links.md: nowhere.md leads nowhere'],
    )
    assert.ok(links.some((line) => line.includes('scorers/numeric.md')))

    work.remove('docs/links.md')
    assert.is((await docs(work)).status, 0)
    assert.not.ok(work.files('docs/scorers').includes('docs/scorers/gone.md'))
    assert.is((await docs(work, '--check')).status, 0)
  }))

test.run()
