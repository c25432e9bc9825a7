/** Which short values of a row are in the page? Those of results.csv, under names for people. */
import { COLUMNS, datasetCell } from '../../results-csv.ts'
import type { ReportedRun, ResultRow } from '../../types.ts'
import type { Flips } from './flips.ts'
import type { ColumnKind, RowColumn } from './format.ts'

/** A column with the way to its cells. */
export interface FilledColumn extends RowColumn {
  /** As text; empty where it is unknown. */
  readonly cell: (row: ResultRow) => string
}

/** Columns of results.csv, by name, in the order in which the page lists them. */
const TAKEN: readonly (readonly [name: string, label: string, kind: ColumnKind])[] = [
  ['status', 'Status', 'category'],
  ['model', 'Model', 'category'],
  ['prompt', 'Prompt', 'category'],
  ['epoch', 'Epoch', 'count'],
  ['score', 'Score', 'share'],
  ['cost_usd', 'Cost', 'usd'],
  ['retry_cost_usd', 'Retry cost', 'usd'],
  ['judge_cost_usd', 'Judge cost', 'usd'],
  ['cost_source', 'Cost source', 'category'],
  ['latency_ms', 'Latency', 'ms'],
  ['ttft_ms', 'First token', 'ms'],
  ['queue_ms', 'Queue', 'ms'],
  ['retry_ms', 'Retries', 'ms'],
  ['total_ms', 'Total time', 'ms'],
  ['output_tps', 'Tokens per second', 'rate'],
  ['attempts', 'Attempts', 'count'],
  ['prompt_tokens', 'Prompt tokens', 'count'],
  ['completion_tokens', 'Completion tokens', 'count'],
  ['reasoning_tokens', 'Reasoning tokens', 'count'],
  ['cached_tokens', 'Cached tokens', 'count'],
  ['tokens_source', 'Tokens source', 'category'],
  ['finish_reason', 'Finish reason', 'category'],
  ['error_kind', 'Error kind', 'category'],
  ['served_model', 'Served model', 'category'],
  ['provider', 'Provider', 'category'],
]

/** All columns of a run; without timings those that hold in every run with equal answers. */
export function columnsOf(run: ReportedRun, flips: Flips): FilledColumn[] {
  return [
    {
      name: 'result',
      label: 'Result',
      meaning: 'passed or not; a failed request is not a wrong answer',
      kind: 'category',
      cell: resultOf,
    },
    ...(flips.counts === null
      ? []
      : [
          {
            name: 'changed',
            label: 'Against the baseline',
            meaning: 'whether the answer passes on one side alone',
            kind: 'category' as const,
            cell: (row: ResultRow) => flips.of(row)?.words ?? '',
          },
        ]),
    ...TAKEN.flatMap(([name, label, kind]): FilledColumn[] => {
      const { meaning, depends, cell } = columnNamed(name)
      return depends === 'on events' && !run.timings ? [] : [{ name, label, meaning, kind, cell }]
    }),
    ...run.scoreLabels.map(
      (label): FilledColumn => ({
        name: `score:${label}`,
        label: `Score: ${label}`,
        meaning: `value of the scorer ${label}, 0 to 1`,
        kind: 'share',
        cell: ({ score }) => String(score?.scores[label] ?? ''),
      }),
    ),
    ...sliceColumns(run).map(
      (column): FilledColumn => ({
        name: `slice:${column}`,
        label: column,
        meaning: `column ${column} of the dataset, by which slices were asked for`,
        kind: 'category',
        cell: (row) => datasetCell(row, column),
      }),
    ),
  ]
}

function columnNamed(name: string): (typeof COLUMNS)[number] {
  const column = COLUMNS.find((one) => one.name === name)
  if (column === undefined) throw new Error(`results.csv has no column ${name}`)
  return column
}

/** What became of a row, in the words that filters use. */
function resultOf({ status, score }: ResultRow): string {
  if (status === 'failed') return 'request failed'
  if (status !== 'completed') return 'not asked'
  if (score?.passed == null) return 'no score'
  return score.passed ? 'passed' : 'not passed'
}

function sliceColumns({ manifest }: ReportedRun): string[] {
  return [manifest.settings['slice'] ?? []].flat().map(String)
}
