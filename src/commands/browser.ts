/** Shows a page to the person at the terminal. */
import open from 'open'

/** Rejects with nothing: whoever has no browser has the address on the screen. */
export async function openInBrowser(address: string): Promise<void> {
  try {
    const child = await open(address)
    child.unref()
  } catch {
    // No browser here.
  }
}
