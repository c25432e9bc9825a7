/** Which runs are kept to compare later ones with, and what is said where they cannot be? */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { inWorkdir, type Workdir } from '../helpers/workdir.ts'
import { questions } from '../helpers/datasets.ts'

const FILES = { 'qa.csv': questions(40) }
const SIMULATE = ['--simulate', '--quiet']

/** Two nights of one setup; their folders are results/one and results/two. */
async function twoNights(work: Workdir): Promise<void> {
  for (const [name, seed] of [
    ['one', '1'],
    ['two', '2'],
  ] as const) {
    const ended = await work.assay(['eval', '-d', 'qa.csv', '--seed', seed, '--out', `results/${name}`, ...SIMULATE])
    assert.is(ended.status, 0)
  }
}

test('runs are accepted, shown, exported, and replaced with a word about it', () =>
  inWorkdir(FILES, async (work) => {
    const nothing = await work.assay(['baseline', 'show'])
    assert.equal(
      [nothing.status, nothing.stdout],
      [0, 'No baseline is kept. Keep one with assay baseline accept <run>.\n'],
    )
    await twoNights(work)
    const accepted = await work.assay(['baseline', 'accept', 'latest'])
    assert.is(accepted.status, 0)
    assert.match(accepted.stdout, /^main: 1 run of qa, 40 trials per model\n/)
    assert.match(accepted.stdout, /written: results\/baselines\/main\.jsonl \(/)
    assert.match(accepted.stdout, /! SIMULATED/)
    const replaced = await work.assay(['baseline', 'accept', 'one', 'two'])
    assert.match(replaced.stdout, /^main: 2 runs of qa/)
    assert.match(replaced.stdout, new RegExp(`replaced: ${work.runAt('results/two').manifest().runId}\n`))
    const listed = await work.assay(['baseline', 'show'])
    assert.match(listed.stdout, /main .* qa .* 2 .* 40 /)
    const details = await work.assay(['baseline', 'show', 'main', '--json'])
    const [shown] = JSON.parse(details.stdout) as { runIds: string[]; groups: { passRate: { value: number } }[] }[]
    assert.equal(
      shown?.runIds,
      ['one', 'two'].map((name) => work.runAt(`results/${name}`).manifest().runId),
    )
    const exported = await work.assay(['baseline', 'export', 'main', '--out', 'ci/baseline.jsonl'])
    assert.is(exported.status, 0)
    assert.is(work.read('ci/baseline.jsonl'), work.read('results/baselines/main.jsonl'))
    const file = await work.assay(['baseline', 'show', 'ci/baseline.jsonl'])
    assert.match(file.stdout, /SIMULATED · ci\/baseline\.jsonl\n/)
  }))

test('what cannot be done is told with the way out, and changes nothing', () =>
  inWorkdir(FILES, async (work) => {
    await twoNights(work)
    await work.assay(['baseline', 'accept', 'one'])
    work.write('damaged.jsonl', work.read('results/baselines/main.jsonl').replace(',1,', ',0,'))
    const cases: [string[], RegExp][] = [
      [['accept'], /name the runs, or latest/],
      [['acept', 'one'], /there is no such action\. Did you mean "accept"\?/],
      [
        ['accept', 'tow'],
        /no kept baseline, no file and no run folder of that name\. Did you mean "two"\? Kept are main\./,
      ],
      [['accept', 'one', '--name', '../x'], /--name \.\.\/x: no name for a baseline/],
      [['accept', 'one', 'one'], /is named twice/],
      [['accept', 'one', '--out', 'x'], /--out: only assay baseline export takes it/],
      [['show', '--name', 'main'], /--name: only assay baseline accept takes it/],
      [['export', 'main'], /say where to: --out/],
      [
        ['export', 'main', '--out', 'qa.csv'],
        /--out qa\.csv: there is a file of that name which is no readable baseline/,
      ],
      [['show', 'damaged.jsonl'], /damaged\.jsonl:\d+: not as it was written/],
      [['show', 'qa.csv'], /qa\.csv:1: no baseline/],
    ]
    const before = work.files()
    for (const [args, told] of cases) {
      const ended = await work.assay(['baseline', ...args])
      assert.is(ended.status, 2, args.join(' '))
      assert.match(ended.stderr, told)
      assert.is(ended.stdout, '')
    }
    assert.equal(work.files(), before)
  }))

test('a run that was broken off is no baseline', () =>
  inWorkdir(FILES, async (work) => {
    const broken = await work.assay(['eval', '-d', 'qa.csv', '--max-cost', '0.00065', ...SIMULATE])
    assert.is(broken.status, 4)
    const ended = await work.assay(['baseline', 'accept', 'latest'])
    assert.is(ended.status, 2)
    assert.match(ended.stderr, /there is no earlier finished run/)
    const named = await work.assay(['baseline', 'accept', work.run().path])
    assert.match(named.stderr, /has asked \d+ of 40 trials\. A baseline needs them all/)
  }))

test.run()
