/** `assay init`: the files of a first evaluation, made where they are missing. Offline, and never over what is there. */
import { relative, resolve } from 'node:path'
import { EXIT, UserError } from '../lib/errors.ts'
import { didYouMean } from '../lib/suggest.ts'
import { oneLine, shellWord } from '../lib/text.ts'
import { namesDataset, starterFiles } from '../setup/starter-files.ts'
import { STARTER_DATASET } from '../setup/starter.ts'
import { CI_SERVICES, type CiService, type StarterFile } from '../setup/types.ts'
import { writeFiles } from '../setup/write-files.ts'
import { ownFlag } from './flags.ts'
import type { Command, CommandIo } from './types.ts'

const CI_FLAG = ownFlag({
  key: 'ci',
  about: `Write a workflow for the nightly run too: ${CI_SERVICES.join(', ')}`,
  value: 'service',
  standard: 'none',
})

export const init: Command = {
  name: 'init',
  about: 'Begin: write a small working eval.config.ts and dataset, never over what is there',
  positionals: [
    { name: 'folder', about: 'where; it is made if need be (default: the current folder)', min: 0, max: 1 },
  ],
  flags: [{ title: 'files', flags: [CI_FLAG] }],
  examples: ['assay init', 'assay init my-evals', 'assay init --ci github'],
  run: ({ folder, ci }, io) => {
    const typed = typeof folder === 'string' ? folder : '.'
    const dir = resolve(io.cwd, typed)
    const files = starterFiles(dir, ciService(typeof ci === 'string' ? ci : undefined))
    writeFiles(dir, files)
    io.stdout.write(
      `${[...told(files), '', ...next(files, namesDataset(dir), relative(io.cwd, dir), io.env)].join('\n')}\n`,
    )
    return Promise.resolve(EXIT.done)
  },
}

function ciService(name: string | undefined): CiService | null {
  if (name === undefined) return null
  const service = CI_SERVICES.find((known) => known === name)
  if (service !== undefined) return service
  throw new UserError(
    `--ci ${name}: no workflow is known for it.${didYouMean(name, CI_SERVICES)} Known: ${CI_SERVICES.join(', ')}.`,
  )
}

function told(files: readonly StarterFile[]): string[] {
  const kept = files.filter(({ action }) => action === 'keep')
  const made = files.filter(({ action }) => action !== 'keep')
  const lines = (some: readonly StarterFile[]): string[] =>
    some.map(
      ({ path, action, about }) =>
        `  ${(action === 'append' ? `${path} (added to)` : path).padEnd(22)} ${oneLine(about)}`,
    )
  if (made.length === 0) return ['Everything is there already; nothing was changed.', ...lines(kept)]
  return ['Made', ...lines(made), ...(kept.length === 0 ? [] : ['Left as it was', ...lines(kept)])]
}

/** The commands to run next. A config file that was there may name another dataset, or none, and ask whom it likes. */
function next(files: readonly StarterFile[], hasDataset: boolean, folder: string, env: CommandIo['env']): string[] {
  const program = programOf(env)
  const hasOwnConfig = files.some(({ path, action }) => path.startsWith('eval.config.') && action === 'keep')
  const hasKey = Boolean(env['OPENROUTER_API_KEY'])
  const needsName = !hasKey && Boolean(env['CI']) && env['CI'] !== 'false'
  const run = `${program} eval${hasDataset ? '' : ` --dataset ${STARTER_DATASET}`}${needsName ? ' --simulate' : ''}`
  const who = hasOwnConfig
    ? 'asks whom your own config file names'
    : hasKey
      ? 'asks OpenRouter, at most $1, since OPENROUTER_API_KEY is set; free of charge with --simulate'
      : 'asks the built-in simulator: no key, no network, no cost'
  const commands: readonly (readonly [string, string])[] = [
    [run, who],
    [`${program} doctor`, 'checks what a real run needs: key, endpoint, model, price, disk'],
  ]
  const width = Math.max(...commands.map(([command]) => command.length))
  return [
    'Next',
    ...(folder === '' ? [] : [`  cd ${shellWord(folder)}`]),
    ...commands.map(([command, about]) => `  ${command.padEnd(width)}  ${about}`),
  ]
}

/** As it was started: through npx, through a script of package.json, or by its name. */
function programOf(env: CommandIo['env']): string {
  const script = env['npm_lifecycle_event']
  return script === 'npx' ? 'npx --no-install assay' : script === 'assay' ? 'npm run assay --' : 'assay'
}
