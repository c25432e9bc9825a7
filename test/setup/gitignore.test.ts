/** Does git leave runs out and keep their history, whatever the file said before? Asked of git itself where it is installed. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { gitignoreChange } from '../../src/setup/gitignore.ts'
import { inFolder } from '../lib/folder.ts'

const ALL = 'results/*\n!results/history.csv\n!results/baselines/\n'

test('a new file has the three lines', () => {
  assert.equal(gitignoreChange(null), { appended: ALL, ignoresAll: false })
  assert.equal(gitignoreChange(''), { appended: ALL, ignoresAll: false })
})

test('lines are put behind what is there, on lines of their own, with its line ends', () => {
  assert.is(gitignoreChange('node_modules/').appended, `\n${ALL}`)
  assert.is(gitignoreChange('node_modules/\n').appended, ALL)
  assert.is(gitignoreChange('a\r\nb\r\n').appended, ALL.replaceAll('\n', '\r\n'))
})

test('a file that says it already gets nothing', () => {
  for (const there of [ALL, `a\n${ALL}b\n`, '/results/*\n!/results/history.csv\n!/results/baselines/']) {
    assert.equal(gitignoreChange(there), { appended: '', ignoresAll: false })
  }
})

test('only the exceptions that are missing are added, and all of it where the rule itself is', () => {
  assert.is(gitignoreChange('results/*\n!results/history.csv\n').appended, '!results/baselines/\n')
  assert.is(gitignoreChange('!results/history.csv\n').appended, ALL, 'an exception in front of its rule is none')
  assert.is(
    gitignoreChange('!results/history.csv\nresults/*\n!results/baselines/\n').appended,
    '!results/history.csv\n',
  )
})

test('a folder that is ignored as a whole is told: no line could take anything out of it', () => {
  for (const there of ['results/', 'results', '/results/', 'a\n**/results/\n', 'results/**', '/results/**']) {
    assert.equal(gitignoreChange(there), { appended: '', ignoresAll: true }, there)
  }
})

if (spawnSync('git', ['--version']).status === 0) {
  test('git agrees', () =>
    inFolder({}, (folder) => {
      const git = (...args: string[]): string => execFileSync('git', args, { cwd: folder, encoding: 'utf8' })
      git('init', '--quiet')
      const before = 'node_modules/'
      writeFileSync(join(folder, '.gitignore'), before + gitignoreChange(before).appended)
      mkdirSync(join(folder, 'results', 'baselines', 'main'), { recursive: true })
      mkdirSync(join(folder, 'results', 'a-run'))
      for (const name of ['history.csv', 'baselines/main/summary.json', 'a-run/journal.jsonl', 'latest.txt'])
        writeFileSync(join(folder, 'results', name), 'x')
      const seen = git('ls-files', '--others', '--exclude-standard').trim().split('\n').sort()
      assert.equal(seen, ['.gitignore', 'results/baselines/main/summary.json', 'results/history.csv'])
    }))
}

test.run()
