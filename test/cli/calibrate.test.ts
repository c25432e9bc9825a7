/** From a run to a corrected pass rate, by the program as people type it. */
import { stringify } from 'csv-stringify/sync'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { CalibrationReport } from '../../src/report/calibration.ts'
import { inWorkdir, type Workdir } from '../helpers/workdir.ts'

/** 300 recorded answers, four of five right; every seventh verdict on the first 210 is contradicted by "people". */
async function labelledRun(work: Workdir): Promise<void> {
  const samples = Array.from({ length: 300 }, (_, index) => ({
    question: `Question ${index}?`,
    expected: `Answer ${index}`,
    output: index % 5 === 0 ? 'I do not know' : `Answer ${index}`,
    other: `Another answer ${index}`,
  }))
  work.write('qa.csv', stringify(samples, { header: true }))
  const replay = ['--provider', 'replay', '--replay-column', 'output']
  const { status } = await work.assay(['eval', '-d', 'qa.csv', ...replay, '--out', 'run', '--quiet'])
  assert.is(status, 0)
  const rows = work.runAt('run').results()
  for (const [index, row] of rows.entries()) {
    row['human'] = index >= 210 ? '' : String((row['pass'] === 'true') === (index % 7 !== 0))
  }
  work.write('labelled.csv', stringify(rows, { header: true }))
}

test('a labelled copy of results.csv calibrates the run that it comes from', async () => {
  await inWorkdir({}, async (work) => {
    await labelledRun(work)
    const people = await work.assay(['calibrate', 'run', '--labels', 'labelled.csv'])
    assert.equal([people.status, people.stderr], [0, ''])
    assert.match(people.stdout, 'The pass rate to quote is the corrected one')
    const program = await work.assay(['calibrate', 'run', '--labels', 'labelled.csv', '--scorer', 'exact', '--json'])
    assert.is(program.status, 0)
    const { groups, simulated } = JSON.parse(program.stdout) as CalibrationReport
    const calibration = groups[0]?.calibration
    assert.equal([groups.length, groups[0]?.scorer, simulated], [1, 'exact', false])
    assert.equal([calibration?.labelled, calibration?.corrected.method], [210, 'ppi++'])
    assert.is(calibration?.agreement.value, 180 / 210)
    const again = await work.assay(['calibrate', 'run', '--labels', 'labelled.csv', '--scorer', 'exact', '--json'])
    assert.is(again.stdout, program.stdout, 'the same labels give the same bytes')
    assert.not.ok(
      people.files.some((name) => name.includes('calibrat')),
      'nothing is written',
    )
  })
})

test('the labels of another run of the same dataset are refused', async () => {
  await inWorkdir({}, async (work) => {
    await labelledRun(work)
    const other = ['--provider', 'replay', '--replay-column', 'other', '--out', 'second', '--quiet']
    assert.is((await work.assay(['eval', '-d', 'qa.csv', ...other])).status, 0)
    const { status, stdout, stderr } = await work.assay(['calibrate', 'second', '--labels', 'labelled.csv'])
    assert.equal([status, stdout], [2, ''])
    assert.match(stderr, '210 of 210 labels are of another output than')
  })
})

test('what is typed wrongly ends with 2 and says the fix', async () => {
  await inWorkdir({}, async (work) => {
    const none = await work.assay(['calibrate', 'latest'])
    assert.is(none.status, 2)
    assert.match(none.stderr, 'calibrate latest: there is no run under results/.')
    await labelledRun(work)
    const noColumn = await work.assay(['calibrate', 'run', '--human', 'expectd'])
    assert.is(noColumn.status, 2)
    assert.match(noColumn.stderr, 'Did you mean "expected"?')
    work.write('other.csv', 'sample_id,human\nnobody,1\n')
    const noOverlap = await work.assay(['calibrate', 'run', '--labels', 'other.csv'])
    assert.is(noOverlap.status, 2)
    assert.match(noOverlap.stderr, 'none belongs to a scored answer')
    const noLabels = await work.assay(['calibrate', 'run'])
    assert.is(noLabels.status, 2)
    assert.match(
      noLabels.stderr,
      /run: the run has no labels\. Copy run[/\\]results\.csv, add a column human, .* --labels labelled\.csv\./,
    )
    assert.is((await work.assay(['calibrate'])).status, 2)
  })
})

test.run()
