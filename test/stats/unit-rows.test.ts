import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { UnitRows } from '../../src/stats/unit-rows.ts'

interface Counted {
  rows: number
  units: Set<number>
}

function counted(comesAgain: boolean, label = 'label'): UnitRows<Counted> {
  const merge = (into: Counted, from: Counted): void => {
    into.rows += from.rows
    for (const unit of from.units) into.units.add(unit)
  }
  return new UnitRows({ create: () => ({ rows: 0, units: new Set<number>() }), merge }, { label, comesAgain })
}

function add(rows: UnitRows<Counted>, unit: number): void {
  const row = rows.of(unit)
  row.rows += 1
  row.units.add(unit)
}

test('up to 2,000 units have a row each, in their order', () => {
  const rows = counted(false)
  for (let unit = 0; unit < 2_000; unit++) for (let epoch = 0; epoch < 2; epoch++) add(rows, unit)
  assert.is(rows.groups, null)
  assert.is(rows.rows.length, 2_000)
  assert.ok(rows.rows.every(({ rows: count, units }, index) => count === 2 && units.has(index)))
})

for (const comesAgain of [false, true]) {
  test(`more units share 500 rows and nothing is lost, ${comesAgain ? 'scattered' : 'next to each other'}`, () => {
    const rows = counted(comesAgain)
    const all = Array.from({ length: 5_001 }, (_, unit) => unit)
    for (const unit of all) for (let epoch = 0; epoch < (comesAgain ? 1 : 2); epoch++) add(rows, unit)
    if (comesAgain) for (const unit of all.toReversed()) add(rows, unit)
    assert.is(rows.groups, 500)
    assert.is(rows.rows.length, 500)
    assert.is(
      rows.rows.reduce((sum, { rows: count }) => sum + count, 0),
      10_002,
    )
    // All rows of a unit are in one group.
    assert.is(
      rows.rows.reduce((sum, { units }) => sum + units.size, 0),
      5_001,
    )
  })
}

test('groups are drawn, not dealt out in turn, and the label decides how', () => {
  const groupOfFirst = (label: string): readonly number[] => {
    const rows = counted(false, label)
    for (let unit = 0; unit < 3_000; unit++) add(rows, unit)
    return Array.from({ length: 20 }, (_, unit) => rows.rows.findIndex(({ units }) => units.has(unit)))
  }
  assert.equal(groupOfFirst('a'), groupOfFirst('a'))
  assert.not.equal(groupOfFirst('a'), groupOfFirst('b'))
  assert.not.equal(
    groupOfFirst('a'),
    Array.from({ length: 20 }, (_, unit) => unit),
  )
})

test.run()
