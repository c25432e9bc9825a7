/** The frame of report.html: one file, a strict policy, and the same bytes for the same answers. */
import { createHash } from 'node:crypto'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { readBundle } from '../../../src/report/html/bundle.ts'
import { answerTo, questions } from '../../helpers/datasets.ts'
import { questionOf, says, withServer } from '../../helpers/server.ts'
import { inWorkdir, type RunFolder, type Workdir } from '../../helpers/workdir.ts'

const FLAGS = ['--dataset', 'qa.csv', '--max-cost', 'none', '--model', 'acme/one', '--reporter', 'html']

/** Two runs of the same questions and answers, at different times and speeds. */
async function twoRuns(
  flags: readonly string[],
  use: (runs: readonly RunFolder[], work: Workdir) => Promise<void>,
): Promise<void> {
  await inWorkdir({ 'qa.csv': questions(30) }, async (work) => {
    await withServer(
      (asked, place) => says(answerTo(questionOf(asked)), { id: `gen-${place}` }),
      async ({ url }) => {
        for (const out of ['one', 'two']) {
          const { status } = await work.assay(['eval', ...FLAGS, '--base-url', url, '--out', out, ...flags])
          assert.is(status, 0)
        }
      },
    )
    await use([work.runAt('one'), work.runAt('two')], work)
  })
}

test('equal answers give equal bytes without timings, and rendering again gives the file of the run', async () => {
  await twoRuns(['--no-timings'], async ([one, two], work) => {
    assert.is(one?.text('report.html'), two?.text('report.html'))
    assert.is((await work.assay(['report', 'two', '--no-timings', '--out', 'again'])).status, 0)
    assert.is(work.read('again/report.html'), one?.text('report.html'))
    assert.not.match(one?.text('report.html') ?? '', one?.manifest().runId ?? '')
  })
})

test('the policy allows the script and the style of the page by their hashes, and nothing else', async () => {
  await twoRuns([], async ([run]) => {
    const page = run?.text('report.html') ?? ''
    const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
    const script = page.slice(page.lastIndexOf('<script>') + '<script>'.length, page.lastIndexOf('</script>'))
    const style = page.slice(page.indexOf('<style>') + '<style>'.length, page.indexOf('</style>'))
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1]?.replaceAll('&#39;', "'")
    assert.is(
      policy,
      `default-src 'none'; script-src ${hashOf(script)}; style-src ${hashOf(style)}; base-uri 'none'; form-action 'none'`,
    )
    assert.is((page.match(/<style>/g) ?? []).length, 1)
    assert.not.match(page.replace(script, ''), /<script(?! type="(application\/json|text\/plain)")(?!>)/)
    assert.not.match(page.replace(script, ''), / (style|on\w+)=/)
    assert.match(page, '<html lang="en">')
    assert.match(page, `assay report ${run?.manifest().runId} --reporter html`)
  })
})

test('the bundle holds nothing that would end its element', () => {
  const { script, style } = readBundle('report/html')
  assert.not.match(script, /<\/script|<!--/i)
  assert.not.match(style, /<\/style/i)
  assert.not.match(style, /url\(|@import/)
})

test.run()
