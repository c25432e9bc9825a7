/** From finished runs to what a gate would say of them, by the program as people type it. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { GateCalibration } from '../../src/gate/power/types.ts'
import { questions } from '../helpers/datasets.ts'
import { unwrapped } from '../helpers/unwrapped.ts'
import { inWorkdir, type Workdir } from '../helpers/workdir.ts'

const AT_ONCE = ['--simulator', 'ttft=0ms', '--simulator', 'token-gap=0ms']

async function run(work: Workdir, name: string, ...args: readonly string[]): Promise<void> {
  const simulated = ['eval', '-d', 'qa.csv', '--simulate', '--quiet', '--out', name, ...AT_ONCE, ...args]
  const { status, stderr } = await work.assay(simulated)
  assert.is(status, 0, stderr)
}

test('two runs of one setup show the noise, and the gate is tried on it; nothing is written', async () => {
  await inWorkdir({ 'qa.csv': questions(120) }, async (work) => {
    await run(work, 'one', '--seed', '1')
    await run(work, 'two', '--seed', '2')
    const before = work.files()
    const people = await work.assay(['calibrate-gate', 'one', 'two', '--max-drop', '0.1', '--sequential'])
    assert.equal([people.status, people.stderr], [0, ''])
    assert.match(unwrapped(people.stdout), /^SIMULATED · /)
    assert.match(unwrapped(people.stdout), /1,000 nights for each line; .* looking after every row; alpha 5\.0 %/)
    assert.match(unwrapped(people.stdout), /measured on 120 samples of 2 runs/)
    assert.match(unwrapped(people.stdout), /An unchanged model is called REGRESSION in \S+ % of nights, cleared in /)
    assert.equal(people.files, before)

    const asked = ['calibrate-gate', 'one', 'two', '--max-drop', '10%', '--nights', '200', '--json']
    const { status, stdout } = await work.assay(asked)
    assert.is(status, 0)
    const { simulated, groups, nights, design } = JSON.parse(stdout) as GateCalibration
    assert.equal([simulated, nights, design.sequential, groups.length], [true, 200, false, 1])
    assert.equal(
      groups[0]?.drops.map(({ drop }) => drop.toFixed(2)),
      ['0.00', '0.05', '0.10', '0.15', '0.20'],
    )
    const differing = work
      .runAt('one')
      .results()
      .filter(({ sample_id: id, pass }) => {
        const other = work.runAt('two').results()
        return other.find((row) => row['sample_id'] === id)?.['pass'] !== pass
      })
    assert.is((groups[0]?.noise.discordance ?? 0).toFixed(9), (differing.length / 120).toFixed(9))
    assert.is((await work.assay(asked)).stdout, stdout, 'the same runs give the same bytes')
  })
})

test('one run of one answer a sample assumes its noise, and says so; epochs measure it', async () => {
  await inWorkdir({ 'qa.csv': questions(60) }, async (work) => {
    await run(work, 'once')
    const few = ['--max-drop', '0.1', '--nights', '100']
    const assumed = await work.assay(['calibrate-gate', 'latest', 'once', ...few])
    assert.is(assumed.status, 2, 'there is no run under results/')
    const once = await work.assay(['calibrate-gate', 'once', ...few, '--discordance', '5%'])
    assert.match(
      unwrapped(once.stdout),
      /assumed, since no answers were compared: two answers .* differ in 5\.0 % of samples/,
    )
    await run(work, 'twice', '--epochs', '2')
    const twice = await work.assay(['calibrate-gate', 'twice', ...few, '--discordance', '5%'])
    assert.match(unwrapped(twice.stdout), /measured on 60 samples of \S+: /)
    assert.match(unwrapped(twice.stdout), /! .*--discordance is not used/)
  })
})

test('what is typed wrongly ends with 2 and says the fix', async () => {
  await inWorkdir({ 'qa.csv': questions(20) }, async (work) => {
    await run(work, 'one')
    const wrong = async (args: readonly string[], message: RegExp): Promise<void> => {
      const { status, stdout, stderr } = await work.assay(['calibrate-gate', ...args])
      assert.equal([status, stdout], [2, ''])
      assert.match(stderr, message)
    }
    await wrong(['one'], /how much worse may it get\? Add --max-drop/)
    await wrong(['nowhere', '--max-drop', '0.1'], /calibrate-gate nowhere: no such folder/)
    await wrong(['one', 'one', '--max-drop', '0.1'], /is named twice/)
    await wrong(['one', '--max-drop', '0.1', '--nights', '5'], /--nights 5: expected a whole number from 100/)
    await wrong(['one', '--max-drop', '0.1', '--discordance', '2'], /--discordance 2: expected a share above 0/)
    await wrong(['one', '--metric', 'cost=10%'], /a drop is put in by making answers wrong/)
    await wrong(['one', '--metric', 'score:f1=0.1'], /has no such score.* It has score:exact/)
    await wrong([], /run/)
  })
})

test.run()
