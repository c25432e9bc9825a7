import { mkdirSync } from 'node:fs'
import { extname, join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { openDataset } from '../../src/dataset/index.ts'
import { FORMAT_BY_EXTENSION } from '../../src/dataset/locate.ts'
import { openIn, refusal, rowsOfFile, rowsOfStdin, withFiles } from './helpers.ts'

const JSON_FIX = 'A JSON dataset is one array of objects; a file with one object per line is named .jsonl.'
const JSONL_FIX = 'A JSONL file holds one whole JSON object per line.'

const BAD: readonly (readonly [what: string, file: string, content: string | Uint8Array, message: string])[] = [
  [
    'an empty CSV file',
    'qa.csv',
    '',
    'qa.csv: the dataset is empty; expected a header line with column names, then one line per sample.',
  ],
  [
    'a CSV file of blank lines',
    'qa.csv',
    '\n\r\n',
    'qa.csv: the dataset is empty; expected a header line with column names, then one line per sample.',
  ],
  [
    'a header without rows',
    'qa.csv',
    '\nid,question\n\n,\n',
    'qa.csv:2: a header without rows. Add at least one line below "id,question".',
  ],
  [
    'a header name that stands twice',
    'qa.csv',
    'id,question,id\n1,2,3\n',
    'qa.csv:1: the header has two columns "id" (1 and 3). Column names must be unique: rename or delete one.',
  ],
  [
    'an empty header name',
    'qa.csv',
    'id,,question\n1,2,3\n',
    'qa.csv:1: column 2 of the header has no name. Give it one, or delete the column.',
  ],
  [
    'empty columns at the end, as spreadsheets leave them',
    'qa.csv',
    'id,question,, \n1,2,,\n',
    'qa.csv:1: the header has 4 columns, the last 2 without a name. Spreadsheets leave such empty columns behind: ' +
      'delete them, or the delimiters at the end of every line.',
  ],
  [
    'semicolons',
    'qa.csv',
    'id;question\n1;What?\n',
    'qa.csv:1: the fields seem to be separated by semicolons, expected commas. Save it with commas, or name it .csv for ' +
      'commas and .tsv for tabs.',
  ],
  [
    'commas in a TSV file',
    'qa.tsv',
    'id,question\n1,What?\n',
    'qa.tsv:1: the fields seem to be separated by commas, expected tabs. Save it with tabs, or name it .csv for commas ' +
      'and .tsv for tabs.',
  ],
  [
    'a row with too few fields',
    'qa.csv',
    'id,question,topic,expected\r\n1,"a\r\nb",c,d\r\n\r\n2,e,f\r\n',
    'qa.csv:5: 3 fields, the header has 4; no value for "expected". Add the missing field (an empty one is a delimiter ' +
      'with nothing after it).',
  ],
  [
    'a row with too many fields',
    'qa.csv',
    'id,question\n1,"What?"\n2,Why, though?\n',
    'qa.csv:3: 3 fields, the header has 2; the first field too many is "though?". Put a text that contains the delimiter ' +
      'in double quotes.',
  ],
  [
    'a quote that is never closed, at the line where it opens',
    'qa.csv',
    'id,question,topic\r\n1,"a\r\n\r\nb",c\r\n\r\n"2\r\n2","What?\r\nWhy?",x\r\n3,"unclosed\r\n4,a,b\r\n',
    'qa.csv:9: column "question": the quote that opens "unclosed is never closed. Add the closing double quote, or remove ' +
      'this one.',
  ],
  [
    'a quote that is never closed behind a cell with line ends',
    'qa.csv',
    'id,question\n"1\n2","What?\n3,b\n',
    'qa.csv:3: column "question": the quote that opens "What? is never closed. Add the closing double quote, or remove this one.',
  ],
  [
    'a quote that is never closed in the header',
    'qa.csv',
    'id,"question\n1,2\n',
    'qa.csv:1: field 2: the quote that opens "question is never closed. Add the closing double quote, or remove this one.',
  ],
  [
    'text after a closing quote',
    'qa.csv',
    'id,question\n1,"Who said "hi"?"\n',
    'qa.csv:2: column "question": text follows the closing quote of the field that opens with "Who said "hi"?". Expected a ' +
      'delimiter or the end of the line: double each quote inside the field (""), or close it where it should end.',
  ],
  [
    'a stray quote inside an unquoted field',
    'qa.csv',
    'id,question\n\n1,say "hi"\n',
    'qa.csv:3: column "question": a double quote inside the unquoted field say "hi". Put the whole field in double quotes ' +
      'and double those inside: "say ""hi""". A space before an opening quote counts as text.',
  ],
  [
    'a row that is far too large',
    'qa.csv',
    `id,question\n1,"${'text\n'.repeat(3_500_000)}`,
    'qa.csv:2: column "question": the row is larger than 16 MB. Most often a double quote was opened here and never closed: "text.',
  ],
  [
    'a NUL byte',
    'qa.csv',
    'id\n1\n2\u0000\n',
    'qa.csv:3: a NUL byte at byte 6; a dataset is text. Is it a binary file (xlsx, zip, parquet) or UTF-16? Export it as ' +
      'CSV with the encoding UTF-8.',
  ],
  [
    'UTF-16',
    'qa.csv',
    Buffer.from('\ufeffid\n1\n', 'utf16le'),
    'qa.csv:1: the file is UTF-16 (byte order mark FFFE), expected UTF-8. Save it as "CSV UTF-8", or convert it: iconv -f ' +
      'UTF-16 -t UTF-8.',
  ],
  [
    'bytes that are not UTF-8',
    'qa.csv',
    Buffer.from('id\r\nf\u00fcr\n\ufffd caf\u00e9\n', 'latin1'),
    'qa.csv:2: byte 5 (FC) is not valid UTF-8. Save the file as UTF-8, or convert it: iconv -f WINDOWS-1252 -t UTF-8.',
  ],
  [
    'a character that the end of the file cuts, after a replacement character of its own',
    'qa.jsonl',
    Buffer.concat([Buffer.from('{"a":"\ufffd"}\n{"a":"'), Buffer.from([0xf0, 0x9f])]),
    'qa.jsonl:2: byte 18 (F0) is not valid UTF-8. Save the file as UTF-8, or convert it: iconv -f WINDOWS-1252 -t UTF-8.',
  ],
  ['an empty JSONL file', 'qa.jsonl', '\n', 'qa.jsonl: the dataset is empty; expected one JSON object per line.'],
  [
    'a JSONL line that is no JSON',
    'qa.jsonl',
    '{"a":1}\n\n  {"a":"x" "b":2}\r\n',
    `qa.jsonl:3:12: is not valid JSON: found "\\"b\\":2}", expected "," or "}". ${JSONL_FIX}`,
  ],
  [
    'a JSONL line that ends too early',
    'qa.jsonl',
    '{\n  "a":1\n}\n',
    `qa.jsonl:1:2: is not valid JSON: found the end, expected a key in double quotes or "}". ${JSONL_FIX}`,
  ],
  [
    'a JSONL line that is no object',
    'qa.jsonl',
    '{"a":1}\n"text"\n',
    `qa.jsonl:2: found the string "text", expected an object such as {"question": "…"}. ${JSONL_FIX}`,
  ],
  [
    'an array named .jsonl',
    'qa.jsonl',
    '[{"a":1}]\n',
    'qa.jsonl:1: found an array, expected an object such as {"question": "…"}. If the file is one JSON array, name it .json.',
  ],
  [
    'an empty JSON file',
    'qa.json',
    ' \n',
    'qa.json: the dataset is empty; expected an array with at least one object.',
  ],
  [
    'an empty JSON array',
    'qa.json',
    '[]',
    'qa.json: the dataset is empty; expected an array with at least one object.',
  ],
  [
    'a JSON object instead of an array',
    'qa.json',
    '{"data": []}',
    `qa.json:1:1: found "{\\"data\\": []}", expected "[", the start of an array of objects. ${JSON_FIX}`,
  ],
  [
    'an element that is no object',
    'qa.json',
    '[{"a":1},\n 5]',
    `qa.json:2:2: found "5]", expected an object. ${JSON_FIX}`,
  ],
  [
    'a comma after the last element',
    'qa.json',
    '[{"a":1},\n]',
    `qa.json:2:1: found "]", expected an object. ${JSON_FIX}`,
  ],
  [
    'wrong JSON inside an element',
    'qa.json',
    '[{"a":1},\n  {"b": 1,\n   "c": NaN}]',
    `qa.json:3:9: is not valid JSON: found "NaN}", expected a value. ${JSON_FIX}`,
  ],
  [
    'an object that is not closed',
    'qa.json',
    '[\n{"a":"x]}\n',
    `qa.json:2: the object that starts here is not closed at the end of the file. ${JSON_FIX}`,
  ],
  [
    'an array that is not closed',
    'qa.json',
    '[{"a":1}',
    `qa.json:1:9: found the end of the file, expected "," or "]". ${JSON_FIX}`,
  ],
  ['text after the array', 'qa.json', '[{"a":1}]\nx', `qa.json:2:1: found "x", expected nothing more. ${JSON_FIX}`],
]

for (const [what, file, content, message] of BAD) {
  test(`refuses ${what}`, async () => {
    assert.is(await refusal(() => rowsOfFile(file, content)), message)
  })
}

for (const [what, file, content, message] of BAD.filter(([, , { length }]) => length < 1000)) {
  test(`refuses ${what} at the same place when it comes byte by byte`, async () => {
    const format = FORMAT_BY_EXTENSION[extname(file)] ?? null
    const found = await refusal(() => rowsOfStdin(content, { format, pieceBytes: 1 }))
    // Words can differ where the message quotes text that has not arrived yet.
    assert.is(found.split(' ', 1)[0], message.replaceAll(file, 'stdin').split(' ', 1)[0])
  })
}

test('reports the first error of a file, whatever the sizes of its pieces', async () => {
  const content = 'a,b\n1\n2,"x"y\n'
  for (const pieceBytes of [1, 2, 3, 5, 100]) {
    assert.match(await refusal(() => rowsOfStdin(content, { pieceBytes })), /^stdin:2: 1 field, the header has 2;/)
  }
})

/** One piece of CSV, then neither more nor an end. */
async function* silentPipe(): AsyncGenerator<Buffer, void> {
  yield Buffer.from('a,a\n1,2\n')
  await new Promise(() => {})
}

test('reports an error at once, although the pipe stays open', async () => {
  const request = { path: '-', format: null, cwd: '/', datasetsDirs: ['datasets'], stdin: silentPipe() }
  assert.match(await refusal(() => openDataset(request)), /^stdin:1: the header has two columns "a"/)
})

test('refuses a file that does not exist and lists what there is', async () => {
  const files = { 'datasets/questions.csv': 'a\n1\n', 'datasets/math.jsonl': '{}\n', 'notes.txt': '' }
  await withFiles(files, async (folder) => {
    assert.is(
      await refusal(() => openIn(folder, 'qestions.csv')),
      '--dataset qestions.csv: no such file in the working folder or datasets. Did you mean "questions.csv"? Datasets there: ' +
        'math.jsonl, questions.csv.',
    )
    assert.match(await refusal(() => openIn(folder, 'questons')), /Did you mean "questions"\?/)
    assert.is(
      await refusal(() => openIn(folder, 'elsewhere/qa.csv')),
      '--dataset elsewhere/qa.csv: no such file in elsewhere. Expected a .csv, .tsv, .jsonl, .ndjson, .json file.',
    )
  })
})

test('lists no hidden files and no settings of tools as datasets, and of each folder eight files at most', async () => {
  const many = Object.fromEntries(Array.from('abcdefghij', (letter) => [`${letter}.csv`, 'a\n1\n']))
  const tools = {
    '.oxlintrc.json': '[]',
    'package.json': ' {"name": "x"}',
    'tsconfig.json': '// strict\n{}',
    'empty.json': '',
  }
  await withFiles({ ...many, ...tools, 'datasets/rows.json': '\ufeff\n[{"a": 1}]' }, async (folder) => {
    assert.match(
      await refusal(() => openIn(folder, 'zzz.tsv')),
      / Datasets there: a\.csv, b\.csv, c\.csv, d\.csv, e\.csv, f\.csv, g\.csv, h\.csv, …, rows\.json\.$/,
    )
  })
})

test('refuses a folder, an unknown extension and a name that fits two files', async () => {
  const files = { 'datasets/a.csv': 'a\n1\n', 'datasets/a.jsonl': '{}\n', 'sheet.xlsx': 'PK', plain: 'a\n1\n' }
  await withFiles(files, async (folder) => {
    mkdirSync(join(folder, 'empty'))
    assert.is(
      await refusal(() => openIn(folder, 'datasets')),
      'datasets: is a folder, expected a dataset file. Name a file in it, such as datasets/a.csv.',
    )
    assert.is(await refusal(() => openIn(folder, 'empty')), 'empty: is a folder, expected a dataset file. Name a file.')
    assert.is(
      await refusal(() => openIn(folder, 'sheet.xlsx')),
      'sheet.xlsx: the name has the extension ".xlsx", expected one of .csv, .tsv, .jsonl, .ndjson, .json. Export or rename the file.',
    )
    assert.match(
      await refusal(() => openIn(folder, 'plain')),
      /^plain: the name has no extension, expected one of \.csv/,
    )
    assert.is(
      await refusal(() => openIn(folder, 'a')),
      '--dataset a: datasets/a.csv and datasets/a.jsonl both fit. Write the one you mean with its extension.',
    )
  })
})

test.run()
