/**
 * A chat-completions server on loopback with faults, and with a bill of its own: which request bodies it has answered, and
 * which it was answering when the connection broke. What it does to the n-th request with a body depends on both alone, so
 * that every run gets the same answers in the end.
 */
import { createHash } from 'node:crypto'
import http from 'node:http'

/** What happens to the first requests with a body, by a hash of it: most are answered at once, some at the third try. */
const FAULTS = ['error', 'reset', 'cut', 'garbage']
const FAULTY_SHARE = 0.2
/** Few are refused: a server that refuses more is taken for one with a limit, and the runs would take minutes. */
const REFUSED_SHARE = 0.01

export class FaultyServer {
  /** By body: times it was sent, and times an answer was begun, which whoever runs a model would bill. */
  #bodies = new Map()
  #server = http.createServer((request, response) => this.#take(request, response))

  async listen() {
    await new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${this.#server.address().port}/v1`
  }

  close() {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  /** Forgets all bodies: a new run begins. */
  reset() {
    this.#bodies = new Map()
  }

  /** How many answers were begun beyond the first of each body. */
  get answersTooMany() {
    let sum = 0
    for (const { begun } of this.#bodies.values()) sum += Math.max(0, begun - 1)
    return sum
  }

  get requests() {
    let sum = 0
    for (const { asked } of this.#bodies.values()) sum += asked
    return sum
  }

  #take(request, response) {
    const chunks = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      const hash = createHash('sha256').update(body).digest()
      const seen = this.#bodies.get(body) ?? { asked: 0, begun: 0 }
      this.#bodies.set(body, seen)
      seen.asked += 1
      const isFaulty = hash[0] / 256 < FAULTY_SHARE && seen.asked <= 1 + (hash[1] % 2)
      const delayMs = 2 + (hash[2] % 16)
      setTimeout(() => this.#answer(response, seen, body, isFaulty ? (hash[3] / 256 < REFUSED_SHARE / FAULTY_SHARE ? 'refuse' : FAULTS[hash[4] % FAULTS.length]) : 'answer'), delayMs)
    })
  }

  #answer(response, seen, body, what) {
    if (response.destroyed) {
      // Nobody listens any more; the work has been done all the same.
      seen.begun += 1
      return
    }
    if (what === 'refuse') return this.#fail(response, 429, { 'retry-after-ms': '20' })
    if (what === 'error') return this.#fail(response, 500, { 'retry-after-ms': '10' })
    if (what === 'reset') return response.destroy()
    seen.begun += 1
    if (what === 'garbage') return response.writeHead(200, { 'content-type': 'application/json' }).end('{"choices"')
    const { messages } = JSON.parse(body)
    const text = `the answer to ${messages.at(-1).content}`
    const event = (delta, finish = null) =>
      `data: ${JSON.stringify({ id: 'gen-1', model: 'served', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(event({ role: 'assistant', content: text.slice(0, 10) }))
    if (what === 'cut') return setTimeout(() => response.destroy(), 2)
    setTimeout(() => {
      response.write(event({ content: text.slice(10) }, 'stop'))
      const usage = { prompt_tokens: 12, completion_tokens: 6, total_tokens: 18 }
      response.end(`data: ${JSON.stringify({ id: 'gen-1', model: 'served', choices: [], usage })}\n\ndata: [DONE]\n\n`)
    }, 2)
  }

  #fail(response, status, headers) {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(JSON.stringify({ error: { code: status, message: 'scripted failure' } }))
  }
}
