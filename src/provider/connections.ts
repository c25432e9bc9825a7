/** Which way to the endpoint? Connections that are kept, and the proxies of the environment. */
import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici'
import { UserError } from '../lib/errors.ts'
import { type Environment, isLoopback } from './endpoint.ts'

/**
 * Connections for `concurrency` attempts at a time. Idle ones are kept for a minute (undici's own 4 s would make slow
 * schedules pay for TLS again and again). Proxies of the environment are used, except to this machine itself.
 *
 * @throws UserError when a proxy's address is none
 */
export function openConnections(url: URL, concurrency: number, env: Environment): Dispatcher {
  const options: Agent.Options = {
    connections: concurrency,
    pipelining: 1,
    keepAliveTimeout: 60_000,
    keepAliveMaxTimeout: 600_000,
    // Deadlines are the caller's: it knows the attempt as a whole, and its signal ends it.
    headersTimeout: 0,
    bodyTimeout: 0,
  }
  const httpProxy = env['http_proxy'] || env['HTTP_PROXY'] || ''
  const httpsProxy = env['https_proxy'] || env['HTTPS_PROXY'] || ''
  if ((httpProxy === '' && httpsProxy === '') || isLoopback(url)) return new Agent(options)
  for (const proxy of [httpProxy, httpsProxy]) {
    if (proxy !== '' && !(/^(https?|socks5?):\/\//i.test(proxy) && URL.canParse(proxy))) {
      throw new UserError('HTTP_PROXY or HTTPS_PROXY holds no address: expected one such as http://proxy.example:3128.')
    }
  }
  return new EnvHttpProxyAgent({ ...options, httpProxy, httpsProxy, noProxy: env['no_proxy'] || env['NO_PROXY'] || '' })
}
