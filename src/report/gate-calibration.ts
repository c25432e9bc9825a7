/** The screen of `assay calibrate-gate`: what became of nights whose true drop is known, and what that means. */
import { styleText } from 'node:util'
import type { CalibratedGate, DropOutcome, GateCalibration } from '../gate/power/types.ts'
import type { MetricAsked } from '../gate/types.ts'
import { oneLine, plural } from '../lib/text.ts'
import { integer, percent, percentWithInterval } from './numbers.ts'
import { noiseText, points, rowsNeededText } from './power.ts'
import { framed } from './table.ts'

/** Below this chance a gate is weak: it leaves an unchanged model in doubt, or misses what it is there for. */
const ENOUGH = 0.8

/** Rendered text, ending in a line feed. */
export function gateCalibrationScreen(report: GateCalibration, { color }: { readonly color: boolean }): string {
  const bold = (text: string): string => (color ? styleText('bold', text) : text)
  const yellow = (text: string): string => (color ? styleText('yellow', text) : text)
  const { simulated, runIds, notes } = report
  const lines = [
    bold(`${simulated ? 'SIMULATED · ' : ''}${runIds.map((id) => oneLine(id, 80)).join(', ')}`),
    designText(report),
    ...report.groups.flatMap((group) => [
      '',
      bold(headOf(group)),
      noiseText(group.noise, group.metric.name),
      framed(
        ['true drop', 'REGRESSION', 'PASS', 'INCONCLUSIVE', 'rows used'],
        group.drops.map((outcome) => rowOf(outcome, group.metric)),
        color,
      ),
      ...meaningOf(group, report),
    ]),
    ...(notes.length > 0 ? [''] : []),
    ...notes.map((note) => yellow(`! ${oneLine(note, 400)}`)),
  ]
  return `${lines.join('\n')}\n`
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
