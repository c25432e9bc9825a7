/** What benchmarks run against: the server of a fixed delay, and datasets of any size. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))

/** Starts the server in a process of its own. */
export async function startServer(delayMs) {
  const child = spawn(process.execPath, [join(here, 'server.js'), String(delayMs)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const [port] = await once(child.stdout, 'data')
  return { url: `http://127.0.0.1:${String(port).trim()}/v1`, stop: () => child.stdin.end() }
}

/** Writes so many questions into a folder and resolves with the path of the file. */
export async function datasetOf(folder, rows) {
  const path = join(folder, `${rows}.csv`)
  const file = createWriteStream(path)
  file.write('id,question,expected\n')
  for (let row = 0; row < rows; row++) {
    if (!file.write(`q${row},What is the capital of country number ${row}?,Paris\n`)) await once(file, 'drain')
  }
  file.end()
  await once(file, 'close')
  return path
}
