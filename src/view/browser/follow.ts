/** Shows what the server tells of runs that go on, while the page is seen: a hidden one holds no connection. */
import { type Parts, showParts } from './parts.ts'

/** `address` is asked whenever the stream is opened; `shown` is called after each change. Returns what opens it anew. */
export function followState(address: () => string, shown: () => void): () => void {
  let source: EventSource | undefined
  const close = (): void => {
    source?.close()
    source = undefined
  }
  const open = (): void => {
    close()
    if (document.hidden) return
    source = new EventSource(address())
    source.addEventListener('state', ({ data }: MessageEvent<string>) => {
      const { parts } = JSON.parse(data) as { readonly parts: Parts }
      showParts(parts)
      shown()
    })
    source.addEventListener('gone', ({ data }: MessageEvent<string>) => {
      close()
      sayGone((JSON.parse(data) as { readonly text: string }).text)
    })
  }
  document.addEventListener('visibilitychange', () => (document.hidden ? close() : open()))
  // A page that the browser keeps for its back button comes back without a stream.
  addEventListener('pagehide', close)
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) open()
  })
  open()
  return open
}

function sayGone(text: string): void {
  const notice = document.createElement('p')
  notice.className = 'notice bad'
  notice.setAttribute('role', 'alert')
  notice.textContent = text
  document.querySelector('main')?.prepend(notice)
}
