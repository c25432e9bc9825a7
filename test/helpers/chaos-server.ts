/**
 * A chat-completions server on loopback that can misbehave to the byte, and keeps the bill: how often every question was
 * answered, refused, or worked on without being answered. Bare sockets, since an HTTP library would repair what is to be
 * broken.
 */
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ChatBody } from './server.ts'

/** One request that waits for what is played to it. */
export class Exchange {
  readonly body: ChatBody
  readonly question: string
  /** How often this question has been asked, from 1. */
  readonly attempt: number
  /** Place among all requests, from 1. */
  readonly place: number
  readonly #socket: net.Socket

  constructor(socket: net.Socket, body: ChatBody, attempt: number, place: number) {
    this.#socket = socket
    this.body = body
    this.question = questionIn(body)
    this.attempt = attempt
    this.place = place
  }

  /** False once either side has closed the connection. */
  get isOpen(): boolean {
    return this.#socket.writable
  }

  /** Resolves when the connection has taken the bytes, with whether it is still open. */
  async send(bytes: string | Uint8Array): Promise<boolean> {
    if (!this.isOpen) return false
    await new Promise<void>((resolve) => {
      const gone = (): void => resolve()
      this.#socket.once('close', gone)
      this.#socket.write(bytes, () => {
        this.#socket.off('close', gone)
        resolve()
      })
    })
    return this.isOpen
  }

  /** Closes in good order: all that was sent arrives. */
  close(): void {
    this.#socket.end()
  }

  /** Breaks the connection, a moment after what was sent has left. */
  async reset(): Promise<void> {
    await sleep(RESET_DELAY_MS)
    this.#socket.resetAndDestroy()
  }
}

/** Long enough for what was sent before to be on the other side. */
const RESET_DELAY_MS = 50

/** What is done about one request. The connection is used again unless it closes it. */
export type Play = (exchange: Exchange) => void | Promise<void>

/**
 * What an honest server would charge for a request: nothing, since it was refused; an answer; or work that never became one.
 */
export type Charge = 'refused' | 'answered' | 'worked on'

/** One line of what happens to requests. */
export interface Turn {
  readonly play: Play
  readonly charge: Charge
}

/** How often a question met each end. */
export type Charges = Readonly<Record<Charge, number>>

export const NO_CHARGES: Charges = { refused: 0, answered: 0, 'worked on': 0 }

export interface ChaosServer {
  /** As it goes behind --base-url. */
  readonly url: string
  /** By question. */
  readonly bill: ReadonlyMap<string, Charges>
  /** Starts to listen on its address; for a server that was not to listen from the start. */
  listen(): Promise<void>
}

export interface ChaosOptions {
  /** Which turn a request gets. */
  readonly turn: (exchange: Exchange) => Turn
  /** False: connections are refused until listen() is called. */
  readonly isListening?: boolean
  /** How many of the first connections are closed as soon as they are there. */
  readonly connectionsClosed?: number
}

/** Runs with a server and closes it, connections included, whatever happens. */
export async function withChaos(options: ChaosOptions, use: (server: ChaosServer) => Promise<void>): Promise<void> {
  const bill = new Map<string, Charges>()
  const sockets = new Set<net.Socket>()
  let connections = 0
  const server = net.createServer((socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    // The other side may break the connection, too.
    socket.on('error', () => {})
    connections += 1
    if (connections <= (options.connectionsClosed ?? 0)) socket.destroy()
    else void serve(socket, options, bill)
  })
  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', () => resolve())
    })
  const shut = (): Promise<unknown> => new Promise((resolve) => server.close(resolve))
  await listen(0)
  const { port } = server.address() as net.AddressInfo
  if (options.isListening === false) await shut()
  try {
    await use({ url: `http://127.0.0.1:${port}/api/v1`, bill, listen: () => listen(port) })
  } finally {
    const closed = shut()
    for (const socket of sockets) socket.destroy()
    await closed
  }
}

/** Plays to one request after the other of a connection. */
async function serve(socket: net.Socket, { turn }: ChaosOptions, bill: Map<string, Charges>): Promise<void> {
  for await (const body of requestsOn(socket)) {
    const before = bill.get(questionIn(body)) ?? NO_CHARGES
    const place = [...bill.values()].reduce((sum, charges) => sum + countOf(charges), 1)
    const exchange = new Exchange(socket, body, countOf(before) + 1, place)
    const { play, charge } = turn(exchange)
    bill.set(exchange.question, { ...before, [charge]: before[charge] + 1 })
    await play(exchange)
  }
}

function countOf({ refused, answered, 'worked on': workedOn }: Charges): number {
  return refused + answered + workedOn
}

/** Bodies of the requests on a connection; ends when it does. */
async function* requestsOn(socket: net.Socket): AsyncGenerator<ChatBody, void> {
  let bytes = Buffer.alloc(0)
  try {
    for await (const read of socket.iterator({ destroyOnReturn: false })) {
      bytes = Buffer.concat([bytes, read as Buffer])
      const headEnd = bytes.indexOf('\r\n\r\n') + 4
      if (headEnd < 4) continue
      const length = Number(/\r\ncontent-length: *(\d+)/i.exec(bytes.toString('latin1', 0, headEnd))?.[1])
      if (bytes.length < headEnd + length) continue
      const body = bytes.toString('utf8', headEnd, headEnd + length)
      bytes = bytes.subarray(headEnd + length)
      yield JSON.parse(body) as ChatBody
    }
  } catch {
    // The client has broken the connection.
  }
}

function questionIn({ messages }: ChatBody): string {
  return messages.at(-1)?.content ?? ''
}
