/** The short values of a row in the detail, grouped as people look for them. */
import { element } from './dom.ts'
import { shownCell, shownNumber, UNKNOWN } from './shown.ts'
import type { FoundTexts, RowStore } from './store.ts'
import { visible } from './visible.ts'

/** Columns by group; those that a report lacks are left out. */
const GROUPS: readonly (readonly [title: string, names: readonly string[]])[] = [
  ['Cost', ['cost_usd', 'retry_cost_usd', 'judge_cost_usd', 'cost_source']],
  ['Time', ['queue_ms', 'ttft_ms', 'latency_ms', 'retry_ms', 'total_ms', 'output_tps', 'attempts']],
  ['Tokens', ['prompt_tokens', 'completion_tokens', 'reasoning_tokens', 'cached_tokens', 'tokens_source']],
  ['Served', ['status', 'finish_reason', 'error_kind', 'served_model', 'provider']],
]

/** Definition lists, one a group. */
export function factsView(store: RowStore, row: number, found: FoundTexts): HTMLElement {
  const place = element('div', { class: 'facts' })
  for (const [title, names] of GROUPS) {
    const pairs = names.flatMap((name): Fact[] => {
      const column = store.column(name)
      return column === undefined ? [] : [[column.label, shownCell(store, name, row), column.meaning]]
    })
    if (title === 'Served') pairs.push(['Generation id', visible(found.at(found.row.generation).text) || UNKNOWN, ''])
    place.append(factList(title, pairs))
  }
  const own = [
    ...store.head.columns.flatMap(({ name, label, meaning }): Fact[] =>
      name.startsWith('slice:') ? [[visible(label), shownCell(store, name, row), meaning]] : [],
    ),
    ...store.head.keep.map(
      (column, index): Fact => [visible(column), visible(found.at(found.row.kept?.[index]).text) || UNKNOWN, ''],
    ),
  ]
  if (own.length > 0) place.append(factList('Dataset columns', own))
  return place
}

type Fact = readonly [label: string, value: string, meaning: string]

function factList(title: string, pairs: readonly Fact[]): HTMLElement {
  const list = element('dl')
  for (const [label, value, meaning] of pairs) {
    list.append(
      element('dt', { title: meaning === '' ? null : meaning }, element('bdi', {}, label)),
      element('dd', {}, element('bdi', { class: 'text' }, value)),
    )
  }
  return element('section', {}, element('h4', {}, title), list)
}

/** Every scorer's value, and whether it passes where that is known. */
export function scoresView(store: RowStore, row: number, { row: texts }: FoundTexts): HTMLElement | null {
  const scorers = store.head.columns.filter(({ name }) => name.startsWith('score:'))
  if (scorers.length === 0) return null
  const body = element('tbody')
  for (const { name } of scorers) {
    const label = name.slice('score:'.length)
    const passes = texts.passes?.[label] ?? (scorers.length === 1 ? passedIn(store, row) : null)
    body.append(
      element(
        'tr',
        {},
        element('th', { scope: 'row' }, element('bdi', {}, visible(label))),
        element('td', { class: 'number' }, shownNumber(store.numberOf(name, row), 'share')),
        element('td', {}, passes === null ? UNKNOWN : passes ? 'passes' : 'does not pass'),
      ),
    )
  }
  const head = element(
    'thead',
    {},
    element(
      'tr',
      {},
      element('th', { scope: 'col' }, 'Scorer'),
      element('th', { scope: 'col', class: 'number' }, 'Score'),
      element('th', { scope: 'col' }, 'Passes'),
    ),
  )
  return element('section', { class: 'piece' }, element('h4', {}, 'Scores'), element('table', {}, head, body))
}

/** What one scorer alone decides; null where it could not judge. */
function passedIn(store: RowStore, row: number): boolean | null {
  const result = store.valueOf('result', row)
  return result === 'passed' ? true : result === 'not passed' ? false : null
}
