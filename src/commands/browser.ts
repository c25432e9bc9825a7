/** Shows a page to the person at the terminal. */
import { pathToFileURL } from 'node:url'
import open from 'open'

/** Says what is opened, since nobody can tell whether a browser has come: whoever has none takes the address elsewhere. */
export async function openInBrowser(page: string, stderr: { write(text: string): unknown }): Promise<void> {
  const address = /^https?:/.test(page) ? page : pathToFileURL(page).href
  stderr.write(`opening ${address}\n`)
  try {
    const child = await open(address)
    child.unref()
  } catch {
    // The address is on the screen.
  }
}
