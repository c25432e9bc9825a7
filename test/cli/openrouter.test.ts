/** Which bytes does OpenRouter see, what is made of its answers, and where does the key go? */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { questions } from '../helpers/datasets.ts'
import { type Answer, type Asked, fails, says, withServer } from '../helpers/server.ts'
import { type Ended, inWorkdir, ROOT, type Workdir } from '../helpers/workdir.ts'

const KEY = 'x-secret-0123456789'

const ASKING = ['eval', '--dataset', 'qa.csv', '--provider', 'openrouter', '--base-url']

/** An answer as OpenRouter gives it. */
function served(place: number): Answer {
  return says(`Answer ${place + 1}`, {
    id: `gen-${place + 1}`,
    model: 'mistralai/mistral-small-24.09',
    provider: 'Mistral',
    usage: {
      prompt_tokens: 7,
      completion_tokens: 3,
      total_tokens: 10,
      cost: 0.0000032,
      is_byok: false,
      prompt_tokens_details: { cached_tokens: 4 },
      completion_tokens_details: { reasoning_tokens: 1 },
    },
  })
}

/** Every place that a key could have leaked to: both outputs, and every file by name. */
function traces(work: Workdir, { stdout, stderr, files }: Ended): Record<string, string> {
  const contents = files.map((file) => [file, readFileSync(join(work.path, file), 'latin1')])
  return { 'standard output': stdout, 'standard error': stderr, ...Object.fromEntries(contents) }
}

function assertKeyIsNowhereIn(traced: Record<string, string>): void {
  const places = Object.entries(traced)
  assert.ok(places.length >= 9, 'the run has written its files')
  for (const [place, content] of places) assert.not.ok(content.includes(KEY), `the key is in ${place}`)
}

/** Headers as name and value pairs, the two that differ each time left out. */
function fixedHeaders({ rawHeaders }: Asked): string[] {
  const pairs = rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${rawHeaders[index + 1]}`] : []))
  return pairs.filter((pair) => !/^(host|content-length):/i.test(pair)).sort()
}

test('requests are exact to the byte, routing and attribution included', async () => {
  await inWorkdir({ 'qa.csv': questions(1) }, async (work) => {
    await withServer(
      (_asked, place) => served(place),
      async (server) => {
        const params = ['--param', 'provider={"only":["mistral"],"allow_fallbacks":false}', '--param', 'top_p=0.9']
        const ended = await work.assay([...ASKING, server.url, ...params], { env: { OPENROUTER_API_KEY: KEY } })
        assert.is(ended.status, 0)
        const [asked] = server.asked
        if (asked === undefined) throw new Error('nothing was asked')
        assert.is(server.asked.length, 1)
        assert.is(`${asked.method} ${asked.path}`, 'POST /api/v1/chat/completions')
        assert.equal(fixedHeaders(asked), [
          'accept-encoding: identity',
          `authorization: Bearer ${KEY}`,
          'connection: keep-alive',
          'content-type: application/json',
          'user-agent: assay',
          'x-openrouter-cache: false',
          'x-openrouter-title: Assay',
        ])
        assert.is(
          asked.body,
          '{"model":"mistralai/mistral-small","messages":[{"role":"user","content":"Question 1?"}],"max_tokens":1024,' +
            '"seed":1,"stream":true,"provider":{"only":["mistral"],"allow_fallbacks":false},"top_p":0.9}',
        )
        assert.is(asked.headers['content-length'], String(Buffer.byteLength(asked.body)))
      },
    )
  })
})

test('a body with everything set, not streamed, for an app that shows itself', async () => {
  await inWorkdir({ 'qa.csv': 'question,expected\n"Ünï, ""code""?",a\n' }, async (work) => {
    await withServer(
      (_asked, place) => served(place),
      async (server) => {
        const request = ['--model', 'openai/gpt-4o-mini', '--system', 'Be brief.', '--temperature', '0', '--no-stream']
        const limits = ['--max-tokens', '9', '--seed', '41']
        const ended = await work.assay([...ASKING, `${server.url}/`, ...request, ...limits], {
          env: {
            OPENROUTER_API_KEY: ` ${KEY}\n`,
            OPENROUTER_APP_TITLE: 'Night shift',
            OPENROUTER_HTTP_REFERER: 'https://example.org',
          },
        })
        assert.is(ended.status, 0)
        const [asked] = server.asked
        if (asked === undefined) throw new Error('nothing was asked')
        assert.is(asked.path, '/api/v1/chat/completions')
        assert.equal(
          [asked.headers['authorization'], asked.headers['x-openrouter-title'], asked.headers['http-referer']],
          [`Bearer ${KEY}`, 'Night shift', 'https://example.org'],
        )
        assert.is(
          asked.body,
          '{"model":"openai/gpt-4o-mini","messages":[{"role":"system","content":"Be brief."},' +
            '{"role":"user","content":"Ünï, \\"code\\"?"}],"max_tokens":9,"temperature":0,"seed":42,"stream":false}',
        )
        assert.is(work.run().results()[0]?.['ttft_ms'], '')
      },
    )
  })
})

test('what OpenRouter reports stands in results.csv: served model, provider, generation id, tokens, cost', async () => {
  await inWorkdir({ 'qa.csv': questions(3) }, async (work) => {
    const byQuestion = (asked: Asked): Answer => served(Number(/Question (\d)/.exec(asked.body)?.[1]) - 1)
    await withServer(byQuestion, async (server) => {
      const ended = await work.assay([...ASKING, server.url], { env: { OPENROUTER_API_KEY: KEY } })
      assert.is(ended.status, 0)
      const told = {
        served_model: 'mistralai/mistral-small-24.09',
        provider: 'Mistral',
        prompt_tokens: '7',
        completion_tokens: '3',
        reasoning_tokens: '1',
        cached_tokens: '4',
        tokens_source: 'reported',
        cost_usd: '0.0000032',
        cost_source: 'reported',
        pass: 'true',
      }
      work
        .run()
        .results()
        .forEach((row, index) => {
          const cells = Object.fromEntries(Object.keys(told).map((column) => [column, row[column]]))
          assert.equal(cells, told)
          assert.is(row['generation_id'], `gen-${index + 1}`)
        })
      assert.is(work.run().summary().costUsd, '0.0000096')
      assert.equal(work.run().manifest().provider, { name: 'openrouter', baseUrl: server.url })
      assertKeyIsNowhereIn(traces(work, ended))
    })
  })
})

test('a server that repeats the key in its refusal leaks it nowhere', async () => {
  await inWorkdir({ 'qa.csv': questions(3) }, async (work) => {
    const refusals = [
      fails(400, `bad request by ${KEY}`),
      fails(502, `upstream of ${KEY}`),
      fails(401, `no key ${KEY}`),
    ]
    await withServer(
      (_asked, place) => refusals[place] ?? fails(401, `no key ${KEY}`),
      async (server) => {
        const ended = await work.assay([...ASKING, server.url, '--concurrency', '1'], {
          env: { OPENROUTER_API_KEY: KEY },
        })
        assert.is(ended.status, 3)
        assert.match(ended.stderr, /exit 3: the endpoint refused \(unauthorized\).*\[key\].*OPENROUTER_API_KEY/)
        assertKeyIsNowhereIn(traces(work, ended))
      },
    )
  })
})

for (const [where, files] of [
  ['with the config file of a clone', { 'eval.config.ts': readFileSync(join(ROOT, 'eval.config.ts')) }],
  ['without a config file', {}],
] as const) {
  test(`${where}, the key and --base-url alone make OpenRouter requests`, async () => {
    await inWorkdir({ 'qa.csv': questions(1), ...files }, async (work) => {
      await withServer(
        (_asked, place) => served(place),
        async (server) => {
          const args = ['--dataset', 'qa.csv', '--base-url', server.url]
          assert.is((await work.assay(args, { env: { OPENROUTER_API_KEY: KEY } })).status, 0)
          const headers = server.asked[0]?.headers
          assert.equal([headers?.['authorization'], headers?.['x-openrouter-title']], [`Bearer ${KEY}`, 'Assay'])
          assert.is(work.run().manifest().provider.name, 'openrouter')
        },
      )
    })
  })
}

test('a redirect is not followed, and the key goes nowhere else', async () => {
  await inWorkdir({ 'qa.csv': questions(2) }, async (work) => {
    await withServer(
      () => says('caught'),
      async (elsewhere) => {
        const redirect: Answer = (response) => {
          response.writeHead(307, { location: `${elsewhere.url}/chat/completions` }).end()
        }
        await withServer(
          () => redirect,
          async (server) => {
            const ended = await work.assay([...ASKING, server.url], { env: { OPENROUTER_API_KEY: KEY } })
            assert.is(ended.status, 3)
            assert.match(ended.stderr, /redirects to 127\.0\.0\.1:\d+, which is not followed/)
            assert.is(elsewhere.asked.length, 0)
          },
        )
      },
    )
  })
})

test.run()
