/** The keys of the page, and the page that lists them. */
import { button, element } from './dom.ts'

/** What a key does, by `KeyboardEvent.key`. */
export type Keys = Readonly<Record<string, () => void>>

const LIST: readonly (readonly [keys: readonly string[], does: string])[] = [
  [['/'], 'to the text filter'],
  [['j', '↓'], 'next row of the table'],
  [['k', '↑'], 'row before'],
  [['PageDown', 'PageUp', 'Home', 'End'], 'far down and up in the table'],
  [['Enter'], 'opens the row'],
  [['n'], 'next row, with its detail'],
  [['p'], 'row before, with its detail'],
  [['Escape'], 'closes the detail'],
  [['?'], 'this list'],
]

/** Obeys the keys wherever nothing is typed, until its reader turns letters off: voice control types them by accident. */
export class KeyHelp {
  readonly dialog: HTMLDialogElement
  readonly open: HTMLButtonElement
  readonly #letters = element('input', { type: 'checkbox', id: 'keys-letters', checked: true })

  constructor(keys: Keys) {
    const list = element('dl', { class: 'keys' })
    for (const [names, does] of LIST) {
      list.append(
        element('dt', {}, ...names.flatMap((name, index) => [index > 0 ? ' ' : '', element('kbd', {}, name)])),
        element('dd', {}, does),
      )
    }
    this.dialog = element(
      'dialog',
      { class: 'help', 'aria-labelledby': 'keys-title' },
      element('h3', { id: 'keys-title' }, 'Keys'),
      list,
      element(
        'p',
        {},
        this.#letters,
        ' ',
        element('label', { for: 'keys-letters' }, 'Single letters and signs are keys'),
      ),
      button('Close', () => this.dialog.close()),
    )
    const help = (): void => this.dialog.showModal()
    this.open = button('Keys', help, { 'aria-keyshortcuts': '?', class: 'on-screen' })
    document.addEventListener('keydown', (event) => this.#pressed(event, { ...keys, '?': help }))
  }

  #pressed(event: KeyboardEvent, keys: Keys): void {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || this.dialog.open) return
    if (event.key.length === 1 && (!this.#letters.checked || isTyping(event.target))) return
    const act = Object.hasOwn(keys, event.key) ? keys[event.key] : undefined
    if (act === undefined) return
    // Escape has more to do than to close the detail: it empties the text filter.
    if (event.key !== 'Escape') event.preventDefault()
    act()
  }
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input:not([type=checkbox]), select, textarea') !== null
}
