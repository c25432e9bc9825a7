/** Puts what the server has rendered anew into its places. */

/** HTML by name of the part. The server has escaped whatever is not its own. */
export type Parts = Readonly<Record<string, string>>

/** What each part was told last: the browser writes HTML in its own way, and would always differ. */
const told = new WeakMap<Element, string>()

/** Parts that say the same stay as they are, with whatever is selected in them; a control that had the focus has it again. */
export function showParts(parts: Parts): void {
  for (const element of document.querySelectorAll<HTMLElement>('[data-part]')) {
    const text = parts[element.dataset['part'] ?? '']
    if (text === undefined || told.get(element) === text) continue
    told.set(element, text)
    const focused = focusedIn(element)
    element.innerHTML = text
    if (focused !== undefined) element.querySelectorAll<HTMLElement>(OPERATED)[focused]?.focus()
  }
}

const OPERATED = 'a, button, input, [tabindex]'

/** Which of the controls in there has the focus. */
function focusedIn(element: Element): number | undefined {
  const { activeElement } = document
  if (activeElement === null || !element.contains(activeElement)) return undefined
  return [...element.querySelectorAll(OPERATED)].indexOf(activeElement)
}
