/** Does every label reach the answer that it is about, and is it told where one does not? */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { CalibratedGroup, CalibrationReport } from '../../src/report/calibration.ts'
import { type CalibrateRequest, calibrateRun } from '../../src/run/calibrate.ts'
import { calibrationOf } from '../stats/calibration-of.ts'
import { HUMAN_WORDS } from '../../src/stats/human.ts'
import { refusalOf } from '../lib/thrown.ts'
import { type FinishedRun, withFinishedRun } from './finished-run.ts'

type Asked = Partial<Pick<CalibrateRequest, 'run' | 'human' | 'labels' | 'scorers'>>

function calibrated(cwd: string, asked: Asked = {}): Promise<CalibrationReport> {
  return calibrateRun({
    run: 'r',
    human: undefined,
    labels: undefined,
    scorers: [],
    cwd,
    stdin: (async function* () {})(),
    interrupt: new AbortController().signal,
    ...asked,
  })
}

const refused = async (run: FinishedRun, files: Record<string, string>, asked: Asked = {}): Promise<string> => {
  let refusal = ''
  await withFinishedRun(run, files, async (cwd) => {
    refusal = await refusalOf(() => calibrated(cwd, asked))
  })
  return refusal
}

const confusionOf = ({ calibration }: CalibratedGroup): unknown => calibration?.confusion

/** Twelve recorded answers: the judge passes the even ones; people disagree on q1 and q4, and have not seen the last two. */
const RECORDED: FinishedRun = {
  samples: Array.from({ length: 12 }, (_, index) => ({
    question: `Q${index + 1}?`,
    human: index >= 10 ? '' : index === 0 ? 'Pass' : index === 3 ? 'NO' : index % 2 === 0 ? 'wrong' : ' 1 ',
  })),
  trial: ({ index }) => ({ passed: index % 2 === 1 }),
}

test('labels of the dataset meet the scores of their answers', async () => {
  await withFinishedRun(RECORDED, {}, async (cwd) => {
    const report = await calibrated(cwd)
    assert.equal([report.runId, report.labels, report.notes], ['r', 'column human of the dataset', []])
    assert.equal(report.groups.length, 1)
    const [group] = report.groups
    assert.equal([group?.model, group?.prompt, group?.scorer], ['m', 'question', 'exact'])
    assert.equal(group && confusionOf(group), { bothPass: 4, onlyHumanPasses: 1, onlyJudgePasses: 1, bothFail: 4 })
    assert.equal([group?.calibration?.scored, group?.calibration?.labelled], [12, 10])
    assert.equal(report.raters, [])
  })
})

test('the figures are those of the verdicts in dataset order', async () => {
  await withFinishedRun(RECORDED, {}, async (cwd) => {
    const [group] = (await calibrated(cwd)).groups
    const human = [true, true, false, false, false, true, false, true, false, true, null, null]
    const expected = calibrationOf(
      human.map((label, index) => ({ sampleIndex: index, human: label, judge: index % 2 === 1 })),
      { confidence: 0.95, label: '1|bootstrap|pass|m|question|' },
    )
    assert.equal(group?.calibration, expected)
  })
})

/** Two models, two prompts, two epochs; only the first model is right, and only under the first prompt. */
const GRID: FinishedRun = {
  models: ['a/good', 'b/bad'],
  prompts: ['short', 'long'],
  epochs: 2,
  samples: [{ question: '1?' }, { question: '2?' }],
  trial: ({ model, prompt, epoch }) => ({ passed: model === 'a/good' && (prompt === 'short' || epoch === 2) }),
}

test('a labelled copy of results.csv says which answer each label is about', async () => {
  const lines = ['sample_id,epoch,prompt,model,output,human']
  for (const sample of ['q1', 'q2'])
    for (const prompt of ['short', 'long'])
      for (const model of ['a/good', 'b/bad'])
        for (const epoch of [1, 2]) lines.push(`${sample},${epoch},${prompt},${model},Paris,${model === 'a/good'}`)
  await withFinishedRun(GRID, { 'l.csv': `${lines.join('\n')}\n` }, async (cwd) => {
    const report = await calibrated(cwd, { labels: 'l.csv' })
    assert.is(report.labels, 'column human of l.csv')
    assert.equal(
      report.groups.map((group) => [group.model, group.prompt, confusionOf(group)]),
      [
        ['a/good', 'short', { bothPass: 4, onlyHumanPasses: 0, onlyJudgePasses: 0, bothFail: 0 }],
        ['a/good', 'long', { bothPass: 2, onlyHumanPasses: 2, onlyJudgePasses: 0, bothFail: 0 }],
        ['b/bad', 'short', { bothPass: 0, onlyHumanPasses: 0, onlyJudgePasses: 0, bothFail: 4 }],
        ['b/bad', 'long', { bothPass: 0, onlyHumanPasses: 0, onlyJudgePasses: 0, bothFail: 4 }],
      ],
    )
    assert.equal(
      report.groups.map(({ calibration }) => calibration?.labelledSamples),
      [2, 2, 2, 2],
    )
  })
})

test('a file that does not say which of several answers it means is refused', async () => {
  const labels = { 'l.csv': 'sample_id,human\nq1,1\n' }
  assert.is(
    await refused(GRID, labels, { labels: 'l.csv' }),
    'l.csv: no column prompt, and the run has 2 prompts: which answers do the labels belong to? ' +
      'Label a copy of results.csv, which has that column.',
  )
  await withFinishedRun(RECORDED, labels, async (cwd) => {
    const [group] = (await calibrated(cwd, { labels: 'l.csv' })).groups
    assert.equal(group && confusionOf(group), { bothPass: 0, onlyHumanPasses: 1, onlyJudgePasses: 0, bothFail: 0 })
  })
})

test('labels may be JSON lines, under any column, with values of JSON', async () => {
  const lines = ['{"sample_id":"q1","ok":true}', '{"sample_id":"q2","ok":0}', '{"sample_id":"q3","ok":null}']
  await withFinishedRun(RECORDED, { 'l.jsonl': `${lines.join('\n')}\n` }, async (cwd) => {
    const [group] = (await calibrated(cwd, { labels: 'l.jsonl', human: 'OK' })).groups
    assert.equal(group && confusionOf(group), { bothPass: 0, onlyHumanPasses: 1, onlyJudgePasses: 1, bothFail: 0 })
  })
})

const SEVERAL: FinishedRun = {
  scorers: ['f1:0.8', 'judge'],
  samples: [{ human: 'yes' }, { human: 'no' }, { human: 'no' }],
  trial: ({ index }) => ({
    passed: false,
    score: 0.5,
    scores: { 'f1:0.8': 0.9 - index / 10, judge: index === 0 ? 1 : null },
    passes: { 'f1:0.8': index < 2, judge: index === 0 ? true : null },
  }),
}

test('scorers are looked at one by one when they are asked for, a graded one by what passes it', async () => {
  await withFinishedRun(SEVERAL, {}, async (cwd) => {
    const together = await calibrated(cwd)
    assert.equal(
      together.groups.map((group) => [group.scorer, confusionOf(group)]),
      [['f1:0.8 + judge', { bothPass: 0, onlyHumanPasses: 1, onlyJudgePasses: 0, bothFail: 2 }]],
    )
    assert.equal(
      together.raters.map(({ scorers, alpha }) => [scorers, alpha.n, alpha.value]),
      [[['f1:0.8', 'judge'], 1, null]],
    )
    const apart = await calibrated(cwd, { scorers: ['judge', 'f1:0.8'] })
    assert.equal(
      apart.groups.map((group) => [group.scorer, confusionOf(group), group.calibration?.labelledUnscored]),
      [
        ['judge', { bothPass: 1, onlyHumanPasses: 0, onlyJudgePasses: 0, bothFail: 0 }, 2],
        ['f1:0.8', { bothPass: 1, onlyHumanPasses: 0, onlyJudgePasses: 1, bothFail: 1 }, 0],
      ],
    )
  })
})

test('where a run does not tell which graded scores pass, it has to be scored again', async () => {
  const old: FinishedRun = { ...SEVERAL, trial: () => ({ passed: false, scores: { 'f1:0.8': 0.6, judge: 1 } }) }
  assert.is(
    await refused(old, {}, { scorers: ['f1:0.8'] }),
    '--scorer f1:0.8: its scores are graded, and this run does not tell which of them pass. Score it again: assay score r.',
  )
})

test('an unknown scorer is refused with what may be meant', async () => {
  assert.is(
    await refused(RECORDED, {}, { scorers: ['exakt'] }),
    '--scorer exakt: the run has no such scorer. Did you mean "exact"? It has exact.',
  )
})

test('of several passes over the answers the one by the scorers of the manifest counts', async () => {
  const again: FinishedRun = {
    scorers: ['numeric'],
    scorings: [
      { pass: 1, scorers: ['exact'] },
      { pass: 2, scorers: ['numeric'] },
      { pass: 3, scorers: ['exact'] },
    ],
    samples: [{ human: '1' }],
    trial: () => [
      { pass: 1, passed: false },
      { pass: 2, passed: true, scores: { numeric: 1 } },
      { pass: 3, passed: false },
    ],
  }
  await withFinishedRun(again, {}, async (cwd) => {
    const [group] = (await calibrated(cwd)).groups
    assert.equal([group?.scorer, group?.calibration?.confusion.bothPass], ['numeric', 1])
  })
})

test('failed and unsettled trials have no score, and their labels are counted as such', async () => {
  const gaps: FinishedRun = {
    samples: [{ human: '1' }, { human: '1' }, { human: '0' }, { human: '' }],
    trial: ({ index }) => (index === 0 ? { passed: true } : index === 1 ? 'failed' : undefined),
  }
  await withFinishedRun(gaps, {}, async (cwd) => {
    const [group] = (await calibrated(cwd)).groups
    assert.equal([group?.calibration?.labelled, group?.calibration?.labelledUnscored], [1, 2])
    assert.is(group?.calibration?.scored, 1)
  })
})

test('a column that is not there is refused with what may be meant', async () => {
  assert.is(
    await refused(RECORDED, {}, { human: 'humn' }),
    '--human "humn": data/qa.csv has no such column. Did you mean "human"? Its columns are question, human.',
  )
  assert.match(
    await refused(RECORDED, { 'l.csv': 'id,human\nq1,1\n' }, { labels: 'l.csv' }),
    'a labelled file needs the column "sample_id": l.csv has no such column.',
  )
  assert.match(
    await refused(RECORDED, { 'l.csv': 'sample_id,label\nq1,1\n' }, { labels: 'l.csv' }),
    'l.csv: no column human. Add it, with true or false in the rows that people have looked at; a column of another name is given by --human.',
  )
  assert.match(
    await refused(RECORDED, { 'l.csv': 'sample_id,label\nq1,1\n' }, { labels: 'l.csv', human: 'lable' }),
    '--human "lable": l.csv has no such column. Did you mean "label"?',
  )
})

test("the run's own --human is the column unless another is given", async () => {
  const run: FinishedRun = {
    samples: [{ verdict: 'pass' }],
    settings: { human: 'verdict' },
    trial: () => ({ passed: true }),
  }
  await withFinishedRun(run, {}, async (cwd) => {
    assert.is((await calibrated(cwd)).labels, 'column verdict of the dataset')
  })
})

test('a cell that is no label is refused with its place', async () => {
  const said = `expected ${HUMAN_WORDS}, or nothing where nobody has looked`
  const maybe: FinishedRun = { samples: [{ human: '1' }, { human: 'maybe' }], trial: () => ({ passed: true }) }
  assert.match(await refused(maybe, {}), `data/qa.csv:3: column human holds "maybe"; ${said}`)
  const labels = { 'l.csv': 'sample_id,human\nq1,1\nq2,2\n' }
  assert.match(await refused(maybe, labels, { labels: 'l.csv' }), `l.csv:3: column human holds "2"; ${said}`)
})

test('labels that contradict each other, or are of nobody, are refused with their line', async () => {
  const twice = { 'l.csv': 'sample_id,human\nq1,1\nq1,1\nq1,0\n' }
  assert.is(
    await refused(RECORDED, twice, { labels: 'l.csv' }),
    'l.csv:4: this answer is labelled fail here and pass in an earlier line. Keep one of them.',
  )
  const nobody = { 'l.csv': 'sample_id,human\n ,1\n' }
  assert.match(await refused(RECORDED, nobody, { labels: 'l.csv' }), 'l.csv:2: a label without a sample_id.')
})

test('labels that belong to another run, or none at all, are refused', async () => {
  const others = { 'l.csv': 'sample_id,human\nx1,1\nx2,0\n' }
  assert.is(
    await refused(RECORDED, others, { labels: 'l.csv' }),
    'column human of l.csv: 2 labels, and none belongs to a scored answer of r. Check that l.csv is about this run: ' +
      'sample_id, prompt, model and epoch have to be those of its results.csv.',
  )
  const none: FinishedRun = { samples: [{ human: '' }], trial: () => ({ passed: true }) }
  assert.match(await refused(none, {}), 'column human of the dataset: no label in it.')
  assert.match(
    await refused(RECORDED, { 'l.csv': 'sample_id,human\nq1,\n' }, { labels: 'l.csv' }),
    'column human of l.csv: no label in it.',
  )
  assert.match(await refused(RECORDED, {}, { labels: 'no.csv' }), '--labels no.csv: no such file.')
})

test('a run without scores, and no run, are refused', async () => {
  const unscored: FinishedRun = { samples: [{ human: '1' }], trial: () => [] }
  assert.match(await refused(unscored, {}), 'no answer of the run has a score')
  assert.match(await refused(RECORDED, {}, { run: 'rr' }), 'calibrate rr: no such folder.')
})

test('labels of other answers are counted, and labels older than the answers are told', async () => {
  const labels = { 'l.csv': 'sample_id,output,human\nq1,Paris,1\nq2,Paris,0\nx9,Rome,1\n' }
  await withFinishedRun({ ...RECORDED, provider: 'openrouter' }, labels, async (cwd) => {
    assert.equal((await calibrated(cwd, { labels: 'l.csv' })).notes, ['1 label of no answer of this run: left out'])
    assert.match((await calibrated(cwd)).notes.join('\n'), /before these answers were made/)
  })
  await withFinishedRun({ ...RECORDED, epochs: 3 }, {}, async (cwd) => {
    assert.equal((await calibrated(cwd)).notes, ['the label of a row is taken for all 3 answers to it'])
  })
})

/** Ten answers of their own. */
const TEN: FinishedRun = {
  samples: Array.from({ length: 10 }, () => ({ question: '?' })),
  output: ({ index }) => `Answer ${index + 1}`,
  trial: ({ index }) => ({ passed: index % 2 === 1 }),
}

/** Labels of the ten answers; of the first `others` another output was labelled. */
const labelsOfTen = (others: number): Record<string, string> => ({
  'l.csv': `sample_id,output,human\n${TEN.samples.map((_, index) => `q${index + 1},${index < others ? 'Something else' : `Answer ${index + 1}`},1`).join('\n')}\n`,
})

test('labels of another output than that of the run are left out, and told', async () => {
  await withFinishedRun(TEN, labelsOfTen(1), async (cwd) => {
    const { groups, notes } = await calibrated(cwd, { labels: 'l.csv' })
    assert.equal(groups[0]?.calibration?.labelled, 9)
    assert.equal(notes, [
      '1 of 10 labels left out: another output was labelled than this run has (e.g. sample q1). If the file is of another run, ' +
        "quote none of these rates: outputs that came out alike are no random sample. Label a copy of this run's own results.csv",
    ])
  })
  await withFinishedRun(TEN, labelsOfTen(0), async (cwd) => {
    assert.equal((await calibrated(cwd, { labels: 'l.csv' })).notes, [])
  })
})

test('labels of which more than a tenth are of another output are the labels of another run', async () => {
  const asked = { labels: 'l.csv' }
  await withFinishedRun(TEN, labelsOfTen(1), async (cwd) => {
    assert.is((await calibrated(cwd, asked)).groups[0]?.calibration?.labelled, 9, 'one in ten may be a slip')
  })
  for (const others of [2, 10]) {
    assert.match(
      await refused(TEN, labelsOfTen(others), asked),
      `column human of l.csv: ${others} of 10 labels are of another output than r has (e.g. sample q1), so they are the labels of another run.`,
    )
  }
})

test('what a spreadsheet does to an output makes it no other one', async () => {
  const long = 'word '.repeat(8_000)
  const outputs = ['=1+1', ' a\nb\n', "'quoted'", long, '']
  const cells = ["'=1+1", '"a\r\nb"', "quoted'", long.slice(0, 32_767), '  ']
  const run: FinishedRun = {
    samples: outputs.map(() => ({})),
    output: ({ index }) => outputs[index] ?? '',
    trial: () => ({ passed: true }),
  }
  const lines = cells.map((cell, index) => `q${index + 1},${cell},1`)
  await withFinishedRun(run, { 'l.csv': `Sample_ID,Output,human\r\n${lines.join('\r\n')}\r\n` }, async (cwd) => {
    const { groups, notes } = await calibrated(cwd, { labels: 'l.csv' })
    assert.equal([groups[0]?.calibration?.labelled, notes], [outputs.length, []])
  })
})

test('the output of each prompt, model and epoch is held against the label of that answer', async () => {
  const output = (place: { sample: string; prompt: string; model: string; epoch: number }): string =>
    Object.values(place).join(' ')
  const grid: FinishedRun = {
    ...GRID,
    output: ({ index, prompt, model, epoch }) => output({ sample: `q${index + 1}`, prompt, model, epoch }),
  }
  const lines = ['sample_id,prompt,model,epoch,output,human']
  for (const sample of ['q1', 'q2'])
    for (const prompt of ['short', 'long'])
      for (const model of ['a/good', 'b/bad'])
        for (const epoch of [1, 2]) {
          const isMixedUp = sample === 'q2' && prompt === 'long' && model === 'b/bad' && epoch === 2
          const said = output({ sample, prompt, model, epoch: isMixedUp ? 1 : epoch })
          lines.push(`${sample},${prompt},${model},${epoch},${said},1`)
        }
  await withFinishedRun(grid, { 'l.csv': `${lines.join('\n')}\n` }, async (cwd) => {
    const { groups, notes } = await calibrated(cwd, { labels: 'l.csv' })
    assert.equal(
      groups.map(({ calibration }) => calibration?.labelled),
      [4, 4, 4, 3],
    )
    assert.match(notes.join('\n'), '1 of 16 labels left out')
  })
})

test('labels without an output beside them are used, and it is told that nobody can check them', async () => {
  const said = 'nobody can check that these answers were labelled. A copy of results.csv has that column'
  await withFinishedRun(TEN, { 'l.csv': 'sample_id,human\nq1,1\nq2,0\n' }, async (cwd) => {
    const { groups, notes } = await calibrated(cwd, { labels: 'l.csv' })
    assert.equal(groups[0]?.calibration?.labelled, 2)
    assert.equal(notes, [`2 labels without an output beside them: ${said}`])
  })
  const lines = '{"sample_id":"q1","output":"Answer 1","human":1}\n{"sample_id":"q2","human":1}\n'
  await withFinishedRun(TEN, { 'l.jsonl': lines }, async (cwd) => {
    assert.equal((await calibrated(cwd, { labels: 'l.jsonl' })).notes, [`1 label without an output beside it: ${said}`])
  })
})

test('a run without labels is told how to give it some', async () => {
  const plain: FinishedRun = { samples: [{ question: '?' }], trial: () => ({ passed: true }) }
  assert.is(
    await refused(plain, {}, { run: 'latest' }),
    'latest: the run has no labels. Copy results/r/results.csv, add a column human, write true or false into the rows that ' +
      'people have looked at, and give the copy: --labels labelled.csv.',
  )
})

test('a scorer of weight 0 is not named beside those that decide the verdict', async () => {
  const run: FinishedRun = {
    scorers: ['exact', 'f1', 'numeric'],
    settings: { weight: { f1: 0, numeric: 2 } },
    samples: [{ human: '1' }],
    trial: () => ({
      passed: true,
      scores: { exact: 1, f1: 1, numeric: 1 },
      passes: { exact: true, f1: true, numeric: true },
    }),
  }
  await withFinishedRun(run, {}, async (cwd) => {
    assert.equal(
      (await calibrated(cwd)).groups.map(({ scorer }) => scorer),
      ['exact + numeric'],
    )
    assert.equal(
      (await calibrated(cwd, { scorers: ['f1'] })).groups.map(({ scorer }) => scorer),
      ['f1'],
    )
  })
})

test('a scorer is called a judge when it asks one, and it is one alone', async () => {
  const judges = ['last-line > rubric', 'not-factuality', 'exact']
  const values = (value: number | boolean): Record<string, never> =>
    Object.fromEntries(judges.map((label) => [label, value])) as Record<string, never>
  const run: FinishedRun = {
    scorers: judges,
    samples: [{ human: '1' }],
    trial: () => ({ passed: true, scores: values(1), passes: values(true) }),
  }
  await withFinishedRun(run, {}, async (cwd) => {
    assert.equal(
      (await calibrated(cwd, { scorers: judges })).groups.map(({ isJudge }) => isJudge),
      [true, true, false],
    )
    assert.equal(
      (await calibrated(cwd)).groups.map(({ isJudge }) => isJudge),
      [false],
    )
  })
})

test.run()
