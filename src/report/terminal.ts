/** The last screen of a run: what a person has to see, and nothing else. */
import { styleText } from 'node:util'
import { oneLine, plural } from '../lib/text.ts'
import type { GroupSummary, Summary } from '../stats/types.ts'
import {
  againstRest,
  groupFigures,
  missingSentence,
  PASS_RATE,
  severalPrompts,
  withoutVendor,
} from './group-figures.ts'
import { dollars, integer, percentWithInterval, seconds } from './numbers.ts'
import { scoreDetails } from './score-figures.ts'
import { firstThatFits, framed, sideBySide, type TableOptions } from './table.ts'
import { paceLines, totalsLine } from './totals.ts'

export interface TerminalOptions {
  /** Colours: only on a terminal that wants them. */
  readonly color: boolean
  /** Characters in a line. */
  readonly columns: number
  /** Files written, as the reader would type them. */
  readonly files: readonly string[]
}

/** Rendered text, ending in a line feed. */
export function terminalReport(summary: Summary, { color, columns, files }: TerminalOptions): string {
  const bold = (text: string): string => (color ? styleText('bold', text) : text)
  const yellow = (text: string): string => (color ? styleText('yellow', text) : text)
  const lines = [
    bold(
      `${summary.simulated ? 'SIMULATED · ' : ''}${oneLine(summary.dataset, 60)} · ${plural(summary.planned, 'trial')} · ${seconds(summary.wallMs / 1_000)}`,
    ),
    ...tables(summary, color, columns),
    ...scoreDetails(summary, { color, columns }),
    ...summary.groups.flatMap((group) => failures(group, summary)),
    ...(summary.slices.length > 0 ? ['', sliceTable(summary, { color, columns })] : []),
    totalsLine(summary),
    ...paceLines(summary),
    ...summary.notes.map((note) => yellow(`! ${oneLine(note, 400)}`)),
    '',
    ...files.map((file) => `  ${oneLine(file, 400)}`),
  ]
  return `${lines.join('\n')}\n`
}

/** A column per model × prompt. */
function tables(summary: Summary, color: boolean, columns: number): string[] {
  const withPrompt = severalPrompts(summary)
  const entries = summary.groups.map((group) => ({
    head: nameOf(group, withPrompt),
    figures: groupFigures(group, summary),
  }))
  return sideBySide(entries, { columns, color })
}

/** What a narrow terminal has no room for is left out, from the right, and then the vendors of the models: it is in summary.csv. */
function sliceTable(summary: Summary, { columns, color }: TableOptions): string {
  const table = (dropped: number, shortName: (model: string) => string) => (): string => {
    const all = sliceColumns(summary, shortName)
    const shown = all.slice(0, all.length - dropped)
    return framed(
      shown.map(({ head }) => head),
      summary.slices.map((group) => shown.map(({ cellOf }) => cellOf(group))),
      color,
    )
  }
  const full = (model: string): string => model
  const short = withoutVendor(summary.slices)
  return firstThatFits([table(0, full), table(1, full), table(2, full), table(2, short), table(3, short)], columns)
}

function sliceColumns(summary: Summary, shortName: (model: string) => string): readonly SliceColumn[] {
  const withPrompt = severalPrompts(summary)
  const withModel = withPrompt || new Set(summary.slices.map(({ model }) => model)).size > 1
  const model = (group: GroupSummary): string => nameOf({ ...group, model: shortName(group.model) }, withPrompt)
  return [
    { head: 'slice', cellOf: ({ slice }) => oneLine(slice, 40) },
    ...(withModel ? [{ head: 'model', cellOf: model }] : []),
    { head: PASS_RATE, cellOf: ({ passRate }) => percentWithInterval(passRate) },
    { head: 'against the rest', cellOf: ({ differsFromRest }) => againstRest(differsFromRest) },
    { head: 'scored', cellOf: ({ scored, planned }) => `${integer(scored)} of ${integer(planned)}` },
    { head: 'cost', cellOf: ({ costUsd }) => dollars(costUsd) },
  ]
}

interface SliceColumn {
  readonly head: string
  readonly cellOf: (group: GroupSummary) => string
}

function nameOf({ model, prompt }: GroupSummary, withPrompt: boolean): string {
  return oneLine(model, 48) + (withPrompt ? `\n${oneLine(prompt, 48)}` : '')
}

/** What failed, with an example of each kind. */
function failures(group: GroupSummary, summary: Summary): string[] {
  const sentence = missingSentence(group, summary)
  if (sentence === null) return []
  const examples = Object.entries(group.errorExamples).map(
    ([kind, message]) => `  ${kind}, e.g.: ${oneLine(message, 160)}`,
  )
  return [sentence, ...examples]
}
