/** Asks the endpoint in argv[2] once, with the environment of this process, and prints what came of it as JSON. */
import { ProviderError } from '../../src/provider/types.ts'
import { connected, never } from './play.ts'

const provider = connected(process.argv[2] ?? '', { env: process.env })
try {
  const { text } = await provider.complete('{}', never)
  console.log(JSON.stringify({ text }))
} catch (error) {
  if (!(error instanceof ProviderError)) throw error
  const { kind, message, possiblyBilled } = error
  console.log(JSON.stringify({ kind, message, possiblyBilled }))
} finally {
  await provider.close()
}
