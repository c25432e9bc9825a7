/** The second half of the table of options: money, the run and what it puts out. */
import { gateOptions } from './gate-options.ts'
import { option } from './option.ts'
import { scoringOptions } from './scoring-options.ts'
import { reporterNames } from '../report/index.ts'
import { flag, pairs, share, someOf, text, usdOrNone, wholeNumber } from './values.ts'

export const runOptions = {
  maxCost: option({
    group: 'money',
    schema: usdOrNone,
    value: 'usd',
    about: 'Stop before more than this can have been billed',
  }),
  price: option({
    group: 'money',
    schema: pairs,
    value: 'model=in/out',
    repeatable: true,
    about: 'USD per million tokens in and out, in place of the built-in price',
  }),

  ...scoringOptions,
  ...gateOptions,

  out: option({
    group: 'run',
    schema: text,
    value: 'dir',
    about: 'The run folder itself; absent or empty',
    standard: 'results/<run-id>',
  }),
  resume: option({
    group: 'run',
    schema: text,
    value: 'dir|latest',
    about: 'Go on with a run: what is answered stays, flags hold as they were typed then',
  }),
  retryFailed: option({
    group: 'run',
    schema: flag,
    about: 'With --resume: ask again what has failed',
  }),
  allowChange: option({
    group: 'run',
    schema: flag,
    about: 'With --resume: go on though a setting that decides the answers has changed',
  }),
  cache: option({
    group: 'run',
    schema: flag,
    about: 'Take answers to equal requests from earlier runs, and keep new ones for later',
  }),
  seed: option({
    group: 'run',
    schema: wholeNumber(0, 2 ** 31),
    value: 'n',
    about: 'Decides order and sampling; sent to the model as seed + epoch',
    standard: '0',
  }),
  maxFailed: option({
    group: 'run',
    schema: share,
    value: 'share',
    about: 'Exit with 3 when more trials than this fail',
    standard: '5%',
  }),
  simulate: option({
    group: 'run',
    schema: flag,
    about: 'Ask the built-in simulator: the same as --provider simulator',
  }),

  reporter: option({
    group: 'output',
    schema: someOf(reporterNames),
    value: 'name',
    repeatable: true,
    about: `Further report: ${reporterNames.join(', ')}; results.csv, summary.csv and summary.json are always there`,
  }),
  open: option({ group: 'output', schema: flag, about: 'Write the HTML report and open it in the browser' }),
  timings: option({
    group: 'output',
    schema: flag,
    negated: true,
    about: 'Leave out what differs between two runs with equal answers',
  }),
  json: option({
    group: 'output',
    schema: flag,
    about: 'Write the summary to standard output as JSON, everything else to standard error',
  }),
  quiet: option({ group: 'output', schema: flag, about: 'No progress, only the end' }),
  excel: option({ group: 'output', schema: flag, about: 'Write results.excel.csv too, with formulas made harmless' }),
} as const
