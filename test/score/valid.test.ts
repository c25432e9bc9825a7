/** Well-formedness: JSON, XML, HTML and SQL. */
import { SUPPORTED_DIALECTS } from '@guanmingchiu/sqlparser-ts'
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Score, Scorer } from '../../src/score/types.ts'
import { validHtml } from '../../src/score/valid-html.ts'
import { validJson } from '../../src/score/valid-json.ts'
import { validSql } from '../../src/score/valid-sql.ts'
import { validXml } from '../../src/score/valid-xml.ts'
import { NO_JUDGES, refusalOf, scoreInput } from './helpers.ts'

async function scoreOf(scorer: Scorer, argument: string | undefined, output: string): Promise<Score> {
  return scorer.create(argument)(scoreInput({ output }), NO_JUDGES)
}

type Case = readonly [output: string, pass: boolean, reason?: string]

const JSON_CASES: readonly Case[] = [
  ['{"a": [1, null, true, "x"]}', true],
  ['42', true],
  ['```json\n{"a": 1}\n```', true],
  ['\n\n```\n[]\n```\n\n', true],
  ['{"a": 1,}', false, 'line:column 1:9'],
  ["{'a': 1}", false],
  ['{"a": 1', false],
  ['Here: {"a": 1}', false],
  ['Here:\n```json\n{"a": 1}\n```', false],
  ['```json\n1\n```\n```json\n2\n```', false],
  ['```json\n{"a": 1}', false],
  ['{"a": 1} {"b": 2}', false],
  ['NaN', false],
  ['', false, 'empty'],
  ['```\n```', false, 'empty'],
]

const JSON_ANYWHERE: readonly Case[] = [
  ['Here: {"a": {"b": [1]}} and more', true],
  ['{wrong} and {"right": 1}', true],
  ['{"a": {"b": 1', false],
  ['{"a {"b": 1}', true],
  ['see [1] and [2]', false],
  ['a list: ["x"]', true],
  ['```json\n{"a": 1}\n```', true],
  ['42', false],
  ['', false],
]

const XML_CASES: readonly Case[] = [
  ['<a/>', true],
  ['<?xml version="1.0" encoding="UTF-8"?>\n<!-- x -->\n<a b="1"><c>&amp;&#169;</c><![CDATA[<]]></a>', true],
  ['```xml\n<a></a>\n```', true],
  ['<日本 x="é">😀</日本>', true],
  ['<soap:a/>', true],
  ['<a>', false, 'unclosed tag'],
  ['<a></b>', false],
  ['<a/><b/>', false],
  ['<a b=1/>', false],
  ['<a b="1" b="2"/>', false],
  ['<a>&nbsp;</a>', false],
  ['<a>1 < 2</a>', false],
  ['Paris', false],
  ['', false],
  // Nothing is expanded: a bomb of entities is an error at its first one.
  ['<!DOCTYPE a [<!ENTITY x "xx"><!ENTITY y "&x;&x;">]><a>&y;</a>', false],
]

const XML_ANYWHERE: readonly Case[] = [
  ['The answer: <a><b/></a>, done', true],
  ['1 < 2 and <br> then <a>x</a>', true],
  ['<a> alone', false],
  ['a < b', false],
  ['<?xml version="1.0"?><a/> and more', true],
]

const HTML_CASES: readonly Case[] = [
  ['<p>x</p>', true],
  ['<p>x<p>y', true],
  ['<ul><li>a<li>b</ul>', true],
  ['<table><tr><td>x</table>', true],
  ['<!doctype html><html><head><title>x</title></head><body><p>a</body></html>', true],
  ['<html><body>text</body></html>', true],
  ['<tr><td>x</td></tr>', true],
  ['<br><img src=a.png><input disabled>', true],
  ['<svg><path d="M0 0"/></svg>', true],
  ['<my-element>x</my-element>', true],
  ['<!-- x --><div>y</div>', true],
  ['<template><p>x</template>', true],
  ['```html\n<p>x</p>\n```', true],
  ['<div><span></div></span>', false, '<span> at 1:6 is not closed'],
  ['<b><i>x</b></i>', false],
  ['<div>', false, '<div> at 1:1 is not closed'],
  ['<p><div></div></p>', false, '</p> at 1:15 closes nothing'],
  ['<div></div></div>', false, 'closes nothing'],
  ['<h1>a</h2>', false],
  ['<div/>', false, 'non-void-html-element-start-tag-with-trailing-solidus'],
  ['<img src="a" src="b">', false, 'duplicate-attribute'],
  ['<p>1 < 2</p>', false, 'invalid-first-character-of-tag-name at 1:7'],
  ['<p>&nbsp x</p>', false],
  ['<p', false, 'eof-in-tag'],
  ['<!-- x', false],
  ['<script>a', false],
  ['Paris', false, 'text outside of all elements'],
  ['Here is your page: <p>x</p>', false, 'text outside of all elements'],
  ['<!-- nothing -->', false, 'there is no element'],
  ['', false],
]

const SQL_CASES: readonly Case[] = [
  ['SELECT 1', true],
  ['```sql\nSELECT a FROM b;\nSELECT c FROM d;\n```', true],
  ['-- first\nINSERT INTO a (b) VALUES (1)', true],
  ["SELECT 'it''s' AS \"日本\"", true],
  ['WITH x AS (SELECT 1) SELECT * FROM x', true],
  ['SELECT * FORM users', false, 'found: FORM at Line: 1, Column: 10'],
  ['Here is your query: SELECT 1', false],
  ['Paris', false],
  ['', false, 'no SQL statement'],
  ['-- nothing\n/* at all **/ ;;', false, 'no SQL statement'],
]

for (const [scorer, argument, cases] of [
  [validJson, undefined, JSON_CASES],
  [validJson, 'anywhere', JSON_ANYWHERE],
  [validXml, undefined, XML_CASES],
  [validXml, 'anywhere', XML_ANYWHERE],
  [validHtml, undefined, HTML_CASES],
  [validSql, undefined, SQL_CASES],
] as const) {
  const name = argument === undefined ? scorer.name : `${scorer.name}:${argument}`
  for (const [output, pass, reason] of cases) {
    test(`${name} ${pass ? 'passes' : 'fails'} ${JSON.stringify(output)}`, async () => {
      const score = await scoreOf(scorer, argument, output)
      assert.is(score.pass, pass, score.reason)
      if (reason !== undefined) assert.match(score.reason, reason)
    })
  }
}

test('valid-json passes every JSON value, written with and without spaces, and finds each object in prose', async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), fc.nat(4), async (value, indent) => {
      assert.is((await scoreOf(validJson, undefined, JSON.stringify(value, null, indent))).pass, true)
      const text = `The {value}: ${JSON.stringify({ value }, null, indent)} is right.`
      assert.is((await scoreOf(validJson, 'anywhere', text)).pass, true)
    }),
  )
})

test('valid-json agrees with JSON.parse on texts that are almost JSON', async () => {
  const pieces = fc.array(fc.constantFrom('{', '}', '[', ']', '"a"', ':', ',', '1', 'null', ' '), { maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(pieces, async (parts) => {
      const text = parts.join('')
      let isJson = true
      try {
        JSON.parse(text)
      } catch {
        isJson = false
      }
      assert.is((await scoreOf(validJson, undefined, text)).pass, isJson, text)
    }),
  )
})

test('nesting without end is judged or given up, and never breaks the scorer', async () => {
  const deep = 100_000
  assert.is((await scoreOf(validJson, undefined, '['.repeat(deep) + ']'.repeat(deep))).pass, true)
  assert.is((await scoreOf(validXml, undefined, '<a>'.repeat(deep) + '</a>'.repeat(deep))).pass, true)
  for (const scorer of [validJson, validXml]) {
    assert.is.not((await scoreOf(scorer, 'anywhere', '{<a>'.repeat(deep))).pass, true)
  }
  assert.is.not((await scoreOf(validHtml, undefined, '<div>'.repeat(deep))).pass, true)
})

test('SQL that breaks the parser is unscored, and what comes after is judged again', async () => {
  for (const hostile of [
    `CREATE TABLE a (b ${'ARRAY<'.repeat(10_000)}`,
    `SELECT ${'INTERVAL '.repeat(1_000)}1`,
    `SELECT ${'1+'.repeat(100_000)}1`,
    `SELECT ${'('.repeat(100)}1${')'.repeat(100)}`,
  ]) {
    const score = await scoreOf(validSql, undefined, hostile)
    assert.is(score.value, null, hostile.slice(0, 40))
    assert.is((await scoreOf(validSql, undefined, 'SELECT 1')).pass, true)
  }
})

test('many SQL answers at once are judged each by itself', async () => {
  const score = validSql.create(undefined)
  const outputs = Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? `SELECT ${index}` : `SELEC ${index}`))
  const scores = await Promise.all(outputs.map((output) => score(scoreInput({ output }))))
  assert.equal(
    scores.map(({ pass }) => pass),
    outputs.map((output) => output.startsWith('SELECT')),
  )
})

test('the dialects are those of the parser, and an answer is read in the one asked for', async () => {
  for (const dialect of SUPPORTED_DIALECTS)
    assert.is((await scoreOf(validSql, dialect, 'SELECT 1')).pass, true, dialect)
  assert.equal(
    validSql.argument
      .match(/one of ([^;]*);/)?.[1]
      ?.split(', ')
      .sort(),
    [...SUPPORTED_DIALECTS].sort(),
  )
  assert.is((await scoreOf(validSql, 'MySQL', 'SELECT `a` FROM `b`')).pass, true)
  assert.is((await scoreOf(validSql, 'postgresql', 'SELECT `a` FROM `b`')).pass, false)
})

test('refuses arguments that say nothing', () => {
  assert.match(
    refusalOf(() => validSql.create('postgres')),
    'Did you mean "postgresql"',
  )
  assert.match(
    refusalOf(() => validJson.create('strict')),
    'valid-json:anywhere',
  )
  assert.match(
    refusalOf(() => validXml.create('')),
    'valid-xml:anywhere',
  )
})

test.run()
