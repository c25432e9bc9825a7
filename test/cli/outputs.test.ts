/** What when an output is full, is a terminal, or what is said could be taken for commands by one? */
import { existsSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { questions } from '../helpers/datasets.ts'
import { CLI, type Ended, inWorkdir, type Workdir } from '../helpers/workdir.ts'

const AT_ONCE = ['--simulator', 'ttft=0ms', '--simulator', 'token-gap=0ms']

/** Runs with redirections, as a shell does. */
function redirected(work: Workdir, args: readonly string[], redirection: string): Promise<Ended> {
  const command = [process.execPath, CLI, ...args]
  return work.launch('bash', ['-c', `"$@" ${redirection}`, 'bash', ...command]).ended
}

/** A device on which every write fails as on a full disk; Linux has one. */
if (existsSync('/dev/full')) {
  const FULL = 'assay: standard output: cannot write (ENOSPC).\n'

  for (const args of [['--version'], ['--help'], ['plan', '-d', 'qa.csv'], ['eval', '--help']]) {
    test(`assay ${args.join(' ')} into a full disk says so once and ends with 74`, async () => {
      await inWorkdir({ 'qa.csv': questions(3) }, async (work) => {
        const ended = await redirected(work, args, '> /dev/full')
        assert.equal([ended.status, ended.stderr], [74, FULL])
        assert.is((await redirected(work, args, '> /dev/full 2>&1')).status, 74)
      })
    })
  }

  test('a run whose report nobody can take is on disk, and ends with 74', async () => {
    await inWorkdir({ 'qa.csv': questions(5) }, async (work) => {
      const ended = await redirected(work, ['eval', '-d', 'qa.csv', '--json', ...AT_ONCE], '> /dev/full')
      assert.is(ended.status, 74)
      assert.is(ended.stderr.split(FULL).length, 2, 'said once')
      assert.is(work.run().results().length, 5)
    })
  })

  test('a full disk below standard error alone is told on standard output', async () => {
    await inWorkdir({ 'qa.csv': questions(5) }, async (work) => {
      const ended = await redirected(work, ['eval', '-d', 'qa.csv', ...AT_ONCE], '2> /dev/full')
      assert.is(ended.status, 74)
      assert.match(ended.stdout, 'assay: standard error: cannot write (ENOSPC).\n')
      assert.is((await redirected(work, ['plan', '-d', 'qa.csv'], '2> /dev/full')).status, 0, 'nothing was to be said')
    })
  })
}

test('what a dataset says is never a command to the terminal', async () => {
  const escape = '\u001b]0;owned\u0007\u009b31m\u202e'
  await inWorkdir(
    { 'qa.csv': `question,expected\n"a${escape}",b\n`, 'no.csv': `ques${escape},b\n1,2\n` },
    async (work) => {
      const name = `qa${escape}.csv`
      work.write(name, questions(2))
      const ended = [
        await work.assay(['plan', '-d', 'no.csv', '--prompt', '{{question}}']),
        await work.assay(['plan', '-d', name]),
        await work.assay(['plan', '-d', `none${escape}.csv`]),
        await work.assay([`evil${escape}`]),
        await work.assay(['plan', '-d', 'qa.csv', '--model', `m${escape}`]),
      ]
      assert.equal(
        ended.map(({ status }) => status),
        [2, 0, 2, 2, 0],
      )
      for (const { stdout, stderr } of ended) {
        assert.not.match(stdout + stderr, /[^\P{Cc}\n]|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/u)
      }
    },
  )
})

/** `script` gives a program a terminal; its flags differ outside Linux. */
if (process.platform === 'linux' && existsSync('/usr/bin/script')) {
  const atTerminal = (work: Workdir, command: string): ReturnType<Workdir['launch']> =>
    work.launch('/usr/bin/script', ['-qec', command, '/dev/null'])

  test('a dataset is not waited for at a terminal', async () => {
    await inWorkdir({}, async (work) => {
      const ended = await atTerminal(work, `${process.execPath} ${CLI} eval --dataset -`).ended
      assert.is(ended.status, 2)
      assert.match(ended.stdout, /^assay: standard input is a terminal; pipe a dataset/m)
      assert.equal(ended.files, [])
    })
  })

  test('a second SIGINT gives the terminal its cursor and its line wrapping back', async () => {
    await inWorkdir({ 'qa.csv': questions(200) }, async (work) => {
      const run = `exec ${process.execPath} ${CLI} eval -d qa.csv --simulator ttft=400ms`
      // The shell tells its id before it becomes the program.
      const program = atTerminal(work, `echo pid=$$; stty cols 0; ${run}`)
      await program.says('stdout', '[?25l')
      const pid = Number(/pid=(\d+)/.exec(program.stdout)?.[1])
      process.kill(pid, 'SIGINT')
      await program.says('stdout', 'again to leave at once')
      process.kill(pid, 'SIGINT')
      const ended = await program.ended
      assert.is(ended.status, 130)
      assert.match(ended.stdout, 'left at once; the journal is intact')
      assert.ok(ended.stdout.lastIndexOf('[?25h') > ended.stdout.lastIndexOf('[?25l'), 'the cursor is shown')
      assert.ok(ended.stdout.lastIndexOf('[?7h') > ended.stdout.lastIndexOf('[?7l'), 'lines are wrapped')
    })
  })
}

test.run()
