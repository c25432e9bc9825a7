import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { UserError } from '../../src/lib/errors.ts'
import {
  EMBEDDING_FLAGS,
  JUDGE_FLAGS,
  addressForRecords,
  requestUrl,
  resolveEndpoint,
} from '../../src/provider/endpoint.ts'
import { connect, findProfile, providerNames } from '../../src/provider/index.ts'

const userError = (call: () => unknown): string => {
  try {
    call()
  } catch (error) {
    if (error instanceof UserError) return error.message
    throw error
  }
  throw new Error('expected a UserError')
}

test('names are found, and a typo gets a suggestion', () => {
  assert.equal(providerNames(), ['custom', 'mistral', 'openai', 'openrouter', 'replay', 'simulator'])
  for (const name of providerNames()) assert.is(findProfile(name).name, name)
  assert.match(
    userError(() => findProfile('openruter')),
    'Did you mean "openrouter"?',
  )
})

test('base and path are joined with one slash', () => {
  const rows: readonly [base: string, url: string][] = [
    ['https://openrouter.ai/api/v1', 'https://openrouter.ai/api/v1/chat/completions'],
    ['https://openrouter.ai/api/v1//', 'https://openrouter.ai/api/v1/chat/completions'],
    ['http://localhost:8000', 'http://localhost:8000/chat/completions'],
    ['https://a.example/v1/chat/completions', 'https://a.example/v1/chat/completions'],
    ['https://a.example/d/x?api-version=2024#y', 'https://a.example/d/x/chat/completions?api-version=2024'],
  ]
  for (const [base, url] of rows) assert.is(requestUrl(base, 'k').href, url)
})

test('embeddings have their own path below the same base', () => {
  for (const base of [
    'https://a.example/v1',
    'https://a.example/v1/chat/completions',
    'https://a.example/v1/embeddings/',
  ]) {
    assert.is(requestUrl(base, 'k', EMBEDDING_FLAGS, '/embeddings').href, 'https://a.example/v1/embeddings')
  }
  assert.is(requestUrl('https://a.example/v1/embeddings', 'k').href, 'https://a.example/v1/chat/completions')
})

test('messages name the flags of the endpoint that they are about', () => {
  const told = [
    userError(() => requestUrl('nowhere', null, EMBEDDING_FLAGS)),
    userError(() => resolveEndpoint(findProfile('custom'), {}, {}, JUDGE_FLAGS)),
    userError(() => resolveEndpoint(findProfile('openai'), {}, {}, JUDGE_FLAGS)),
    userError(() => resolveEndpoint(findProfile('openai'), {}, { apiKeyEnv: 'sk-1' }, EMBEDDING_FLAGS)),
  ]
  const flags = ['--embedding-base-url nowhere', '--judge-base-url', '--judge-api-key-env', '--embedding-api-key-env']
  for (const [place, flag] of flags.entries()) assert.match(told[place] ?? '', flag)
  assert.match(told[2] ?? '', '--judge-provider simulator')
})

test('an address that cannot be used is refused', () => {
  assert.match(
    userError(() => requestUrl('localhost:8000/v1', null)),
    'expected an address such as https://',
  )
  assert.match(
    userError(() => requestUrl('ftp://a.example', null)),
    'expected an address such as https://',
  )
  const withPassword = userError(() => requestUrl('https://me:hunter2@a.example', null))
  assert.match(withPassword, 'holds a user name or password')
  assert.not.match(withPassword, 'hunter2')
})

test('an address that is none is told without what may be a secret in it', () => {
  const rows: readonly [written: string, told: string][] = [
    ['https://me:hunter2@a.example:port/v1', 'https://…@a.example:port/v1'],
    ['https://me:hunt?er2@a.example:port/v1?api-key=hunter2', 'https://…@a.example:port/v1?…'],
    ['me:hunter2@a.example', '…@a.example'],
    ['a.example/v1?api-key=hunter2', 'a.example/v1?…'],
  ]
  for (const [written, told] of rows) {
    assert.match(
      userError(() => requestUrl(written, null)),
      `--base-url ${told}: expected an address`,
    )
  }
})

test('files name an address without the values of its query, but for the version of the API', () => {
  const rows: readonly [baseUrl: string, recorded: string][] = [
    ['https://openrouter.ai/api/v1/', 'https://openrouter.ai/api/v1'],
    ['http://127.0.0.1/v1?api-key=SECRET', 'http://127.0.0.1/v1?api-key'],
    ['https://a.example/d?api-version=2024-06-01&sig=SECRET#SECRET', 'https://a.example/d?api-version=2024-06-01&sig'],
  ]
  for (const [baseUrl, recorded] of rows) assert.is(addressForRecords(baseUrl), recorded)
})

test("a key typed in place of its variable's name is refused and not repeated", () => {
  for (const apiKeyEnv of ['sk-or-v1-0123456789abcdef', '1KEY', 'MY KEY']) {
    const message = userError(() => resolveEndpoint(findProfile('openrouter'), {}, { apiKeyEnv }))
    assert.match(message, /^--api-key-env: what follows is no name/)
    assert.not.match(message, apiKeyEnv)
  }
})

test('a key never travels unencrypted, except on this machine', () => {
  assert.match(
    userError(() => requestUrl('http://gpu.lan:8000/v1', 'secret')),
    'unencrypted',
  )
  assert.not.match(
    userError(() => requestUrl('http://127.0.0.1.evil.example/v1', 'secret')),
    'secret',
  )
  assert.ok(requestUrl('http://gpu.lan:8000/v1', null))
  for (const host of ['localhost', 'a.localhost', '127.0.0.1', '127.9.9.9', '[::1]']) {
    assert.ok(requestUrl(`http://${host}:1/v1`, 'secret'), host)
  }
})

test('what is typed wins over the environment, which wins over the profile', () => {
  const openrouter = findProfile('openrouter')
  const env = { OPENROUTER_API_KEY: ' k \n', OPENROUTER_BASE_URL: 'https://eu.openrouter.ai/api/v1', MY_KEY: 'mine' }
  assert.equal(resolveEndpoint(openrouter, env), {
    baseUrl: 'https://eu.openrouter.ai/api/v1',
    apiKey: 'k',
    apiKeyEnv: 'OPENROUTER_API_KEY',
  })
  assert.equal(resolveEndpoint(openrouter, env, { baseUrl: 'https://x.example', apiKeyEnv: 'MY_KEY' }), {
    baseUrl: 'https://x.example',
    apiKey: 'mine',
    apiKeyEnv: 'MY_KEY',
  })
  assert.is(resolveEndpoint(openrouter, { OPENROUTER_API_KEY: 'k' }).baseUrl, 'https://openrouter.ai/api/v1')
})

test('a missing key or address names the way out', () => {
  assert.match(
    userError(() => resolveEndpoint(findProfile('openrouter'), { OPENROUTER_API_KEY: ' ' })),
    'OPENROUTER_API_KEY is not set',
  )
  assert.match(
    userError(() => resolveEndpoint(findProfile('custom'), {})),
    '--base-url',
  )
  const local = { baseUrl: 'http://localhost:1/v1' }
  assert.is(resolveEndpoint(findProfile('custom'), {}, local).apiKey, null)
  assert.match(
    userError(() => resolveEndpoint(findProfile('custom'), {}, { ...local, apiKeyEnv: 'NOPE' })),
    'NOPE is not set',
  )
})

test("a custom endpoint never gets another service's key, only the one that was named", () => {
  const env = { OPENAI_API_KEY: 'sk-other', LAB_KEY: 'lab' }
  const local = { baseUrl: 'http://localhost:1/v1' }
  assert.is(resolveEndpoint(findProfile('custom'), env, local).apiKey, null)
  assert.is(resolveEndpoint(findProfile('custom'), env, { ...local, apiKeyEnv: 'LAB_KEY' }).apiKey, 'lab')
})

test('the identity holds the address, but not the port of the simulator', async () => {
  const identities: string[] = []
  for (const [name, baseUrl] of [
    ['custom', 'HTTP://LOCALHOST:8000/v1/'],
    ['simulator', 'http://127.0.0.1:4000/v1'],
  ] as const) {
    const provider = connect({
      profile: findProfile(name),
      baseUrl,
      apiKey: null,
      apiKeyEnv: null,
      concurrency: 1,
      env: {},
    })
    identities.push(provider.identity)
    await provider.close()
  }
  assert.equal(identities, ['custom http://localhost:8000/v1', 'simulator'])
})

test('a header that HTTP cannot carry is refused by name, without its value', () => {
  const settings = {
    profile: findProfile('openrouter'),
    baseUrl: 'http://localhost:1/v1',
    apiKeyEnv: null,
    concurrency: 1,
  }
  const message = userError(() => connect({ ...settings, apiKey: 'abc\ndef', env: {} }))
  assert.match(message, 'authorization')
  assert.not.match(message, 'abc')
  assert.match(
    userError(() => connect({ ...settings, apiKey: null, env: { OPENROUTER_APP_TITLE: 'Prüfung ✓' } })),
    'X-OpenRouter-Title',
  )
})

test('a proxy without a scheme is refused', () => {
  const settings = { profile: findProfile('openrouter'), baseUrl: 'https://a.example', apiKeyEnv: null, concurrency: 1 }
  const env = { HTTPS_PROXY: 'proxy.example:3128' }
  assert.match(
    userError(() => connect({ ...settings, apiKey: null, env })),
    'http://proxy.example:3128',
  )
})

test('profiles send what the environment asks for', () => {
  assert.equal(findProfile('openrouter').headers({}), { 'X-OpenRouter-Cache': 'false', 'X-OpenRouter-Title': 'Assay' })
  assert.equal(
    findProfile('openrouter').headers({
      OPENROUTER_APP_TITLE: 'Mine',
      OPENROUTER_HTTP_REFERER: 'https://mine.example',
      OPENROUTER_APP_CATEGORIES: 'a,b',
    }),
    {
      'X-OpenRouter-Cache': 'false',
      'X-OpenRouter-Title': 'Mine',
      'HTTP-Referer': 'https://mine.example',
      'X-OpenRouter-Categories': 'a,b',
    },
  )
  assert.equal(findProfile('openai').headers({ OPENAI_ORG_ID: 'o', OPENAI_PROJECT_ID: 'p' }), {
    'OpenAI-Organization': 'o',
    'OpenAI-Project': 'p',
  })
  assert.equal(findProfile('custom').headers({ OPENAI_ORG_ID: 'o' }), {})
})

test.run()
