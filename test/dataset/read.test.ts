import { createHash } from 'node:crypto'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { collect, openIn, rowsOfFile, rowsOfStdin, withFiles } from './helpers.ts'

const TWO_ROWS = [
  { line: 2, cells: { id: '1', question: 'What?' } },
  { line: 3, cells: { id: '2', question: 'Why?' } },
]

const GOOD: readonly (readonly [what: string, file: string, content: string | Uint8Array, rows: readonly unknown[]])[] =
  [
    ['line feeds', 'qa.csv', 'id,question\n1,What?\n2,Why?\n', TWO_ROWS],
    ['no line end at the end', 'qa.csv', 'id,question\n1,What?\n2,Why?', TWO_ROWS],
    ['CRLF', 'qa.csv', 'id,question\r\n1,What?\r\n2,Why?\r\n', TWO_ROWS],
    ['CR alone', 'qa.csv', 'id,question\r1,What?\r2,Why?\r', TWO_ROWS],
    ['mixed line ends', 'qa.csv', 'id,question\r\n1,What?\n2,Why?\r', TWO_ROWS],
    ['a byte order mark', 'qa.csv', '\ufeffid,question\n1,What?\n2,Why?\n', TWO_ROWS],
    ['blank and empty lines at the end', 'qa.csv', 'id,question\n1,What?\n2,Why?\n\n\r\n,\n,\n', TWO_ROWS],
    ['tabs', 'qa.tsv', 'id\tquestion\n1\tWhat?\n2\tWhy?\n', TWO_ROWS],
    ['an extension in capitals', 'QA.CSV', 'id,question\n1,What?\n2,Why?\n', TWO_ROWS],
    [
      'blank lines anywhere, counted',
      'qa.csv',
      '\n\nid\n\n1\n\r\n\n2\n',
      [
        { line: 5, cells: { id: '1' } },
        { line: 8, cells: { id: '2' } },
      ],
    ],
    [
      'quoted line ends, counted once each',
      'qa.csv',
      '"a\r\nb",c\r\n"1\r\n\r\n2\n3\r4",5\r\n6,"7, ""8"""\r\n',
      [
        { line: 3, cells: { 'a\r\nb': '1\r\n\r\n2\n3\r4', c: '5' } },
        { line: 8, cells: { 'a\r\nb': '6', c: '7, "8"' } },
      ],
    ],
    ['characters of four bytes', 'qa.csv', 'a\n🦆é\u2028ü\n', [{ line: 2, cells: { a: '🦆é\u2028ü' } }]],
    [
      'JSONL with blank lines and a line separator in a string',
      'qa.jsonl',
      '\ufeff{"a":"x\u2028y"}\r\n\n  \n{"a":[1,{"b":null}],"c":2.50}',
      [
        { line: 1, cells: { a: 'x\u2028y' } },
        { line: 4, cells: { a: [1, { b: null }], c: 2.5 } },
      ],
    ],
    ['the extension .ndjson', 'qa.ndjson', '{"a":1}\n', [{ line: 1, cells: { a: 1 } }]],
    [
      'a JSON array over several lines',
      'qa.json',
      '\n[\n  {"a": "]}\\"[\\\\"},\n  {\n    "a": {"b": [1, "}"]}\n  }\n , {}]\n',
      [
        { line: 3, cells: { a: ']}"[\\' } },
        { line: 4, cells: { a: { b: [1, '}'] } } },
        { line: 7, cells: {} },
      ],
    ],
  ]

for (const [what, file, content, rows] of GOOD) {
  test(`reads ${what} from a file`, async () => {
    assert.equal(await rowsOfFile(file, content), rows)
  })
  test(`reads ${what} from standard input byte by byte`, async () => {
    const format = file.endsWith('.tsv') ? ('tsv' as const) : null
    assert.equal(await rowsOfStdin(content, { format }), rows)
  })
}

test('cells of columns named like object members stay cells', async () => {
  const [row] = await rowsOfFile('qa.csv', '__proto__,constructor\n1,2\n')
  assert.equal(Object.entries(row?.cells ?? {}), [
    ['__proto__', '1'],
    ['constructor', '2'],
  ])
  const [parsed] = await rowsOfFile('qa.jsonl', '{"__proto__":"1"}\n')
  assert.equal(Object.entries(parsed?.cells ?? {}), [['__proto__', '1']])
})

test('a dataset tells its name, columns and, once it is read, the hash of its bytes', async () => {
  const content = '\ufeffid,question\n1,What?\n'
  await withFiles({ 'data/my.qa.csv': content }, async (folder) => {
    const dataset = await openIn(folder, 'data/my.qa.csv')
    assert.is(dataset.name, 'my.qa')
    assert.is(dataset.file, 'data/my.qa.csv')
    assert.is(dataset.path, `${folder}/data/my.qa.csv`)
    assert.is(dataset.format, 'csv')
    assert.equal(dataset.columns, ['id', 'question'])
    await collect(dataset.rows())
    assert.is(dataset.sha256(), createHash('sha256').update(content).digest('hex'))
  })
})

test('a dataset that is not read to its end has no hash and lets go of its file', async () => {
  const content = `id\n${'1\n'.repeat(500_000)}`
  await withFiles({ 'qa.csv': content }, async (folder) => {
    const dataset = await openIn(folder, 'qa.csv')
    for await (const row of dataset.rows()) {
      assert.is(row.line, 2)
      break
    }
    await dataset.close()
    assert.is(dataset.sha256(), null)
    assert.equal(await collect(dataset.rows()), [])
  })
})

test('a name is looked up as given first, then under datasets/, with or without its extension', async () => {
  const files = { 'qa.csv': 'a\nhere\n', 'datasets/qa.csv': 'a\nthere\n', 'datasets/math.jsonl': '{"a":1}\n' }
  await withFiles(files, async (folder) => {
    const fileOf = async (typed: string): Promise<string> => {
      const dataset = await openIn(folder, typed)
      await dataset.close()
      return dataset.file
    }
    assert.is(await fileOf('qa.csv'), 'qa.csv')
    assert.is(await fileOf('qa'), 'datasets/qa.csv')
    assert.is(await fileOf('math.jsonl'), 'datasets/math.jsonl')
    assert.is(await fileOf('math'), 'datasets/math.jsonl')
    assert.is(await fileOf(`${folder}/qa.csv`), 'qa.csv')
  })
})

test.run()
