/** Does --open show the report to whoever is there, and end well where nobody is? */
import { chmodSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { questions } from '../helpers/datasets.ts'
import { inWorkdir, type Workdir } from '../helpers/workdir.ts'

const AT_ONCE = ['--simulator', 'ttft=0ms', '--simulator', 'token-gap=0ms']

/** Surroundings with one browser, which notes what it is to show; nothing that this machine has is known to them. */
function withBrowser(work: Workdir): Record<string, string> {
  const script = (name: string, body: string): string => {
    work.write(`bin/${name}`, `#!/bin/sh\n${body}\n`)
    chmodSync(join(work.path, 'bin', name), 0o755)
    return join(work.path, 'bin', name)
  }
  for (const finder of ['xdg-mime', 'run-mailcap']) script(finder, 'exit 4')
  const browser = script('browser', `printf '%s' "$1" > '${join(work.path, 'shown.txt')}'`)
  return { BROWSER: browser, DISPLAY: ':99', PATH: `${join(work.path, 'bin')}:${process.env['PATH'] ?? ''}` }
}

async function shown(work: Workdir): Promise<string> {
  // The browser is a process of its own that nobody waits for.
  for (let tries = 0; tries < 200 && !existsSync(join(work.path, 'shown.txt')); tries++) await wait(50)
  return work.read('shown.txt')
}

// How a browser is found is a matter of the system; this is Linux's.
function onLinux(name: string, run: () => Promise<void>): void {
  if (process.platform === 'linux') test(name, run)
  else test.skip(name)
}

onLinux('eval --open writes the HTML report and shows it', async () => {
  await inWorkdir({ 'qa.csv': questions(3) }, async (work) => {
    const env = withBrowser(work)
    const ended = await work.assay(['eval', '-d', 'qa.csv', '--out', 'out', '--open', ...AT_ONCE], { env })
    assert.is(ended.status, 0)
    assert.ok(ended.files.includes('out/report.html'))
    assert.ok((await shown(work)).endsWith(join('out', 'report.html')))
  })
})

onLinux('report --open shows that of an earlier run', async () => {
  await inWorkdir({ 'qa.csv': questions(3) }, async (work) => {
    const env = withBrowser(work)
    await work.assay(['eval', '-d', 'qa.csv', '--out', 'out', ...AT_ONCE])
    const ended = await work.assay(['report', 'out', '--open'], { env })
    assert.equal([ended.status, ended.stdout], [0, ''])
    assert.ok((await shown(work)).endsWith(join('out', 'report.html')))
  })
})

onLinux('without a browser --open leaves the file and the exit code as they are', async () => {
  await inWorkdir({ 'qa.csv': questions(3) }, async (work) => {
    const args = ['eval', '-d', 'qa.csv', '--out', 'out', '--open', ...AT_ONCE]
    const ended = await work.assay(args, { env: { ...withBrowser(work), BROWSER: '/nowhere/browser', DISPLAY: '' } })
    assert.is(ended.status, 0)
    assert.ok(ended.files.includes('out/report.html'))
    assert.match(ended.stderr, /^opening file:\/\/.*\/out\/report\.html$/m)
  })
})

test.run()
