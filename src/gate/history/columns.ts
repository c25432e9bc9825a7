/** history.csv: one line per run × model × prompt × metric. The columns, what they mean, and how a figure becomes a line. */
import type { HistoryLine } from './types.ts'

interface Column {
  readonly name: string
  /** What the cell holds, with its unit. */
  readonly meaning: string
  readonly cell: (line: HistoryLine) => string
}

const column = (name: string, meaning: string, cell: Column['cell']): Column => ({ name, meaning, cell })

/** New ones go at the end: readers may count. Unknown is an empty cell, never 0. */
export const HISTORY_COLUMNS: readonly Column[] = [
  column('run_id', 'the run', ({ runId }) => runId),
  column('started_at', 'when it began, ISO 8601 in UTC', ({ startedAt }) => startedAt),
  column('dataset', 'name of the dataset', ({ dataset }) => dataset),
  column('dataset_version', 'hash of the samples asked: equal where they are', ({ datasetVersion }) => datasetVersion),
  column('scoring', 'equal where scorers, judges, weights and thresholds are', ({ scoring }) => scoring),
  column('scorers', 'names of the scorers', ({ scorers }) => scorers),
  column('prompt', 'short name of the prompt', ({ prompt }) => prompt),
  column('prompt_id', 'hash of its text', ({ promptId }) => promptId),
  column('model', 'model asked for', ({ model }) => model),
  column('metric', 'what the value is of', ({ metric }) => metric),
  column('value', 'share 0 to 1, USD, milliseconds, or a plain number', ({ value }) => decimal(value)),
  column('low', 'lower limit of the interval', ({ low }) => decimal(low)),
  column('high', 'upper limit of the interval', ({ high }) => decimal(high)),
  column('confidence', 'level of the interval', ({ confidence }) => decimal(confidence)),
  column('method', 'how the limits were found', ({ method }) => method),
  column('n', 'observations behind the value', ({ n }) => String(n)),
  column('planned', 'trials planned for the model and prompt', ({ planned }) => String(planned)),
  column('simulated', 'true when the built-in simulator answered', ({ simulated }) => String(simulated)),
  column('verdict', 'PASS, REGRESSION or INCONCLUSIVE against `--baseline`', ({ verdict }) => verdict ?? ''),
  column('git_commit', 'commit of the folder the run was started in', ({ gitCommit }) => gitCommit ?? ''),
]

/** Digits that survive: more than any interval leaves meaning in. */
const DIGITS = 9

/** Without an exponent and without trailing zeros. */
function decimal(value: number | null): string {
  if (value === null) return ''
  const rounded = Number(value.toPrecision(DIGITS))
  if (rounded === 0) return '0'
  const decimals = Math.min(100, Math.max(0, DIGITS - 1 - Math.floor(Math.log10(Math.abs(rounded)))))
  const text = rounded.toFixed(decimals)
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}

/** Why a row is no line of ours; `cells` in the order of the columns. */
export function readLine(cells: readonly string[]): HistoryLine | { readonly problem: string } {
  const cell = (name: string): string => cells[INDEX.get(name) ?? -1] ?? ''
  const problems: string[] = []
  const number = (name: string): number | null => {
    if (cell(name) === '') return null
    const value = Number(cell(name))
    if (Number.isFinite(value)) return value
    problems.push(`column ${name}: expected a number, found "${cell(name)}"`)
    return null
  }
  const count = (name: string): number => {
    if (/^\d+$/.test(cell(name))) return Number(cell(name))
    problems.push(`column ${name}: expected a count, found "${cell(name)}"`)
    return 0
  }
  const verdict = cell('verdict')
  if (!isVerdict(verdict))
    problems.push(`column verdict: expected PASS, REGRESSION or INCONCLUSIVE, found "${verdict}"`)
  if (!isTime(cell('started_at'))) {
    problems.push(`column started_at: expected a time such as 2025-01-15T02:00:00.000Z, found "${cell('started_at')}"`)
  }
  if (cell('simulated') !== 'true' && cell('simulated') !== 'false') {
    problems.push(`column simulated: expected true or false, found "${cell('simulated')}"`)
  }
  const line: HistoryLine = {
    runId: cell('run_id'),
    startedAt: cell('started_at'),
    dataset: cell('dataset'),
    datasetVersion: cell('dataset_version'),
    scoring: cell('scoring'),
    scorers: cell('scorers'),
    prompt: cell('prompt'),
    promptId: cell('prompt_id'),
    model: cell('model'),
    metric: cell('metric'),
    value: number('value'),
    low: number('low'),
    high: number('high'),
    confidence: number('confidence'),
    method: cell('method'),
    n: count('n'),
    planned: count('planned'),
    simulated: cell('simulated') === 'true',
    verdict: isVerdict(verdict) && verdict !== '' ? verdict : null,
    gitCommit: cell('git_commit') === '' ? null : cell('git_commit'),
  }
  const [problem] = problems
  return problem === undefined ? line : { problem }
}

/** A day, or a time of it, as ISO 8601 has it: of other texts engines make what they like. */
export function isTime(text: string): boolean {
  return /^\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d)?)?$/.test(text) && !Number.isNaN(Date.parse(text))
}

const INDEX = new Map(HISTORY_COLUMNS.map(({ name }, index) => [name, index]))

function isVerdict(text: string): text is '' | 'PASS' | 'REGRESSION' | 'INCONCLUSIVE' {
  return ['', 'PASS', 'REGRESSION', 'INCONCLUSIVE'].includes(text)
}
