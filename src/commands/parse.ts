/** argv of one command → typed values by key, with errors that say what was meant. */
import yargs from 'yargs'
import { UserError } from '../lib/errors.ts'
import { closest } from '../lib/suggest.ts'
import type { Flag } from './flags.ts'
import { describePositional, positionalValues, usageOf } from './positionals.ts'
import type { Command } from './types.ts'

/** What was typed, by key; or the help text when that was asked for. */
export type Parsed = { readonly help: string } | { readonly values: Readonly<Record<string, unknown>> }

export async function parseFlags(command: Command, argv: readonly string[], columns: number): Promise<Parsed> {
  const parser = parserOf(command, columns)
  const { _: alone, $0: _program, ...typed } = await parser.parseAsync([...argv])
  if (typed['help'] === true) return { help: await parser.getHelp() }
  const flags = command.flags.flatMap((group) => group.flags)
  const values: Record<string, unknown> = positionalValues(command, alone.map(String))
  for (const [name, value] of Object.entries(typed)) {
    if (value === undefined) continue
    const flag = flags.find((candidate) => candidate.flag === name)
    if (flag === undefined) throw new UserError(unknownFlag(name, flags))
    values[flag.key] = valueOf(flag, value)
  }
  return { values }
}

function parserOf(command: Command, columns: number) {
  const parser = yargs([])
    .scriptName('assay')
    .usage(
      `${usageOf(command)}\n\n${[`${command.about}.`, ...(command.positionals ?? []).map(describePositional)].join('\n')}`,
    )
    .help(false)
    .version(false)
    .exitProcess(false)
    .wrap(Math.min(120, columns))
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'greedy-arrays': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'short-option-groups': false,
      'strip-aliased': true,
    })
    .option('help', { alias: 'h', type: 'boolean', describe: 'Show this help' })
  for (const { title, flags } of command.flags) {
    for (const flag of flags) {
      parser.option(flag.flag, {
        type: flag.isSwitch ? 'boolean' : 'string',
        describe: describe(flag),
        requiresArg: !flag.isSwitch,
        group: `${title[0]?.toUpperCase()}${title.slice(1)}:`,
        ...(flag.alias === undefined ? {} : { alias: flag.alias }),
      })
    }
  }
  for (const example of command.examples) parser.example(example, '')
  return parser.fail((message, error) => {
    // yargs reports what was typed wrongly by a message, or by an error of its own; any other error is ours.
    if (error !== undefined && error.name !== 'YError') throw error
    throw new UserError(`${message ?? error?.message}. assay ${command.name} --help lists the flags.`)
  })
}

function describe({ about, value, standard, repeatable }: Flag): string {
  const notes = [
    ...(value === undefined ? [] : [`<${value}>`]),
    ...(repeatable ? ['repeatable'] : []),
    ...(standard === undefined ? [] : [`default: ${standard}`]),
  ]
  return notes.length === 0 ? about : `${about} (${notes.join('; ')})`
}

function valueOf(flag: Flag, value: unknown): unknown {
  if (Array.isArray(value) && !flag.repeatable) {
    throw new UserError(`--${flag.flag} is given ${value.length} times. It takes one value.`)
  }
  return flag.negated ? value !== true : value
}

function unknownFlag(name: string, flags: readonly Flag[]): string {
  const dashes = name.length === 1 ? '-' : '--'
  const meant = closest(
    name,
    flags.map(({ flag }) => flag),
  )
  return `${dashes}${name}: there is no such flag.${meant === undefined ? ' --help lists them.' : ` Did you mean --${meant}?`}`
}
