import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { poolSides } from '../../src/gate/pool.ts'
import { keyOf, many, side } from './made-sides.ts'

function valueOf(pooled: ReturnType<typeof poolSides>, sample: string, column = 'pass_rate'): number {
  const rows = pooled.groups[0]?.rows
  return rows?.value(column, rows.rowOf(keyOf(sample, 1)) ?? -1) ?? Number.NaN
}

test('each trial of a pool is the mean over the runs that know it', () => {
  const pooled = poolSides([
    side({ samples: { a: 1, b: 0, c: null } }, { name: 'x', runIds: ['x'] }),
    side({ samples: { a: 0, b: null, c: null } }, { name: 'y', runIds: ['y'] }),
  ])
  assert.equal([valueOf(pooled, 'a'), valueOf(pooled, 'b')], [0.5, 0])
  assert.ok(Number.isNaN(valueOf(pooled, 'c')))
  assert.is(valueOf(pooled, 'b', 'failures'), 0.5)
  assert.equal(pooled.facts.runIds, ['x', 'y'])
})

test('a side of several runs counts for each of them', () => {
  const pooled = poolSides([
    side({ samples: { a: 1 } }, { runIds: ['v', 'w', 'x'] }),
    side({ samples: { a: 0 } }, { runIds: ['y'] }),
  ])
  assert.is(valueOf(pooled, 'a'), 0.75)
})

test('what is equal in all runs stays exactly what it is', () => {
  const pooled = poolSides(['x', 'y', 'z'].map((id) => side({ samples: { a: 0.1 } }, { runIds: [id] })))
  assert.is(valueOf(pooled, 'a'), 0.1)
})

test('clusters and the order of sending survive pooling', () => {
  const clusterOf = (sample: string): string => (sample === 's0' ? 'one' : 'two')
  const sides = ['x', 'y'].map((id) => side({ samples: many(3, () => 1), clusterOf }, { runIds: [id] }))
  const rows = poolSides(sides).groups[0]?.rows
  const original = sides[0]?.groups[0]?.rows
  for (const sample of ['s0', 's1', 's2']) {
    const [row = -1, before = -1] = [rows?.rowOf(keyOf(sample, 1)), original?.rowOf(keyOf(sample, 1))]
    assert.is(rows?.orderOf(row), original?.orderOf(before))
    assert.is(rows?.clusterName(rows.clusterOf(row) ?? -1), clusterOf(sample))
  }
})

test('runs of two setups are not pooled', () => {
  const other = side({ samples: { a: 1 } }, { name: 'y', runIds: ['y'], simulated: true })
  assert.throws(() => poolSides([side({ samples: { a: 1 } }), other]), /other kind of provider/)
})

test('one run alone stays what it is', () => {
  const alone = side({ samples: { a: 1 } })
  assert.is(poolSides([alone]), alone)
})

test.run()
