/** What of the rows is on paper: the first of those that the filter shows. */
import { element } from './dom.ts'
import { shownCell } from './shown.ts'
import type { FoundTexts, RowStore } from './store.ts'
import { snippet, visible } from './visible.ts'

/** More is no reading on paper. */
const PRINTED = 200

/** A plain table; it says what it leaves out. */
export function printedRows(store: RowStore, rows: Uint32Array): HTMLElement {
  const printed = rows.subarray(0, PRINTED)
  const words =
    printed.length < rows.length
      ? `The first ${printed.length} of ${rows.length.toLocaleString('en-US')} rows that the filter shows; long texts are cut.`
      : 'All rows that the filter shows; long texts are cut.'
  const heads = ['Prompt', 'Output', 'Expected', 'Id', 'Model', 'Result', 'Cost']
  const head = element('tr', {}, ...heads.map((label) => element('th', { scope: 'col' }, label)))
  const body = element('tbody')
  for (const row of printed) body.append(printedRow(store, row))
  return element(
    'div',
    { class: 'printed' },
    element('p', { class: 'small' }, words),
    element('table', {}, element('thead', {}, head), body),
  )
}

function printedRow(store: RowStore, row: number): HTMLElement {
  const found = store.texts(row)
  const cells = [
    text(found, (texts) => texts.messages.at(-1)?.[1]),
    text(found, ({ output, error }) => (output === 0 ? error : output)),
    text(found, ({ expected }) => expected[0]),
    visible(store.ids[row] ?? ''),
    shownCell(store, 'model', row),
    shownCell(store, 'result', row),
    shownCell(store, 'cost_usd', row),
  ]
  return element('tr', {}, ...cells.map((cell) => element('td', {}, element('bdi', {}, cell))))
}

function text(found: FoundTexts | undefined, of: (row: FoundTexts['row']) => number | undefined): string {
  return found === undefined ? '…' : snippet(found.at(of(found.row)).text)
}
