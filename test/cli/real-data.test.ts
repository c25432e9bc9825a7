/** Do datasets that nobody prepared for us run as they are? They lie beside the project on the machines that have them. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ROOT, type RunFolder, inWorkdir } from '../helpers/workdir.ts'

const DATASETS = join(ROOT, '..', 'shared', 'datasets')

const AT_ONCE = ['--simulator', 'ttft=0ms', '--simulator', 'token-gap=0ms', '--concurrency', '64']

function onRealData(name: string, run: () => Promise<void>): void {
  if (existsSync(DATASETS)) test(name, run)
  else test.skip(name, run)
}

/** Runs eval over a real dataset and looks at what it left. */
async function evaluate(file: string, flags: readonly string[], look: (run: RunFolder) => void): Promise<void> {
  const path = join(DATASETS, file)
  await inWorkdir({}, async (work) => {
    const ended = await work.assay(['eval', '--dataset', path, '--quiet', ...flags, ...AT_ONCE])
    assert.is(ended.status, 0)
    look(work.run())
  })
}

onRealData('all 1,319 rows of GSM8K are scored by the number behind ####', async () => {
  await evaluate('gsm8k-test.jsonl', ['--scorer', 'numeric'], (run) => {
    const results = run.results()
    assert.is(results.length, 1_319)
    assert.is(new Set(results.map((row) => row['sample_id'])).size, 1_319)
    const first = results[0]
    assert.match(first?.['expected'] ?? '', /#### 18$/)
    assert.ok(results.every((row) => row['status'] === 'completed' && row['pass'] !== ''))
    assert.equal(
      run.summary().groups.map(({ scored, planned }) => [scored, planned]),
      [[1_319, 1_319]],
    )
    for (const row of results) {
      const [given, right] = [row['output'], row['expected']].map((text) => finalNumber(text ?? ''))
      assert.is(row['pass'], String(given === right), `${row['output']} against ${row['expected']}`)
    }
  })
})

/** Read apart from the scorer: what stands behind #### in GSM8K is one number. */
function finalNumber(text: string): number {
  return Number((/####\s*(\S+)\s*$/.exec(text)?.[1] ?? 'none').replaceAll(',', ''))
}

onRealData('all 817 rows of TruthfulQA are scored against their list of right answers', async () => {
  const flags = [
    '--expected',
    'Correct Answers',
    '--expected-separator',
    '; ',
    '--scorer',
    'f1',
    '--scorer',
    'includes',
  ]
  await evaluate('truthfulqa.csv', flags, (run) => {
    const results = run.results()
    assert.is(results.length, 817)
    const [first] = results
    assert.is((JSON.parse(first?.['expected'] ?? '[]') as string[]).length, 5)
    for (const row of results) {
      const answers = rightAnswers(row['expected'] ?? '')
      const isRight = answers.some((answer) => (row['output'] ?? '').includes(answer))
      assert.is(row['score:includes'], isRight ? '1' : '0', `${row['output']} against ${row['expected']}`)
      if (answers.includes(row['output'] ?? '')) assert.is(row['score:f1'], '1')
    }
    const [group] = run.summary().groups
    assert.equal([group?.scored, group?.planned], [817, 817])
    assert.equal(Object.keys(group?.scores ?? {}), ['f1', 'includes'])
  })
})

/** One answer stands in the cell as it is, several as a JSON list. */
function rightAnswers(cell: string): string[] {
  return cell.startsWith('["') ? (JSON.parse(cell) as string[]) : [cell]
}

onRealData('the names of columns are found whatever their capitals', async () => {
  await evaluate(
    'truthfulqa.csv',
    ['--prompt', '{{question}}', '--expected', 'best answer', '--slice', 'type', '--limit', '60'],
    (run) => {
      const slices = run.summary().slices
      assert.ok(slices.length >= 1)
      assert.is(
        slices.reduce((sum, { planned }) => sum + planned, 0),
        60,
      )
    },
  )
})

test.run()
