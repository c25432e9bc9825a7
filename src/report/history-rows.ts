/** Which rows keep changing, and which have changed for good: the lower half of the screen of `assay history`. */
import type { FlakyRow, RowsOverTime, ShiftedRow } from '../gate/history/types.ts'
import { oneLine, plural, wrapped } from '../lib/text.ts'
import { integer, percent } from './numbers.ts'

/** Lines about the rows of one model × prompt, indented. */
export function rowsLines(rows: RowsOverTime, columns: number): string[] {
  const { runs, gone, flaky, flakyRows, shifted, shiftedToFail, shiftedToPass } = rows
  const lines = [
    ...(gone.length === 0 ? [] : [`${goneText(gone)}: rows are those of the ${plural(runs, 'run')} left`]),
    runs < 2 || rows.rows === 0 ? 'rows: fewer than two runs with its rows are left to compare' : rateLine(rows),
    ...flaky.map((row) => `  ${flakyLine(row)}`),
    ...(flakyRows > flaky.length ? [`  … ${integer(flakyRows - flaky.length)} more`] : []),
    ...(shifted.length === 0
      ? []
      : [
          `changed once and stayed so: ${integer(shiftedToFail)} from right to wrong, ${integer(shiftedToPass)} from wrong to right`,
        ]),
    ...shifted.map((row) => `  ${shiftedLine(row)}`),
    ...(shiftedToFail + shiftedToPass > shifted.length
      ? [`  … ${integer(shiftedToFail + shiftedToPass - shifted.length)} more`]
      : []),
  ]
  return lines.flatMap((line) => wrapped(`  ${line}`, columns, '    '))
}

function goneText(gone: readonly string[]): string {
  const [first = ''] = gone
  return gone.length === 1
    ? `the folder of ${oneLine(first, 80)} is gone`
    : `the folders of ${plural(gone.length, 'run')} are gone (${oneLine(first, 80)}, …)`
}

function rateLine({ flakyRows, changedRows, medianFlipRate, rows, runs }: RowsOverTime): string {
  return (
    `flaky rows, changing clearly more often than the one in the middle (in ${percent(medianFlipRate)} of runs): ${integer(flakyRows)} of ${integer(rows)}; ` +
    `${integer(changedRows)} changed more than once in ${plural(runs, 'run')}`
  )
}

function flakyLine({ sample, epoch, flips, flipRate, nights, passRate }: FlakyRow): string {
  return `${nameOf(sample, epoch)}  ${percent(flipRate)} flips (${flips} in ${nights - 1}), passes ${percent(passRate)}`
}

function shiftedLine({ sample, epoch, to, since, before, after }: ShiftedRow): string {
  const change = to === 'fail' ? 'right → wrong' : 'wrong → right'
  return `${nameOf(sample, epoch)}  ${change} since ${oneLine(since, 60)} (${before} runs before, ${after} since)`
}

function nameOf(sample: string, epoch: number): string {
  return `${oneLine(sample, 40)}${epoch === 1 ? '' : ` #${epoch}`}`
}
