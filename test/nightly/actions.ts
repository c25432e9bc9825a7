/** What do the actions of a workflow do here? Stand-ins with the same effect on files; an unknown action is an error. */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

export interface ActionPlace {
  /** The folder that the job works in. */
  readonly workspace: string
  /** A bare repository. */
  readonly origin: string
  /** One folder per artifact. */
  readonly artifacts: string
  /** Whether the job's token may push. */
  readonly mayWrite: boolean
}

interface Action {
  readonly inputs: readonly string[]
  run(inputs: Readonly<Record<string, string>>, place: ActionPlace): void
}

const ACTIONS: Readonly<Record<string, Action>> = {
  'actions/checkout@v5': {
    inputs: ['ref', 'persist-credentials'],
    run: ({ ref = 'main', 'persist-credentials': persist = 'true' }, { workspace, origin, mayWrite }) => {
      git(workspace, 'clone', '--quiet', '--depth', '1', '--branch', ref, `file://${origin}`, '.')
      if (persist === 'true' && mayWrite) return
      git(workspace, 'remote', 'set-url', '--push', 'origin', '/no-right-to-push')
    },
  },
  'actions/setup-node@v5': { inputs: ['node-version', 'cache'], run: () => {} },
  'actions/upload-artifact@v6': {
    inputs: ['name', 'path', 'if-no-files-found', 'overwrite', 'retention-days'],
    run: ({ name = '', path = '', 'if-no-files-found': missing, overwrite }, { workspace, artifacts }) => {
      const to = join(artifacts, name)
      const from = join(workspace, path)
      if (!existsSync(from) || readdirSync(from).length === 0) {
        if (missing === 'ignore') return
        throw new Error(`no files at ${path}`)
      }
      if (existsSync(to) && overwrite !== 'true') throw new Error(`an artifact ${name} is there already`)
      rmSync(to, { recursive: true, force: true })
      cpSync(from, to, { recursive: true })
    },
  },
  'actions/download-artifact@v6': {
    inputs: ['name', 'pattern', 'path'],
    run: ({ name, pattern, path = '.' }, { workspace, artifacts }) => {
      const to = join(workspace, path)
      mkdirSync(to, { recursive: true })
      if (name !== undefined) {
        cpSync(join(artifacts, name), to, { recursive: true })
        return
      }
      if (pattern === undefined || !/^[\w-]+\*$/.test(pattern)) throw new Error(`unknown pattern: ${pattern}`)
      for (const one of readdirSync(artifacts).filter((other) => other.startsWith(pattern.slice(0, -1)))) {
        cpSync(join(artifacts, one), join(to, one), { recursive: true })
      }
    },
  },
}

/** Throws where the action fails, and where it or one of its inputs is unknown. */
export function runAction(uses: string, inputs: Readonly<Record<string, string>>, place: ActionPlace): void {
  const action = ACTIONS[uses]
  if (action === undefined) throw new Error(`unknown action: ${uses}`)
  const unknown = Object.keys(inputs).find((name) => !action.inputs.includes(name))
  if (unknown !== undefined) throw new Error(`${uses}: unknown input ${unknown}`)
  action.run(inputs, place)
}

/** Runs git, without the settings of whoever runs the tests. */
export function git(cwd: string, ...args: readonly string[]): string {
  return execFileSync('git', args, { cwd, encoding: 'utf8', env: gitEnv() })
}

/** The environment that keeps git from reading settings outside of the repository. */
export function gitEnv(): Record<string, string> {
  const { PATH = '' } = process.env
  return { PATH, HOME: '/nonexistent', GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0' }
}
