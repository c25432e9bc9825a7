/**
 * An endpoint that takes only so much, in a process of its own. First argument: JSON with `latencyMs` (one number, or least
 * and most), and one of `perSecond` with `burst` (a token bucket), `perSecond` with `window: "fixed"` or `"sliding"`, and
 * `inFlight`; `retryAfter` in seconds goes with each 429 when given. Prints its port; counts are under /counts.
 */
import { createServer } from 'node:http'

const { latencyMs, perSecond, burst, window, inFlight, retryAfter } = JSON.parse(process.argv[2])
const counts = { answered: 0, refused: 0 }

function tokenBucket() {
  let level = burst
  let atMs = performance.now()
  return () => {
    const nowMs = performance.now()
    level = Math.min(burst, level + ((nowMs - atMs) * perSecond) / 1_000)
    atMs = nowMs
    if (level < 1) return false
    level -= 1
    return true
  }
}

function fixedWindow() {
  let second = -1
  let taken = 0
  return () => {
    const now = Math.floor(performance.now() / 1_000)
    if (now !== second) taken = 0
    second = now
    return ++taken <= perSecond
  }
}

function slidingWindow() {
  const times = []
  return () => {
    const nowMs = performance.now()
    while (times[0] <= nowMs - 1_000) times.shift()
    if (times.length >= perSecond) return false
    times.push(nowMs)
    return true
  }
}

let busy = 0
const takes =
  inFlight !== undefined
    ? () => busy < inFlight
    : window === undefined
      ? tokenBucket()
      : window === 'fixed'
        ? fixedWindow()
        : slidingWindow()

const answer = JSON.stringify({
  id: 'gen-bench',
  model: 'bench',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Paris.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 20, completion_tokens: 5, total_tokens: 25, cost: 0.000007 },
})
const refusal = JSON.stringify({ error: { code: 429, message: 'Rate limit exceeded' } })
const [least, most] = Array.isArray(latencyMs) ? latencyMs : [latencyMs, latencyMs]

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  request.resume()
  request.on('end', () => {
    if (request.url.endsWith('/counts')) {
      response.end(JSON.stringify(counts))
      return
    }
    if (!takes()) {
      counts.refused += 1
      const hint = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }
      response.writeHead(429, { 'content-type': 'application/json', ...hint })
      response.end(refusal)
      return
    }
    busy += 1
    setTimeout(() => {
      busy -= 1
      counts.answered += 1
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(answer)
    }, least + Math.random() * (most - least))
  })
})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
process.stdin.on('end', () => process.exit()).resume()
