import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { refusal, rowsOfFile, samplesOf } from './helpers.ts'

test('every cell is a variable, as text', async () => {
  const [sample] = await samplesOf([{ s: 'a', n: 2.5, t: true, nothing: null, list: [1, 'x'], map: { k: 1 } }])
  assert.equal(sample?.vars, { s: 'a', n: '2.5', t: 'true', nothing: '', list: '[1,"x"]', map: '{"k":1}' })
  assert.is(sample?.line, 2)
})

const EXPECTED: readonly (readonly [
  what: string,
  cells: Record<string, unknown>,
  options: object,
  expected: string[],
])[] = [
  ['the column expected', { expected: 'Paris', answer: 'no' }, {}, ['Paris']],
  ['the column answer when there is no expected', { Answer: 'Paris' }, {}, ['Paris']],
  ['the column that was named, whatever its capitals', { Best: 'Paris' }, { expectedColumn: 'best' }, ['Paris']],
  ['the exact name before one that differs in capitals', { BEST: 'a', best: 'b' }, { expectedColumn: 'best' }, ['b']],
  ['nothing without such a column', { target: 'Paris' }, {}, []],
  ['nothing from a blank cell', { expected: ' \n' }, {}, []],
  ['nothing from null', { expected: null }, {}, []],
  ['white space around a single answer as it is', { expected: ' a ' }, {}, [' a ']],
  [
    'the parts of a cell that ends with its separator',
    { expected: 'a; b; c;' },
    { expectedSeparator: '; ' },
    ['a', 'b', 'c'],
  ],
  ['the parts of a cell', { expected: 'a; b ;; c;' }, { expectedSeparator: ';' }, ['a', 'b', 'c']],
  [
    'a JSON list as several answers',
    { expected: ['a; b', 2, true, null, ''] },
    { expectedSeparator: ';' },
    ['a; b', '2', 'true'],
  ],
  ['a JSON number as its text', { expected: 0.5 }, {}, ['0.5']],
  ['a JSON object as its text', { expected: { a: 1 } }, {}, ['{"a":1}']],
  ['text that looks like a list as text', { expected: '["a"]' }, {}, ['["a"]']],
]

for (const [what, cells, options, expected] of EXPECTED) {
  test(`expects ${what}`, async () => {
    assert.equal((await samplesOf([cells], options))[0]?.expected, expected)
  })
}

for (const [name, before, behind] of [
  ['rows.jsonl', '', ''],
  ['rows.json', '[', ']'],
] as const) {
  test(`${name}: numbers keep their digits`, async () => {
    const row = '{"n": 1.0, "id": 12345678901234567891, "answer": {"ids": [-12345678901234567890, 1e400]}}'
    const rows = await rowsOfFile(name, before + row + behind)
    const [sample] = await samplesOf(rows.map(({ cells }) => cells))
    assert.is(sample?.id, '12345678901234567891')
    assert.is(sample?.vars['n'], '1')
    assert.equal(sample?.expected, ['{"ids":[-12345678901234567890,1e400]}'])
    const listed = await rowsOfFile(name, `${before}{"expected": [12345678901234567891, 5]}${behind}`)
    assert.equal((await samplesOf(listed.map(({ cells }) => cells)))[0]?.expected, ['12345678901234567891', '5'])
  })
}

test('refuses a list of right answers that holds a list', async () => {
  assert.is(
    await refusal(() => samplesOf([{ expected: ['a', ['b']] }])),
    'qa.csv:2: column "expected": the list of right answers holds ["b"], expected strings or numbers. Write a structured ' +
      'answer as text: JSON within a string.',
  )
})

async function idsOf(cells: Record<string, unknown>[], idColumn: string | null = null): Promise<string[]> {
  return (await samplesOf(cells, { idColumn })).map(({ id }) => id)
}

test('the id is that of the id column', async () => {
  assert.equal(await idsOf([{ ID: 'a' }, { ID: 7 }]), ['a', '7'])
  assert.equal(await idsOf([{ id: 'a', Key: 'k' }], 'key'), ['k'])
})

test('refuses ids that are empty or stand twice, and columns that do not exist', async () => {
  assert.is(
    await refusal(() => samplesOf([{ id: 'a' }, { id: ' ' }])),
    'qa.csv:3: column "id": the id is empty. Every sample needs its own; fill it in.',
  )
  assert.match(
    await refusal(() => samplesOf([{ id: 'a' }, { question: 'x' }])),
    /^qa\.csv:3: column "id": the id is empty/,
  )
  assert.is(
    await refusal(() => samplesOf([{ id: 'a' }, { id: 'b' }, { id: 'a' }])),
    'qa.csv:4: column "id": the id "a" is already that of line 2. Ids must be unique: change one, or choose another column ' +
      'with --id.',
  )
  assert.is(
    await refusal(() => samplesOf([{ Key: 'a', question: 'x' }], { idColumn: 'kee' })),
    '--id "kee": qa.csv has no such column. Did you mean "Key"? Its columns are Key, question.',
  )
  assert.is(
    await refusal(() => samplesOf([{ a: 'a' }], { expectedColumn: 'right answer' })),
    '--expected "right answer": qa.csv has no such column. Its columns are a.',
  )
})

test('ids made from content tell equal contents apart by their order', async () => {
  const samples = await samplesOf([{ question: 'a' }, { question: 'b' }, { question: 'a' }, { question: 'a' }])
  const [a, b, a2, a3] = samples.map(({ id }) => id)
  assert.match(a ?? '', /^[0-9a-f]{12}$/)
  assert.is.not(a, b)
  assert.is(a2, `${a}-2`)
  assert.is(a3, `${a}-3`)
})

test('ids made from content are unique, survive reordering and do not see columns that are not used', async () => {
  const question = fc.constantFrom('a', 'b', 'c', 'd', 'a ', 'A')
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ question, note: fc.string() }), { minLength: 1, maxLength: 12 }),
      fc.infiniteStream(fc.nat()),
      async (rows, numbers) => {
        const ids = await idsOf(rows)
        assert.is(new Set(ids).size, rows.length)
        const shuffled = rows
          .map((row) => ({ row, key: numbers.next().value ?? 0 }))
          .sort((a, b) => a.key - b.key)
          .map(({ row }) => row)
        assert.equal((await idsOf(shuffled)).sort(), [...ids].sort())
        assert.equal(await idsOf(rows.map(({ question: q, note }) => ({ added: `${note}!`, question: q }))), ids)
        assert.equal((await idsOf([...rows, { question: 'new' }])).slice(0, -1), ids)
      },
    ),
  )
})

async function idOf(cells: Record<string, unknown>, usedColumns: string[]): Promise<string | undefined> {
  return (await samplesOf([cells], { usedColumns }))[0]?.id
}

test('ids made from content depend on the names and the values of the columns used', async () => {
  const both = await idOf({ a: '1', b: '2' }, ['a', 'b'])
  assert.is(await idOf({ b: '2', a: '1' }, ['B', 'a']), both)
  assert.is.not(await idOf({ a: '2', b: '1' }, ['a', 'b']), both)
  assert.is.not(await idOf({ a: '1', c: '2' }, ['a', 'c']), both)
})

test('a row with an id or an answer in a column that the first row lacks is refused, unless the column was named', async () => {
  const question = { question: 'why?' }
  assert.is(
    await refusal(() => samplesOf([question, { ...question, expected: 'so' }])),
    'qa.csv:3: the row has a column "expected", the first one (line 2) has none, and the first row decides which column holds ' +
      'the right answers. Add the column to line 2, or name the column to use with --expected.',
  )
  assert.match(await refusal(() => samplesOf([question, question, { ...question, Id: 7 }])), /^qa\.csv:4: .* --id\.$/)
  assert.match(await refusal(() => samplesOf([{ answer: 'a' }, { answer: 'a', expected: 'b' }])), /--expected\.$/)
  const [, second] = await samplesOf([{ answer: 'a' }, { answer: 'a', expected: 'b' }], { expectedColumn: 'answer' })
  assert.equal(second?.expected, ['a'])
  const [, third] = await samplesOf([{ expected: 'a' }, { expected: 'b', answer: 'c' }])
  assert.equal(third?.expected, ['b'], 'the column that was chosen goes first')
})

test('a value nested deeper than can be written is refused', async () => {
  const deep: unknown = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000))
  assert.is(
    await refusal(() => samplesOf([{ question: 'why?' }, { question: deep }])),
    'qa.csv:3: column "question": the value is nested too deeply to be read. Write it as a text, or leave it out.',
  )
})

test.run()
