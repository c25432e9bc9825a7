/**
 * What can be set? One table, from which come the flags and their help, the config file's schema and types, the checks, and
 * the configuration reference. The key is the name in eval.config.ts; the flag is the same in kebab-case.
 */
import { z } from 'zod'
import { providerNames } from '../provider/index.ts'
import { SIMULATOR_KEYS } from './simulator.ts'
import { DEFAULT_MODEL } from '../lib/default-model.ts'
import {
  concurrency,
  decimalNumber,
  flag,
  oneOf,
  pairs,
  share,
  text,
  texts,
  timeout,
  usdOrNone,
  wholeNumber,
} from './values.ts'

export type Group = 'data' | 'prompts' | 'models' | 'pace' | 'money' | 'scoring' | 'run' | 'output'

export interface Option<Schema extends z.ZodType = z.ZodType> {
  readonly group: Group
  readonly schema: Schema
  /** One sentence without a full stop at its end. */
  readonly about: string
  /** What stands for the value in the help; absent for switches. */
  readonly value?: string
  readonly alias?: string
  /** May be given several times. */
  readonly repeatable?: boolean
  /** As the help shows it; absent when there is none. */
  readonly standard?: string
  /** A switch that is on by default: its flag is --no-<name>. */
  readonly negated?: boolean
}

const option = <Schema extends z.ZodType>(entry: Option<Schema>): Option<Schema> => entry

export const options = {
  dataset: option({
    group: 'data',
    schema: text,
    alias: 'd',
    value: 'path',
    about: 'Dataset: a path, a name under datasets/, or - for standard input',
  }),
  format: option({
    group: 'data',
    schema: oneOf(['csv', 'tsv', 'jsonl', 'json']),
    value: 'name',
    about: 'Format of the dataset: csv, tsv, jsonl or json',
    standard: 'by the file name',
  }),
  id: option({
    group: 'data',
    schema: text,
    value: 'column',
    about: 'Column with a unique id per row',
    standard: 'id, else a hash of the columns used',
  }),
  expected: option({
    group: 'data',
    schema: text,
    value: 'column',
    about: 'Column with the right answer',
    standard: 'expected, else answer',
  }),
  expectedSeparator: option({
    group: 'data',
    schema: text,
    value: 'text',
    about: 'Separates several right answers in one cell, e.g. "; "',
    standard: 'none',
  }),
  slice: option({
    group: 'data',
    schema: texts,
    value: 'column',
    repeatable: true,
    about: 'Report each value of this column on its own too',
  }),
  keep: option({
    group: 'data',
    schema: texts,
    value: 'column',
    repeatable: true,
    about: 'Carry this dataset column over into results.csv',
  }),
  where: option({
    group: 'data',
    schema: pairs,
    value: 'column=value',
    repeatable: true,
    about: 'Only rows whose cell equals the value; several must all hold',
  }),
  offset: option({
    group: 'data',
    schema: wholeNumber(0, 1e12),
    value: 'n',
    about: 'Skip the first n rows',
    standard: '0',
  }),
  limit: option({ group: 'data', schema: wholeNumber(1, 1e12), value: 'n', about: 'Take at most n rows' }),
  sample: option({ group: 'data', schema: wholeNumber(1, 1e12), value: 'n', about: 'Draw n rows at random, by seed' }),
  shard: option({ group: 'data', schema: text, value: 'k/n', about: 'Take the k-th of n equal parts' }),

  prompt: option({
    group: 'prompts',
    schema: texts,
    value: 'text|@file',
    repeatable: true,
    about: 'Prompt with {{column}} placeholders, or @file; a .json file holds chat messages',
    standard: 'the column prompt, question, input or messages',
  }),
  system: option({
    group: 'prompts',
    schema: text,
    value: 'text|@file',
    about: 'System prompt, with {{column}} placeholders',
  }),

  model: option({
    group: 'models',
    schema: texts,
    alias: 'm',
    value: 'slug',
    repeatable: true,
    about: 'Model to ask',
    standard: DEFAULT_MODEL,
  }),
  provider: option({
    group: 'models',
    schema: text,
    value: 'name',
    about: `Endpoint: ${providerNames().join(', ')}`,
    standard: 'openrouter with OPENROUTER_API_KEY set, else simulator',
  }),
  baseUrl: option({
    group: 'models',
    schema: text,
    value: 'url',
    about: "Base URL of the endpoint, in place of the provider's own",
  }),
  apiKeyEnv: option({
    group: 'models',
    schema: text,
    value: 'name',
    about: 'Environment variable that holds the API key',
    standard: "the provider's own",
  }),
  param: option({
    group: 'models',
    schema: pairs,
    value: 'key=value',
    repeatable: true,
    about: 'Further field of the request body; the value is JSON, else text',
  }),
  maxTokens: option({
    group: 'models',
    schema: wholeNumber(1, 1e7),
    value: 'n',
    about: 'Longest answer in tokens, always sent',
    standard: '1024',
  }),
  temperature: option({
    group: 'models',
    schema: decimalNumber(0, 2),
    value: 'number',
    about: 'Sampling temperature',
    standard: 'not sent',
  }),
  stream: option({
    group: 'models',
    schema: flag,
    negated: true,
    about: 'Do not stream answers; time to first token is then unknown',
  }),
  simulator: option({
    group: 'models',
    schema: pairs,
    value: 'key=value',
    repeatable: true,
    about: `How the simulator behaves: ${SIMULATOR_KEYS.join(', ')}`,
  }),

  concurrency: option({
    group: 'pace',
    schema: concurrency,
    value: 'n|auto',
    about: 'Requests in flight at once; auto finds what the endpoint takes',
    standard: '8',
  }),
  rpm: option({
    group: 'pace',
    schema: wholeNumber(1, 1e7),
    value: 'n',
    about: 'At most n requests per minute, evenly spaced',
    standard: 'what the endpoint says of its limits',
  }),
  tpm: option({
    group: 'pace',
    schema: wholeNumber(1, 1e10),
    value: 'n',
    about: 'At most about n tokens per minute, prompts and answers',
    standard: 'what the endpoint says of its limits',
  }),
  timeout: option({
    group: 'pace',
    schema: timeout,
    value: 'time',
    about: 'Longest time of one attempt',
    standard: '60s',
  }),
  trialTimeout: option({
    group: 'pace',
    schema: timeout,
    value: 'time',
    about: 'Longest time of a trial, retries and waits included',
    standard: '10m',
  }),
  retries: option({
    group: 'pace',
    schema: wholeNumber(0, 100),
    value: 'n',
    about: 'Further attempts after a failure that may pass',
    standard: '5',
  }),
  giveUpAfter: option({
    group: 'pace',
    schema: timeout,
    value: 'time',
    about: 'Exit with 3 when the endpoint is down and has given no answer for so long',
    standard: '5m',
  }),
  epochs: option({
    group: 'pace',
    schema: wholeNumber(1, 10_000),
    value: 'n',
    about: 'Ask every question n times',
    standard: '1',
  }),

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

  scorer: option({
    group: 'scoring',
    schema: texts,
    value: 'name[:argument]',
    repeatable: true,
    about: 'Scorer; a trial passes when all of them pass',
    standard: 'exact',
  }),
  failUnder: option({
    group: 'scoring',
    schema: share,
    value: 'share',
    about: 'Exit with 1 when the pass rate of any model is below',
  }),

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
} as const satisfies Record<string, Option>

export type OptionKey = keyof typeof options

type Schemas = { [Key in OptionKey]: z.ZodOptional<(typeof options)[Key]['schema']> }

/** The config file: every key optional, unknown keys refused. */
export const configSchema = z.strictObject(
  Object.fromEntries(Object.entries(options).map(([key, { schema }]) => [key, schema.optional()])) as Schemas,
)

/** eval.config.ts as written. */
export type EvalConfig = z.input<typeof configSchema>

/** The same, read: units resolved, lists made lists. */
export type ReadConfig = z.output<typeof configSchema>

/** `maxTokens` → `max-tokens`. */
export function flagOf(key: string): string {
  return key.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)
}
