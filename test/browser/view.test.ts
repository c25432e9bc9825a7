/** `assay view` in a real browser: pages that can be read, that change while a run goes on, and in which no data acts. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import { type Browser, chromium, type Page } from 'playwright-core'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { writeHistory } from '../../src/gate/history/file.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { linesWith } from '../gate/history/made-lines.ts'
import { chromiumPath, openPage, pageTests, type Watched } from '../helpers/browser.ts'
import { answerTo, questions } from '../helpers/datasets.ts'
import { after, type Answer, type Asked, fails, questionOf, says, withServer } from '../helpers/server.ts'
import { inWorkdir, type Workdir } from '../helpers/workdir.ts'
import { HOSTILE, hostileDataset, hostileServer, MODELS, SLICE } from './hostile-run.ts'

const pageTest = pageTests(test)

const PHONE = { width: 390, height: 844 }
const DARK = { colorScheme: 'dark' } as const

let browser: Browser
pageTest.before(async () => {
  browser = await chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox'] })
})
pageTest.after(() => browser.close())

async function viewing(work: Workdir): Promise<string> {
  const program = work.start(['view'])
  await program.says('stdout', 'Ctrl-C ends it')
  return /http:\/\/127\.0\.0\.1:\d+\/\S+/.exec(program.stdout)?.[0] ?? ''
}

/** Serious violations of accessibility, with the first element of each. */
async function violationsIn(page: Page): Promise<string[]> {
  // Through the debugger: the policy of the page lets no other script in.
  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'))
  const { violations } = await page.evaluate(() => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<AxeResults> } }
    return axe.run()
  })
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`)
}

/** Nothing went wrong, and nobody else was asked for anything. */
function assertCalm({ requests, troubles }: Watched, base: string): void {
  assert.equal(troubles, [])
  assert.equal(
    requests.filter((address) => !address.startsWith(base) && !address.startsWith('data:')),
    [],
  )
}

/** Two runs of hostile data, and a history. */
async function fill(work: Workdir): Promise<void> {
  for (const [change, out] of [0, 1].map((one) => [one, `results/run-${one}`] as const)) {
    await withServer(hostileServer(change), async (server) => {
      const models = MODELS.flatMap((model) => ['-m', model])
      const { status, stderr } = await work.assay([
        'eval',
        '-d',
        'hostile.jsonl',
        '--base-url',
        server.url,
        ...models,
        '--slice',
        SLICE,
        '--out',
        out,
        '--quiet',
        '--max-cost',
        'none',
        '--max-failed',
        '100%',
        '--retries',
        '0',
        '--concurrency',
        '16',
      ])
      assert.is(status, 0, stderr)
    })
  }
  const lines = HOSTILE.slice(0, 6).flatMap((text) =>
    linesWith([...Array.from({ length: 24 }, (_, night) => 0.9 + 0.01 * Math.sin(night * 7)), 0.7, 0.6, 0.6], {
      model: text,
      prompt: text,
      scorers: text,
    }),
  )
  await writeHistory(lines, work.path, systemClock)
}

pageTest('pages of hostile runs are inert, accessible, and fit a phone; two runs are chosen and compared', async () => {
  await inWorkdir({ 'hostile.jsonl': hostileDataset(48) }, async (work) => {
    await fill(work)
    const base = await viewing(work)
    // The report has tests of its own: here it has to open, and to lead back.
    for (const path of ['', 'compare?run=run-0&run=run-1', 'trends?dataset=qa', 'live?run=run-0', 'run?run=run-1']) {
      const watched = await openPage(browser, base + path)
      const { page } = watched
      if (path.startsWith('trends')) {
        await page.waitForSelector('[data-chart] svg')
        assert.is(await page.locator('[data-chart] svg').count(), 6)
        await page.hover('[data-chart="0"]', { position: { x: 300, y: 150 } })
        await page.waitForSelector('[data-chart="0"] svg >> text=/2026-01/')
      }
      if (path.startsWith('run?')) assert.is(await page.locator('text=All runs').count(), 1)
      else {
        assert.equal(await violationsIn(page), [], path)
        await page.emulateMedia(DARK)
        assert.equal(await violationsIn(page), [], `${path} in the dark`)
        await page.setViewportSize(PHONE)
        assert.equal(await violationsIn(page), [], `${path} on a phone`)
        assert.is(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), 0, path)
      }
      assertCalm(watched, base)
      assert.is(await page.evaluate(() => (globalThis as unknown as { hacked?: number }).hacked), undefined)
      await page.context().close()
    }

    await chooseAndCompare(base)
  })
})

/** By keyboard and mouse. */
async function chooseAndCompare(base: string): Promise<void> {
  const watched = await openPage(browser, base)
  const { page } = watched
  const boxes = page.locator('input[name="run"]')
  assert.is(await boxes.count(), 2)
  assert.ok(await page.locator('#compare button').isDisabled())
  await boxes.nth(0).focus()
  await page.keyboard.press('Space')
  await boxes.nth(1).check()
  await page.fill('#filter input', 'nobody')
  await page.waitForFunction(() => document.querySelectorAll('input[name="run"]').length === 0)
  assert.match(page.url(), 'text=nobody')
  await page.fill('#filter input', 'run-1')
  await page.waitForFunction(() => document.querySelectorAll('input[name="run"]').length === 1)
  assert.ok(await boxes.nth(0).isChecked(), 'the choice outlives the filter')
  await page.click('#compare button')
  await page.waitForSelector('.flip')
  assert.match(page.url(), 'compare?run=run-1&run=run-0')
  assert.is(await page.locator('.flip').first().locator('.pair > div').count(), 2)
  await page.click('text=The other way round')
  await page.waitForFunction(() => location.search.startsWith('?baseline=run-1'))
  await page.click('nav >> text=Trends')
  await page.selectOption('select[name="model"]', { index: 1 })
  await page.click('text=Show')
  await page.waitForFunction(() => document.querySelectorAll('[data-chart] svg').length === 1)
  assertCalm(watched, base)
  await page.context().close()
}

pageTest('list and page of a run change while it goes on, without being loaded again', async () => {
  await inWorkdir({ 'qa.csv': questions(40) }, async (work) => {
    let open = (): void => {}
    const opened = new Promise<void>((resolve) => (open = resolve))
    const script = (asked: Asked, place: number): Answer => {
      if (place === 3) return fails(503, '<b>busy</b>')
      const answer = says(answerTo(questionOf(asked)))
      return place < 13 ? answer : after(opened, answer)
    }
    await withServer(script, async (server) => {
      const base = await viewing(work)
      const list = await openPage(browser, base)
      const run = work.start([
        'eval',
        '-d',
        'qa.csv',
        '--base-url',
        server.url,
        '-m',
        'acme/large',
        '--max-cost',
        'none',
        '--concurrency',
        '4',
        '--quiet',
      ])
      // The list was opened before there was a run.
      await list.page.waitForSelector('.runs .badge.live')
      await list.page.waitForFunction(() => document.querySelector('.runs progress')?.getAttribute('value') === '12')
      await list.page.evaluate(() => Object.assign(globalThis, { kept: true }))

      const name = work.run().path.replace('results/', '')
      const live = await openPage(browser, `${base}run?run=${name}`)
      const { page } = live
      await page.waitForFunction(() => document.querySelector('[data-part="bar"] strong')?.textContent === '12')
      assert.equal(await violationsIn(page), [])
      await page.evaluate(() => Object.assign(globalThis, { kept: true }))
      assert.match(await page.locator('[data-part="errors"]').innerText(), '<b>busy</b>')
      assert.match(await page.locator('[data-part="figures"]').innerText(), '100.0 % [75.8, 100.0]')
      assert.match(await page.locator('[data-part="figures"]').innerText(), /In flight\s+4/)

      open()
      await page.waitForSelector('text=Open the report')
      assert.is((await run.ended).status, 0)
      assert.is(await page.locator('[data-part="bar"] strong').innerText(), '40')
      await list.page.waitForSelector('.runs .badge.good')
      for (const watched of [live, list]) {
        assert.ok(await watched.page.evaluate(() => (globalThis as unknown as { kept?: boolean }).kept), 'loaded once')
        assertCalm(watched, base)
      }
      assert.equal(await violationsIn(list.page), [])
      await page.click('text=Open the report')
      await page.waitForSelector('#rows')
      await page.click('text=All runs')
      await page.waitForSelector('.runs')
      for (const { page: one } of [live, list]) await one.context().close()
    })
  })
})

pageTest('a page finds the server again, and one that is hidden holds no connection', async () => {
  await inWorkdir({ 'qa.csv': questions(4) }, async (work) => {
    assert.is((await work.assay(['eval', '-d', 'qa.csv', '--simulate', '--quiet'])).status, 0)
    const base = await viewing(work)
    const { page, requests } = await openPage(browser, base)
    await page.waitForFunction(() => document.documentElement.dataset['script'] === 'on')
    const streams = (): number => requests.filter((address) => address.includes('/events')).length
    assert.is(streams(), 1)
    const show = (state: 'hidden' | 'visible'): Promise<void> =>
      page.evaluate((now) => {
        Object.defineProperty(document, 'hidden', { configurable: true, value: now === 'hidden' })
        document.dispatchEvent(new Event('visibilitychange'))
      }, state)
    await show('hidden')
    await show('visible')
    const again = await page
      .waitForRequest((request) => request.url().includes('/events'), { timeout: 5_000 })
      .catch(() => null)
    assert.ok(again !== null || streams() === 2)
    await page.context().close()
  })
})

test.run()
