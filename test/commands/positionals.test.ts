/** Does what is typed without dashes reach the command, and does a slip get an answer that helps? */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { parseFlags } from '../../src/commands/parse.ts'
import type { Command, Positional } from '../../src/commands/types.ts'
import { EXIT } from '../../src/lib/errors.ts'
import { refusalOf } from '../lib/thrown.ts'

function commandWith(positionals?: readonly Positional[]): Command {
  return {
    name: 'compare',
    about: 'Compare two runs',
    ...(positionals === undefined ? {} : { positionals }),
    flags: [],
    examples: ['assay compare a b'],
    run: async () => EXIT.done,
  }
}

const RUNS: Positional = { name: 'run', about: 'run folder', min: 2, max: 2 }
const ACTION: Positional = { name: 'action', about: 'what to do', choices: ['stats', 'clear'], min: 1, max: 1 }

async function valuesOf(argv: readonly string[], positionals?: readonly Positional[]): Promise<unknown> {
  const parsed = await parseFlags(commandWith(positionals), argv, 100)
  return 'values' in parsed ? parsed.values : parsed.help
}

const refusal = (argv: readonly string[], positionals?: readonly Positional[]): Promise<string> =>
  refusalOf(() => valuesOf(argv, positionals))

test('one value is a text, several are a list, and none is absent', async () => {
  assert.equal(await valuesOf(['stats'], [ACTION]), { action: 'stats' })
  assert.equal(await valuesOf(['a', 'b'], [RUNS]), { run: ['a', 'b'] })
  assert.equal(await valuesOf([], [{ ...RUNS, min: 0, max: 1 }]), {})
  assert.equal(await valuesOf([], [{ ...RUNS, min: 0, max: 9 }]), { run: [] })
})

test('positionals take what is typed in their order, each as often as it may', async () => {
  const rest: Positional = { name: 'column', about: 'column', min: 0, max: Number.POSITIVE_INFINITY }
  assert.equal(await valuesOf(['1', '2', '03', 'é'], [RUNS, rest]), { run: ['1', '2'], column: ['03', 'é'] })
})

test('what looks like a flag comes after two dashes', async () => {
  assert.equal(await valuesOf(['--', '-a', '--b'], [RUNS]), { run: ['-a', '--b'] })
})

test('too few, too many and unknown values are told with the usage', async () => {
  assert.is(
    await refusal(['a'], [RUNS]),
    'assay compare <run> <run> [flags]: expected 2 runs, found 1 (run folder), e.g. assay compare a b.',
  )
  assert.is(
    await refusal([], [ACTION]),
    'assay compare <stats|clear> [flags]: expected 1 action (what to do), e.g. assay compare a b.',
  )
  assert.is(
    await refusal(['a', 'b', 'c'], [RUNS]),
    '"c" stands alone. assay compare is typed as assay compare <run> <run> [flags], e.g. assay compare a b.',
  )
  assert.is(
    await refusal(['stat'], [ACTION]),
    'assay compare stat: there is no such action. Did you mean "stats"? Known: stats, clear.',
  )
  assert.is(await refusal(['a']), '"a" stands alone. assay compare takes flags only, e.g. assay compare a b.')
})

test('the help shows what may and what has to be typed', async () => {
  const more: Positional = { name: 'label', about: 'how to call them', min: 0, max: 2 }
  const help = await valuesOf(['--help'], [{ ...RUNS, max: 3 }, more])
  assert.match(String(help), /^assay compare <run> <run> \[run\] \[label…\] \[flags\]\n\nCompare two runs\.\n/)
  assert.match(String(help), /\n *<run> <run> \[run\] {2}run folder\n/)
})

test.run()
