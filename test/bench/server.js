/**
 * The endpoint of the benchmarks, in a process of its own: answers every chat completion with the same short stream, after
 * the delay in ms given as first argument. Prints its port.
 */
import { createServer } from 'node:http'

const delayMs = Number(process.argv[2] ?? 0)
const chunk = (delta, extra = {}) =>
  `data: ${JSON.stringify({ id: 'gen-bench', provider: 'Bench', model: 'bench', object: 'chat.completion.chunk', created: 1, choices: [{ index: 0, delta, finish_reason: null, ...extra }] })}\n\n`
const stream = Buffer.from(
  [
    ': OPENROUTER PROCESSING\n\n',
    chunk({ role: 'assistant', content: '' }),
    ...['The ', 'capital ', 'is ', 'Paris.'].map((content) => chunk({ content })),
    chunk({ content: '' }, { finish_reason: 'stop' }),
    'data: {"id":"gen-bench","choices":[],"usage":{"prompt_tokens":20,"completion_tokens":5,"total_tokens":25,"cost":0.000007}}\n\n',
    'data: [DONE]\n\n',
  ].join(''),
)

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  request.resume()
  request.on('end', () => {
    const answer = () => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'content-length': stream.length })
      response.end(stream)
    }
    if (delayMs === 0) answer()
    else setTimeout(answer, delayMs)
  })
})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
process.stdin.on('end', () => process.exit()).resume()
