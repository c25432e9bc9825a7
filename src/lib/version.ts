/** Which Assay is this, and what does it run on? package.json is the one place that says. */
import { readFileSync } from 'node:fs'

const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
  engines: { node: string }
}

export const VERSION = manifest.version

/** Versions of Node that it is made for, as package.json writes them: ">=20.19.0". */
export const NODE_VERSIONS = manifest.engines.node
