/**
 * How is SQL parsed without harm to the run? The parser is Rust in WebAssembly. Text that nests too deeply can exhaust its
 * stack, and an instance to which that happened refuses all later text; its panics are written to standard error. So it
 * works in a thread of its own, which is replaced after such a failure and when it takes too long.
 */
import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import pLimit from 'p-limit'

/** Longest time in ms that one text may take; it is counted from when the thread has read the text. */
const LIMIT_MS = 2_000

/** What the parser says: null when the text is right. `unjudged` when it broke down or took too long. */
export type SqlVerdict = { readonly problem: string | null } | { readonly unjudged: string }

/** The thread's own program: of this code it needs nothing, so it runs the same from sources and from a build. */
const PROGRAM = `
const { parentPort, workerData } = require('node:worker_threads')
const { init, validate } = require(workerData)
init().then(() => {
  parentPort.on('message', ({ sql, dialect }) => {
    parentPort.postMessage('begun')
    let problem = null
    try { validate(sql, dialect) } catch (error) { problem = String(error.message) }
    parentPort.postMessage({ problem })
  })
})`

let worker: Worker | undefined

// One text at a time, so that the time limit is that of one text.
const queue = pLimit(1)

/** Asks the parser whether the text is SQL of that dialect. */
export function parseSql(sql: string, dialect: string): Promise<SqlVerdict> {
  return queue(() => ask(sql, dialect))
}

function started(): Worker {
  const path = createRequire(import.meta.url).resolve('@guanmingchiu/sqlparser-ts')
  // What the parser prints when it panics is kept from the terminal.
  return new Worker(PROGRAM, { eval: true, workerData: path, execArgv: [], stdout: true, stderr: true })
}

async function ask(sql: string, dialect: string): Promise<SqlVerdict> {
  worker ??= started()
  const verdict = await answerOf(worker, sql, dialect)
  if ('problem' in verdict) return verdict
  // It may be broken: the next text gets a new one.
  void worker.terminate()
  worker = undefined
  return verdict
}

function answerOf(thread: Worker, sql: string, dialect: string): Promise<SqlVerdict> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined
    const settle = (verdict: SqlVerdict): void => {
      clearTimeout(timer)
      for (const event of ['message', 'error', 'exit']) thread.removeAllListeners(event)
      // An idle thread must not keep the process alive.
      thread.unref()
      resolve(verdict)
    }
    thread.ref()
    thread.on('message', (message: 'begun' | { readonly problem: string | null }) => {
      if (message === 'begun') {
        timer = setTimeout(() => settle({ unjudged: `given up after ${LIMIT_MS / 1_000} s` }), LIMIT_MS)
      } else settle(verdictOf(message.problem))
    })
    thread.on('error', (error) => settle({ unjudged: `the SQL parser broke down: ${error.message}` }))
    thread.on('exit', () => settle({ unjudged: 'the SQL parser broke down' }))
    thread.postMessage({ sql, dialect }, [])
  })
}

/** Its own words begin with its name; anything else is a breakdown. */
function verdictOf(problem: string | null): SqlVerdict {
  if (problem === null) return { problem }
  const [, words] = /^sql parser error: ([\s\S]*)$/.exec(problem) ?? []
  if (words === undefined) return { unjudged: `the SQL parser broke down: ${problem}` }
  return words === 'recursion limit exceeded'
    ? { unjudged: 'the SQL is too deeply nested to judge' }
    : { problem: words }
}
