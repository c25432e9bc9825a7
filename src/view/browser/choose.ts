/** Which two runs are to be compared? The choice stays when the list is filtered, turned over or written anew. */

const MOST = 2

/** Returns what marks the chosen ones again, after the list was written anew. */
export function choose(): () => void {
  const form = document.querySelector<HTMLFormElement>('#compare')
  if (form === null) return () => {}
  const text = form.querySelector('p')
  const button = form.querySelector('button')
  const help = text?.textContent ?? ''
  const chosen = new Set<string>()

  const show = (): void => {
    for (const box of boxes()) {
      box.checked = chosen.has(box.value)
      box.disabled = !box.checked && chosen.size === MOST
    }
    if (text !== null) text.textContent = chosen.size === 0 ? help : `Chosen: ${[...chosen].join(', ')}`
    if (button !== null) button.disabled = chosen.size === 0
  }
  document.addEventListener('change', ({ target }) => {
    if (!(target instanceof HTMLInputElement) || target.name !== 'run') return
    if (target.checked) chosen.add(target.value)
    else chosen.delete(target.value)
    show()
  })
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    location.href = `compare?${new URLSearchParams([...chosen].map((run) => ['run', run])).toString()}`
  })
  // Boxes that the browser has kept ticked over a reload.
  for (const box of boxes()) if (box.checked && chosen.size < MOST) chosen.add(box.value)
  show()
  return show
}

function boxes(): NodeListOf<HTMLInputElement> {
  return document.querySelectorAll<HTMLInputElement>('input[name="run"]')
}
