/** The screen of `assay calibrate-gate`: what became of nights whose true drop is known, and what that means. */
import { styleText } from 'node:util'
import type { CalibratedGate, DropOutcome, GateCalibration } from '../gate/power/types.ts'
import type { MetricAsked } from '../gate/types.ts'
import { oneLine, plural, wrapped } from '../lib/text.ts'
import { integer, percent, percentWithInterval } from './numbers.ts'
import { noiseText, points, rowsNeededText } from './power.ts'
import { firstThatFits, framed, type TableOptions } from './table.ts'

/** Below this chance a gate is weak: it leaves an unchanged model in doubt, or misses what it is there for. */
const ENOUGH = 0.8

/** Rendered text, ending in a line feed. */
export function gateCalibrationScreen(report: GateCalibration, { color, columns }: TableOptions): string {
  const bold = (text: string): string => (color ? styleText('bold', text) : text)
  const yellow = (text: string): string => (color ? styleText('yellow', text) : text)
  const fit = (line: string): string[] => wrapped(line, columns)
  const { simulated, runIds, notes } = report
  const lines = [
    ...fit(`${simulated ? 'SIMULATED · ' : ''}${runIds.map((id) => oneLine(id, 80)).join(', ')}`).map(bold),
    ...fit(designText(report)),
    ...report.groups.flatMap((group) => [
      '',
      ...fit(headOf(group)).map(bold),
      ...fit(noiseText(group.noise, group.metric.name)),
      outcomeTable(group, { color, columns }),
      ...meaningOf(group, report).flatMap(fit),
    ]),
    ...(notes.length > 0 ? [''] : []),
    ...notes.flatMap((note) => fit(`! ${oneLine(note, 400)}`)).map(yellow),
  ]
  return `${lines.join('\n')}\n`
}

/** Where the terminal is narrow, intervals stand below their shares. */
function outcomeTable({ drops, metric }: CalibratedGate, { color, columns }: TableOptions): string {
  const head = ['true drop', 'REGRESSION', 'PASS', 'INCONCLUSIVE', 'rows used']
  const rows = drops.map((outcome) => rowOf(outcome, metric))
  const narrow = rows.map((row) => row.map((cell) => cell.replace(/,? (?=\[|the margin)/, '\n')))
  return firstThatFits([() => framed(head, rows, color), () => framed(head, narrow, color)], columns)
}

function designText({ nights, design: { alpha, alarmOn, sequential } }: GateCalibration): string {
  const rule =
    alarmOn === 'any-drop' ? 'REGRESSION when any drop is proven' : 'REGRESSION when a drop beyond the margin is proven'
  const looks = sequential ? 'looking after every row' : 'when all rows are in'
  return `${integer(nights)} nights for each line; ${rule}, ${looks}; alpha ${percent(alpha)}`
}

function headOf({ model, prompt, metric, value, samples, clusters }: CalibratedGate): string {
  const place = [model, prompt, metric.name].map((part) => oneLine(part, 48)).join(' · ')
  const units = clusters === samples ? '' : ` in ${plural(clusters, 'cluster')}`
  return `${place}: ${percent(value)} of ${plural(samples, 'sample')}${units}, margin ${points(metric.margin)}`
}

function rowOf({ drop, regression, pass, inconclusive, rowsUsed }: DropOutcome, { margin }: MetricAsked): string[] {
  const name = drop === 0 ? 'none' : `${points(drop)}${drop === margin ? ', the margin' : ''}`
  return [name, ...[regression, pass, inconclusive].map(percentWithInterval), percent(rowsUsed)]
}

/** What the shares come to, in sentences. */
export function meaningOf(group: CalibratedGate, { design }: Pick<GateCalibration, 'design'>): string[] {
  const { drops, metric } = group
  const [unchanged] = drops
  if (unchanged === undefined) return []
  const sought = drops.find(({ drop }) => drop === (design.alarmOn === 'any-drop' ? 1 : 2) * metric.margin)
  const found =
    sought === undefined
      ? ''
      : `; a ${metric.kind === 'failures' ? 'rise' : 'drop'} of ${points(sought.drop)} is found in ${percent(sought.regression.value)}`
  return [
    `An unchanged model is called REGRESSION in ${percent(unchanged.regression.value)} of nights, cleared in ${percent(unchanged.pass.value)}${found}.`,
    ...weakness(group, unchanged, sought, design.sequential),
  ]
}

function weakness(
  { rowsNeeded, samples }: CalibratedGate,
  unchanged: DropOutcome,
  sought: DropOutcome | undefined,
  sequential: boolean,
): string[] {
  const isWeak =
    (unchanged.pass.value ?? 0) < ENOUGH || (sought !== undefined && (sought.regression.value ?? 0) < ENOUGH)
  return isWeak
    ? [`${plural(samples, 'sample')} are few for this margin: ${rowsNeededText(rowsNeeded, sequential)}.`]
    : []
}
