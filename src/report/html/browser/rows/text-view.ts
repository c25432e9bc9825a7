/** Long texts in the detail: as they were written, and no more of them at once than a browser lays out in a moment. */
import { integer } from '../../../numbers.ts'
import { difference } from './difference.ts'
import { button, element } from './dom.ts'
import type { StoredText } from './store.ts'
import { visible } from './visible.ts'

/** What is shown of a text before its reader asks for all of it. */
const FIRST_CHARACTERS = 4_000
const FIRST_LINES = 80

/** A text under its title. Its direction is its own. */
export function textView(title: string, { text, length }: StoredText): HTMLElement {
  const box = element('div', { class: 'text', dir: 'auto' })
  const section = element('section', { class: 'piece' }, element('h4', {}, title), box)
  if (text === '') {
    box.append(element('span', { class: 'muted' }, 'empty'))
    return section
  }
  const first = firstOf(text)
  box.textContent = visible(first)
  if (length > text.length) section.append(element('p', { class: 'small muted' }, cutWords(text.length, length)))
  if (first.length < text.length) section.append(showAll(box, title, text))
  return section
}

function showAll(box: HTMLElement, title: string, text: string): HTMLElement {
  const all = button(`Show all ${integer(text.length)} characters`, () => {
    box.classList.add('long')
    // What scrolls has to be reached by the keyboard.
    box.tabIndex = 0
    box.setAttribute('role', 'group')
    box.setAttribute('aria-label', title)
    box.textContent = visible(text)
    all.remove()
    box.focus()
  })
  return all
}

function cutWords(kept: number, length: number): string {
  return `The report has the first ${integer(kept)} of ${integer(length)} characters; the run folder has all of them.`
}

function firstOf(text: string): string {
  let end = Math.min(text.length, FIRST_CHARACTERS)
  let lines = 0
  for (let at = text.indexOf('\n'); at !== -1 && at < end; at = text.indexOf('\n', at + 1)) {
    lines += 1
    if (lines === FIRST_LINES) end = at
  }
  return text.slice(0, end).replace(/[\ud800-\udbff]$/, (half) => (end < text.length ? '' : half))
}

/** What has to be taken away from one text and added to make the other; null where they are equal or one is empty. */
export function differenceView(title: string, from: string, to: string): HTMLElement | null {
  if (from === to || from === '' || to === '') return null
  const changes = difference(from, to)
  const section = element('section', { class: 'piece' }, element('h4', {}, title))
  if (changes === null) {
    section.append(
      element('p', { class: 'small muted' }, 'The two are too long, or too different, to be compared here.'),
    )
    return section
  }
  const box = element('div', { class: 'text difference', dir: 'auto' })
  for (const { added, removed, value } of changes) {
    const shown = visible(clipped(value))
    box.append(added ? element('ins', {}, shown) : removed ? element('del', {}, shown) : shown)
  }
  section.append(box)
  return section
}

/** The middle of a long piece says nothing that the texts above do not. */
function clipped(text: string): string {
  if (text.length <= FIRST_CHARACTERS) return text
  const half = FIRST_CHARACTERS / 2
  return `${text.slice(0, half)} … ${integer(text.length - FIRST_CHARACTERS)} characters … ${text.slice(-half)}`
}
