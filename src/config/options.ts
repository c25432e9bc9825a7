/**
 * What can be set? One table, from which come the flags and their help, the config file's schema and types, the checks, and
 * the configuration reference. The key is the name in eval.config.ts; the flag is the same in kebab-case.
 */
import { z } from 'zod'
import { providerNames } from '../provider/index.ts'
import { DEFAULT_MODEL } from '../lib/default-model.ts'
import { type Option, option } from './option.ts'
import { runOptions } from './run-options.ts'
import { SIMULATOR_KEYS } from './simulator.ts'
import { concurrency, decimalNumber, flag, oneOf, pairs, text, texts, timeout, wholeNumber } from './values.ts'

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
  cluster: option({
    group: 'data',
    schema: text,
    value: 'column',
    about:
      'Rows that share a value of this column (a passage, a document) hang together: every interval counts them so',
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
  replayColumn: option({
    group: 'models',
    schema: text,
    value: 'column',
    about: 'With --provider replay: column with the outputs that are scored, as if the model had just given them',
  }),
  replayRun: option({
    group: 'models',
    schema: text,
    value: 'dir|latest',
    about: 'With --provider replay: earlier run whose answers are scored',
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

  ...runOptions,
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
