/** Who judges, where and with which key; and what is told when that cannot be. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { readConfig } from '../../src/config/read.ts'
import { resolveSettings } from '../../src/config/resolve.ts'
import type { EndpointChoice, JudgingSettings } from '../../src/config/types.ts'
import { refusalOf } from '../lib/thrown.ts'

type Flags = Readonly<Record<string, unknown>>
type Env = Readonly<Record<string, string>>

async function judging(
  flags: Flags,
  env: Env = {},
  purpose: { scoresOnly?: boolean; sendsNothing?: boolean } = {},
): Promise<JudgingSettings> {
  const typed = { dataset: 'qa.csv', ...flags }
  const { scoresOnly = false, sendsNothing = false } = purpose
  const around = { cwd: '/nowhere', env, flags: typed, sendsNothing, scoresOnly }
  return (await resolveSettings(readConfig(typed, undefined), around)).judging
}

const refusal = (flags: Flags, env: Env = {}): Promise<string> => refusalOf(() => judging(flags, env))

/** Name, address and key. */
const placeOf = ({ profile, address }: EndpointChoice): unknown => [
  profile.name,
  address?.baseUrl ?? null,
  address?.apiKey ?? null,
]

const MODELS = { baseUrl: 'https://models.example/v1', apiKeyEnv: 'MODEL_KEY', scorer: ['exact'] }
const KEYS = { MODEL_KEY: 'model key', JUDGE_KEY: 'judge key', OPENAI_API_KEY: 'openai key' }

test('without a judge nobody judges, and everything else has its default', async () => {
  const { models, panel, maxTokens, allowSelf, embeddings } = await judging({})
  assert.equal([models, panel, maxTokens, allowSelf, embeddings], [[], 'majority', 1_024, false, null])
})

test('judges and embeddings are asked where the models are, with their key', async () => {
  const { endpoint, embeddings, models } = await judging({ ...MODELS, judge: ['j', 'k'], embeddingModel: 'e' }, KEYS)
  assert.equal(models, ['j', 'k'])
  assert.equal(placeOf(endpoint), ['custom', 'https://models.example/v1', 'model key'])
  assert.is(embeddings?.model, 'e')
  assert.equal(embeddings && placeOf(embeddings.endpoint), ['custom', 'https://models.example/v1', 'model key'])
})

test('an endpoint of their own does not get the key of the models', async () => {
  const own = { judge: ['j'], judgeBaseUrl: 'https://judges.example/v1' }
  assert.equal(placeOf((await judging({ ...MODELS, ...own }, KEYS)).endpoint), [
    'custom',
    'https://judges.example/v1',
    null,
  ])
  assert.equal(placeOf((await judging({ ...MODELS, ...own, judgeApiKeyEnv: 'JUDGE_KEY' }, KEYS)).endpoint), [
    'custom',
    'https://judges.example/v1',
    'judge key',
  ])
  assert.equal(placeOf((await judging({ ...MODELS, judge: ['j'], judgeProvider: 'openai' }, KEYS)).endpoint), [
    'openai',
    'https://api.openai.com/v1',
    'openai key',
  ])
  const { endpoint, embeddings } = await judging(
    { ...MODELS, judge: ['j'], embeddingModel: 'e', embeddingProvider: 'simulator' },
    KEYS,
  )
  assert.equal(
    [placeOf(endpoint), embeddings && placeOf(embeddings.endpoint)],
    [
      ['custom', 'https://models.example/v1', 'model key'],
      ['simulator', null, null],
    ],
  )
})

test('where answers are only scored, the judge where the models are needs their key and the models do not', async () => {
  const judged = { ...MODELS, judge: ['j'] }
  assert.equal(placeOf((await judging(judged, KEYS, { scoresOnly: true })).endpoint), [
    'custom',
    'https://models.example/v1',
    'model key',
  ])
  assert.equal((await judging(MODELS, {}, { scoresOnly: true })).models, [])
  assert.is(
    await refusalOf(() => judging(judged, {}, { scoresOnly: true })),
    'Provider "custom" needs an API key, but the environment variable MODEL_KEY is not set. Set it, name another variable with ' +
      '--judge-api-key-env, or try without a key: --judge-provider simulator.',
  )
})

test('where nothing is sent no key is needed', async () => {
  const { models, endpoint } = await judging({ judge: ['j'], judgeProvider: 'openai' }, {}, { sendsNothing: true })
  assert.equal([models, placeOf(endpoint)], [['j'], ['openai', null, null]])
})

test('a scorer that asks a model needs it to be named, behind a filter and negated as well', async () => {
  const name = 'Name a model, e.g. --judge openai/gpt-4o-mini; it should not be one of those that are judged.'
  for (const scorer of ['factuality', 'not-factuality:0.7', 'last-line > criteria', 'rubric:Be kind.']) {
    assert.is(
      await refusal({ scorer: ['exact', scorer] }),
      `--scorer ${scorer} asks a judge, and none is named. ${name}`,
    )
    assert.equal((await judging({ scorer: [scorer], judge: ['j'] })).models, ['j'])
  }
  assert.is(
    await refusal({ scorer: ['embedding:0.8'], judge: ['j'] }),
    '--scorer embedding:0.8 compares embeddings, and no model makes them. Name one, e.g. --embedding-model text-embedding-3-small.',
  )
})

test('a key without a place, a wrong name, a judge given twice and recorded outputs as a judge are told with the fix', async () => {
  const refusals: readonly [Flags, string][] = [
    [
      { judge: ['j'], judgeApiKeyEnv: 'JUDGE_KEY' },
      '--judge-api-key-env names a key, and the endpoint is that of the models. Give --judge-provider or --judge-base-url too.',
    ],
    [
      { embeddingModel: 'e', embeddingApiKeyEnv: 'JUDGE_KEY' },
      '--embedding-api-key-env names a key, and the endpoint is that of the models. Give --embedding-provider or --embedding-base-url too.',
    ],
    [
      { judge: ['j'], judgeProvider: 'openroute' },
      '--judge-provider openroute: no such provider. Did you mean "openrouter"? Known: custom, mistral, openai, openrouter, replay, simulator.',
    ],
    [
      { embeddingModel: 'e', embeddingProvider: 'replay' },
      '--embedding-provider replay: recorded outputs judge nothing. Name an endpoint that answers.',
    ],
    [
      { judge: ['j'], judgeProvider: 'replay' },
      '--judge-provider replay: recorded outputs judge nothing. Name an endpoint that answers.',
    ],
    [
      { judge: ['j'], judgeProvider: 'custom' },
      'Provider "custom" has no address of its own. Give one: --judge-base-url http://127.0.0.1:8000/v1.',
    ],
    [
      { judge: ['j'], judgeProvider: 'openai' },
      'Provider "openai" needs an API key, but the environment variable OPENAI_API_KEY is not set. Set it, name another variable with ' +
        '--judge-api-key-env, or try without a key: --judge-provider simulator.',
    ],
    [
      { judge: ['j'], judgeBaseUrl: 'judges.example' },
      '--judge-base-url judges.example: expected an address such as https://openrouter.ai/api/v1.',
    ],
    [{ judge: ['j', 'k', 'j'] }, '--judge j is given twice. Leave one out.'],
  ]
  for (const [flags, message] of refusals) assert.is(await refusal(flags), message)
  assert.match(
    await refusal({ judge: ['j'], judgeBaseUrl: 'http://judges.example/v1', judgeApiKeyEnv: 'JUDGE_KEY' }, KEYS),
    /^--judge-base-url http:\/\/judges\.example: the API key would travel unencrypted\./,
  )
})

test('an endpoint for judges or embeddings that nobody names is refused where it was typed', async () => {
  assert.is(
    await refusal({ judgeProvider: 'openai' }),
    '--judge-provider says where models are asked that --judge names, and there is no --judge. Give it, or leave this out.',
  )
  assert.match(
    await refusal({ embeddingBaseUrl: 'http://127.0.0.1:1/v1' }),
    /^--embedding-base-url says .* no --embedding-model/,
  )
})

test('a panel and a limit are checked where they are read', async () => {
  assert.match(await refusal({ judge: ['j'], judgePanel: 'best' }), /^--judge-panel: .*majority/)
  assert.match(await refusal({ judge: ['j'], judgeMaxTokens: 3 }), /^--judge-max-tokens: /)
  assert.is((await judging({ judge: ['j'], judgePanel: 'mean' })).panel, 'mean')
})

test('over recorded outputs the judge has no endpoint to share: OpenRouter with its key, else the simulator, and in CI by name', async () => {
  const replay = { provider: 'replay', replayColumn: 'output', judge: ['j'], embeddingModel: 'e' }
  const places = async (env: Env): Promise<unknown> => {
    const { endpoint, embeddings } = await judging(replay, env)
    return [endpoint.profile.name, embeddings?.endpoint.profile.name]
  }
  assert.equal(await places({}), ['simulator', 'simulator'])
  assert.equal(await places({ OPENROUTER_API_KEY: 'k', CI: 'true' }), ['openrouter', 'openrouter'])
  assert.is(
    await refusal(replay, { CI: 'true' }),
    'CI is set and no endpoint is named. Set OPENROUTER_API_KEY (or --judge-provider and its key) for real answers, or ask for simulated ones with --judge-provider simulator.',
  )
  assert.is(
    await refusal({ ...replay, judgeProvider: 'simulator' }, { CI: 'true' }),
    'CI is set and no endpoint is named. Set OPENROUTER_API_KEY (or --embedding-provider and its key) for real answers, or ask for simulated ones with --embedding-provider simulator.',
  )
  assert.match(await refusal({ ...replay, judgeApiKeyEnv: 'X', judgeProvider: 'openai' }, {}), /variable X is not set/)
})

test.run()
