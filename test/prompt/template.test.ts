import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { columnsOf, fill, parseTemplate, templateHash } from '../../src/prompt/template.ts'

function filled(source: string, cells: Readonly<Record<string, string>>): string {
  return fill(parseTemplate(source), (column) => cells[column] ?? `<no ${column}>`)
}

test('a placeholder is replaced by its cell, as often as it stands there', () => {
  assert.is(filled('Q: {{q}} ({{q}}) {{a}}', { q: 'one?', a: 'two' }), 'Q: one? (one?) two')
})

test('names may hold spaces, dots, dashes and any letters', () => {
  const cells = { 'Best Answer': 'a', 'x.y-z': 'b', 'größe 東京': 'c', 'it\'s "so"': 'd' }
  assert.is(filled('{{Best Answer}}{{x.y-z}}{{größe 東京}}{{it\'s "so"}}', cells), 'abcd')
})

test('blanks inside the braces belong to neither name nor text', () => {
  assert.is(filled('[{{  Best Answer\t}}]', { 'Best Answer': 'x' }), '[x]')
})

test('two literal braces are written with a backslash', () => {
  assert.is(filled('\\{{q}} is {{q}}', { q: 'x' }), '{{q}} is x')
  assert.equal(columnsOf(parseTemplate('\\{{q}}')), [])
})

for (const source of [
  '{q}',
  '{{}}',
  '{{ }}',
  '{{a\nb}}',
  '{{a',
  'a}}',
  '}}{{',
  '{{a{b}}',
  '{ {a} }',
  '\\{q}',
  'a \\ b',
]) {
  test(`${JSON.stringify(source)} holds no placeholder and stays as it is`, () => {
    assert.equal(columnsOf(parseTemplate(source)), [])
    assert.is(filled(source, {}), source)
  })
}

test('the innermost braces count', () => {
  assert.is(filled('{{{q}}}', { q: 'x' }), '{x}')
})

test('columns are named in order of appearance, repeated ones too', () => {
  assert.equal(columnsOf(parseTemplate('{{b}} {{a}} {{b}}')), ['b', 'a', 'b'])
})

test('a cell is text: what looks like a placeholder in it is not looked at', () => {
  const asked: string[] = []
  const text = fill(parseTemplate('{{a}}{{b}}'), (column) => {
    asked.push(column)
    return column === 'a' ? '{{b}} {{constructor}} \\{{' : '{{a}}$&$1'
  })
  assert.is(text, '{{b}} {{constructor}} \\{{{{a}}$&$1')
  assert.equal(asked, ['a', 'b'])
})

test('a cell cannot complete the braces around it', () => {
  assert.is(filled('{{{a}}b}}', { a: '{', b: 'never' }), '{{b}}')
})

test('filling puts the pieces together exactly, whatever literals and cells hold', () => {
  const name = fc.string({ minLength: 1 }).filter((text) => /^[^{}\s\\]+$/.test(text))
  const piece = fc.oneof(
    fc.string().map((text) => ({ source: text.replace(/[{}\\]/g, ''), column: null as string | null })),
    name.map((column) => ({ source: `{{${column}}}`, column })),
    fc.constant({ source: '\\{{', column: null }),
  )
  fc.assert(
    fc.property(fc.array(piece), fc.string({ unit: 'binary' }), (pieces, cell) => {
      const template = parseTemplate(pieces.map(({ source }) => source).join(''))
      assert.equal(
        columnsOf(template),
        pieces.flatMap(({ column }) => column ?? []),
      )
      const expected = pieces
        .map(({ source, column }) => (column === null ? source.replace('\\{{', '{{') : `${column}=${cell}`))
        .join('')
      assert.is(
        fill(template, (column) => `${column}=${cell}`),
        expected,
      )
    }),
  )
})

test('any text at all can be parsed, and keeps its source', () => {
  const braces = fc.array(fc.constantFrom('{', '{{', '}}', '\\', ' ', 'a', '\n'), { maxLength: 30 })
  fc.assert(
    fc.property(braces, (parts) => {
      const source = parts.join('')
      const template = parseTemplate(source)
      assert.is(template.source, source)
      // Written back with its own placeholders, only the escapes differ.
      const back = fill(template, (column) => `{{${column}}}`)
      assert.is(back.replace(/\s/g, ''), source.replaceAll('\\{{', '{{').replace(/\s/g, ''))
    }),
  )
})

test('a template is known by twelve hex digits of its SHA-256', () => {
  assert.is(templateHash('abc'), 'ba7816bf8f01')
})

test.run()
