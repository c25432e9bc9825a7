/** Is what docs/replay.md tells of datasets/recorded-answers.csv what comes out? */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { inWorkdir, ROOT } from '../helpers/workdir.ts'

const FILES = { 'datasets/recorded-answers.csv': readFileSync(join(ROOT, 'datasets', 'recorded-answers.csv')) }
const REPLAY = ['eval', '--dataset', 'recorded-answers.csv', '--provider', 'replay', '--replay-column', 'output']

test('recorded answers are scored as they stand, an empty one and one of several lines as well, and cost nothing', () =>
  inWorkdir(FILES, async (work) => {
    const { status, stderr } = await work.assay([...REPLAY, '--keep', 'output', '--scorer', 'includes:ignore-case'])
    assert.is(status, 0, stderr)
    const rows = work.run().results()
    assert.is(rows.length, 40)
    for (const row of rows) {
      assert.is(row['status'], 'completed')
      assert.is(row['output'], row['var:output'])
      assert.is(row['cost_usd'], '0')
      assert.is(row['latency_ms'], '')
      assert.is(row['model'], 'recorded')
    }
    assert.ok(rows.some(({ output }) => output === ''))
    assert.ok(rows.some(({ output }) => output?.includes('\n') === true))
  }))

test('strict and flexible extraction stand side by side, and the strict one decides', () =>
  inWorkdir(FILES, async (work) => {
    const strict = String.raw`extract:/####\W{0,3}\d.*/ > numeric`
    const scorers = ['--scorer', strict, '--scorer', 'numeric', '--weight', 'numeric=0']
    const { status, stderr } = await work.assay([...REPLAY, '--where', 'category=worked', ...scorers])
    assert.is(status, 0, stderr)
    const rows = work.run().results()
    const passing = (column: string): (string | undefined)[] =>
      rows.filter((row) => row[column] === '1').map((row) => row['sample_id'])
    assert.equal(passing(`score:${strict}`), ['rec-034', 'rec-036', 'rec-037'])
    assert.equal(passing('score:numeric'), ['rec-034', 'rec-035', 'rec-036', 'rec-037'])
    assert.is(rows.length, 6)
    assert.equal(
      rows.filter((row) => row['pass'] === 'true').map((row) => row['sample_id']),
      passing(`score:${strict}`),
    )
  }))

test('people are told to disagree with a scorer that looks for words', () =>
  inWorkdir(FILES, async (work) => {
    const { status, stderr } = await work.assay([...REPLAY, '--scorer', 'includes:ignore-case', '--human', 'human'])
    assert.is(status, 0, stderr)
    const rows = work.run().results()
    assert.is(rows.filter((row) => row['pass'] === 'true').length, 25)
    const { stdout } = await work.assay(['calibrate', 'latest'])
    assert.match(
      stdout,
      'passes 4 of 11 answers (36.4 %) that people fail and fails 5 of 19 answers (26.3 %) that people pass',
    )
  }))

test.run()
