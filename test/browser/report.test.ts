/** report.html of a run with hostile answers, in a real browser: nothing in it acts, and everything of it works. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { launchBrowser, openPage, pageTests, type Watched } from '../helpers/browser.ts'
import { withServer } from '../helpers/server.ts'
import { Workdir } from '../helpers/workdir.ts'
import { hostileDataset, hostileServer, LINES, LONG, MODELS, SLICE } from './hostile-run.ts'

const pageTest = pageTests(test)

const SAMPLES = 510
const ROWS = SAMPLES * MODELS.length

const DESKTOP: BrowserContextOptions = { viewport: { width: 1440, height: 900 } }
const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }

const work = new Workdir({ 'data.jsonl': hostileDataset(SAMPLES) })
let browser: Browser
let results: Record<string, string>[]

pageTest.before(async () => {
  browser = await launchBrowser()
  await withServer(hostileServer(0), ({ url }) => evaluate(url, 'before'))
  await withServer(hostileServer(1), async ({ url }) => {
    const flags = ['--baseline', 'results/before', '--max-drop', '0.1', '--reporter', 'html']
    await evaluate(url, 'after', flags)
  })
  results = work.runAt('results/after').results()
})

pageTest.after(async () => {
  await browser.close()
  await work.close()
})

/** A run of all rows; what the verdict is does not matter here. */
async function evaluate(url: string, name: string, more: readonly string[] = []): Promise<void> {
  const models = MODELS.flatMap((model) => ['--model', model])
  const scorers = ['--scorer', 'includes', '--scorer', 'f1', '--weight', 'f1=0']
  const prompt = ['--prompt', '{{question}}', '--system', 'You are <i>terse</i>.']
  const money = ['--max-cost', 'none', '--max-failed', '1']
  const columns = ['--slice', SLICE, '--keep', 'note', '--out', `results/${name}`]
  const flags = ['--base-url', url, ...models, ...scorers, ...prompt, ...money, ...columns, ...more]
  const { status } = await work.assay(['eval', '--dataset', 'data.jsonl', ...flags])
  assert.ok(status === 0 || status === 1 || status === 5, work.transcript())
}

function addressOf(fragment = '', file = 'results/after/report.html'): string {
  return `${pathToFileURL(join(work.path, file)).href}${fragment}`
}

/** Opens the report, and waits until all of its rows are read. */
async function openReport(options: BrowserContextOptions = DESKTOP, fragment = '', file?: string): Promise<Watched> {
  const watched = await openPage(browser, addressOf(fragment, file), options)
  await watched.page.waitForSelector('html[data-rows="read"]', { state: 'attached' })
  return watched
}

/** Runs with the report and closes it; by then nothing may have gone on beside what was asked for. */
async function withReport(
  use: (page: Page) => Promise<void>,
  options: BrowserContextOptions = DESKTOP,
  fragment = '',
): Promise<void> {
  const { page, requests, troubles } = await openReport(options, fragment)
  await use(page)
  assert.equal(troubles, [])
  assert.equal(
    requests.map((address) => address.replace(/#.*/, '')),
    [addressOf()],
  )
  assert.is(await page.evaluate('window.hacked'), undefined)
  await page.context().close()
}

/** A filter, or the order, by its label. */
const control = (page: Page, label: string): Locator => page.locator('.controls').getByLabel(label, { exact: true })

const countOf = (page: Page): Promise<string> => page.locator('.count').innerText()

/** Waits until so many rows are shown. */
async function shows(page: Page, rows: number): Promise<void> {
  const wanted = rows === ROWS ? `${ROWS.toLocaleString('en-US')} rows.` : `${rows.toLocaleString('en-US')} of `
  try {
    await page.waitForFunction((text) => document.querySelector('.count')?.textContent?.startsWith(text), wanted)
  } catch {
    assert.unreachable(`expected ${rows} rows, the page says: ${await countOf(page)}`)
  }
}

/** Text of a column in the rows at the top of the table. */
function cells(page: Page, key: string): Promise<string[]> {
  return page.locator(`.grid-body [data-place] .cell-${key}`).allInnerTexts()
}

async function openRow(page: Page, place: number): Promise<void> {
  await page.locator(`.grid-body [data-place="${place}"]`).click()
  await page.locator('.detail .facts').waitFor()
}

const titleOf = (page: Page): Promise<string> => page.locator('#detail-title').innerText()

pageTest('there are at least 1,000 rows, failures and changed answers among them', () => {
  assert.is(results.length, ROWS)
  assert.ok(ROWS >= 1_000)
  assert.ok(results.some(({ status }) => status === 'failed'))
  assert.ok(results.some(({ output }) => output === LONG) && results.some(({ output }) => output === LINES))
})

pageTest('nothing in the data acts, whatever is opened and wherever the reader scrolls', async () => {
  await withReport(async (page) => {
    await shows(page, ROWS)
    await openRow(page, 0)
    for (let row = 1; row < 30; row++) {
      await page.keyboard.press('n')
      await page.waitForFunction(
        (words) => document.querySelector('.detail header [role=status]')?.textContent?.startsWith(words),
        `${row + 1} of`,
      )
    }
    await page.evaluate(async () => {
      const grid = document.querySelector('.grid')
      for (let step = 0; step < 30; step++) {
        grid?.scrollBy(0, 900)
        await new Promise(requestAnimationFrame)
      }
    })
    const links = await page.locator('a').evaluateAll((all) => all.map((one) => one.getAttribute('href')))
    assert.equal(
      links.filter((href) => href === null || !href.startsWith('#')),
      [],
    )
    assert.is(await page.locator('main img, main iframe, main s, main u, main marquee, main object').count(), 0)
  })
})

pageTest('what the data would do the policy stops as well, and these tests would see it', async () => {
  const { page, troubles } = await openReport()
  await page.evaluate(() => {
    const place = document.querySelector('#rows')
    if (place !== null) place.innerHTML = '<img src="https://evil.example/i.png" onerror="window.hacked=1">'
    const script = document.createElement('script')
    script.textContent = 'window.hacked = 1'
    document.body.append(script)
  })
  await page.waitForTimeout(200)
  assert.is(await page.evaluate('window.hacked'), undefined)
  assert.ok(
    troubles.some((text) => text.includes('Content Security Policy')),
    troubles.join('\n'),
  )
  await page.context().close()
})

pageTest('the text filter finds what results.csv holds, whatever the signs of it', async () => {
  const within = (text: string): number =>
    results.filter((row) =>
      ['output', 'expected', 'reason', 'error', 'sample_id'].some((column) =>
        row[column]?.toLowerCase().includes(text),
      ),
    ).length
  await withReport(async (page) => {
    for (const text of ['answer 599 ', 'xxxxxxxxxx', 'refused <iframe', '(((']) {
      await page.fill('#rows-text', text)
      await shows(page, within(text))
    }
    // A prompt is in no column of results.csv.
    await page.fill('#rows-text', 'YOU ARE <I>TERSE')
    await shows(page, ROWS)
    await page.fill('#rows-text', 'question 17? ')
    await shows(page, 2)
    assert.equal(await page.locator('mark').first().textContent(), 'Question 17? ')
    await page.getByRole('button', { name: 'Clear' }).click()
    await shows(page, ROWS)
    await page.waitForFunction(() => location.hash === '')
  })
})

pageTest('filters by result, model, slice and change add up', async () => {
  await withReport(async (page) => {
    const counted = (is: (row: Record<string, string>) => boolean): number => results.filter(is).length
    const choose = (label: string, value: string): Promise<unknown> => control(page, label).selectOption(`=${value}`)
    await choose('Result', 'request failed')
    await shows(
      page,
      counted(({ status }) => status === 'failed'),
    )
    await choose('Result', 'not passed')
    await shows(
      page,
      counted(({ pass }) => pass === 'false'),
    )
    await choose('Model', MODELS[1])
    await shows(
      page,
      counted(({ pass, model }) => pass === 'false' && model === MODELS[1]),
    )
    await choose(SLICE, '<script>')
    const inAll = counted(({ pass, model, expected }) => {
      const index = Number(/\d+/.exec(expected ?? '')?.[0])
      return pass === 'false' && model === MODELS[1] && index % 3 === 0
    })
    await shows(page, inAll)
    assert.ok(inAll > 0)
    await page.getByRole('button', { name: 'Clear' }).click()
    await choose('Against the baseline', 'went wrong')
    const before = new Map(
      work
        .runAt('results/before')
        .results()
        .map((row) => [`${row['sample_id']}|${row['model']}`, row['pass']]),
    )
    await shows(
      page,
      counted((row) => row['pass'] === 'false' && before.get(`${row['sample_id']}|${row['model']}`) === 'true'),
    )
  })
})

pageTest('a click on a head sorts by it, a second one turns the order round, a third takes it back', async () => {
  await withReport(async (page) => {
    const costs = async (): Promise<number[]> =>
      (await cells(page, 'cost')).flatMap((text) => (text.startsWith('$') ? [Number(text.slice(1))] : []))
    const head = page.locator('.grid-head .cell-cost')
    await head.getByRole('button').click()
    assert.is(await head.getAttribute('aria-sort'), 'ascending')
    const up = await costs()
    assert.equal(
      up,
      up.toSorted((a, b) => a - b),
    )
    await head.getByRole('button').click()
    assert.is(await head.getAttribute('aria-sort'), 'descending')
    const most = Math.max(...results.map(({ cost_usd: cost }) => Number(cost)))
    assert.is((await costs())[0], Number(most.toPrecision(4)))
    await head.getByRole('button').click()
    assert.is(await head.getAttribute('aria-sort'), 'none')
    assert.equal((await cells(page, 'place')).slice(0, 3), ['1', '2', '3'])
    await control(page, 'Sort by').selectOption('id')
    const ids = (await cells(page, 'id')).slice(0, 3)
    assert.equal(
      ids.map((id) => id.slice(0, 2)),
      ['3 ', '3 ', '10'],
    )
  })
})

pageTest('a link leads to its row in any rendering, with filter and order as they were', async () => {
  let fragment = ''
  let title = ''
  await withReport(async (page) => {
    await page.fill('#rows-text', 'question 1')
    await control(page, 'Model').selectOption(`=${MODELS[0]}`)
    await control(page, 'Sort by').selectOption('cost_usd')
    await page.waitForFunction(() => location.hash.includes('sort=') && location.hash.includes('only.model'))
    await openRow(page, 5)
    fragment = new URL(page.url()).hash
    title = await titleOf(page)
    await page.goBack()
    await page.locator('.detail').waitFor({ state: 'hidden' })
  })
  assert.is((await work.assay(['report', 'results/after', '--no-timings', '--out', 'again'])).status, 0)
  const again = await openReport(DESKTOP, fragment, 'again/report.html')
  await again.page.locator('.detail .facts').waitFor()
  assert.is(await titleOf(again.page), title)
  assert.is(await again.page.inputValue('#rows-text'), 'question 1')
  assert.is(await again.page.inputValue('#rows-sort'), 'cost_usd')
  assert.match(await again.page.locator('.detail').innerText(), MODELS[0])
  assert.not.match(await again.page.locator('.detail').innerText(), 'gen-<u>')
  await again.page.context().close()
})

pageTest('hostile ids have links that hold, and a link to nothing says so', async () => {
  const ids = [...new Set(results.map(({ sample_id: id = '' }) => id))].filter((id) => !/^q\d+$/.test(id)).slice(0, 20)
  assert.is(ids.length, 20)
  await withReport(async (page) => {
    for (const id of ids) {
      await page.evaluate((key) => (location.hash = `#${new URLSearchParams({ row: key }).toString()}`), id)
      const number = Number.parseInt(id, 10)
      await page.waitForFunction(
        (words) => document.querySelector('#detail-title')?.textContent?.startsWith(words),
        `Row ${number} `,
      )
    }
    const flip = page.locator('#baseline a').first()
    await page.locator('#baseline summary').first().click()
    const name = await flip.innerText()
    await flip.click()
    await page.waitForFunction(
      (id) => document.querySelector('#detail-title')?.textContent?.startsWith(`Row ${id.slice(0, 3)}`),
      name,
    )
    await page.evaluate(() => (location.hash = '#row=nowhere'))
    await page.getByText('The row of this link is not in the report.').waitFor()
    assert.not.ok(await page.locator('.detail').isVisible())
  })
})

pageTest('the keyboard alone goes everywhere', async () => {
  await withReport(async (page) => {
    await page.keyboard.press('/')
    await page.keyboard.type('question 2')
    assert.is(await page.inputValue('#rows-text'), 'question 2')
    await page.locator('.grid').focus()
    await page.waitForFunction(() => location.hash === '#q=question+2')
    await page.keyboard.press('j')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('k')
    const active = await page.locator('.grid').getAttribute('aria-activedescendant')
    assert.is(active, 'row-at-1')
    await page.keyboard.press('Enter')
    await page.locator('.detail .facts').waitFor()
    assert.is(await page.evaluate(() => document.activeElement?.id), 'detail-title')
    const first = await page.locator('.detail header [role=status]').first().innerText()
    await page.keyboard.press('n')
    await page.waitForFunction(
      (words) => document.querySelector('.detail header [role=status]')?.textContent !== words,
      first,
    )
    await page.keyboard.press('p')
    await page.waitForFunction(
      (words) => document.querySelector('.detail header [role=status]')?.textContent === words,
      first,
    )
    await page.keyboard.press('Escape')
    await page.locator('.detail').waitFor({ state: 'hidden' })
    assert.ok(await page.locator('.grid').evaluate((grid) => document.activeElement === grid))
    await page.keyboard.press('End')
    await page.locator('.grid-row.active').waitFor()
    const rows = Number(await page.locator('.grid').getAttribute('aria-rowcount')) - 1
    assert.is(await page.locator('.grid-row.active').getAttribute('aria-rowindex'), String(rows + 1))
    await page.keyboard.press('?')
    await page.getByRole('heading', { name: 'Keys' }).waitFor()
    await page.getByLabel('Single letters and signs are keys').uncheck()
    await page.keyboard.press('Escape')
    await page.keyboard.press('?')
    assert.not.ok(await page.getByRole('heading', { name: 'Keys' }).isVisible())
  })
})

pageTest(
  'the detail has all of a changed row: prompt, output, expected, scores, reason, cost, times, and what the baseline said',
  async () => {
    await withReport(async (page) => {
      await control(page, 'Against the baseline').selectOption('=went wrong')
      await page.waitForFunction(() => location.hash.includes('changed'))
      await openRow(page, 1)
      const text = await page.locator('.detail').innerText()
      for (const part of [
        'not passed',
        'went wrong',
        'Prompt: system',
        'You are <i>terse</i>.',
        'Prompt: user',
        'Output of the baseline',
        'From the baseline’s output to this one',
        'Expected',
        'Scores',
        'includes',
        'f1',
        'Reason',
        'Cost',
        'Latency',
        'First token',
        'Prompt tokens',
        'Finish reason',
        '<s>served</s>',
        'Evil & Co. <script>',
        'gen-<u>',
        'note',
        SLICE,
      ])
        assert.ok(text.includes(part), `${part} is missing in:\n${text}`)
      assert.ok((await page.locator('.detail ins, .detail del').count()) > 0)
    })
  },
)

pageTest('control characters are seen, and directions stay within their text', async () => {
  await withReport(async (page) => {
    await page.fill('#rows-text', 'nothing \0 here'.slice(0, 8))
    await page.locator('.grid-body', { hasText: '␛[2J␛[31mred␛[0m⟨U+009B⟩1m' }).waitFor()
    await page.fill('#rows-text', 'gnisrever')
    await page.locator('.grid-body', { hasText: '⟨U+202E⟩gnisrever⟨U+202C⟩' }).waitFor()
    const unisolated = await page
      .locator('.grid-body .cell-output > *, .detail .text')
      .evaluateAll((all) => all.filter((one) => !getComputedStyle(one).unicodeBidi.startsWith('isolate')).length)
    assert.is(unisolated, 0)
    await page.fill('#rows-text', 'half ')
    await page.locator('.grid-body', { hasText: 'half ⟨U+D800⟩ of a pair ⟨U+DC00⟩' }).waitFor()
  })
})

pageTest('a cell of a megabyte shows its start, and all of it when asked', async () => {
  await withReport(async (page) => {
    await page.fill('#rows-text', 'xxxxxxxxxxxxxxxxxxxx')
    await shows(page, 2)
    await openRow(page, 0)
    const output = page.locator('.detail .piece', { hasText: 'Output' }).first()
    assert.ok((await output.locator('.text').innerText()).length < 10_000)
    await output.getByRole('button', { name: 'Show all 1,000,000 characters' }).click()
    assert.is(await output.locator('.text').evaluate((one) => one.textContent?.length), LONG.length)
    await page.keyboard.press('Escape')
    await page.fill('#rows-text', 'line\u2029')
    await shows(page, 0)
    await page.locator('.grid-body', { hasText: 'No row matches.' }).waitFor()
  })
})

pageTest('on a phone a row is a card and its detail a sheet over the page', async () => {
  await withReport(async (page) => {
    await page.locator('.grid').scrollIntoViewIfNeeded()
    await openRow(page, 0)
    const box = await page.locator('.detail').boundingBox()
    assert.equal([box?.x, box?.width], [0, 390])
    assert.ok(await page.locator('.detail').evaluate((one) => one.matches(':modal')))
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    )
    assert.ok(overflow <= 0, `the page is ${overflow} px wider than the phone`)
    await page.getByRole('button', { name: 'Close' }).click()
    await page.locator('.detail').waitFor({ state: 'hidden' })
  }, PHONE)
})

pageTest('paper gets the first rows of the filter, and says what it leaves out', async () => {
  await withReport(async (page) => {
    await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')))
    assert.is(await page.locator('.printed tbody tr').count(), 200)
    assert.match(await page.locator('.printed p').innerText(), `The first 200 of ${ROWS.toLocaleString('en-US')} rows`)
    await page.evaluate(() => window.dispatchEvent(new Event('afterprint')))
    assert.is(await page.locator('.printed').count(), 0)
  })
})

pageTest('without its script the page has the figures, and says what is missing', async () => {
  const { page, requests } = await openPage(browser, addressOf(), { ...DESKTOP, javaScriptEnabled: false })
  const text = await page.locator('body').innerText()
  assert.match(text, 'need its script')
  assert.match(text, 'INCONCLUSIVE')
  assert.is(requests.length, 1)
  await page.context().close()
})

for (const [name, options] of Object.entries({
  light: { ...DESKTOP, colorScheme: 'light' },
  dark: { ...DESKTOP, colorScheme: 'dark' },
  phone: PHONE,
} satisfies Record<string, BrowserContextOptions>)) {
  pageTest(`axe finds no serious violation (${name}), with the detail closed and open`, async () => {
    // The policy of the page keeps axe out as it keeps out all other scripts.
    const { page } = await openReport({ ...options, bypassCSP: true })
    await page.addScriptTag({ content: AXE })
    assert.equal(await violations(page, 'html'), [])
    await openRow(page, 4)
    assert.equal(await violations(page, '#rows'), [])
    await page.context().close()
  })
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What is of serious or critical impact in a part of the page, each with the places where it is. */
function violations(page: Page, part: string): Promise<unknown> {
  return page.evaluate(`axe.run('${part}', { resultTypes: ['violations'] }).then(({ violations }) => violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => id + ': ' + nodes.slice(0, 5).map(({ html }) => html.slice(0, 200)).join(' | ')))`)
}

pageTest('a browser that takes no more addresses for a while stops nobody, and gets the last one later', async () => {
  await withReport(async (page) => {
    await page.evaluate(() => {
      const replace = history.replaceState.bind(history)
      history.replaceState = (...state) => {
        if (document.documentElement.dataset['refuses'] === 'yes') throw new DOMException('too often', 'SecurityError')
        replace(...state)
      }
    })
    await openRow(page, 0)
    const opened = await page.evaluate(() => location.hash)
    await page.evaluate(() => (document.documentElement.dataset['refuses'] = 'yes'))
    for (let step = 0; step < 5; step++) await page.keyboard.press('n')
    await page.waitForFunction(() =>
      document.querySelector('.detail header [role=status]')?.textContent?.startsWith('6 of'),
    )
    await page.waitForTimeout(400)
    assert.is(await page.evaluate(() => location.hash), opened)
    await page.evaluate(() => (document.documentElement.dataset['refuses'] = 'no'))
    await page.waitForFunction((first) => location.hash !== first, opened)
    assert.is(new URLSearchParams(new URL(page.url()).hash.slice(1)).get('row'), results[5]?.['sample_id'])
  })
})

test.run()
