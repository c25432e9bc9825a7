/** Does `assay doctor` find what would stop a run, say what to do, and send nothing that costs? */
import { chmodSync, mkdirSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Answer, hangs, type Script, withServer } from '../helpers/server.ts'
import { type Ended, inWorkdir, type RunOptions } from '../helpers/workdir.ts'

const KEY = 'sk-or-v1-0123456789abcdef'

interface Told {
  readonly exitCode: number
  readonly isReady: boolean
  readonly checks: readonly {
    readonly check: string
    readonly level: 'ok' | 'warning' | 'failure'
    readonly text: string
    readonly fix: string | null
    readonly exitCode: number | null
  }[]
}

const json =
  (body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Answer =>
  (response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }

const SMALL = {
  id: 'mistralai/mistral-small-2603',
  context_length: 262_144,
  pricing: { prompt: '0.00000015', completion: '0.0000006' },
  created: 1_773_000_000,
}

/** GET /models with the models, GET /key with the account. */
const openrouter =
  (models: readonly object[], account: Answer = json({ data: { limit_remaining: null } }), headers = {}): Script =>
  ({ path }) =>
    path.endsWith('/key') ? account : json({ data: models }, 200, headers)

/** Runs `doctor --json` in a folder of its own. */
async function doctor(
  args: readonly string[],
  options: RunOptions = {},
  files: Readonly<Record<string, string>> = {},
): Promise<Ended & { readonly told: Told; readonly found: (check: string) => Told['checks'][number] | undefined }> {
  let result:
    | (Ended & { told: Told; readonly found: (check: string) => Told['checks'][number] | undefined })
    | undefined
  await inWorkdir(files, async (work) => {
    const ended = await work.assay(['doctor', '--json', ...args], options)
    const told = JSON.parse(ended.stdout) as Told
    assert.is(ended.status, told.exitCode)
    result = { ...ended, told, found: (name) => told.checks.find(({ check }) => check === name) }
  })
  if (result === undefined) throw new Error('nothing was run')
  return result
}

const atOpenRouter = (url: string): RunOptions => ({ env: { OPENROUTER_API_KEY: KEY, OPENROUTER_BASE_URL: url } })

const MODEL = ['--model', SMALL.id]

test('in an empty folder all is well with the simulator, one line per check, and nothing is left behind', () =>
  inWorkdir({}, async (work) => {
    const { status, stdout, stderr, files } = await work.assay(['doctor'])
    assert.equal([status, stderr, files], [0, '', []])
    const lines = stdout.trimEnd().split('\n')
    assert.match(lines.at(-1) ?? '', /^(Everything that a run needs is there|A run works)\./)
    for (const line of lines.slice(0, -2)) assert.match(line, /^([✓!] \S| {16}\S)/)
    for (const check of ['Node', 'config', 'key', 'endpoint', 'models', 'price', 'results', 'disk space', 'git'])
      assert.ok(
        lines.some((line) => line.startsWith(`✓ ${check} `)),
        check,
      )
  }))

test('an endpoint, a key and a model that are in order give no failure; the key itself is nowhere', () =>
  withServer(
    openrouter([SMALL], json({ data: { label: 'sk-or-v1-012...def', limit_remaining: 3.5 } })),
    async (server) => {
      const { told, found, stdout } = await doctor([...MODEL, '--max-cost', '1'], atOpenRouter(server.url))
      assert.equal(
        told.checks.filter(({ level }) => level !== 'ok' && level !== 'warning'),
        [],
      )
      assert.is(found('key')?.text, 'openrouter: OPENROUTER_API_KEY is set')
      assert.match(found('key accepted')?.text ?? '', /takes it; \$3\.50 of its limit are left$/)
      assert.match(found('models')?.text ?? '', `${SMALL.id}: `)
      assert.match(found('price')?.text ?? '', /\$0\.15 in \/ \$0\.6 out per million tokens, as \S+ lists it$/)
      assert.not.match(stdout, KEY.slice(3, 12))
      assert.not.match(stdout, '012...def')
      assert.equal([...new Set(server.asked.map(({ method, path }) => `${method} ${path}`))].sort(), [
        'GET /api/v1/key',
        'GET /api/v1/models',
      ])
      assert.ok(server.asked.every(({ headers }) => headers['authorization'] === `Bearer ${KEY}`))
    },
  ))

test('--offline sends nothing', () =>
  withServer(openrouter([SMALL]), async (server) => {
    const { told, found } = await doctor([...MODEL, '--offline'], atOpenRouter(server.url))
    assert.is(told.exitCode, 0)
    assert.equal([found('endpoint'), found('models')], [undefined, undefined])
    assert.is(server.asked.length, 0)
  }))

test('a key that is not set is named by its variable: 2, and the endpoint is asked without one', () =>
  withServer(openrouter([SMALL]), async (server) => {
    const { told, found } = await doctor([...MODEL, '--provider', 'openrouter'], {
      env: { OPENROUTER_BASE_URL: server.url },
    })
    assert.is(told.exitCode, 2)
    assert.match(found('key')?.text ?? '', 'the environment variable OPENROUTER_API_KEY is not set')
    assert.match(found('key')?.fix ?? '', '--simulate')
    assert.is(found('endpoint')?.level, 'ok')
    assert.ok(server.asked.every(({ headers }) => headers['authorization'] === undefined))
  }))

test('a key that is refused is 3, and what the server says of it is shown without the key', () =>
  withServer(
    openrouter([SMALL], json({ error: { code: 401, message: `No user for ${KEY}` } }, 401)),
    async (server) => {
      const { told, found, stdout } = await doctor(MODEL, atOpenRouter(server.url))
      assert.is(told.exitCode, 3)
      assert.match(
        found('key accepted')?.text ?? '',
        /refuses the key in OPENROUTER_API_KEY \(401: No user for \[key\]\)$/,
      )
      assert.not.match(stdout, KEY)
    },
  ))

test('a key whose limit is used up is 3, one with less than the budget a warning', async () => {
  const cases = [
    [0, 'failure', 3],
    [0.25, 'warning', 0],
  ] as const
  for (const [left, level, exitCode] of cases) {
    await withServer(openrouter([SMALL], json({ data: { limit_remaining: left } })), async (server) => {
      const { told, found } = await doctor([...MODEL, '--max-cost', '1'], atOpenRouter(server.url))
      assert.equal([found('key accepted')?.level, told.exitCode], [level, exitCode])
    })
  }
})

test('a key never travels over plain http', async () => {
  const args = [
    '--base-url',
    'http://assay.invalid/v1',
    '--api-key-env',
    'MY_KEY',
    '--model',
    'm',
    '--max-cost',
    'none',
  ]
  const { told, found, stdout } = await doctor([...args, '--offline'], { env: { MY_KEY: KEY } })
  assert.is(told.exitCode, 2)
  assert.match(found('key')?.text ?? '', 'the API key would travel unencrypted')
  assert.not.match(stdout, KEY)
})

test('an endpoint that is not there is 3, with what to do', async () => {
  const { told, found } = await doctor(['--base-url', 'http://127.0.0.1:9/v1', '-m', 'm', '--max-cost', 'none'])
  assert.is(told.exitCode, 3)
  assert.match(found('endpoint')?.text ?? '', /^127\.0\.0\.1:9 cannot be reached: .*ECONNREFUSED/)
  assert.match(found('endpoint')?.fix ?? '', 'Nothing listens there')
})

test('an endpoint that does not answer is given up, and the rest is checked all the same', () =>
  withServer(
    () => hangs,
    async (server) => {
      const { told, found } = await doctor(MODEL, atOpenRouter(server.url))
      assert.is(told.exitCode, 3)
      assert.match(found('endpoint')?.text ?? '', 'no answer within 5 s')
      assert.is(found('results')?.level, 'ok')
    },
  ))

for (const [what, answer, text] of [
  ['fails', json({ error: { message: 'maintenance' } }, 503), /answers with 503: maintenance$/],
  ['redirects', json('', 302, { location: 'https://example.com' }), /redirects, which is not followed/],
  ['is a web page', json('<html><title>Login</title>', 200), /answers, but not with a list of models$/],
] as const) {
  test(`an endpoint that ${what} is 3`, () =>
    withServer(
      () => answer,
      async (server) => {
        const { told, found } = await doctor(['--base-url', server.url, '-m', 'm', '--max-cost', 'none'])
        assert.is(told.exitCode, 3)
        assert.match(found('endpoint')?.text ?? '', text)
      },
    ))
}

test('a server that wants a key and gets none is 3, with the flag that names one', () =>
  withServer(
    () => json({ error: { message: 'who are you' } }, 401),
    async (server) => {
      const { told, found } = await doctor(['--base-url', server.url, '-m', 'm', '--max-cost', 'none'])
      assert.is(told.exitCode, 3)
      assert.match(found('key accepted')?.text ?? '', /refuses to answer without a key \(401: who are you\)$/)
      assert.match(found('key accepted')?.fix ?? '', '--api-key-env')
    },
  ))

test('a server without a list of models is no failure', () =>
  withServer(
    () => json({ error: { message: 'no such route' } }, 404),
    async (server) => {
      const { told, found } = await doctor(['--base-url', server.url, '-m', 'm', '--max-cost', 'none'])
      assert.is(told.exitCode, 0)
      assert.match(found('models')?.text ?? '', /does not tell which models it has \(404\)$/)
    },
  ))

test('a model that is not listed is 3 and the one that was meant is named; of a name that was retired, its successor', () =>
  withServer(openrouter([SMALL, { id: 'mistralai/mistral-nemo', created: 1 }]), async (server) => {
    const fix = async (model: string): Promise<string> => {
      const { told, found } = await doctor(['--model', model, '--price', `${model}=1/1`], atOpenRouter(server.url))
      assert.is(told.exitCode, 3)
      return found('models')?.fix ?? ''
    }
    assert.is(await fix('mistralai/mistral-nemmo'), 'Check --model. Did you mean "mistralai/mistral-nemo"?')
    assert.is(
      await fix('mistralai/mistral-small'),
      'Check --model. Its name goes on in "mistralai/mistral-small-2603".',
    )
  }))

test('a price is compared with that of the endpoint, an unknown one is 2 under a budget, and both fixes can be typed', () =>
  withServer(
    openrouter([
      { ...SMALL, pricing: { prompt: '0.0000002', completion: '0.0000008' } },
      { id: 'new/model', pricing: { prompt: '0.000001', completion: '0.000002' } },
    ]),
    async (server) => {
      const moved = await doctor(MODEL, atOpenRouter(server.url))
      assert.is(moved.found('price')?.level, 'warning')
      assert.is(moved.found('price')?.fix, `Take that one: --price ${SMALL.id}=0.2/0.8.`)
      const unknown = await doctor(['--model', 'new/model', '--max-cost', '1'], atOpenRouter(server.url))
      assert.is(unknown.told.exitCode, 2)
      assert.match(unknown.found('price')?.fix ?? '', '--price new/model=1/2')
    },
  ))

test('an answer that costs more than the budget is 4, and one that leaves no room for a prompt 2', async () => {
  const { told, found } = await doctor([
    '--offline',
    '-m',
    'm',
    '--price',
    'm=1/1000000',
    '--max-cost',
    '1',
    '--simulate',
  ])
  assert.equal([told.exitCode, found('budget')?.level], [4, 'failure'])
  const full = await doctor(['--offline', '--simulate', ...MODEL, '--max-tokens', '262144'])
  assert.is(full.told.exitCode, 2)
  assert.match(full.found('context')?.text ?? '', 'leaves no room for a prompt in a context of 262,144 tokens')
})

test('a clock that is off is told', () => {
  const date = new Date(Date.now() + 120_000).toUTCString()
  return withServer(openrouter([SMALL], undefined, { date }), async (server) => {
    const { told, found } = await doctor(MODEL, atOpenRouter(server.url))
    assert.is(told.exitCode, 0)
    assert.match(found('clock')?.text ?? '', /^1[12]\d s behind that of /)
  })
})

test('every problem of a config file is told, and what needs no settings is checked all the same', async () => {
  const config = "export default { modle: 'x', maxCost: 'a lot' }"
  const { told, found } = await doctor([], {}, { 'eval.config.ts': config })
  assert.is(told.exitCode, 2)
  const problems = told.checks.filter(({ check }) => check === 'config')
  assert.is(problems.length, 2)
  assert.ok(problems.some(({ fix }) => fix?.includes('Did you mean "model"?')))
  assert.is(found('results')?.level, 'ok')
  const broken = await doctor([], {}, { 'eval.config.ts': 'export default {{' })
  assert.match(broken.found('config')?.text ?? '', /^eval\.config\.ts: cannot be loaded/)
})

test('a dataset that is not there is told, and one that is gives a need of disk space', async () => {
  const missing = await doctor(['--dataset', 'nowhere.csv'])
  assert.is(missing.told.exitCode, 2)
  assert.match(missing.found('dataset')?.text ?? '', '--dataset nowhere.csv: no such file')
  const there = await doctor(['--dataset', 'a.csv'], {}, { 'a.csv': 'question,expected\n1,1\n' })
  assert.is(there.told.exitCode, 0)
  assert.match(there.found('disk space')?.text ?? '', /free; a run of this dataset needs \S+ kB at most/)
})

test('proxies are shown without who may use them, and what is no address is 2', async () => {
  const shown = await doctor(['--offline'], { env: { HTTPS_PROXY: 'http://me:secret@proxy.invalid:3128' } })
  assert.match(shown.found('proxy')?.text ?? '', /^HTTPS_PROXY http:\/\/proxy\.invalid:3128/)
  assert.not.match(shown.stdout, 'secret')
  const wrong = await doctor(['--offline'], { env: { HTTPS_PROXY: 'secret' } })
  assert.is(wrong.told.exitCode, 2)
  assert.not.match(wrong.stdout, 'secret')
})

test('in CI the simulator has to be asked for by name', async () => {
  const { told, found } = await doctor([], { env: { CI: 'true' } })
  assert.is(told.exitCode, 2)
  assert.match(found('key')?.text ?? '', 'CI is set and no endpoint is named')
  assert.is((await doctor(['--simulate'], { env: { CI: 'true' } })).told.exitCode, 0)
})

test('a folder that cannot be written is 74', () =>
  inWorkdir({ results: 'a file' }, async (work) => {
    const { status, stdout } = await work.assay(['doctor'])
    assert.is(status, 74)
    assert.match(stdout, /^✗ results +results\/ cannot be written \(\w+\)\n {16}\S/m)
    if (process.getuid?.() === 0) return
    work.remove('results')
    mkdirSync(join(work.path, 'results'))
    chmodSync(join(work.path, 'results'), 0o500)
    assert.is((await work.assay(['doctor'])).status, 74)
  }))

test('Ctrl-C ends it while the endpoint keeps it waiting', () =>
  withServer(
    () => hangs,
    (server) =>
      inWorkdir({}, async (work) => {
        const program = work.start(['doctor', '--base-url', server.url, '-m', 'm', '--max-cost', 'none'])
        await server.arrived(1)
        program.signal('SIGINT')
        const { status, stdout } = await program.ended
        assert.is(status, 130)
        assert.not.match(stdout, 'endpoint ')
      }),
  ))

test('what a server says cannot move the cursor or add a line', () => {
  const evil = '\u001b[2J\u001b]52;c;cm0=\u0007\nPASS: all good\r\u009b1A\u202e'
  return withServer(
    () => json({ error: { message: evil } }, 500),
    (server) =>
      inWorkdir({}, async (work) => {
        const { stdout } = await work.assay(['doctor', '--base-url', server.url, '-m', 'm', '--max-cost', 'none'])
        assert.match(stdout, 'PASS: all good')
        assert.not.match(stdout, /^PASS/m)
        assert.not.match(stdout, /[^\n\P{Cc}]|\u202e/u)
      }),
  )
})

test.run()
