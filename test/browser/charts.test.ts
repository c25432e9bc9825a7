/** The charts of the report in a real browser: they draw, they obey the page's policy, and they can be read on a phone and in the dark. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { AxeResults } from 'axe-core'
import { type Browser, chromium, type Page } from 'playwright-core'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { ManifestPrice } from '../../src/journal/types.ts'
import { page as reportPage } from '../../src/report/html/page.ts'
import type { ReportedRun } from '../../src/report/types.ts'
import type { GroupSummary } from '../../src/stats/types.ts'
import { chromiumPath, openPage, pageTests, type Watched } from '../helpers/browser.ts'
import { HOSTILE_MODEL, reportedRun, SMALL } from '../report/reported-run.ts'

const pageTest = pageTests(test)

/** What is drawn of the first model. */
const POINT = '[data-chart="quality-cost"] [stroke="var(--series-1)"]'

const PHONE = { viewport: { width: 360, height: 800 } }

function priceOf(model: string): ManifestPrice {
  return {
    model,
    inputUsdPerMillion: '0.1',
    outputUsdPerMillion: '0.3',
    cacheReadUsdPerMillion: null,
    source: 'test',
    asOf: null,
  }
}

let browser: Browser
pageTest.before(async () => {
  browser = await chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox'] })
})
pageTest.after(() => browser.close())

/** With a price for each model, so that there is something of every chart. */
function priced(): ReportedRun {
  const run = reportedRun()
  return {
    ...run,
    manifest: { ...run.manifest, prices: [priceOf(SMALL), priceOf(HOSTILE_MODEL)] },
  }
}

/** Opens the report of a run in a page of its own. */
async function inReport(
  run: ReportedRun,
  use: (watched: Watched) => Promise<void>,
  options: Parameters<typeof openPage>[2] = {},
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-charts-'))
  try {
    const path = join(folder, 'report.html')
    writeFileSync(path, [...reportPage(run)].join(''))
    const watched = await openPage(browser, pathToFileURL(path).href, options)
    await use(watched)
    await watched.page.context().close()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Marks by chart: what is drawn beside grid and axes has a colour of a series or of a part. */
function marksOf(page: Page): Promise<Record<string, number>> {
  return page.evaluate(`Object.fromEntries(
    [...document.querySelectorAll('[data-chart]')].map((place) => [
      place.dataset.chart,
      place.querySelectorAll('svg [stroke*="--series-"], svg [fill*="--series-"], svg [fill*="--part-"]').length,
    ]),
  )`)
}

async function violationsIn(page: Page): Promise<string[]> {
  // Through the debugger: the policy of the page lets no other script in.
  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'))
  const { violations } = await page.evaluate<AxeResults>("axe.run({ include: ['main'], exclude: ['#rows'] })")
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`)
}

pageTest('every chart draws, and nothing of it is against the policy of the page', async () => {
  await inReport(priced(), async ({ page, troubles, requests }) => {
    const marks = await marksOf(page)
    assert.equal(Object.keys(marks).sort(), ['costs', 'latency-total', 'latency-ttft', 'quality-cost', 'slices'])
    assert.ok(
      Object.values(marks).every((count) => count >= 4),
      JSON.stringify(marks),
    )
    assert.is(await page.locator('.key[data-series] svg').count(), await page.locator('.key[data-series]').count())
    assert.is(await page.locator('.chart style, .key style').count(), 0)
    await page.hover('[data-chart="quality-cost"] svg')
    await page.hover('[data-chart="latency-total"] svg')
    assert.equal(troubles, [])
    assert.is(requests.length, 1)
  })
})

pageTest('names of models and slices are text in the charts as well', async () => {
  const evil = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'
  const run = priced()
  const { summary } = run
  const rename = (group: GroupSummary): GroupSummary => ({
    ...group,
    model: group.model === HOSTILE_MODEL ? evil : group.model,
    slice: group.slice === '' ? '' : `${evil}=${group.slice}`,
  })
  const renamed = { ...summary, groups: summary.groups.map(rename), slices: summary.slices.map(rename) }
  await inReport({ ...run, summary: renamed }, async ({ page, troubles }) => {
    assert.match(await page.locator('[data-chart="slices"] svg').innerHTML(), '&lt;img src=x')
    assert.is(await page.locator('main img').count(), 0)
    assert.is(await page.evaluate('window.hacked'), undefined)
    assert.equal(troubles, [])
  })
})

pageTest('on a phone nothing is wider than the page, and charts follow its width', async () => {
  await inReport(
    priced(),
    async ({ page, troubles }) => {
      const overflow = (): Promise<number> =>
        page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
      const widest = (): Promise<number> =>
        page.evaluate(
          "Math.max(...[...document.querySelectorAll('[data-chart] svg')].map((svg) => svg.getBoundingClientRect().width))",
        )
      assert.is(await overflow(), 0)
      const narrow = await widest()
      assert.ok(narrow > 250 && narrow <= 360, String(narrow))
      await page.setViewportSize({ width: 900, height: 800 })
      await page.waitForFunction(
        `document.querySelector('[data-chart] svg')?.getBoundingClientRect().width > ${narrow + 200}`,
      )
      assert.is(await overflow(), 0)
      assert.equal(troubles, [])
    },
    PHONE,
  )
})

pageTest('light and dark are a matter of style: nothing is drawn anew', async () => {
  await inReport(priced(), async ({ page }) => {
    const point = page.locator(POINT).first()
    const colour = (): Promise<string> => page.evaluate(`getComputedStyle(document.querySelector('${POINT}')).stroke`)
    const mark = (value: string): Promise<void> =>
      point.evaluate((element, text) => element.setAttribute('data-marked', text), value)
    await page.emulateMedia({ colorScheme: 'light' })
    await mark('yes')
    const light = await colour()
    await page.emulateMedia({ colorScheme: 'dark' })
    assert.is.not(await colour(), light)
    assert.is(await point.getAttribute('data-marked'), 'yes')
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
    // Paper has another width, so that this is drawn anew.
    await page.waitForFunction(
      `[...document.querySelectorAll('${POINT}')].some((one) => getComputedStyle(one).stroke === '${light}')`,
    )
  })
})

pageTest('axe finds nothing serious, in light, dark and on a phone', async () => {
  for (const options of [{}, { colorScheme: 'dark' as const }, PHONE]) {
    await inReport(
      priced(),
      async ({ page }) => {
        await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        assert.equal(await violationsIn(page), [])
      },
      options,
    )
  }
})

pageTest('without a script the figures are there as tables', async () => {
  await inReport(
    priced(),
    async ({ page }) => {
      assert.is(await page.locator('[data-chart] svg').count(), 0)
      assert.is(
        await page
          .locator('[data-chart]')
          .first()
          .evaluate((place) => place.clientHeight),
        0,
      )
      assert.match(await page.locator('#quality-cost table').innerHTML(), 'mistralai/mistral-small')
      assert.is(await page.locator('#verdict').isVisible(), true)
    },
    { javaScriptEnabled: false },
  )
})

test.run()
