import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { groupAgainst, groupLike, mismatches, requireComparable } from '../../src/gate/compatible.ts'
import { Rows } from '../../src/gate/rows.ts'
import type { Side, SideFacts, SideGroup } from '../../src/gate/types.ts'
import { UserError } from '../../src/lib/errors.ts'

const FACTS: SideFacts = {
  name: 'run',
  runIds: ['run'],
  startedAt: '2026-01-01T00:00:00.000Z',
  simulated: false,
  provider: { name: 'openrouter', baseUrl: 'https://openrouter.ai/api/v1' },
  dataset: { name: 'qa', format: 'csv', sha256: 'a', samples: 10, version: 'v1' },
  prompts: [{ name: 'question', id: 'p1' }],
  scoring: { pass: 1, at: '', key: 'k1', scorers: ['exact'], judges: [], weight: {}, threshold: {}, combine: 'all' },
  judges: null,
  embeddings: null,
  seed: 1,
  epochs: 1,
  planned: 10,
  clusterColumn: null,
}

function group(model: string, prompt = 'question'): SideGroup {
  return { rows: new Rows({ model, prompt }), servedBy: { models: {}, providers: {} } }
}

function refused(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    assert.instance(error, UserError)
    return (error as Error).message
  }
  throw new Error('nothing was refused')
}

test('equal runs have no mismatch, whatever their models', () => {
  assert.equal(mismatches(FACTS, { ...FACTS, name: 'other', seed: 2 }), [])
})

test('every difference that decides what numbers mean is told', () => {
  const others: readonly [string, Partial<SideFacts>][] = [
    ['kind of provider', { simulated: true }],
    ['dataset', { dataset: { ...FACTS.dataset, version: 'v2' } }],
    ['scorers', { scoring: { ...FACTS.scoring, key: 'k2', scorers: ['f1'] } }],
    ['judges', { judges: { models: ['judge'], name: 'openrouter', baseUrl: '' } }],
    ['embeddings', { embeddings: { models: ['vectors'], name: 'openrouter', baseUrl: '' } }],
    ['prompts', { prompts: [{ name: 'question', id: 'p2' }] }],
    ['provider', { provider: { name: 'mistral', baseUrl: '' } }],
    ['epochs', { epochs: 2 }],
  ]
  for (const [what, other] of others) {
    assert.equal(
      mismatches({ ...FACTS, ...other }, FACTS).map((mismatch) => mismatch.what),
      [what],
    )
  }
})

test('scorers of equal names whose code changed differ, unless nobody can know it', () => {
  const changed = { ...FACTS, scoring: { ...FACTS.scoring, key: 'k2' } }
  assert.equal(
    mismatches(changed, FACTS).map(({ what }) => what),
    ['scorers'],
  )
  const unknown = (facts: SideFacts): SideFacts => ({
    ...facts,
    scoring: { ...facts.scoring, codeUnknown: ['mine'], knownKey: 'known' },
  })
  assert.equal(mismatches(unknown(changed), unknown(FACTS)), [])
  assert.match(
    requireComparable(unknown(changed), unknown(FACTS)).join(),
    'whether mine scores as it did then, nobody can know',
  )
})

test('a gate refuses what would make its verdict say nothing, and notes the rest', () => {
  assert.match(
    refused(() => requireComparable({ ...FACTS, simulated: true }, FACTS)),
    'other kind of provider',
  )
  assert.match(
    refused(() => requireComparable({ ...FACTS, dataset: { ...FACTS.dataset, version: 'v2' } }, FACTS)),
    'assay compare',
  )
  assert.equal(requireComparable(FACTS, FACTS), [])
  assert.match(requireComparable({ ...FACTS, epochs: 3 }, FACTS).join(), 'other epochs')
})

test('a model is compared with itself, else with the only one that can be meant', () => {
  const [small, large] = [group('small'), group('large')]
  assert.is(groupLike({ model: 'large', prompt: 'question' }, [small, large]), large)
  assert.is(groupLike({ model: 'large', prompt: 'another' }, [small, large]), large, 'its only prompt')
  assert.is(groupLike({ model: 'third', prompt: 'question' }, [small]), small)
  assert.is(groupLike({ model: 'third', prompt: 'question' }, [small, large]), undefined)
  const baseline: Side = { facts: FACTS, groups: [small, large] }
  assert.match(
    refused(() => groupAgainst({ model: 'smal', prompt: 'question' }, baseline)),
    'Did you mean "small"',
  )
})

test.run()
