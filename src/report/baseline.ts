/** The screens of `assay baseline`: what is kept, and what has just been written. */
import { styleText } from 'node:util'
import type { BaselineGroupShown, BaselineShown, BaselineWritten } from '../gate/baseline/types.ts'
import { oneLine, plural } from '../lib/text.ts'
import { bytes, integer, percent, percentWithInterval } from './numbers.ts'
import { framed, sideBySide } from './table.ts'

export interface BaselineScreen {
  readonly color: boolean
  /** Characters in a line. */
  readonly columns: number
}

/** Rendered text, ending in a line feed. */
export function baselineList(baselines: readonly BaselineShown[], { color }: BaselineScreen): string {
  if (baselines.length === 0) {
    return 'No baseline is kept. Keep one with assay baseline accept <run>.\n'
  }
  const rows = baselines.map((baseline) => [
    oneLine(baseline.name, 40),
    oneLine(baseline.dataset, 30),
    integer(baseline.runIds.length),
    integer(baseline.trials),
    baseline.groups.map(rateLine).join('\n'),
    `${minute(baseline.startedAt)}${baseline.simulated ? '\nSIMULATED' : ''}`,
  ])
  return `${framed(['baseline', 'dataset', 'runs', 'trials', 'pass rate [95 %]', 'last run, UTC'], rows, color)}\n`
}

function rateLine({ model, passRate }: BaselineGroupShown): string {
  return `${oneLine(model, 40)}\n  ${percentWithInterval(passRate)}`
}

/** One baseline with all that is known of it. */
export function baselineDetails(baseline: BaselineShown, options: BaselineScreen): string {
  const bold = (text: string): string => (options.color ? styleText('bold', text) : text)
  const { name, file, bytes: size, runIds, dataset, datasetVersion, trials, scorers, startedAt } = baseline
  const lines = [
    bold(`${baseline.simulated ? 'SIMULATED · ' : ''}${oneLine(name, 120)}`),
    ...(file === null ? [] : [`${oneLine(file, 200)}${size === null ? '' : `, ${bytes(size)}`}`]),
    `${oneLine(dataset, 80)}${datasetVersion === null ? '' : ` version ${oneLine(datasetVersion, 12)}`}, ${plural(trials, 'trial')} per model, scored by ${oneLine(scorers.join(', ') || 'the rows themselves', 200)}`,
    `${plural(runIds.length, 'run')}, the last of ${minute(startedAt)} UTC:`,
    ...runIds.map((id) => `  ${oneLine(id, 120)}`),
    ...sideBySide(
      baseline.groups.map((group) => ({
        head: `${oneLine(group.model, 48)}\n${oneLine(group.prompt, 48)}`,
        figures: figuresOf(group, baseline.groups),
      })),
      options,
    ),
  ]
  return `${lines.join('\n')}\n`
}

/** Every group has the same figures: they are rows of one table. */
function figuresOf(group: BaselineGroupShown, all: readonly BaselineGroupShown[]): Record<string, string> {
  const labels = [...new Set(all.flatMap(({ scores }) => Object.keys(scores)))]
  const scores = labels.map((label) => {
    const estimate = group.scores[label]
    return [`score ${oneLine(label, 30)} [95 %]`, estimate === undefined ? '–' : percentWithInterval(estimate)] as const
  })
  return {
    trials: integer(group.rows),
    failed: percent(group.failures),
    'pass rate [95 %]': percentWithInterval(group.passRate),
    ...(labels.length > 1 ? Object.fromEntries(scores) : {}),
    'served as': servedBy(group.servedModels),
  }
}

function servedBy(servedModels: Readonly<Record<string, number>>): string {
  const names = Object.entries(servedModels).sort(([, one], [, other]) => other - one)
  return names.map(([name]) => (name === '' ? 'unknown' : oneLine(name, 40))).join('\n') || '–'
}

/** What was done, and what to know before trusting it. */
export function baselineWritten({ baseline, replaced, notes }: BaselineWritten, { color }: BaselineScreen): string {
  const yellow = (text: string): string => (color ? styleText('yellow', text) : text)
  const { name, file, bytes: size, runIds, groups } = baseline
  return [
    `${oneLine(name, 200)}: ${plural(runIds.length, 'run')} of ${oneLine(baseline.dataset, 80)}, ${plural(baseline.trials, 'trial')} per model`,
    ...groups.map(
      (group) => `  ${oneLine(group.model, 60)} · ${oneLine(group.prompt, 40)}  ${percentWithInterval(group.passRate)}`,
    ),
    `written: ${oneLine(file ?? '', 300)}${size === null ? '' : ` (${bytes(size)})`}`,
    ...(replaced === null ? [] : [`replaced: ${replacedText(replaced)}`]),
    ...notes.map((note) => yellow(`! ${oneLine(note, 400)}`)),
    '',
  ].join('\n')
}

function replacedText(runIds: readonly string[]): string {
  return runIds.length === 0 ? 'a file that could not be read' : oneLine(runIds.join(', '), 600)
}

/** 2025-01-15T10:00:00.000Z → "2025-01-15 10:00". */
function minute(iso: string): string {
  return oneLine(iso, 30).slice(0, 16).replace('T', ' ')
}
