/** A real browser for tests: Chromium without a window, found where systems install it. */
import { existsSync } from 'node:fs'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import type { Test } from 'uvu'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Path of the browser; undefined where there is none. */
function installedBrowser(): string | undefined {
  const asked = process.env['CHROMIUM_PATH']
  return [...(asked === undefined ? [] : [asked]), ...PLACES].find((one) => existsSync(one))
}

/** Path of the browser. Throws where there is none: what a browser shows cannot be tested without. */
export function chromiumPath(): string {
  const path = installedBrowser()
  if (path !== undefined) return path
  throw new Error(
    `no browser: tests of pages need Chromium at ${PLACES.join(', ')}, or where CHROMIUM_PATH says. Install it (apt-get install chromium).`,
  )
}

type PageTest = Pick<Test, 'before' | 'after'> & ((name: string, run: () => Promise<void> | void) => void)

/** Declares tests of pages: skipped, and counted so, on a machine without a browser, unless one is promised as in CI. */
export function pageTests(test: Test): PageTest {
  const isPromised = process.env['ASSAY_BROWSER_TESTS'] === 'required'
  if (isPromised || installedBrowser() !== undefined) return test
  const hook: PageTest['before'] = Object.assign(() => {}, { each: () => {} })
  return Object.assign((name: string) => test.skip(name), { before: hook, after: hook })
}

/** A browser; whoever has started it closes it. */
export function launchBrowser(): Promise<Browser> {
  // Tests run as root in containers, where the sandbox cannot be.
  return chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox'] })
}

/** Runs with a browser and closes it whatever happens. */
export async function withBrowser(use: (browser: Browser) => Promise<void>): Promise<void> {
  const browser = await launchBrowser()
  try {
    await use(browser)
  } finally {
    await browser.close()
  }
}

/** What went on in a page beside what it shows. */
export interface Watched {
  readonly page: Page
  /** Addresses that it asked for, its own included. */
  readonly requests: readonly string[]
  /** Errors of scripts, errors on the console (violations of its policy are such), dialogs. */
  readonly troubles: readonly string[]
}

/** Opens an address in a page of its own and writes down what happens there. */
export async function openPage(
  browser: Browser,
  address: string,
  options: BrowserContextOptions = {},
): Promise<Watched> {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const requests: string[] = []
  const troubles: string[] = []
  page.on('request', (request) => requests.push(request.url()))
  page.on('pageerror', (error) => troubles.push(`error: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') troubles.push(`console: ${message.text()}`)
  })
  page.on('dialog', (dialog) => {
    troubles.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  await page.goto(address)
  return { page, requests, troubles }
}
