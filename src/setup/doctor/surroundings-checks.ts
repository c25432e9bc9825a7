/** What of its surroundings will a run go by? */
import { gitCommit } from '../../run/manifest.ts'
import { isLoopback } from '../../provider/endpoint.ts'
import { failure, ok } from './finding.ts'
import type { Check, Place, Subject } from './types.ts'

export const git: Check = {
  name: 'git',
  run: async ({ cwd }) => {
    const commit = await gitCommit(cwd)
    return [
      ok(
        commit === null
          ? 'no repository here: manifests of runs name no commit'
          : `commit ${commit.slice(0, 10)} goes into the manifest of each run`,
      ),
    ]
  },
}

/** The proxies that a request to the endpoint would go through; user names and passwords in them are not shown. */
export const proxy: Check = {
  name: 'proxy',
  run: ({ env, places }) => {
    const of = (name: string): string => env[name] || env[name.toUpperCase()] || ''
    const given = ['https_proxy', 'http_proxy'].filter((name) => of(name) !== '')
    if (given.length === 0) return [ok('none (HTTPS_PROXY and HTTP_PROXY are not set)')]
    const shown = given.map((name) => `${name.toUpperCase()} ${withoutSecrets(of(name))}`).join(', ')
    const exceptions = of('no_proxy') === '' ? '' : `; not for ${of('no_proxy')} (NO_PROXY)`
    if (given.some((name) => !isAddress(of(name)))) {
      return [failure(`${shown}: no address`, 'Expected one such as http://proxy.example:3128.')]
    }
    return [
      ok(
        places.every(isHere)
          ? `${shown}; not used, since this machine itself is never asked through one`
          : `${shown}${exceptions}`,
      ),
    ]
  },
}

/** As requests take it. */
function isAddress(text: string): boolean {
  return /^(https?|socks5?):\/\//i.test(text) && URL.canParse(text)
}

function isHere({ url, isSimulator }: Place): boolean {
  return isSimulator || (url !== null && isLoopback(url))
}

/** Host and port, and nothing of who may use it. */
function withoutSecrets(address: string): string {
  return isAddress(address) ? `${new URL(address).protocol}//${new URL(address).host}` : '(not shown)'
}

export const terminal: Check = {
  name: 'terminal',
  run: ({ terminal: { isTTY, columns, hasColors }, env }) => [
    ok(
      [
        isTTY ? `${columns} columns${hasColors ? ', in colour' : ', without colour'}` : 'output goes to a file or pipe',
        ...(isCi({ env }) ? ['CI is set: progress comes as lines, and the simulator has to be asked for by name'] : []),
      ].join('; '),
    ),
  ],
}

function isCi({ env }: Pick<Subject, 'env'>): boolean {
  return Boolean(env['CI']) && env['CI'] !== 'false'
}
