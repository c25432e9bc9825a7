/** The rows of report.html: what is written into the page comes out of it again, whatever it holds. */
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Slots } from '../../../src/report/html/browser/rows/slots.ts'
import { fragmentOf, stateOf, type ViewState } from '../../../src/report/html/browser/rows/state.ts'
import { RowStore } from '../../../src/report/html/browser/rows/store.ts'
import { View } from '../../../src/report/html/browser/rows/view.ts'
import { snippet, visible } from '../../../src/report/html/browser/rows/visible.ts'
import { ROWS_LIMITS, rowBlocks } from '../../../src/report/html/rows/blocks.ts'
import type { RowsFoot, RowsHead } from '../../../src/report/html/rows/format.ts'
import { LONGEST_TEXT } from '../../../src/report/html/rows/texts.ts'
import { COLUMNS } from '../../../src/report/results-csv.ts'
import type { ReportedRun, ResultRow } from '../../../src/report/types.ts'
import { completed, scored } from '../../journal/records.ts'
import { ROWS, SUMMARY } from '../play.ts'

/** A run of these rows; what else a report sees of it is of no matter here. */
function runOf(rows: readonly ResultRow[], changes: Partial<ReportedRun> = {}): ReportedRun {
  return {
    summary: SUMMARY,
    manifest: { settings: { slice: ['Topic'] } } as unknown as ReportedRun['manifest'],
    comparison: null,
    scoreLabels: ['exact', 'f1:0.8'],
    keep: ['Topic'],
    timings: true,
    rows: () => rows,
    messagesOf: ({ sample }) => [{ role: 'user', content: sample.vars['question'] ?? '' }],
    ...changes,
  }
}

function rowWith(changes: Partial<ResultRow>, id = 'q1'): ResultRow {
  const [first] = ROWS
  if (first === undefined) throw new Error('no rows')
  return { ...first, sample: { ...first.sample, id }, ...changes }
}

const written = (run: ReportedRun, limits = ROWS_LIMITS): string => [...rowBlocks(run, () => {}, limits)].join('')

/** Reads the elements as the page's script does. */
function opened(page: string): Promise<RowStore> {
  const elements = Array.from(
    page.matchAll(/<script ([^>]*)>([^<]*)<\/script>\n/g),
    ([, attributes = '', text = '']) => ({
      attributes,
      text,
    }),
  )
  const all = (name: string): string[] =>
    elements.filter(({ attributes }) => attributes.includes(`"${name}"`)).map(({ text }) => text)
  return RowStore.open({
    head: JSON.parse(all('rows-head')[0] ?? '') as RowsHead,
    foot: JSON.parse(all('rows-foot')[0] ?? '') as RowsFoot,
    cells: all('rows-cells'),
    texts: all('rows-texts').map((text) => () => text),
  })
}

async function stored(rows: readonly ResultRow[], changes: Partial<ReportedRun> = {}): Promise<RowStore> {
  const store = await opened(written(runOf(rows, changes)))
  for (let block = 0; block < store.blockCount; block++) await store.load(block)
  return store
}

const shown = async (store: RowStore, changes: Partial<ViewState>): Promise<string[]> => {
  const state = { text: '', only: new Map(), sort: { by: '', descending: false }, row: null, ...changes }
  const rows = await new View(store).rows(state, new AbortController().signal)
  return Array.from(rows, (row) => store.ids[row] ?? '')
}

test('every value of results.csv that the page has is the one of the file', async () => {
  const store = await stored(ROWS)
  assert.is(store.count, ROWS.length)
  for (const [index, row] of ROWS.entries()) {
    assert.is(store.ids[index], row.sample.id)
    for (const { name, kind } of store.head.columns) {
      const cell = COLUMNS.find((column) => column.name === name)?.cell(row)
      if (cell === undefined) continue
      if (kind === 'category') assert.is(store.valueOf(name, index), cell, name)
      else assert.is(store.numberOf(name, index), cell === '' ? null : Number(cell), name)
    }
    const found = store.texts(index)
    assert.is(found?.at(found.row.output).text, row.record?.output ?? '')
    assert.equal(
      found?.row.expected.map((place) => found.at(place).text),
      row.sample.expected,
    )
    assert.is(found?.at(found.row.messages[0]?.[1]).text, row.sample.vars['question'])
    assert.is(found?.at(found.row.reason).text, row.score?.reason ?? '')
    assert.is(found?.at(found.row.kept?.[0]).text, row.sample.vars['Topic'])
  }
})

test('any text comes out as it went in, and no character of it can end the element that it is in', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('</script>', '<!--<script>', ']]>', '\ud800', '\0'),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 5 }), async (pairs) => {
      const rows = pairs.map(([output, id]) => rowWith({ record: completed({ output }) }, id))
      const page = written(runOf(rows))
      assert.is((page.match(/</g) ?? []).length, (page.match(/<\/?script/g) ?? []).length)
      const store = await stored(rows)
      assert.equal(
        store.ids,
        pairs.map(([, id]) => id),
      )
      for (const [index, [output]] of pairs.entries()) {
        const found = store.texts(index)
        assert.is(found?.at(found.row.output).text, output)
      }
    }),
    { numRuns: 60 },
  )
})

test('blocks end early where texts are long, and every row is found in its own', async () => {
  const rows = Array.from({ length: 1_203 }, (_, index) =>
    rowWith({ record: completed({ output: `answer ${index}` }) }, `q${index}`),
  )
  const store = await stored(rows)
  assert.equal(store.starts, [0, 500, 1_000])
  for (const index of [0, 499, 500, 999, 1_000, 1_202]) {
    const found = store.texts(index)
    assert.is(found?.at(found.row.output).text, `answer ${index}`)
  }
  const long = Array.from({ length: 5 }, (_, index) =>
    rowWith({ record: completed({ output: `${index}`.repeat(1_000_000) }) }, `q${index}`),
  )
  assert.equal((await stored(long)).starts, [0, 3])
})

test('a text beyond the limit is cut, not within a character, and its length is told', async () => {
  const output = `${'x'.repeat(LONGEST_TEXT - 1)}🗼${'y'.repeat(10)}`
  const store = await stored([rowWith({ record: completed({ output }) })])
  const found = store.texts(0)
  const { text, length } = found?.at(found.row.output) ?? { text: '', length: 0 }
  assert.is(text, 'x'.repeat(LONGEST_TEXT - 1))
  assert.is(length, output.length)
})

test('rows beyond the limits are counted and seen, not written', async () => {
  const rows = Array.from({ length: 40 }, (_, index) => rowWith({}, `q${index}`))
  let seen = 0
  const page = [...rowBlocks(runOf(rows), () => (seen += 1), { ...ROWS_LIMITS, rows: 25 })].join('')
  const store = await opened(page)
  assert.is(seen, 40)
  assert.equal(store.foot, { rows: 25, planned: 40 })
  assert.is(store.count, 25)
})

test('without timings the page has no value that depends on events', async () => {
  const other = ROWS.map((row) =>
    row.record === undefined
      ? row
      : {
          ...row,
          record: {
            ...row.record,
            queueUs: 7,
            ttftUs: 8,
            latencyUs: 9,
            retryUs: 10,
            totalUs: 11,
            attempts: 9,
            retryCostUsd: '9',
            servedProvider: 'another',
            generationId: 'another',
          },
        },
  )
  assert.is(written(runOf(other, { timings: false })), written(runOf(ROWS, { timings: false })))
  assert.is.not(written(runOf(other)), written(runOf(ROWS)))
})

test('a failed request is no wrong answer, and what nobody scored has not failed', async () => {
  const store = await stored([
    ...ROWS,
    rowWith({ score: scored(null) }, 'unscored'),
    rowWith({ score: scored(0) }, 'wrong'),
  ])
  const results = Array.from({ length: store.count }, (_, row) => store.valueOf('result', row))
  assert.equal(results.slice(0, 8), [
    'passed',
    'not passed',
    'not passed',
    'request failed',
    'passed',
    'not asked',
    'not passed',
    'not asked',
  ])
  assert.equal(results.slice(8), ['no score', 'not passed'])
})

test('filters add up, and the text filter takes its signs literally and no case for another', async () => {
  const store = await stored(ROWS)
  assert.equal(await shown(store, { text: 'HYPERLINK("http' }), ['=1+1'])
  assert.equal(await shown(store, { text: 'hyperlink(' }), ['=1+1'])
  assert.equal(await shown(store, { text: '.*' }), [])
  assert.equal(await shown(store, { text: 'q3 東' }), ['q3 東京', 'q3 東京'])
  assert.equal(await shown(store, { only: new Map([['slice:Topic', 'geo']]) }), ['q1', 'q1', 'q3 東京', 'q3 東京'])
  const both = new Map([
    ['slice:Topic', 'geo'],
    ['result', 'passed'],
  ])
  assert.equal(await shown(store, { only: both }), ['q1', 'q3 東京'])
  assert.equal(await shown(store, { only: new Map([['result', 'no such result']]) }), [])
})

test('an order puts what is unknown last in either direction, and numbers in names by their value', async () => {
  const latencies = [30, null, 10, 20, null]
  const rows = latencies.map((ms, index) =>
    rowWith({ record: completed({ latencyUs: ms === null ? null : ms * 1_000 }) }, `q${[10, 2, 1, 30, 4][index]}`),
  )
  const store = await stored(rows)
  const order = (by: string, descending: boolean): Promise<string[]> => shown(store, { sort: { by, descending } })
  assert.equal(await order('latency_ms', false), ['q1', 'q30', 'q10', 'q2', 'q4'])
  assert.equal(await order('latency_ms', true), ['q10', 'q30', 'q1', 'q2', 'q4'])
  assert.equal(await order('id', false), ['q1', 'q2', 'q4', 'q10', 'q30'])
  assert.equal(await order('', true), ['q4', 'q30', 'q1', 'q2', 'q10'])
})

test('a search that a later one replaces ends with its signal', async () => {
  const store = await stored(ROWS)
  const aborted = AbortSignal.abort()
  const state = { text: 'paris', only: new Map(), sort: { by: '', descending: false }, row: null }
  try {
    await new View(store).rows(state, aborted)
    assert.unreachable('the search went on')
  } catch (error) {
    assert.is(error, aborted.reason)
  }
})

test('the address holds every state, whatever names and values are in it', () => {
  const text = fc.string({ unit: 'grapheme' })
  const state = fc.record(
    {
      text,
      only: fc.array(fc.tuple(text, text)).map((pairs) => new Map(pairs)),
      sort: fc.record(
        { by: fc.constantFrom('', 'id', 'latency_ms', 'score:f1=0.8'), descending: fc.boolean() },
        { noNullPrototype: true },
      ),
      row: fc.option(
        fc.record({ id: text, epoch: fc.constant('2'), model: text, prompt: text }, { noNullPrototype: true }),
      ),
    },
    { noNullPrototype: true },
  )
  fc.assert(
    fc.property(state, (one) => {
      const fragment = fragmentOf(one)
      if (fragment === '') assert.is(one.text, '')
      else assert.equal(stateOf(fragment), one)
    }),
  )
})

test('a fragment that names a place in the page is no state', () => {
  assert.is(stateOf('#rows'), undefined)
  assert.is(stateOf(''), undefined)
})

test('a row is found by its ids, by some of them, and by none that it does not have', async () => {
  const store = await stored(ROWS)
  for (let row = 0; row < store.count; row++) assert.is(store.find(store.keyOf(row)), row)
  assert.is(store.find({ id: 'q2' }), 2)
  assert.is(store.find({ id: 'q2', model: 'acme/large' }), 3)
  assert.is(store.find({ id: 'q2', epoch: '2' }), undefined)
  const half = await stored([rowWith({}, 'half \ud800')])
  assert.is(half.find({ id: 'half \ufffd' }), 0)
})

test('a damaged block is an error, not an empty table', async () => {
  const page = written(runOf(ROWS)).replace(/(class="rows-cells">).{40}/, '$1')
  try {
    await opened(page)
    assert.unreachable('it was read')
  } catch (error) {
    assert.instance(error, Error)
    assert.not.match(String(error), 'it was read')
  }
})

test('what cannot be seen or acts on its surroundings gets a sign, all else stays as it is', () => {
  assert.is(
    visible('\u001b[31m\0\u007f\u0085\u202e\ud800\u200b\ufeff'),
    '␛[31m␀␡⟨U+0085⟩⟨U+202E⟩⟨U+D800⟩⟨U+200B⟩⟨U+FEFF⟩',
  )
  for (const plain of ['a\tb\nc\r\nd', '👩‍👩‍👧‍👦 é ﷽ עברית العربية', '<b>&amp;</b>', ''])
    assert.is(visible(plain), plain)
})

test('a cell shows one line, from a little before what the filter has found', () => {
  assert.is(snippet('a\n\n  b\tc'), 'a b c')
  const text = `${'x'.repeat(500)}Needle${'y'.repeat(500)}`
  assert.match(snippet(text, 'needle'), /^…x{30}Needley+$/)
  assert.ok(snippet(text).length <= 240)
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 600 }), fc.string({ maxLength: 3 }), (whole, wanted) => {
      assert.not.match(snippet(whole, wanted), /⟨U\+D[89A-F]/)
    }),
  )
})

/** Rows of a table, their height, pixels of the screen per CSS pixel, and rows in sight at once. */
const TALL = fc.record({
  rows: fc.integer({ min: 0, max: 2_000_000 }),
  rowPx: fc.constantFrom(40, 120, 123.5),
  ratio: fc.constantFrom(0.5, 1, 3, 4, 10),
  page: fc.integer({ min: 1, max: 20 }),
})

test('slots are never higher than a browser allows, and both ends and every place can be reached', () => {
  fc.assert(
    fc.property(TALL, fc.double({ min: 0, max: 1, noNaN: true }), ({ rows, rowPx, ratio, page }, share) => {
      const slots = new Slots(rows, rowPx, ratio)
      assert.ok(slots.count * rowPx <= 8_000_000 && slots.count * rowPx * ratio < 2 ** 25)
      const lowest = Math.max(0, slots.count - page)
      slots.follow(share * lowest, page)
      assert.ok(slots.placeAt(0) >= 0 && slots.placeAt(slots.count) <= rows)
      slots.follow(lowest, page)
      assert.is(slots.placeAt(slots.count), rows)
      slots.follow(0, page)
      assert.equal(slots.placeAt(0), 0)
      if (rows === 0) return
      const place = Math.floor(share * (rows - 1))
      slots.moveTo(place)
      const slot = slots.slotOf(place)
      assert.ok(slot >= 0 && slot < slots.count)
      // Scrolling there oneself moves nothing away from it.
      const top = Math.min(slot, lowest)
      slots.scrolled(top)
      slots.follow(top, page)
      assert.is(slots.placeAt(slot), place)
    }),
  )
})

test('a step shows the very next rows, the bar goes in proportion', () => {
  const page = 6
  const slots = new Slots(250_000, 120, 3)
  assert.ok(slots.count < 250_000)
  slots.follow(slots.count / 2, page)
  assert.ok(Math.abs(slots.placeAt(slots.count / 2) - 125_000) <= 1)
  for (let top = slots.count / 2, before = slots.placeAt(0); top < slots.count / 2 + 1_000; top += 3.7) {
    slots.follow(top, page)
    assert.is(slots.placeAt(0), before)
  }
  const lowest = slots.count - page
  for (let top = slots.count / 2; top < lowest; top += page) slots.follow(top, page)
  slots.follow(lowest, page)
  assert.is(slots.placeAt(slots.count), 250_000)
  // Next to the ends a slot further is a row further, whatever the way there.
  for (const top of [0, 100, 200]) {
    slots.follow(slots.count / 2, page)
    slots.follow(top, page)
    assert.is(slots.placeAt(top), top)
    slots.follow(lowest - top, page)
    assert.is(slots.placeAt(slots.count - 1 - top), 249_999 - top)
  }
})

test.run()
