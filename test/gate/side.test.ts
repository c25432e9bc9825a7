import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { ScoreLine } from '../../src/journal/types.ts'
import { factsOfRun, readSide } from '../../src/gate/side.ts'
import { UserError } from '../../src/lib/errors.ts'
import { answersOf, inRuns, lineOf, MODEL, sampleOf, SIGNAL } from './run-folder.ts'

const RESUME = {
  at: '',
  assayVersion: '0',
  reused: 4,
  retried: 0,
  rerun: 0,
  remaining: 0,
  dropped: 1,
  changed: [],
}

/** What the reading of a run that is not fit for it says. */
async function refusalOf(read: () => Promise<unknown>): Promise<string> {
  try {
    await read()
  } catch (error) {
    assert.instance(error, UserError)
    return (error as Error).message
  }
  throw new Error('it was read')
}

test('a run is read by model and prompt, with who served it', async () => {
  const answers = [
    ...answersOf(3, () => true),
    ...answersOf(2, () => false, { model: 'other', servedProvider: null }),
    ...answersOf(1, () => true, { prompt: 'short' }),
  ]
  await inRuns([{ name: 'run', answers }], async ([run]) => {
    if (run === undefined) throw new Error('no run')
    const { facts, groups } = await readSide(run.dir, run.manifest, SIGNAL)
    assert.equal([facts.name, facts.planned, facts.scoring.key], ['run', 3, 'scoring-1'])
    assert.equal(
      groups.map(({ rows }) => [rows.model, rows.prompt, rows.size]),
      [
        [MODEL, 'question', 3],
        ['other', 'question', 2],
        [MODEL, 'short', 1],
        // Planned, and never answered: it is there with nothing to compare.
        ['other', 'short', 0],
      ],
    )
    assert.equal(groups[1]?.servedBy, { models: { other: 2 }, providers: { '': 2 } })
  })
})

test('scores of other scorings are passed over, failures belong to all', async () => {
  const answers = [...answersOf(2, () => true), { question: 'down' }]
  const older = JSON.stringify(lineOf({ question: 'q0', passed: false }, 'scoring-0'))
  await inRuns([{ name: 'run', answers, more: [older] }], async ([run]) => {
    if (run === undefined) throw new Error('no run')
    const { groups } = await readSide(run.dir, run.manifest, SIGNAL)
    const [rows] = groups.map((group) => group.rows)
    assert.is(rows?.size, 3)
    assert.is(rows?.value('pass_rate', 0), 1)
    assert.is(rows?.value('failures', 2), 1)
  })
})

test('rows that the last session no longer asks are left out', async () => {
  const answers = answersOf(4, () => true)
  const gone = JSON.stringify(lineOf({ question: 'edited since', passed: false }))
  await inRuns([{ name: 'run', answers, more: [gone], manifest: { resumes: [RESUME] } }], async ([run]) => {
    if (run === undefined) throw new Error('no run')
    const { groups } = await readSide(run.dir, run.manifest, SIGNAL)
    assert.is(groups[0]?.rows.size, 4)
    assert.is(groups[0]?.rows.rowOf(lineOf({ question: 'edited since' }).pairKey), undefined)
    assert.is(sampleOf({ question: 'q0' }).id, 'q0')
  })
})

test('what is asked anew in other words is as if it had never been asked', async () => {
  const answers = answersOf(4, () => true)
  const { scores: _scores, ...place } = lineOf({ question: 'q1', passed: true }) as ScoreLine
  const stale = JSON.stringify({ ...place, scoring: undefined, stale: true })
  await inRuns([{ name: 'run', answers, more: [stale] }], async ([run]) => {
    if (run === undefined) throw new Error('no run')
    const { groups } = await readSide(run.dir, run.manifest, SIGNAL)
    assert.is(groups[0]?.rows.size, 3)
    assert.is(groups[0]?.rows.rowOf(place.pairKey), undefined)
  })
})

test('lines that no version has written are an error with their number', async () => {
  const score = lineOf({ question: 'q0', passed: true })
  for (const broken of [
    '{"torn":',
    JSON.stringify({ ...score, scores: { exact: 5 } }),
    JSON.stringify({ ...score, pairKey: 'x' }),
  ]) {
    await inRuns([{ name: 'run', answers: answersOf(2, () => true), more: [broken] }], async ([run]) => {
      if (run === undefined) throw new Error('no run')
      assert.match(
        await refusalOf(() => readSide(run.dir, run.manifest, SIGNAL)),
        'scores.jsonl:4: not a line as Assay',
      )
    })
  }
})

test('a run without scores, one of an older version and one without a file say the fix', async () => {
  const older = JSON.stringify({ ...lineOf({ question: 'q0', passed: true }), sample: undefined })
  await inRuns(
    [
      { name: 'empty', answers: [] },
      { name: 'old', answers: [], more: [older] },
      { name: 'gone', answers: answersOf(1, () => true) },
    ],
    async ([empty, old, gone]) => {
      if (empty === undefined || old === undefined || gone === undefined) throw new Error('no run')
      assert.match(await refusalOf(() => readSide(empty.dir, empty.manifest, SIGNAL)), 'has no scores')
      assert.match(
        await refusalOf(() => readSide(old.dir, old.manifest, SIGNAL)),
        'scores.jsonl:2: a score without its sample',
      )
      rmSync(join(gone.dir, 'scores.jsonl'))
      assert.match(await refusalOf(() => readSide(gone.dir, gone.manifest, SIGNAL)), 'assay score')
      assert.throws(() => factsOfRun({ ...gone.manifest, scorings: [] }), /Score it again/)
    },
  )
})

test.run()
