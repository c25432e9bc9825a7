/** Everything about one row: beside the table, or on a phone over all of the page. */
import { button, element } from './dom.ts'
import { nearest } from './difference.ts'
import { factsView, scoresView } from './facts.ts'
import type { FoundTexts, RowStore } from './store.ts'
import { changedBadge, resultBadge } from './table-columns.ts'
import { differenceView, textView } from './text-view.ts'
import { visible } from './visible.ts'

/** From here on there is room for the table and the detail side by side. */
const SIDE_BY_SIDE = '(min-width: 64rem)'

interface DetailEvents {
  readonly close: () => void
  /** To the next row of the table, or the one before it. */
  readonly step: (by: number) => void
  /** The address of the open row. */
  readonly link: () => string
}

export class Detail {
  readonly dialog = element('dialog', { class: 'detail', 'aria-labelledby': 'detail-title' })
  readonly #store: RowStore
  readonly #events: DetailEvents
  readonly #title = element('h3', { id: 'detail-title', tabindex: -1 })
  readonly #place = element('p', { class: 'small muted', role: 'status' })
  readonly #body = element('div', {
    class: 'detail-body',
    tabindex: 0,
    role: 'group',
    'aria-label': 'Texts and figures of the row',
  })
  readonly #copied = element('p', { class: 'small', role: 'status' })
  readonly #wide = matchMedia(SIDE_BY_SIDE)
  #row: number | undefined

  constructor(store: RowStore, events: DetailEvents) {
    this.#store = store
    this.#events = events
    const buttons = element(
      'div',
      { class: 'detail-buttons' },
      button('Previous', () => events.step(-1), { 'aria-keyshortcuts': 'p' }),
      button('Next', () => events.step(1), { 'aria-keyshortcuts': 'n' }),
      button('Copy link', () => void this.#copyLink()),
      button('Close', () => events.close(), { 'aria-keyshortcuts': 'Escape' }),
    )
    this.dialog.append(element('header', {}, buttons, this.#title, this.#place, this.#copied), this.#body)
    // Escape of a modal dialog; the state closes it.
    this.dialog.addEventListener('cancel', (event) => {
      event.preventDefault()
      events.close()
    })
    this.#wide.addEventListener('change', () => {
      if (this.#row === undefined) return
      this.dialog.close()
      this.#appear()
    })
  }

  get row(): number | undefined {
    return this.#row
  }

  /** `place`: where the row stands among those shown, in words. */
  async show(row: number, place: string): Promise<void> {
    const isNew = this.#row === undefined
    this.#row = row
    this.#title.replaceChildren('Row ', element('bdi', { class: 'text' }, visible(this.#store.ids[row] ?? '')))
    this.#place.textContent = place
    this.#copied.replaceChildren()
    if (isNew) this.#appear()
    await this.#store.load(this.#store.blockOf(row))
    const found = this.#store.texts(row)
    if (this.#row !== row || found === undefined) return
    this.#body.replaceChildren(...this.#pieces(row, found))
    this.#body.scrollTop = 0
  }

  hide(): void {
    if (this.#row === undefined) return
    this.#row = undefined
    this.dialog.close()
  }

  #appear(): void {
    if (this.#wide.matches) this.dialog.show()
    else this.dialog.showModal()
    this.#title.focus()
  }

  #pieces(row: number, found: FoundTexts): Node[] {
    const { at, row: texts } = found
    const output = at(texts.output)
    const expected = texts.expected.map((place) => at(place))
    const compared =
      nearest(
        output.text,
        expected.map(({ text }) => text),
      ) ?? ''
    return [
      this.#badges(row),
      ...texts.messages.map(([role, content]) => textView(`Prompt: ${role}`, at(content))),
      textView('Output', output),
      ...optional('Refusal', found, texts.refusal),
      ...optional('Tool calls', found, texts.toolCalls),
      ...optional('Error', found, texts.error),
      ...expected.map((one, index) => textView(expected.length > 1 ? `Expected ${index + 1}` : 'Expected', one)),
      differenceView('From expected to output', compared, output.text),
      scoresView(this.#store, row, found),
      ...optional('Reason', found, texts.reason),
      ...baselineViews(found),
      ...optional('Reasoning', found, texts.reasoning),
      factsView(this.#store, row, found),
    ].filter((piece) => piece !== null)
  }

  #badges(row: number): HTMLElement {
    const store = this.#store
    const { model, prompt, epoch } = store.keyOf(row)
    const changed = store.valueOf('changed', row)
    const parts = [
      model,
      ...(store.varies('prompt') ? [`prompt ${prompt}`] : []),
      ...(store.varies('epoch') ? [`epoch ${epoch}`] : []),
    ]
    return element(
      'p',
      { class: 'badges' },
      resultBadge(store.valueOf('result', row)),
      ...(changed === '' ? [] : [changedBadge(changed)]),
      ...parts.map((text) => element('bdi', { class: 'badge' }, visible(text))),
    )
  }

  async #copyLink(): Promise<void> {
    const link = this.#events.link()
    try {
      await navigator.clipboard.writeText(link)
      this.#copied.replaceChildren('The link is in the clipboard.')
    } catch {
      // Not every browser lets a file write to the clipboard.
      const field = element('input', { type: 'text', readonly: true, value: link, 'aria-label': 'Link to this row' })
      this.#copied.replaceChildren(field)
      field.select()
    }
  }
}

/** A text that most rows lack. */
function optional(title: string, { at }: FoundTexts, place: number | undefined): Node[] {
  return place === undefined ? [] : [textView(title, at(place))]
}

/** What the baseline answered where the row has changed. */
function baselineViews({ at, row: { output, baseline } }: FoundTexts): (Node | null)[] {
  if (baseline === undefined) return []
  const { run, model, prompt, isTruncated, output: before, reason } = baseline
  const from = [run, model, `prompt ${prompt}`].filter((part) => part !== '').map(visible)
  const views = [
    textView('Reason of the baseline', at(reason)),
    element('p', { class: 'small muted' }, element('bdi', {}, from.join(' · '))),
  ]
  if (before === null) return views
  const title = `Output of the baseline${isTruncated ? ' (cut off at the token limit)' : ''}`
  return [
    textView(title, at(before)),
    ...views,
    differenceView('From the baseline’s output to this one', at(before).text, at(output).text),
  ]
}
