/** Are the rows of past runs found, where there are any left? */
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Folders } from '../../../src/gate/history/folders.ts'
import { scoringIdentity } from '../../../src/gate/history/lines.ts'
import { MOST_RUNS, rowsOverTime } from '../../../src/gate/history/rows.ts'
import { seriesOf } from '../../../src/gate/history/series.ts'
import type { HistoryLine, RowsOverTime } from '../../../src/gate/history/types.ts'
import type { ManifestScoring } from '../../../src/journal/types.ts'
import { type MadeRun, manifestOf, trialsOf, withRuns, writeRun } from '../made-runs.ts'
import { line } from './made-lines.ts'

const signal = new AbortController().signal

/** Night by night: s0 flips each time, s1 breaks on night 5 and stays so, the rest passes. */
function nights(count: number, changes: Partial<MadeRun> = {}): MadeRun[] {
  return Array.from({ length: count }, (_, day) =>
    Object.assign(
      {
        runId: `night-${day}`,
        trials: trialsOf(4, (index) => (index === 0 ? day % 2 === 0 : index === 1 ? day < 5 : true)),
      },
      changes,
    ),
  )
}

async function told(cwd: string, lines: readonly HistoryLine[]): Promise<RowsOverTime[]> {
  return rowsOverTime(seriesOf(lines, 'test'), new Folders(cwd), signal)
}

function linesOf(count: number, changes: Partial<HistoryLine> = {}): HistoryLine[] {
  return Array.from({ length: count }, (_, day) => line(day, changes))
}

test('flaky rows and rows that changed for good are read from the run folders', () =>
  withRuns(nights(10), async (cwd) => {
    const [rows, ...more] = await told(cwd, linesOf(10))
    assert.is(more.length, 0)
    assert.equal([rows?.runs, rows?.gone, rows?.rows, rows?.flakyRows], [10, [], 4, 1])
    assert.equal([rows?.flaky[0]?.sample, rows?.flaky[0]?.flipRate], ['s0', 1])
    assert.equal(rows?.shifted, [{ sample: 's1', epoch: 1, to: 'fail', since: 'night-5', before: 5, after: 5 }])
  }))

test('runs that are gone are named, and the rest is compared', () =>
  withRuns(nights(6), async (cwd) => {
    rmSync(join(cwd, 'results', 'night-1'), { recursive: true })
    rmSync(join(cwd, 'results', 'night-3', 'scores.jsonl'))
    writeFileSync(join(cwd, 'results', 'night-4', 'manifest.json'), 'no manifest')
    const [rows] = await told(cwd, linesOf(6))
    assert.equal([rows?.runs, rows?.gone], [3, ['night-1', 'night-3', 'night-4']])
    assert.equal(
      rows?.flaky.map(({ sample }) => sample),
      [],
    )
  }))

test('a run is found under any name of its folder', () =>
  withRuns([], async (cwd) => {
    for (const run of nights(3)) {
      writeRun(cwd, run)
      renameSync(join(cwd, 'results', run.runId), join(cwd, 'results', `mine-${run.runId}`))
    }
    const [rows] = await told(cwd, linesOf(3))
    assert.equal([rows?.runs, rows?.changedRows], [3, 1])
  }))

test('a run was stopped early where --sequential let it ask less than was planned', () =>
  withRuns([], async (cwd) => {
    const run: MadeRun = { runId: 'night-0', trials: trialsOf(4, () => true) }
    const folders = new Folders(cwd)
    const wasStopped = (changes: Partial<MadeRun>): boolean => {
      writeRun(cwd, { ...run, ...changes })
      return folders.wasStoppedEarly('night-0')
    }
    const sequential = { sequential: true }
    assert.not.ok(folders.wasStoppedEarly('night-0'))
    assert.not.ok(wasStopped({ settings: sequential }))
    assert.not.ok(wasStopped({ skipped: 3 }))
    assert.ok(wasStopped({ settings: sequential, skipped: 3 }))
  }))

test('only the latest runs are read', () =>
  withRuns(nights(MOST_RUNS + 5), async (cwd) => {
    const [rows] = await told(cwd, linesOf(MOST_RUNS + 5))
    assert.is(rows?.runs, MOST_RUNS)
    // It broke on the first of these.
    assert.equal(rows?.shifted, [])
  }))

test('verdicts of another scoring do not count', () =>
  withRuns(nights(4, { scorings: [{ key: 'other', scorers: ['f1'] }] }), async (cwd) => {
    const [rows] = await told(cwd, linesOf(4))
    assert.equal([rows?.runs, rows?.gone.length], [0, 4])
  }))

test('scorers whose code nobody can know are one scoring by their names, whatever their key', async () => {
  const unknown = (key: string) => ({ key, codeUnknown: ['mine'], scorers: ['mine'] })
  const runs = nights(4).map((run, day) => Object.assign({}, run, { scorings: [unknown(`key-${day}`)] }))
  const [identity, ...others] = new Set(
    runs.map((run) => scoringIdentity(manifestOf(run).scorings.at(-1) as ManifestScoring)),
  )
  assert.is(others.length, 0)
  await withRuns(runs, async (cwd) => {
    const [rows] = await told(cwd, linesOf(4, { scoring: identity ?? '' }))
    assert.equal([rows?.runs, rows?.flakyRows], [4, 1])
  })
})

test('one run alone has nothing to be compared with', () =>
  withRuns(nights(1), async (cwd) => {
    assert.equal(await told(cwd, linesOf(1)), [])
  }))

test.run()
