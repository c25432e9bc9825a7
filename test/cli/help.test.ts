/** Can somebody who knows nothing find everything? */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { commands } from '../../src/commands/index.ts'
import { options } from '../../src/config/options.ts'
import { inWorkdir, ROOT } from '../helpers/workdir.ts'

test('the overview lists every command with its sentence', async () => {
  await inWorkdir({}, async (work) => {
    const overviews = await Promise.all([[], ['--help'], ['-h'], ['help']].map((args) => work.assay(args)))
    for (const { status, stdout, stderr, files } of overviews) {
      assert.equal([status, stderr, files], [0, '', []])
      assert.is(stdout, overviews[0]?.stdout)
      for (const [name, load] of Object.entries(commands)) {
        assert.ok(stdout.includes(`  ${name} `), name)
        assert.ok(stdout.includes((await load()).about), name)
      }
    }
  })
})

for (const [name, load] of Object.entries(commands)) {
  test(`assay ${name} --help lists every flag, what it does, and its default`, async () => {
    const command = await load()
    await inWorkdir({}, async (work) => {
      const { status, stdout, stderr, files } = await work.assay([name, '--help'])
      assert.equal([status, stderr, files], [0, '', []])
      const [usage = '', , firstLine] = stdout.split('\n')
      assert.match(usage, new RegExp(`^assay ${name} .*\\[flags\\]$`))
      assert.is(firstLine, `${command.about}.`)
      // The help is wrapped to a column of its own: what is compared is the words.
      const words = stdout.replace(/\s+/g, ' ')
      for (const positional of command.positionals ?? []) assert.ok(words.includes(positional.about))
      for (const { flag, about, standard } of command.flags.flatMap((group) => group.flags)) {
        assert.match(stdout, new RegExp(`^ +(-\\w, )?--${flag}\\s`, 'm'))
        assert.ok(words.includes(about.replace(/\s+/g, ' ')), `${flag}: ${about}`)
        if (standard !== undefined) assert.ok(words.includes(`default: ${standard}`), `${flag}: ${standard}`)
      }
      for (const example of command.examples) assert.ok(words.includes(example), example)
    })
  })
}

test('eval has a flag for every setting', async () => {
  const evaluate = await commands['eval']?.()
  const keys = evaluate?.flags.flatMap((group) => group.flags.map(({ key }) => key)) ?? []
  assert.equal(
    keys.filter((key) => key !== 'config'),
    Object.keys(options),
  )
})

test('--version is the version of package.json', async () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }
  await inWorkdir({}, async (work) => {
    for (const flag of ['--version', '-v']) {
      const { status, stdout, stderr } = await work.assay([flag])
      assert.equal([status, stdout, stderr], [0, `${version}\n`, ''])
    }
  })
})

test.run()
