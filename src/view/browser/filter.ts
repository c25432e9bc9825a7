/** The list follows what is typed: the address changes, and the server sends the list that belongs to it. */

const PAUSE_MS = 200

/** `reopen` asks for the list anew. */
export function filterAtOnce(reopen: () => void): void {
  const form = document.querySelector<HTMLFormElement>('#filter')
  if (form === null) return
  let timer: ReturnType<typeof setTimeout> | undefined
  const show = (): void => {
    const typed = [...new FormData(form)].flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : []))
    const search = new URLSearchParams(typed.filter(([, value]) => value !== '')).toString()
    const address = search === '' ? './' : `./?${search}`
    history.replaceState(null, '', address)
    reopen()
  }
  form.addEventListener('input', () => {
    clearTimeout(timer)
    timer = setTimeout(show, PAUSE_MS)
  })
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    clearTimeout(timer)
    show()
  })
}
