/** `assay compare`: how runs, models and prompts differ, row by row. It judges nothing: that is what a gate is for. */
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Comparison, compareRuns } from '../gate/compare/compare.ts'
import type { Adjustment, Flip } from '../gate/compare/types.ts'
import { findRun } from '../journal/find-run.ts'
import { writeAtomically } from '../lib/atomic-file.ts'
import { EXIT, UserError, writing } from '../lib/errors.ts'
import { oneLine, printableJson } from '../lib/text.ts'
import { comparisonCsv, flipsCsv } from '../report/comparison-csv.ts'
import { comparisonJson } from '../report/comparison-json.ts'
import { comparisonMarkdown } from '../report/comparison-markdown.ts'
import { comparisonScreen } from '../report/comparison-terminal.ts'
import { appendStepSummary } from '../run/step-summary.ts'
import { jsonFlag, ownFlag } from './flags.ts'
import type { Command } from './types.ts'

const FLIPS_SHOWN = 5
/** More runs than anybody compares by hand. */
const MOST_RUNS = 50

const SLICE_FLAG = ownFlag({
  key: 'slice',
  about: 'Dataset column whose values are compared one by one as well',
  repeatable: true,
  value: 'column',
  standard: 'the --slice columns of the runs',
})

const SLICES_FLAG = ownFlag({
  key: 'slices',
  about: 'How p-values of slices are adjusted for their number: holm keeps every false alarm rare, bh their share',
  value: 'holm|bh',
  standard: 'holm',
})

const FLIPS_FLAG = ownFlag({
  key: 'flips',
  about: 'How many answers that went wrong, and that got right, are listed; 0 leaves the answers unread',
  value: 'n',
  standard: String(FLIPS_SHOWN),
})

const OUT_FLAG = ownFlag({
  key: 'out',
  about: 'Write comparison.csv, comparison.json, comparison.md and flips.csv, with every flip, to this folder',
  value: 'folder',
})

const JSON_FLAG = jsonFlag('the comparison')

export const compare: Command = {
  name: 'compare',
  about: 'Compare runs row by row with the first of them, or the models and prompts inside one run',
  positionals: [
    {
      name: 'runs',
      about: 'run folders, names of those under results/, or latest; the first is the baseline of the others',
      min: 1,
      max: MOST_RUNS,
    },
  ],
  flags: [
    { title: 'comparison', flags: [SLICE_FLAG, SLICES_FLAG] },
    { title: 'output', flags: [FLIPS_FLAG, OUT_FLAG, JSON_FLAG] },
  ],
  examples: [
    'assay compare results/monday results/tuesday',
    'assay compare latest --slice category',
    'assay compare old new --out comparison --flips 20',
  ],
  run: async ({ runs, slice, slices, flips, out, json }, io) => {
    const folder = typeof out === 'string' ? resolve(io.cwd, out) : null
    const comparison = await compareRuns({
      runs: [runs].flat().map((run) => findRun(String(run), io.cwd, 'assay compare')),
      slices: slice === undefined ? undefined : [...new Set([slice].flat().map(String))],
      adjustSlices: adjustmentOf(textOf(slices)),
      flips: flipsOf(textOf(flips)),
      wantsAllFlips: folder !== null,
      signal: io.interrupt,
    })
    if (folder !== null) await writeFiles(folder, comparison)
    const note = appendStepSummary(io.env, comparisonMarkdown(comparison.report))
    if (note !== undefined) io.stderr.write(`! ${oneLine(note, 600)}\n`)
    if (json === true) io.stdout.write(printableJson(comparisonJson(comparison.report)))
    else {
      const color = io.stdout.isTTY && io.stdout.hasColors()
      io.stdout.write(comparisonScreen(comparison.report, { color, columns: io.stdout.columns || 100 }))
    }
    return EXIT.done
  },
}

function textOf(typed: unknown): string | undefined {
  return typeof typed === 'string' ? typed : undefined
}

function adjustmentOf(typed: string | undefined): Adjustment {
  if (typed === undefined || typed === 'holm' || typed === 'bh') return typed ?? 'holm'
  throw new UserError(`--slices "${oneLine(typed, 60)}": expected holm or bh.`)
}

function flipsOf(typed: string | undefined): number {
  if (typed === undefined) return FLIPS_SHOWN
  if (/^\d{1,6}$/.test(typed)) return Number(typed)
  throw new UserError(`--flips "${oneLine(typed, 60)}": expected a whole number, such as 20, or 0 for none.`)
}

async function writeFiles(folder: string, { report, flips }: Comparison): Promise<void> {
  writing(folder, () => mkdirSync(folder, { recursive: true }))
  await writeAtomically(join(folder, 'comparison.csv'), [comparisonCsv(report)])
  await writeAtomically(join(folder, 'comparison.json'), [comparisonJson(report)])
  await writeAtomically(join(folder, 'comparison.md'), [comparisonMarkdown(report)])
  await writeAtomically(join(folder, 'flips.csv'), flipsCsv(inTurn(flips)))
}

function* inTurn(flips: Comparison['flips']): Generator<Flip> {
  for (const one of flips) if (one !== null) yield* one.all()
}
