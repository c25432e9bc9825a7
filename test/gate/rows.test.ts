import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { orderKey } from '../../src/dataset/select.ts'
import { FIXED_COLUMNS, Rows, rowOfLine } from '../../src/gate/rows.ts'
import type { UnscoredLine, ScoreLine } from '../../src/journal/types.ts'
import { key128 } from '../../src/lib/hash.ts'
import { lineOf } from './run-folder.ts'

const PLACE = { model: 'm', prompt: 'p' }

test('a row has the values of its line, and NaN where the line has none', () => {
  const rows = new Rows(PLACE)
  const line = lineOf({
    question: 'a',
    passed: true,
    costUsd: null,
    latencyUs: 1_500,
    scores: { f1: 0.5, rubric: null },
  })
  rows.setLine(line, 7)
  const row = rows.rowOf(line.pairKey) ?? Number.NaN
  assert.is(rows.size, 1)
  assert.is(rows.value('pass_rate', row), 1)
  assert.is(rows.value('failures', row), 0)
  assert.is(rows.value('latency', row), 1.5, 'milliseconds')
  assert.is(rows.value('score:f1', row), 0.5)
  for (const column of ['cost', 'score:rubric', 'no such column'])
    assert.ok(Number.isNaN(rows.value(column, row)), column)
  assert.is(rows.orderOf(row), orderKey(7, 'a'))
})

test('setting a line and setting what rowOfLine makes of it come to the same', () => {
  const lines = [
    lineOf({ question: 'a', passed: true, cluster: 'x' }),
    lineOf({ question: 'b' }),
    lineOf({ question: 'c', passed: null, latencyUs: null, scores: { exact: null, f1: 0.25 } }),
    lineOf({ question: 'a', passed: false, cluster: 'y' }),
  ]
  const [quick, plain] = [new Rows(PLACE), new Rows(PLACE)]
  for (const line of lines) {
    quick.setLine(line, 3)
    plain.set(rowOfLine(line, 3))
  }
  assert.is(quick.size, 3)
  assert.equal([...quick.columns].sort(), [...plain.columns].sort())
  for (const { pairKey } of lines) {
    const [one, other] = [quick.rowOf(pairKey) ?? -1, plain.rowOf(pairKey) ?? -1]
    for (const column of quick.columns) {
      assert.ok(Object.is(quick.value(column, one), plain.value(column, other)), column)
    }
    assert.is(quick.orderOf(one), plain.orderOf(other))
    assert.is(quick.clusterName(quick.clusterOf(one) ?? -1), plain.clusterName(plain.clusterOf(other) ?? -1))
  }
})

test('of two lines with one key the later one holds, and nothing of the earlier is left', () => {
  const answered = lineOf({ question: 'a', passed: true }) as ScoreLine
  const failed = lineOf({ question: 'a' }) as UnscoredLine
  const rows = new Rows(PLACE)
  rows.setLine(answered, 1)
  rows.setLine(failed, 1)
  assert.is(rows.size, 1)
  assert.is(rows.value('failures', 0), 1)
  for (const column of rows.columns) if (column !== 'failures') assert.ok(Number.isNaN(rows.value(column, 0)), column)
  rows.setLine(answered, 1)
  assert.is(rows.value('failures', 0), 0)
  assert.is(rows.value('pass_rate', 0), 1)
})

test('a column that comes late is NaN for the rows before it', () => {
  const rows = new Rows(PLACE)
  rows.setLine(lineOf({ question: 'a', passed: true, scores: { exact: 1 } }), 1)
  rows.setLine(lineOf({ question: 'b', passed: true, scores: { exact: 1, f1: 0.5 } }), 1)
  const read = rows.reader('score:f1')
  assert.ok(Number.isNaN(read(0)))
  assert.is(read(1), 0.5)
  assert.ok(Number.isNaN(rows.reader('no such column')(0)))
  assert.ok(FIXED_COLUMNS.every((column) => rows.columns.includes(column)))
})

test('twenty thousand rows are found again by their keys', () => {
  const rows = new Rows(PLACE)
  const keys = Array.from({ length: 20_000 }, (_, index) => key128(`key ${index}`))
  for (const [index, key] of keys.entries())
    rows.set({ key, order: index / 20_000, cluster: null, values: { cost: index } })
  for (const [index, key] of keys.entries()) assert.is(rows.value('cost', rows.rowOf(key) ?? -1), index)
  assert.is(rows.rowOf(key128('another')), undefined)
  assert.is([...rows.keys()].length, 20_000)
})

test.run()
