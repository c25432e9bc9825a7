/** What does every run leave in the history, and what is made of it? */
import { parse } from 'csv-parse/sync'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { HistoryReport } from '../../src/gate/history/types.ts'
import { questions } from '../helpers/datasets.ts'
import { unwrapped } from '../helpers/unwrapped.ts'
import { type Ended, inWorkdir, type Workdir } from '../helpers/workdir.ts'

const FILES = { 'qa.csv': questions(10) }

function night(work: Workdir, seed: number, ...flags: string[]): Promise<Ended> {
  return work.assay(['eval', '-d', 'qa.csv', '--simulate', '--quiet', '--seed', String(seed), ...flags])
}

function rowsOf(work: Workdir): Record<string, string>[] {
  return parse(work.read('results/history.csv'), { columns: true }) as Record<string, string>[]
}

test('every run adds its figures, as its summary has them', () =>
  inWorkdir(FILES, async (work) => {
    await night(work, 1)
    await night(work, 2, '-m', 'a/one', '-m', 'b/two')
    const rows = rowsOf(work)
    assert.is(new Set(rows.map(({ run_id }) => run_id)).size, 2)
    const metrics = ['pass_rate', 'score:exact', 'failures', 'cost', 'cost_per_correct', 'tokens', 'latency_p95']
    for (const metric of metrics) assert.is(rows.filter((row) => row['metric'] === metric).length, 3, metric)
    const [, second] = [...new Set(rows.map(({ run_id }) => run_id))]
    const { groups } = work.runAt(`results/${second}`).summary()
    for (const { model, passRate } of groups) {
      const row = rows.find(
        (one) => one['run_id'] === second && one['model'] === model && one['metric'] === 'pass_rate',
      )
      assert.ok(Math.abs(Number(row?.['value']) - (passRate.value ?? -1)) < 1e-8)
      assert.ok(Math.abs(Number(row?.['low']) - (passRate.low ?? -1)) < 1e-8)
      assert.equal([row?.['simulated'], row?.['n'], row?.['planned'], row?.['verdict']], ['true', '10', '10', ''])
    }
    const shown = await work.assay(['history'])
    assert.is(shown.status, 0)
    assert.match(shown.stdout, /qa · a\/one · question · pass_rate\n {2}SIMULATED · /)
    assert.match(shown.stdout, /no control chart: it needs 20 whole runs, and there is 1; 19 to go/)
  }))

test('a run elsewhere leaves nothing in the history', () =>
  inWorkdir(FILES, async (work) => {
    const ended = await night(work, 1, '--out', 'runs/tonight')
    assert.is(ended.status, 0)
    assert.not.ok(ended.files.some((file) => file.startsWith('results')))
  }))

test('a run that was gone on with, and one that was scored again, stand in the history once per scoring', () =>
  inWorkdir(FILES, async (work) => {
    const broken = await night(work, 1, '--max-cost', '0.00063')
    assert.is(broken.status, 4)
    const passRates = (): Record<string, string>[] => rowsOf(work).filter(({ metric }) => metric === 'pass_rate')
    const answered = Number(passRates()[0]?.['n'])
    assert.ok(answered > 0 && answered < 10, `${answered}`)
    const whole = await work.assay(['eval', '--resume', 'latest', '--max-cost', 'none', '--quiet'])
    assert.is(whole.status, 0)
    assert.equal(
      passRates().map(({ n }) => n),
      ['10'],
    )
    await work.assay(['score', 'latest', '--scorer', 'f1', '--quiet'])
    assert.equal(
      passRates().map(({ scorers }) => scorers),
      ['exact', 'f1'],
    )
    await work.assay(['score', 'latest', '--scorer', 'f1', '--quiet'])
    assert.is(passRates().length, 2)
  }))

test('the verdict of the gate stands in the history', () =>
  inWorkdir(FILES, async (work) => {
    await night(work, 1)
    await night(work, 2, '--baseline', 'latest', '--max-drop', '0.9')
    const verdicts = rowsOf(work).filter(({ metric }) => metric === 'pass_rate')
    assert.equal(
      verdicts.map(({ verdict }) => verdict),
      ['', 'PASS'],
    )
  }))

test('a foreign history.csv is left alone: the run ends as it would, and says so', () =>
  inWorkdir({ ...FILES, 'results/history.csv': 'day,score\n1,2\n' }, async (work) => {
    const ended = await night(work, 1)
    assert.is(ended.status, 0)
    assert.match(ended.stdout, /! this run is not in the history: results\/history\.csv:1: this is no history of Assay/)
    assert.is(work.read('results/history.csv'), 'day,score\n1,2\n')
    const shown = await work.assay(['history'])
    assert.equal([shown.status, shown.stdout], [2, ''])
  }))

test('rows that change their verdict are named, and so are runs that are gone', () =>
  inWorkdir({ 'qa.csv': questions(60) }, async (work) => {
    for (const seed of [1, 2, 3, 4]) await night(work, seed)
    const whole = await work.assay(['history', '--json'])
    const { rows } = JSON.parse(whole.stdout) as HistoryReport
    assert.equal([rows[0]?.runs, rows[0]?.rows, rows[0]?.gone], [4, 60, []])
    assert.ok((rows[0]?.changedRows ?? 0) > 0)
    const first = rowsOf(work)[0]?.['run_id'] ?? ''
    for (const file of work.files(`results/${first}`)) work.remove(file)
    const left = await work.assay(['history'])
    assert.match(
      unwrapped(left.stdout),
      new RegExp(`the folder of ${first} is gone: rows are those of the 3 runs left`),
    )
    assert.match(unwrapped(left.stdout), /flaky rows, .*: \d+ of 60; \d+ changed more than once in 3 runs/)
  }))

test('what the history does not have is told with what was meant', () =>
  inWorkdir(FILES, async (work) => {
    const nothing = await work.assay(['history'])
    assert.is(nothing.status, 2)
    assert.match(nothing.stderr, /there is no history so far/)
    await night(work, 1, '-m', 'a/one')
    const cases: [string[], RegExp][] = [
      [['--dataset', 'qaa'], /--dataset qaa: the history has none\. Did you mean "qa"\? It has qa\./],
      [['--model', 'a/onne'], /--model a\/onne: the history has none\. Did you mean "a\/one"\?/],
      [['--metric', 'passrate'], /--metric passrate: the history has none\. Did you mean "pass_rate"\?/],
      [['--last', '0'], /--last 0: expected a number of runs from 1 on/],
      [['--since', 'monday'], /--since monday: expected a day or a time/],
      [['--since', '2999-01-01'], /--since 2999-01-01: no run began since then/],
    ]
    for (const [args, told] of cases) {
      const ended = await work.assay(['history', ...args])
      assert.equal([ended.status, ended.stdout], [2, ''], args.join(' '))
      assert.match(ended.stderr, told)
    }
    const header = work.read('results/history.csv').split('\n')[0] ?? ''
    work.write('results/history.csv', `${header}\n`)
    assert.match((await work.assay(['history'])).stderr, /there is no history so far/)
    work.write('results/history.csv', `${header}\nnight,2026-01-01\n`)
    assert.match((await work.assay(['history'])).stderr, /results\/history\.csv:2: 2 fields, the header has 20/)
  }))

test.run()
