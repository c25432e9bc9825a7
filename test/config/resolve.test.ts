import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { readConfig } from '../../src/config/read.ts'
import { resolveSettings } from '../../src/config/resolve.ts'
import type { Settings } from '../../src/config/types.ts'
import { formatUsd, perMillion } from '../../src/lib/usd.ts'
import { requiredColumns } from '../../src/prompt/parse.ts'
import { inFolder } from '../lib/folder.ts'
import { refusalOf } from '../lib/thrown.ts'

interface Around {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Content of eval.config.ts. */
  readonly file?: Readonly<Record<string, unknown>>
}

/** Settings of a command line with these flags; the dataset is always given. */
function settings(
  flags: Readonly<Record<string, unknown>> = {},
  { cwd = '/nowhere', env = {}, file }: Around = {},
): Promise<Settings> {
  const typed = { dataset: 'qa.csv', ...flags }
  const config = readConfig(typed, file === undefined ? undefined : { name: 'eval.config.ts', content: file })
  return resolveSettings(config, { cwd, env, flags: typed, sendsNothing: false, scoresOnly: false })
}

const providerOf = async (flags?: Readonly<Record<string, unknown>>, around?: Around): Promise<string> =>
  (await settings(flags, around)).endpoint.profile.name

// Defaults and plain settings

test('with a dataset alone everything else has its default', async () => {
  const { endpoint, prices, scorers, composition, judging, ...rest } = await settings()
  assert.equal(rest, {
    dataset: {
      path: 'qa.csv',
      format: null,
      idColumn: null,
      expectedColumn: null,
      expectedSeparator: null,
      slice: [],
      clusterColumn: null,
      keep: [],
      where: [],
      offset: 0,
      limit: null,
      sample: null,
      shard: null,
    },
    prompts: null,
    system: null,
    models: ['mistralai/mistral-small'],
    policy: {
      concurrency: 8,
      isAdaptive: false,
      requestsPerMinute: null,
      tokensPerMinute: null,
      retries: 5,
      attemptTimeoutMs: 60_000,
      trialTimeoutMs: 600_000,
      giveUpAfterMs: 300_000,
    },
    epochs: 1,
    maxCostUsd: null,
    scorersAsked: false,
    failUnder: null,
    gate: {
      baselines: [],
      metrics: [],
      maxDrop: null,
      alpha: 0.05,
      alarmOn: 'over-margin',
      sequential: false,
      inconclusive: null,
      reference: null,
    },
    maxFailed: 0.05,
    outDir: null,
    resume: null,
    reducers: [],
    replay: null,
    human: null,
    scoreOnly: false,
    takesKeptSamples: false,
    retryFailed: false,
    allowChange: false,
    cache: false,
    flags: { dataset: 'qa.csv' },
    seed: 0,
    timings: true,
    json: false,
    quiet: false,
    reporters: [],
    open: false,
  })
  assert.equal([endpoint.maxTokens, endpoint.temperature, endpoint.stream, endpoint.params], [1_024, null, true, {}])
  assert.is(prices.size, 0)
  assert.equal(
    scorers.map(({ label }) => label),
    ['exact'],
  )
  assert.equal(composition, { combine: { mode: 'all', threshold: 1 }, weights: new Map(), thresholds: new Map() })
  assert.equal(
    { ...judging, endpoint: null },
    {
      models: [],
      panel: 'majority',
      maxTokens: 1_024,
      allowSelf: false,
      endpoint: null,
      embeddings: null,
    },
  )
})

test('everything that is set arrives', async () => {
  const all = await settings({
    format: 'tsv',
    id: 'Id',
    expected: 'Best Answer',
    expectedSeparator: '; ',
    slice: ['topic'],
    cluster: 'passage',
    keep: ['topic', 'source'],
    where: ['topic=geo', 'level=2=b'],
    offset: '10',
    limit: '100',
    sample: '50',
    model: ['a', 'b'],
    maxTokens: '256',
    temperature: '0.7',
    stream: false,
    concurrency: '32',
    timeout: '2m',
    trialTimeout: '1h',
    retries: '0',
    rpm: '600',
    tpm: '90000',
    giveUpAfter: '30s',
    resume: 'latest',
    retryFailed: true,
    allowChange: true,
    cache: true,
    epochs: '3',
    maxCost: '2.50',
    scorer: ['f1:0.8', 'includes'],
    failUnder: '85%',
    baseline: ['before', 'earlier'],
    maxDrop: '2%',
    metric: ['pass_rate', 'score:f1:0.8=3%', 'failures=0.5%'],
    alpha: '1%',
    alarmOn: 'any-drop',
    sequential: true,
    inconclusive: 'fail',
    maxFailed: '1%',
    out: 'out',
    seed: '7',
    timings: false,
    json: true,
    quiet: true,
    excel: true,
  })
  assert.equal(all.dataset, {
    path: 'qa.csv',
    format: 'tsv',
    idColumn: 'Id',
    expectedColumn: 'Best Answer',
    expectedSeparator: '; ',
    slice: ['topic'],
    clusterColumn: 'passage',
    keep: ['topic', 'source'],
    where: [
      { column: 'topic', value: 'geo' },
      { column: 'level', value: '2=b' },
    ],
    offset: 10,
    limit: 100,
    sample: 50,
    shard: null,
  })
  assert.equal(all.models, ['a', 'b'])
  assert.equal([all.endpoint.maxTokens, all.endpoint.temperature, all.endpoint.stream], [256, 0.7, false])
  assert.equal(all.policy, {
    concurrency: 32,
    isAdaptive: false,
    requestsPerMinute: 600,
    tokensPerMinute: 90_000,
    retries: 0,
    attemptTimeoutMs: 120_000,
    trialTimeoutMs: 3_600_000,
    giveUpAfterMs: 30_000,
  })
  assert.equal([all.resume, all.retryFailed, all.allowChange, all.cache], ['latest', true, true, true])
  assert.equal([all.epochs, all.failUnder, all.maxFailed, all.outDir, all.seed], [3, 0.85, 0.01, 'out', 7])
  assert.equal(
    [all.timings, all.json, all.quiet, all.reporters.join(), all.scorersAsked],
    [false, true, true, 'excel', true],
  )
  assert.equal(all.gate, {
    baselines: ['before', 'earlier'],
    metrics: [
      { name: 'pass_rate', kind: 'quality', margin: 0.02 },
      { name: 'score:f1:0.8', kind: 'quality', margin: 0.03 },
      { name: 'failures', kind: 'failures', margin: 0.005 },
    ],
    maxDrop: 0.02,
    alpha: 0.01,
    alarmOn: 'any-drop',
    sequential: true,
    inconclusive: 'fail',
    reference: null,
  })
  assert.is(formatUsd(all.maxCostUsd ?? 0n), '2.5')
  assert.equal(
    all.scorers.map(({ label }) => label),
    ['f1:0.8', 'includes'],
  )
})

test('a missing dataset is told how to give one', async () => {
  const message = await refusalOf(() =>
    resolveSettings({}, { cwd: '/', env: {}, flags: {}, sendsNothing: false, scoresOnly: false }),
  )
  assert.match(message, /^--dataset is missing\. .*--dataset qa\.csv\.$/)
})

test('flags win over the file, and the file over the defaults', async () => {
  const { policy, models } = await settings(
    { retries: '1', model: ['typed'] },
    { file: { retries: 2, concurrency: 3, model: ['a', 'b'] } },
  )
  assert.equal([policy.retries, policy.concurrency, policy.attemptTimeoutMs], [1, 3, 60_000])
  assert.equal(models, ['typed'])
})

test('a budget of the file is lifted with none', async () => {
  assert.is((await settings({ maxCost: 'none' }, { file: { maxCost: 1 } })).maxCostUsd, null)
})

test('a shard is a part that cannot judge the whole: baselines are for assay merge', async () => {
  assert.equal((await settings({ shard: '2/5' })).dataset.shard, { number: 2, count: 5 })
  const gated = { shard: '2/5', maxDrop: '2%' }
  assert.match(
    await refusalOf(() => settings({ ...gated, baseline: ['before'] })),
    /--baseline with --shard 2\/5: .* assay merge/,
  )
  assert.match(await refusalOf(() => settings({ ...gated, sequential: true })), /--sequential with --shard 2\/5/)
})

test('a model, scorer or shard that makes no sense is refused', async () => {
  assert.match(await refusalOf(() => settings({ model: ['a', 'b', 'a'] })), /^--model a is given twice/)
  assert.match(await refusalOf(() => settings({ scorer: ['exact', 'exact'] })), /^--scorer exact is given twice/)
  assert.match(
    await refusalOf(() => settings({ price: ['m=0.2/0.6/5'] })),
    /^--price m=0\.2\/0\.6\/5: a cached token would cost more/,
  )
  assert.match(await refusalOf(() => settings({ scorer: ['exakt'] })), /^--scorer exakt: .*Did you mean "exact"\?/)
  assert.match(await refusalOf(() => settings({ shard: '6/5' })), /expected k\/n/)
})

test('rules of a comparison that make no sense are refused', async () => {
  const refused = async (flags: Readonly<Record<string, unknown>>): Promise<string> =>
    refusalOf(() => settings({ baseline: ['before'], maxDrop: '2%', ...flags }))
  assert.match(await refused({ alpha: '0' }), /^--alpha 0: expected a share above 0 and below 0\.5/)
  assert.match(await refused({ maxDrop: '0' }), /^--max-drop: a margin of 0/)
  assert.match(await refused({ metric: ['cost', 'cost=2%'] }), /^--metric cost is given twice/)
  assert.match(await refused({ metric: ['score:'] }), /there is no such metric/)
  assert.match(await refused({ metric: ['pass_rate=much'] }), /expected a margin such as 0\.02 or 2%/)
  assert.match(await refused({ metric: ['pass_rate=100%'] }), /a margin of 1; expected a share above 0 and below 1/)
  assert.match(await refused({ metric: ['tokens=10%'], sequential: true }), /^--sequential looks after every row/)
})

// Who is asked

test('without a key the simulator answers, with one OpenRouter', async () => {
  const bare = await settings()
  assert.is(bare.endpoint.profile.name, 'simulator')
  assert.is(bare.endpoint.address, null, 'its address is known when it runs')
  const { profile, address } = (await settings({}, { env: { OPENROUTER_API_KEY: 'sk-or-1' } })).endpoint
  assert.is(profile.name, 'openrouter')
  assert.equal(address, { baseUrl: 'https://openrouter.ai/api/v1', apiKey: 'sk-or-1', apiKeyEnv: 'OPENROUTER_API_KEY' })
})

test('in CI the simulator has to be asked for by name', async () => {
  const ci = { env: { CI: 'true' } }
  assert.match(await refusalOf(() => settings({}, ci)), /^CI is set and no endpoint is named\..*--simulate\.$/)
  assert.match(await refusalOf(() => settings({}, { ...ci, file: { provider: 'simulator' } })), /^CI is set/)
  assert.is(await providerOf({ simulate: true }, ci), 'simulator')
  assert.is(await providerOf({ provider: 'simulator' }, ci), 'simulator')
  assert.is(await providerOf({}, { ...ci, file: { simulate: true } }), 'simulator')
  assert.is(await providerOf({}, { env: { CI: 'false' } }), 'simulator')
  assert.is(await providerOf({}, { env: { CI: '1', OPENROUTER_API_KEY: 'k' } }), 'openrouter')
})

test('--simulate wins over a key and over the file', async () => {
  const around = { env: { OPENROUTER_API_KEY: 'k' }, file: { provider: 'openrouter' } }
  assert.is(await providerOf({ simulate: true }, around), 'simulator')
})

test('--simulate contradicts another provider and an address', async () => {
  const elsewhere = { provider: 'simulator', baseUrl: 'http://127.0.0.1:4000/api/v1' }
  assert.match(await refusalOf(() => settings(elsewhere)), /give its --base-url alone/)
  assert.match(await refusalOf(() => settings({ simulate: true, provider: 'openai' })), /contradict each other/)
  assert.match(
    await refusalOf(() => settings({ simulate: true, baseUrl: 'http://127.0.0.1:1/v1' })),
    /has no --base-url/,
  )
})

test("a base URL without a provider is OpenRouter at another address with OpenRouter's key at hand, else a custom endpoint", async () => {
  const baseUrl = 'http://127.0.0.1:8000/v1'
  assert.is(await providerOf({ baseUrl }, { env: { OPENROUTER_API_KEY: 'sk-or-1' } }), 'openrouter')
  assert.is(await providerOf({ baseUrl }, { env: { CI: 'true' } }), 'custom')
  assert.is(await providerOf({ baseUrl }, { file: { provider: 'simulator' } }), 'custom')
})

test('a base URL beside a provider is that provider at another address', async () => {
  const around = { env: { OPENAI_API_KEY: 'k' } }
  const { profile, address } = (await settings({ provider: 'openai', baseUrl: 'https://proxy.example/v1' }, around))
    .endpoint
  assert.equal([profile.name, address?.baseUrl, address?.apiKey], ['openai', 'https://proxy.example/v1', 'k'])
})

test('a key never goes over plain HTTP, but to this machine', async () => {
  const env = { LAB_KEY: 'sk-secret' }
  const message = await refusalOf(() => settings({ baseUrl: 'http://models.lab/v1', apiKeyEnv: 'LAB_KEY' }, { env }))
  assert.match(message, /the API key would travel unencrypted/)
  assert.not.match(message, 'sk-secret')
  const local = await settings({ baseUrl: 'http://localhost:8000/v1', apiKeyEnv: 'LAB_KEY' }, { env })
  assert.is(local.endpoint.address?.apiKey, 'sk-secret')
  assert.is((await settings({ baseUrl: 'http://models.lab/v1' })).endpoint.address?.apiKey, null)
})

test('an address that is none, or holds a password, is refused before anything is read', async () => {
  assert.match(
    await refusalOf(() => settings({ baseUrl: 'models.lab' })),
    /^--base-url models\.lab: expected an address/,
  )
  const message = await refusalOf(() => settings({ baseUrl: 'https://ann:secret@models.lab/v1' }))
  assert.match(message, /user name or password/)
  assert.not.match(message, 'secret')
})

test('an unknown provider is told what was meant, and a missing key which variable', async () => {
  assert.match(await refusalOf(() => settings({ provider: 'openruoter' })), /Did you mean "openrouter"\?/)
  assert.match(await refusalOf(() => settings({ provider: 'openai' })), /OPENAI_API_KEY is not set/)
  assert.match(await refusalOf(() => settings({ provider: 'openai', apiKeyEnv: 'LAB_KEY' })), /LAB_KEY is not set/)
  assert.match(await refusalOf(() => settings({ provider: 'custom' })), /--base-url/)
})

test('the key is read from the variable that was named', async () => {
  const around = { env: { LAB_KEY: 'lab', OPENAI_API_KEY: 'other' } }
  assert.is((await settings({ provider: 'openai', apiKeyEnv: 'LAB_KEY' }, around)).endpoint.address?.apiKey, 'lab')
})

test('parameters are JSON where they are, else text', async () => {
  const { params } = (
    await settings({
      param: ['top_p=0.9', 'stop=["\\n"]', 'reasoning={"effort":"low"}', 'user=ann', 'flag=true'],
    })
  ).endpoint
  assert.equal(params, { top_p: 0.9, stop: ['\n'], reasoning: { effort: 'low' }, user: 'ann', flag: true })
  assert.equal((await settings({}, { file: { param: { top_p: 0.5, user: '7' } } })).endpoint.params, {
    top_p: 0.5,
    user: 7,
  })
})

test('a parameter that has a setting of its own is refused', async () => {
  for (const field of ['model', 'messages', 'stream', 'temperature', 'max_tokens', 'seed']) {
    assert.match(
      await refusalOf(() => settings({ param: [`${field}=1`] })),
      new RegExp(`^--param ${field}: this field`),
    )
  }
})

// Prompts

test('a prompt is text, and the only one is called prompt', async () => {
  const [prompt, ...others] = (await settings({ prompt: ['Q: {{question}}'] })).prompts ?? []
  assert.is(prompt?.name, 'prompt')
  assert.equal(prompt === undefined ? [] : requiredColumns(prompt), ['question'])
  assert.is(others.length, 0)
})

test('several prompts are numbered, and files are called by their names', async () => {
  await inFolder({ 'prompts/short.txt': '{{q}}', 'other/short.md': 'Say {{q}}' }, async (cwd) => {
    const prompts =
      (await settings({ prompt: ['Ask {{q}}', '@prompts/short.txt', '@other/short.md', 'x {{q}}'] }, { cwd }))
        .prompts ?? []
    assert.equal(
      prompts.map(({ name }) => name),
      ['prompt-1', 'short', 'short-2', 'prompt-4'],
    )
    const [, short] = prompts
    assert.ok(short?.body.kind === 'text' && short.body.template.source === '{{q}}')
  })
})

test('an absolute path is a path', async () => {
  await inFolder({ 'p.txt': 'hello' }, async (folder) => {
    assert.is((await settings({ prompt: [`@${join(folder, 'p.txt')}`] })).prompts?.[0]?.name, 'p')
  })
})

test('two at signs are one that is text', async () => {
  const [prompt] = (await settings({ prompt: ['@@ann {{q}}'] })).prompts ?? []
  assert.ok(prompt?.body.kind === 'text' && prompt.body.template.source === '@ann {{q}}')
})

test('a .json file holds messages', async () => {
  const chat = '[{"role":"system","content":"Be {{tone}}."},{"role":"user","content":"{{q}}"}]'
  await inFolder({ 'chat.json': chat, 'bad.json': '[{"role":"bot","content":"x"}]' }, async (cwd) => {
    const [prompt] = (await settings({ prompt: ['@chat.json'] }, { cwd })).prompts ?? []
    assert.equal([prompt?.name, prompt?.body.kind], ['chat', 'messages'])
    assert.equal(prompt === undefined ? [] : requiredColumns(prompt), ['tone', 'q'])
    assert.match(
      await refusalOf(() => settings({ prompt: ['@bad.json'] }, { cwd })),
      /^bad\.json: message 1 has the role "bot"/,
    )
  })
})

test('a prompt file that cannot be read is refused with what is wrong', async () => {
  const files = { 'latin1.txt': Uint8Array.of(0x66, 0xfc, 0x72), 'empty.txt': ' \n', 'folder/x': '' }
  await inFolder(files, async (cwd) => {
    const refused = (prompt: string): Promise<string> => refusalOf(() => settings({ prompt: [prompt] }, { cwd }))
    assert.is(
      await refused('@absent.txt'),
      '--prompt @absent.txt: no such file. For a text that starts with an at sign write @@.',
    )
    assert.match(await refused('@folder'), /^--prompt @folder: a folder, not a file\./)
    assert.match(await refused('@latin1.txt'), /^--prompt @latin1\.txt: not readable as UTF-8 text\./)
    assert.match(await refused('@empty.txt'), /^prompt "empty" is empty/)
  })
})

test('the system text is a template, from a file too, and part of every prompt', async () => {
  await inFolder({ 'system.txt': 'Answer in {{language}}.' }, async (cwd) => {
    const { system, prompts } = await settings({ system: '@system.txt', prompt: ['{{q}}'] }, { cwd })
    assert.is(system?.source, 'Answer in {{language}}.')
    const [prompt] = prompts ?? []
    assert.equal(prompt === undefined ? [] : requiredColumns(prompt), ['q', 'language'])
  })
  assert.match(await refusalOf(() => settings({ system: '@absent.txt' })), /^--system @absent\.txt: no such file/)
})

// Money

test('a price given by hand is per million tokens, in and out, and cached if a third is given', async () => {
  const { prices } = await settings({ price: ['acme/new=0.2/0.6', 'acme/cached:free=1/2/0.1'] })
  const shown = [...prices.values()].map(({ model, promptUsd, completionUsd, cacheReadUsd, source, asOf }) => [
    model,
    formatUsd(perMillion(promptUsd)),
    formatUsd(perMillion(completionUsd)),
    cacheReadUsd === null ? null : formatUsd(perMillion(cacheReadUsd)),
    source,
    asOf,
  ])
  assert.equal(shown, [
    ['acme/new', '0.2', '0.6', null, 'given by hand', null],
    ['acme/cached:free', '1', '2', '0.1', 'given by hand', null],
  ])
  assert.equal([...(await settings({}, { file: { price: { m: '0/0' } } })).prices.keys()], ['m'], 'free is a price')
})

for (const written of ['0.2', '0.2/', '/0.6', '0.2/x', '-1/2', '1/2/3/4', '1/2/', '$1/$2', '']) {
  test(`the price "${written}" is refused`, async () => {
    assert.is(
      await refusalOf(() => settings({ price: [`m=${written}`] })),
      `--price m=${written}: expected USD per million tokens as in/out or in/out/cached, e.g. m=0.2/0.6.`,
    )
  })
}

test('where nothing is sent neither key nor address nor a word on CI is needed', async () => {
  const around = { cwd: '/', env: { CI: 'true' }, flags: {}, sendsNothing: true, scoresOnly: false }
  assert.is((await resolveSettings(readConfig({ dataset: 'qa.csv' }, undefined), around)).endpoint.address, null)
  const openai = readConfig({ dataset: 'qa.csv', provider: 'openai' }, undefined)
  assert.is((await resolveSettings(openai, around)).endpoint.profile.name, 'openai')
})

test('a parameter that begins like JSON and is none is refused where it goes wrong', async () => {
  const message = await refusalOf(() => settings({ param: ['response_format={"type":"json_object"'] }))
  assert.match(message, /^--param response_format: no valid JSON from 1:22 /)
  assert.equal((await settings({ param: ['stop=END', 'top_p=0.9'] })).endpoint.params, { stop: 'END', top_p: 0.9 })
})

test('an adaptive concurrency has a ceiling', async () => {
  const { policy } = await settings({ concurrency: 'auto' })
  assert.equal([policy.isAdaptive, policy.concurrency], [true, 256])
})

test.run()
