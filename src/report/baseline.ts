/** The screens of `assay baseline`: what is kept, and what has just been written. */
import { styleText } from 'node:util'
import type { BaselineGroupShown, BaselineShown, BaselineWritten } from '../gate/baseline/types.ts'
import { oneLine, plural, wrapped } from '../lib/text.ts'
import { bytes, integer, percent, percentWithInterval } from './numbers.ts'
import { firstThatFits, framed, sideBySide } from './table.ts'

export interface BaselineScreen {
  readonly color: boolean
  /** Characters in a line. */
  readonly columns: number
}

/** Rendered text, ending in a line feed. */
export function baselineList(baselines: readonly BaselineShown[], { color, columns }: BaselineScreen): string {
  if (baselines.length === 0) {
    return 'No baseline is kept. Keep one with assay baseline accept <run>.\n'
  }
  const head = ['baseline', 'dataset', 'runs', 'trials', 'pass rate [95 %]', 'last run, UTC']
  const tables = [LONG_NAMES, SHORT_NAMES].map(
    (names) => () =>
      framed(
        head,
        baselines.map((baseline) => listed(baseline, names)),
        color,
      ),
  )
  return `${firstThatFits(tables, columns)}\n`
}

/** Characters of names in a table. */
interface NameWidths {
  readonly own: number
  readonly model: number
}

const LONG_NAMES: NameWidths = { own: 40, model: 40 }
/** Beside the figures these stay within 80 columns. */
const SHORT_NAMES: NameWidths = { own: 10, model: 21 }

function listed(
  { name, dataset, runIds, trials, groups, ...baseline }: BaselineShown,
  { own, model }: NameWidths,
): string[] {
  return [
    oneLine(name, own),
    oneLine(dataset, own),
    integer(runIds.length),
    integer(trials),
    groups.map((group) => `${oneLine(group.model, model)}\n${percentWithInterval(group.passRate)}`).join('\n'),
    `${minute(baseline.startedAt).replace(' ', '\n')}${baseline.simulated ? '\nSIMULATED' : ''}`,
  ]
}

/** One baseline with all that is known of it. */
export function baselineDetails(baseline: BaselineShown, options: BaselineScreen): string {
  const bold = (text: string): string => (options.color ? styleText('bold', text) : text)
  const { name, file, bytes: size, runIds, dataset, datasetVersion, trials, scorers, startedAt } = baseline
  const lines = [
    bold(`${baseline.simulated ? 'SIMULATED · ' : ''}${oneLine(name, 120)}`),
    ...(file === null ? [] : [`${oneLine(file, 200)}${size === null ? '' : `, ${bytes(size)}`}`]),
    ...wrapped(
      `${oneLine(dataset, 80)}${datasetVersion === null ? '' : ` version ${oneLine(datasetVersion, 12)}`}, ${plural(trials, 'trial')} per model, scored by ${oneLine(scorers.join(', ') || 'the rows themselves', 200)}`,
      options.columns,
    ),
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
export function baselineWritten(
  { baseline, replaced, notes }: BaselineWritten,
  { color, columns }: BaselineScreen,
): string {
  const yellow = (text: string): string => (color ? styleText('yellow', text) : text)
  const { name, file, bytes: size, runIds, groups } = baseline
  return [
    `${oneLine(name, 200)}: ${plural(runIds.length, 'run')} of ${oneLine(baseline.dataset, 80)}, ${plural(baseline.trials, 'trial')} per model`,
    ...groups.map(
      (group) => `  ${oneLine(group.model, 60)} · ${oneLine(group.prompt, 40)}  ${percentWithInterval(group.passRate)}`,
    ),
    `written: ${oneLine(file ?? '', 300)}${size === null ? '' : ` (${bytes(size)})`}`,
    ...(replaced === null ? [] : wrapped(`replaced: ${replacedText(replaced)}`, columns)),
    ...notes.flatMap((note) => wrapped(`! ${oneLine(note, 400)}`, columns)).map(yellow),
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
