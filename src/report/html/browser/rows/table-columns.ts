/** Which columns does the table have, and what is in their cells? */
import type { RowTexts } from '../../rows/format.ts'
import { element } from './dom.ts'
import { shownCell } from './shown.ts'
import type { RowStore } from './store.ts'
import { snippet, visible } from './visible.ts'

export interface TableColumn {
  /** Also the name of its style. */
  readonly key: string
  readonly label: string
  /** What a click on the head sorts by; null: it does not sort. */
  readonly sortBy: string | null
  readonly cell: (row: number, wanted: string) => Node | string
}

/** What is the same in every row is left out: it is in the figures above. */
export function tableColumns(store: RowStore): TableColumn[] {
  const value = (key: string, name: string, label: string): TableColumn => ({
    key,
    label,
    sortBy: name,
    cell: (row) => shownCell(store, name, row),
  })
  const text = (key: string, label: string, placeOf: TextOf): TableColumn => ({
    key,
    label,
    sortBy: null,
    cell: (row, wanted) => snippetCell(store, row, wanted, placeOf),
  })
  const has = (name: string): boolean => store.column(name) !== undefined
  return [
    { key: 'place', label: '#', sortBy: '', cell: (row) => (row + 1).toLocaleString('en-US') },
    { key: 'result', label: 'Result', sortBy: 'result', cell: (row) => resultCell(store, row) },
    { key: 'id', label: 'Id', sortBy: 'id', cell: (row) => isolated(visible(store.ids[row] ?? '')) },
    ...(store.varies('model') ? [value('model', 'model', 'Model')] : []),
    ...(store.varies('prompt') ? [value('template', 'prompt', 'Prompt name')] : []),
    ...(store.varies('epoch') ? [value('epoch', 'epoch', 'Epoch')] : []),
    text('prompt', 'Prompt', ({ messages }) => messages.at(-1)?.[1]),
    text('output', 'Output', ({ output, error }) => (output === 0 ? (error ?? 0) : output)),
    text('expected', 'Expected', ({ expected }) => expected[0]),
    value('score', 'score', 'Score'),
    value('cost', 'cost_usd', 'Cost'),
    ...(has('latency_ms') ? [value('latency', 'latency_ms', 'Latency')] : []),
    value('tokens', 'completion_tokens', 'Tokens'),
  ]
}

type TextOf = (row: RowTexts) => number | undefined

function snippetCell(store: RowStore, row: number, wanted: string, of: TextOf): Node | string {
  const found = store.texts(row)
  if (found === undefined) return '…'
  return marked(snippet(found.at(of(found.row)).text, wanted), wanted)
}

/** The text with the match of the filter marked. */
function marked(text: string, wanted: string): Node {
  const at = wanted === '' ? -1 : text.toLowerCase().indexOf(wanted.toLowerCase())
  if (at < 0) return isolated(text)
  const end = at + wanted.length
  return element('bdi', {}, text.slice(0, at), element('mark', {}, text.slice(at, end)), text.slice(end))
}

function isolated(text: string): Node {
  return element('bdi', {}, text)
}

function resultCell(store: RowStore, row: number): Node {
  const cell = document.createDocumentFragment()
  cell.append(resultBadge(store.valueOf('result', row)))
  const changed = store.valueOf('changed', row)
  if (changed !== '') {
    const { arrow, colour } = signOf(changed)
    const words = element('span', { class: 'unseen' }, changed)
    cell.append(' ', element('span', { class: `badge ${colour}`, title: changed }, arrow, words))
  }
  return cell
}

/** The result in a colour that its words repeat. */
export function resultBadge(result: string): HTMLElement {
  const colour = result === 'passed' ? 'good' : result === 'not passed' ? 'bad' : 'warn'
  return element('span', { class: `badge ${colour}` }, result)
}

/** Against the baseline. */
export function changedBadge(changed: string): HTMLElement {
  const { arrow, colour } = signOf(changed)
  return element('span', { class: `badge ${colour}` }, `${arrow} ${changed}`)
}

function signOf(changed: string): { readonly arrow: string; readonly colour: string } {
  return changed === 'went right' ? { arrow: '↑', colour: 'good' } : { arrow: '↓', colour: 'bad' }
}
