/** `assay history`: how the models have done from run to run. */
import { historyReport } from '../gate/history/history.ts'
import { EXIT, UserError } from '../lib/errors.ts'
import { oneLine, printableJson } from '../lib/text.ts'
import { historyScreen } from '../report/history.ts'
import { jsonFlag, ownFlag } from './flags.ts'
import type { Command } from './types.ts'

const DATASET_FLAG = ownFlag({
  key: 'dataset',
  about: 'Only runs of this dataset',
  value: 'name',
  alias: 'd',
  standard: 'all',
})

const MODEL_FLAG = ownFlag({
  key: 'model',
  about: 'Only this model',
  repeatable: true,
  value: 'name',
  alias: 'm',
  standard: 'all',
})

const METRIC_FLAG = ownFlag({
  key: 'metric',
  about: 'Which figure: pass_rate, score:<label>, failures, cost, tokens, latency_p95 and others of history.csv',
  value: 'name',
  standard: 'pass_rate',
})

const LAST_FLAG = ownFlag({
  key: 'last',
  about: 'Runs that get a line; charts are made of all',
  value: 'n',
  standard: '30',
})

const SINCE_FLAG = ownFlag({
  key: 'since',
  about:
    'Leave out what began before this day or time (UTC): charts begin anew, such as after a change that was accepted',
  value: 'date',
})

const JSON_FLAG = jsonFlag('everything')

const LAST = 30

export const history: Command = {
  name: 'history',
  about: 'Show how models have done from run to run, when a level changed, and which rows are flaky',
  flags: [
    { title: 'selection', flags: [DATASET_FLAG, MODEL_FLAG, METRIC_FLAG, LAST_FLAG, SINCE_FLAG] },
    { title: 'output', flags: [JSON_FLAG] },
  ],
  examples: [
    'assay history --dataset qa',
    'assay history --model openai/gpt-4o-mini --metric latency_p95 --last 14',
    'assay history --since 2025-02-01 --json',
  ],
  run: async ({ dataset, model, metric, last, since, json }, { cwd, interrupt: signal, stdout }) => {
    const shown = typeof last === 'string' ? countOf(last) : LAST
    const report = await historyReport({
      cwd,
      signal,
      dataset: textOf(dataset),
      models: [...new Set([model ?? []].flat().map(String))],
      metric: textOf(metric) ?? 'pass_rate',
      since: textOf(since),
    })
    if (json === true) stdout.write(printableJson(`${JSON.stringify(report, null, 2)}\n`))
    else {
      const color = stdout.isTTY && stdout.hasColors()
      stdout.write(historyScreen(report, { color, columns: stdout.columns || 100, last: shown }))
    }
    return EXIT.done
  },
}

function textOf(typed: unknown): string | undefined {
  return typeof typed === 'string' ? typed : undefined
}

function countOf(typed: string): number {
  if (/^[1-9]\d{0,5}$/.test(typed)) return Number(typed)
  throw new UserError(`--last ${oneLine(typed, 40)}: expected a number of runs from 1 on, such as --last 14.`)
}
