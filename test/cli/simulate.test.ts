/** Does `assay simulate` serve anybody who speaks to OpenAI's API? Judged by the official client. */
import { OpenAI } from 'openai'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { questions } from '../helpers/datasets.ts'
import { inWorkdir, type Program } from '../helpers/workdir.ts'

const MODEL = 'mistralai/mistral-small'
const AT_ONCE = ['--simulator', 'ttft=0ms', '--simulator', 'token-gap=0ms', '--simulator', `skill=${MODEL}:1`]

/** The address that the program says it serves. */
async function addressOf(program: Program): Promise<string> {
  const said = /^SIMULATED endpoint at (http:\/\/127\.0\.0\.1:\d+\/api\/v1) \((.+)\)/m
  await program.says('stdout', said)
  return said.exec(program.stdout)?.[1] ?? ''
}

test('it answers the questions of its dataset, streamed or not, until SIGINT ends it with 0', async () => {
  await inWorkdir({ 'datasets/qa.csv': questions(5) }, async (work) => {
    const program = work.start([
      'simulate',
      '--port',
      '0',
      '--dataset',
      'qa.csv',
      '--prompt',
      'Say: {{question}}',
      ...AT_ONCE,
    ])
    const client = new OpenAI({ baseURL: await addressOf(program), apiKey: 'none', maxRetries: 0 })
    assert.ok(program.stdout.includes('it knows 5 prompts'))
    const messages = [{ role: 'user' as const, content: 'Say: Question 3?' }]
    const whole = await client.chat.completions.create({ model: MODEL, messages })
    assert.is(whole.choices[0]?.message.content, 'Answer 3')
    const stream = await client.chat.completions.create({ model: MODEL, messages, stream: true })
    let streamed = ''
    for await (const chunk of stream) streamed += chunk.choices[0]?.delta.content ?? ''
    assert.is(streamed, 'Answer 3')
    program.signal('SIGINT')
    const ended = await program.ended
    assert.equal([ended.status, ended.signal], [0, null])
    assert.match(ended.stderr, /2 requests answered; a real provider would have billed \$0\.0\d+/)
    assert.equal(ended.files, ['datasets/qa.csv'])
  })
})

test('eval over --base-url gets the answers that eval with a simulator of its own gets', async () => {
  await inWorkdir({ 'qa.csv': questions(20) }, async (work) => {
    const args = ['--simulator', 'ttft=0ms', '--simulator', 'token-gap=0ms']
    const program = work.start(['simulate', '--dataset', 'qa.csv', ...args])
    const url = await addressOf(program)
    const ended = await Promise.all([
      work.assay(['eval', '-d', 'qa.csv', '--base-url', url, '--no-timings', '--out', 'alone']),
      work.assay(['eval', '-d', 'qa.csv', '--simulate', '--no-timings', '--out', 'embedded', ...args]),
    ])
    assert.equal(
      ended.map(({ status }) => status),
      [0, 0],
    )
    // The address is part of the request key, and of nothing else that is reported.
    const [alone, embedded] = ['alone', 'embedded'].map((out) =>
      work
        .runAt(out)
        .text('results.csv')
        .replace(/\b[0-9a-f]{32}\b/g, 'key'),
    )
    assert.is(alone, embedded)
    assert.match(embedded ?? '', /,key,true,/, 'the simulator that serves alone is known by its answers')
    assert.is(work.runAt('alone').summary().simulated, true)
    program.signal('SIGTERM')
    assert.is((await program.ended).status, 0)
  })
})

test('without a dataset it makes answers up, and misbehaves as told', async () => {
  await inWorkdir({}, async (work) => {
    const program = work.start(['simulate', '--simulator', 'script=429,ok', '--simulator', 'ttft=0ms'])
    const client = new OpenAI({ baseURL: await addressOf(program), apiKey: 'none', maxRetries: 0 })
    const ask = (): Promise<OpenAI.ChatCompletion> =>
      client.chat.completions.create({ model: 'any/model', messages: [{ role: 'user', content: 'Are you there?' }] })
    const refused: unknown = await ask().catch((error: unknown) => error)
    assert.instance(refused, OpenAI.RateLimitError)
    assert.is((await ask()).choices[0]?.message.content, 'Simulated answer to "Are you there?"')
  })
})

test('a port that is taken, or none, is an error of the user', async () => {
  await inWorkdir({}, async (work) => {
    const program = work.start(['simulate'])
    const { port } = new URL(await addressOf(program))
    const taken = await work.assay(['simulate', '--port', port])
    assert.is(taken.status, 2)
    assert.ok(taken.stderr.includes(`Port ${port} of 127.0.0.1 is in use by another program`))
    const none = await work.assay(['simulate', '--port', '70000'])
    assert.is(none.status, 2)
    assert.match(none.stderr, /--port 70000: expected a port from 0 to 65535/)
  })
})

test('it knows the answers that rows give in assertions, and counts each prompt that has one once', async () => {
  const rows = 'question,__expected\nOne?,equals: First\nTwo?,equals: Second\nTwo?,equals: Second\nThree?,\n'
  await inWorkdir({ 'qa.csv': rows, results: 'in the way' }, async (work) => {
    const program = work.start(['simulate', '--dataset', 'qa.csv', ...AT_ONCE])
    const client = new OpenAI({ baseURL: await addressOf(program), apiKey: 'none', maxRetries: 0 })
    assert.ok(program.stdout.includes('it knows 2 prompts'))
    const messages = [{ role: 'user' as const, content: 'Two?' }]
    const { choices } = await client.chat.completions.create({ model: MODEL, messages })
    assert.is(choices[0]?.message.content, 'Second')
  })
})

test.run()
