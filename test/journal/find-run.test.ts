/** Which run is meant by a name, a path or `latest`? */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { findRun } from '../../src/journal/find-run.ts'
import { UserError } from '../../src/lib/errors.ts'
import { inRuns, answersOf } from '../gate/run-folder.ts'

function refusalOf(asked: string, cwd: string): string {
  try {
    findRun(asked, cwd, 'assay compare')
  } catch (error) {
    assert.instance(error, UserError)
    return (error as Error).message
  }
  throw new Error('it was found')
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

test('a kept baseline is no run: the runs that it was made of are named by their folders', async () => {
  await inRuns([{ name: 'run', answers: answersOf(1, () => true) }], async ([run], cwd) => {
    const manifest = JSON.stringify({ ...run?.manifest, runId: '2026-qa' })
    write(join(cwd, 'results/g-1/manifest.json'), manifest)
    const header = { type: 'baseline', formatVersion: 1, facts: { runIds: ['2026-qa', '2025-qa'] } }
    write(join(cwd, 'results/baselines/gsm.jsonl'), `${JSON.stringify(header)}\n[0]\n`)
    const told = 'a kept baseline, which holds no answers. Name a run that it was made of: g-1, 2025-qa.'
    for (const asked of ['gsm', 'results/baselines/gsm.jsonl']) {
      assert.is(refusalOf(asked, cwd), `assay compare ${asked}: ${told}`)
    }
    assert.is(findRun('g-1', cwd).manifest.runId, '2026-qa')
  })
})

test('a run is found by its id, whatever --out has called its folder', async () => {
  await inRuns([{ name: 'tonight', answers: answersOf(1, () => true) }], async ([run], cwd) => {
    write(join(cwd, 'results/tonight/manifest.json'), JSON.stringify({ ...run?.manifest, runId: '2026-qa' }))
    assert.is(findRun('2026-qa', cwd).dir, join(cwd, 'results/tonight'))
  })
})

test('a file that is no baseline, and a name of nothing, are no such folder', async () => {
  await inRuns([], async (_, cwd) => {
    write(join(cwd, 'data.csv'), 'question,expected\n')
    write(join(cwd, 'results/baselines/odd.jsonl'), '{"type":"baseline"}\n')
    write(join(cwd, 'results/baselines/empty.jsonl'), '')
    for (const asked of ['data.csv', 'odd', 'empty', 'nothing']) {
      assert.match(refusalOf(asked, cwd), `assay compare ${asked}: no such folder`)
    }
  })
})

test.run()
