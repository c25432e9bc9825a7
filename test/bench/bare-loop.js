/** What the machine can do: the same requests with undici alone, bodies read and thrown away. Prints the wall time in ms. */
import { Agent, request } from 'undici'

const [url, requests, concurrency] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])]
const dispatcher = new Agent({ connections: concurrency, pipelining: 1 })
const body = (index) =>
  JSON.stringify({
    model: 'mistralai/mistral-small',
    messages: [{ role: 'user', content: `What is the capital of country number ${index}?` }],
    max_tokens: 1024,
    seed: 1,
    stream: true,
  })

const startMs = performance.now()
let next = 0
async function worker() {
  while (next < requests) {
    const index = next++
    const answer = await request(`${url}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: body(index),
      dispatcher,
    })
    await answer.body.text()
  }
}
await Promise.all(Array.from({ length: concurrency }, worker))
console.log(JSON.stringify({ wallMs: performance.now() - startMs }))
await dispatcher.destroy()
