/** Two runs of the simulator, compared by the program as people type it. */
import { parse } from 'csv-parse/sync'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { ComparisonReport } from '../../src/gate/compare/types.ts'
import { inWorkdir, type Workdir } from '../helpers/workdir.ts'

const QA = new URL('../../datasets/qa.csv', import.meta.url)

/** A run of the first 200 questions; the skills of the models are given. */
async function evaluate(
  work: Workdir,
  out: string,
  skills: Readonly<Record<string, number>>,
  rest: readonly string[] = [],
): Promise<void> {
  const models = Object.entries(skills).flatMap(([model, skill]) => [
    '-m',
    model,
    '--simulator',
    `skill=${model}:${skill}`,
  ])
  const { status } = await work.assay([
    'eval',
    '-d',
    QA.pathname,
    '--limit',
    '200',
    '--slice',
    'category',
    '--out',
    out,
    '--quiet',
    '--simulate',
    ...models,
    ...rest,
  ])
  assert.is(status, 0)
}

test('two runs are compared on the screen, as JSON and in files', async () => {
  await inWorkdir({}, async (work) => {
    await evaluate(work, 'old', { 'test/model': 0.9 })
    await evaluate(work, 'new', { 'test/model': 0.6 }, ['--seed', '2'])
    const people = await work.assay(['compare', 'old', 'new', '--flips', '2'])
    assert.equal([people.status, people.stderr], [0, ''])
    assert.match(people.stdout, 'SIMULATED · baseline')
    assert.match(people.stdout, /the candidate is worse than the baseline by [\d.]+ points \[/)
    assert.match(people.stdout, '│ geography ')
    assert.not.match(people.stdout, /PASS\b/)
    assert.equal(
      people.files.filter((name) => name.includes('comparison') || name.includes('flips')),
      [],
    )

    const program = await work.assay(['compare', 'old', 'new', '--json', '--out', 'comparison'])
    assert.is(program.status, 0)
    const report = JSON.parse(program.stdout) as ComparisonReport
    const [pair] = report.pairs
    assert.equal([report.formatVersion, report.simulated, pair?.trials.both], [1, true, 200])
    assert.is(work.read('comparison/comparison.json'), program.stdout)
    const flips = parse(work.read('comparison/flips.csv'), { columns: true }) as Record<string, string>[]
    assert.is(flips.length, (pair?.flips?.wrong ?? 0) + (pair?.flips?.right ?? 0))
    for (const { went, expected, baseline_output: before, candidate_output: now } of flips) {
      assert.equal([before === expected, now === expected], went === 'wrong' ? [true, false] : [false, true])
    }
    assert.is(parse(work.read('comparison/comparison.csv'), { columns: true }).length, 5 + (pair?.slices.length ?? 0))
    assert.match(work.read('comparison/comparison.md'), '### Comparison (SIMULATED)')
    const again = await work.assay(['compare', 'old', 'new', '--json'])
    assert.is(again.stdout, program.stdout, 'the same runs give the same bytes')
  })
})

test('the models of one run are compared with its first', async () => {
  await inWorkdir({}, async (work) => {
    await evaluate(work, 'run', { 'test/good': 0.9, 'test/bad': 0.5, 'test/middling': 0.8 })
    const { status, stdout } = await work.assay([
      'compare',
      'run',
      '--flips',
      '0',
      '--slice',
      'category',
      '--slices',
      'bh',
    ])
    assert.is(status, 0)
    assert.match(stdout, 'test/bad is worse than test/good by')
    assert.match(stdout, 'test/middling · question against test/good · question')
    assert.match(stdout, 'Holm over 2 quality comparisons, Benjamini-Hochberg over')
    assert.not.match(stdout, 'was "')
  })
})

test('what cannot be compared, and what is typed wrongly, ends with 2 and says the fix', async () => {
  await inWorkdir({ 'other.csv': 'question,expected,output\nWhat?,That,That\n' }, async (work) => {
    await evaluate(work, 'run', { 'test/model': 0.9 })
    const replayed = [
      'eval',
      '-d',
      'other.csv',
      '--provider',
      'replay',
      '--replay-column',
      'output',
      '--out',
      'real',
      '--quiet',
    ]
    assert.is((await work.assay(replayed)).status, 0)
    const wrong: readonly (readonly [readonly string[], string | RegExp])[] = [
      [['run', 'real'], 'say nothing about each other'],
      [['run'], 'nothing to compare inside it'],
      [['run', 'run'], 'named twice'],
      [['run', 'rum'], 'no such folder'],
      [['run', 'real', '--flips', 'many'], '--flips "many": expected a whole number'],
      [['run', 'real', '--slices', 'none'], 'expected holm or bh'],
      [[], 'runs'],
    ]
    for (const [args, message] of wrong) {
      const { status, stdout, stderr } = await work.assay(['compare', ...args])
      assert.equal([status, stdout], [2, ''], args.join(' '))
      assert.match(stderr, message)
    }
  })
})

test.run()
