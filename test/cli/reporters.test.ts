/** Reports for a CI from the command line: files, the summary of a step, annotations, and a runner that takes commands. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { commandsIn } from '../report/runner.ts'
import { inWorkdir, type Workdir } from '../helpers/workdir.ts'

const SUMMARY_FILE = 'step-summary.md'
const ON_GITHUB = { GITHUB_ACTIONS: 'true', CI: 'true' }

/** Recorded outputs: whatever a model may say, without one. */
const ATTACKS = [
  '::error::forged',
  '  ::set-output name=a::b',
  '\n::add-mask::a',
  '\r::warning::forged',
  'x ##[error]forged',
  '\u0085::stop-commands::pause',
  '::group::forged\n::endgroup::',
]

function hostileDataset(): string {
  const rows = ATTACKS.map((text, index) => ({
    id: `${text} ${index}`,
    question: text,
    expected: `not ${text}`,
    output: text,
    topic: text,
  }))
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('')
}

const REPLAY = [
  '--dataset',
  '::error::hostile.jsonl',
  '--provider',
  'replay',
  '--replay-column',
  'output',
  '--scorer',
  'exact',
]
const summaryOf = (work: Workdir): string => work.read(SUMMARY_FILE)
const stepSummary = (work: Workdir): Record<string, string> => ({ GITHUB_STEP_SUMMARY: `${work.path}/${SUMMARY_FILE}` })

test('on a GitHub runner no line is a command that is not ours, whatever data and answers hold', () =>
  inWorkdir({ '::error::hostile.jsonl': hostileDataset() }, async (work) => {
    const env = ON_GITHUB
    const runs: (readonly string[])[] = [
      ['eval', ...REPLAY, '--slice', 'topic', '--out', 'results/one'],
      ['eval', ...REPLAY, '--slice', 'topic', '--out', 'results/two', '--json'],
      ['eval', ...REPLAY, '--scorer', '::error::x'],
      ['eval', '--dataset', '::error::nowhere.csv', '--simulate'],
      ['gate', 'results/two', '--baseline', 'results/one', '--max-drop', '0.1'],
      ['compare', 'results/one', 'results/two'],
      ['compare', 'results/one', 'results/two', '--json'],
      ['score', 'results/one', '--scorer', 'includes', '--json'],
      ['plan', ...REPLAY],
      ['::error::forged'],
    ]
    for (const args of runs) {
      const { stdout, stderr, status } = await work.assay(args, { env })
      assert.equal(commandsIn(stdout), [], args.join(' '))
      assert.equal(commandsIn(stderr), [], args.join(' '))
      // The data came through, only not as commands.
      if (args.includes('--json') && status === 0) assert.ok(typeof JSON.parse(stdout) === 'object')
    }
    const { stdout } = await work.assay(['report', 'results/one', '--reporter', 'github'], { env })
    const commands = commandsIn(stdout)
    assert.is(commands.length, stdout.trimEnd().split('\n').length)
    assert.ok(commands.every(({ command }) => ['error', 'warning', 'notice'].includes(command)))
    assert.ok(
      commands.some(({ properties }) => properties['file'] === '::error::hostile.jsonl' && properties['line'] === '1'),
    )
  }))

test('with --json the annotations go to standard error', () =>
  inWorkdir({}, async (work) => {
    const args = ['eval', '--dataset', 'qa.csv', '--limit', '8', '--simulate', '--reporter', 'github', '--json']
    const { stdout, stderr } = await work.assay(args, { env: ON_GITHUB })
    assert.ok(typeof JSON.parse(stdout) === 'object')
    assert.is(commandsIn(stderr)[0]?.command, 'notice')
  }))

test('the formats are files of the run, and assay report makes the same ones again', () =>
  inWorkdir({}, async (work) => {
    const formats = ['--reporter', 'markdown', '--reporter', 'junit', '--reporter', 'json']
    const { status } = await work.assay([
      'eval',
      '--dataset',
      'qa.csv',
      '--limit',
      '20',
      '--simulate',
      ...formats,
      '--out',
      'results/a',
    ])
    assert.is(status, 0)
    await work.assay(['report', 'results/a', ...formats, '--out', 'again'])
    for (const file of ['report.md', 'junit.xml', 'summary.json'])
      assert.is(work.read(`again/${file}`), work.read(`results/a/${file}`))
    assert.match(work.read('again/report.md'), '**SIMULATED**')
  }))

test('eval, score, gate and compare append to the summary of the step, and nothing without the variable', () =>
  inWorkdir({ [SUMMARY_FILE]: 'written before\n' }, async (work) => {
    const env = stepSummary(work)
    const common = ['--dataset', 'qa.csv', '--limit', '20', '--simulate', '--quiet']
    const before = await work.assay(['eval', ...common, '--out', 'results/a', '--fail-under', '0.99'], { env })
    assert.is(before.status, 1)
    assert.match(summaryOf(work), /^written before\n\n\n## ❌ `qa` \(simulated\): pass rate below 99\.0 %/)
    assert.match(summaryOf(work), /> exit 1: .*below --fail-under 99%/)
    await work.assay(
      ['eval', ...common, '--seed', '2', '--out', 'results/b', '--baseline', 'results/a', '--max-drop', '0.5'],
      { env },
    )
    assert.match(summaryOf(work), /## (✅ PASS|⚠️ INCONCLUSIVE|❌ REGRESSION) \(simulated\)/)
    assert.match(summaryOf(work), '### Against')
    await work.assay(['score', 'results/a', '--scorer', 'f1'], { env })
    assert.match(summaryOf(work), 'scored by `f1`')
    const length = summaryOf(work).length
    await work.assay(['gate', 'results/b', '--baseline', 'results/a', '--max-drop', '0.5'], { env: {} })
    assert.is(summaryOf(work).length, length)
    work.write(SUMMARY_FILE, '')
    await work.assay(['score', 'results/b', '--scorer', 'f1'], { env: {} })
    await work.assay(['gate', 'results/b', '--baseline', 'results/a', '--max-drop', '0.5'], { env })
    assert.match(summaryOf(work), /^## \S+ (PASS|INCONCLUSIVE|REGRESSION) \(simulated\): /u)
    await work.assay(['compare', 'results/a', 'results/b'], { env })
    assert.match(summaryOf(work), '### Comparison (SIMULATED)')
  }))

test('a summary that cannot be written or is full is a note, and the run is what it was', () =>
  inWorkdir({ [SUMMARY_FILE]: 'x'.repeat(1_048_500), file: '' }, async (work) => {
    const args = ['eval', '--dataset', 'qa.csv', '--limit', '5', '--simulate', '--quiet']
    const unwritable = await work.assay(args, { env: { GITHUB_STEP_SUMMARY: `${work.path}/file/below` } })
    assert.is(unwritable.status, 0)
    assert.match(unwritable.stderr, /! the summary of the step was not written \(GITHUB_STEP_SUMMARY=.*\): ENOTDIR/)
    const full = await work.assay(args, { env: stepSummary(work) })
    assert.is(full.status, 0)
    assert.match(full.stderr, '! the summary of the step is full')
    assert.is(summaryOf(work).length, 1_048_500)
    work.write(SUMMARY_FILE, 'x'.repeat(1_048_000))
    await work.assay(args, { env: stepSummary(work) })
    assert.match(summaryOf(work), '_To stay within the size that GitHub shows, left out: ')
    assert.ok(Buffer.byteLength(summaryOf(work)) <= 1_048_576)
  }))

test.run()
