#!/usr/bin/env node
/** argv → command → exit code. */
import { readFileSync } from 'node:fs'

const argv = process.argv.slice(2)
if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-v')) {
  // Answered before anything else is loaded: a version check should cost no more than starting Node.
  const { EXIT } = await import('./lib/errors.ts')
  const { watchOutputs } = await import('./lib/outputs.ts')
  watchOutputs(() => {
    process.exitCode = EXIT.cannotWrite
  })
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  process.stdout.write(`${version}\n`)
} else {
  const { main } = await import('./main.ts')
  await main(argv)
}
