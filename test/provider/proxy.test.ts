import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import net, { type AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { KEY, connected, failureOf, never, play, reply } from './play.ts'

const CERT = fileURLToPath(new URL('fixtures/tls/cert.pem', import.meta.url))
const TLS_KEY = fileURLToPath(new URL('fixtures/tls/key.pem', import.meta.url))
const BODY = '{"choices":[{"message":{"content":"through the tunnel"},"finish_reason":"stop"}]}'
const JSON_TYPE = { 'content-type': 'application/json' }

interface Place {
  tls: https.Server
  proxy: http.Server
  /** What the proxy was asked to connect to, and with which headers. */
  tunnels: { target: string; headers: http.IncomingHttpHeaders }[]
  endpoint: string
  proxyUrl: string
}

const test = suite<Place>('proxy')

test.before(async (place) => {
  place.tls = https.createServer({ key: readFileSync(TLS_KEY), cert: readFileSync(CERT) }, (request, response) => {
    request.resume()
    request.on('end', () => response.writeHead(200, JSON_TYPE).end(BODY))
  })
  place.tunnels = []
  place.proxy = http.createServer((_request, response) => response.writeHead(405).end())
  // The name assay.test exists only here: the proxy is the one way to the server.
  place.proxy.on('connect', (request: http.IncomingMessage, socket: net.Socket) => {
    place.tunnels.push({ target: request.url ?? '', headers: request.headers })
    const { port } = place.tls.address() as AddressInfo
    const upstream = net.connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      upstream.pipe(socket).pipe(upstream)
    })
    for (const end of [upstream, socket]) end.on('error', () => undefined)
  })
  await Promise.all([listen(place.tls), listen(place.proxy)])
  place.endpoint = `https://assay.test:${(place.tls.address() as AddressInfo).port}/v1`
  place.proxyUrl = `http://127.0.0.1:${(place.proxy.address() as AddressInfo).port}`
})

test.after(async ({ tls, proxy }) => {
  await Promise.all([shut(tls), shut(proxy)])
})

test.before.each((place) => {
  place.tunnels = []
})

test('HTTPS goes through the tunnel, trusted by NODE_EXTRA_CA_CERTS, and the proxy sees no key', async (place) => {
  for (const variable of ['HTTPS_PROXY', 'https_proxy']) {
    place.tunnels = []
    const said = await inChild(place.endpoint, { [variable]: place.proxyUrl, NODE_EXTRA_CA_CERTS: CERT })
    assert.equal(said, { text: 'through the tunnel' })
    assert.equal(
      place.tunnels.map(({ target }) => target),
      [new URL(place.endpoint).host],
    )
    assert.not.match(JSON.stringify(place.tunnels), KEY)
  }
})

test('an unknown authority is refused with a hint, before anything is sent', async ({ endpoint, proxyUrl }) => {
  const said = await inChild(endpoint, { HTTPS_PROXY: proxyUrl })
  assert.is(said.kind, 'network')
  assert.is(said.possiblyBilled, false)
  assert.match(String(said.message), 'NODE_EXTRA_CA_CERTS')
})

test('a certificate for another name gets no hint on authorities', async ({ endpoint }) => {
  const elsewhere = endpoint.replace('assay.test', '127.0.0.1')
  const said = await inChild(elsewhere, { NODE_EXTRA_CA_CERTS: CERT })
  assert.is(said.kind, 'network')
  assert.match(String(said.message), /altnames/)
  assert.not.match(String(said.message), 'NODE_EXTRA_CA_CERTS')
})

test('NO_PROXY goes past the proxy', async (place) => {
  const said = await inChild(place.endpoint, { HTTPS_PROXY: place.proxyUrl, NO_PROXY: 'other.example,assay.test' })
  assert.is(said.kind, 'network')
  assert.equal(place.tunnels, [])
})

test('this machine itself is never reached through a proxy', async (place) => {
  const server = await play(reply(200, JSON_TYPE, BODY))
  const provider = connected(server.baseUrl, { env: { HTTP_PROXY: place.proxyUrl, HTTPS_PROXY: place.proxyUrl } })
  const { text } = await provider.complete('{}', never)
  await provider.close()
  await server.close()
  assert.is(text, 'through the tunnel')
  assert.equal(place.tunnels, [])
})

test('a proxy that refuses costs nothing', async () => {
  const proxy = http.createServer().on('connect', (_request: http.IncomingMessage, socket: net.Socket) => {
    socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
  })
  await listen(proxy)
  const { port } = proxy.address() as AddressInfo
  const provider = connected('https://assay.test/v1', { env: { HTTPS_PROXY: `http://127.0.0.1:${port}` } })
  const error = await failureOf(provider.complete('{}', never))
  await provider.close()
  await shut(proxy)
  assert.is(error.kind, 'network')
  assert.is(error.possiblyBilled, false)
  assert.match(error.message, '407')
})

/** Asks in a process of its own, since NODE_EXTRA_CA_CERTS is read when a process starts. */
function inChild(endpoint: string, env: Record<string, string>): Promise<Record<string, unknown>> {
  const child = fileURLToPath(new URL('proxy-child.ts', import.meta.url))
  const settings = { env: { PATH: process.env['PATH'], ...env }, timeout: 30_000 }
  return new Promise((resolve, reject) => {
    execFile(process.execPath, ['--import', 'tsx', child, endpoint], settings, (error, stdout, stderr) => {
      if (error) reject(new Error(`${error.message}\n${stderr}`))
      else resolve(JSON.parse(stdout) as Record<string, unknown>)
    })
  })
}

function listen(server: net.Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
}

function shut(server: http.Server | https.Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

test.run()
