/**
 * The simulator as a process of its own, for `assay eval`. Standard input is the private channel, a JSON value per line:
 * first the options, then `[message hash, answers]` for every prompt, and `"sync"` whenever the parent wants to know that
 * all of them have arrived. Standard output answers: `{"url"}` once, `{"synced"}` to every sync. It ends with its input.
 */
import { createInterface } from 'node:readline'
import { startSimulator } from './server.ts'
import type { SimulatorOptions } from './types.ts'

// Ctrl-C, the SIGTERM of `timeout` and the end of a terminal go to the whole process group; the parent decides when its
// server may go.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {})

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const first = await lines.next()
if (first.done !== true) {
  const simulator = await startSimulator(JSON.parse(first.value) as SimulatorOptions)
  tell({ url: simulator.url })
  let registered = 0
  for (let line = await lines.next(); line.done !== true; line = await lines.next()) {
    const message = JSON.parse(line.value) as 'sync' | [hash: string, answers: string[]]
    if (message === 'sync') tell({ synced: registered })
    else {
      simulator.oracle.register(...message)
      registered += 1
    }
  }
  await simulator.close()
}

function tell(message: unknown): void {
  process.stdout.write(`${JSON.stringify(message)}\n`)
}
