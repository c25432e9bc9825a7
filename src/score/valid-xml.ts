/** Is the answer XML? */
import { createRequire } from 'node:module'
import type * as SaxesModule from 'saxes'
import { messageOf } from '../lib/errors.ts'
import { oneLine } from '../lib/text.ts'
import { TIMED_OUT, TIMED_OUT_REASON } from './limits.ts'
import { failed, passed, unscored } from './marks.ts'
import { EXTENT_ARGUMENT, holdsAnywhere, readsAnywhere } from './structure/anywhere.ts'
import { withoutFence } from './structure/code-block.ts'
import type { Score, Scorer } from './types.ts'

// Loaded at first use, so that a run without it starts fast.
const load = createRequire(import.meta.url)

const START = /<(?:\?xml\s|[\p{L}_:])/gu

const ROOT_CLOSED = new Error('the root element is closed')

/** Throws at the first error; at the end of the root element as well when that is all that is asked. */
function parseXml(text: string, stopsAtRoot: boolean): void {
  const { SaxesParser }: typeof SaxesModule = load('saxes')
  const parser = new SaxesParser({ position: true })
  let depth = 0
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', () => {
    depth += 1
  })
  parser.on('closetag', () => {
    depth -= 1
    if (depth === 0 && stopsAtRoot) throw ROOT_CLOSED
  })
  parser.write(text).close()
}

function scoreWhole(output: string): Score {
  const text = withoutFence(output)
  try {
    parseXml(text, false)
    return passed('the answer is XML')
  } catch (error) {
    return failed(oneLine(`no XML: ${messageOf(error)}`))
  }
}

function scoreAnywhere(output: string): Score {
  const found = holdsAnywhere(output, START, beginsWithXml)
  if (found === TIMED_OUT) return unscored(TIMED_OUT_REASON)
  return found ? passed('the answer holds XML') : failed('no complete XML element in the answer')
}

function beginsWithXml(text: string): boolean {
  try {
    parseXml(text, true)
  } catch (error) {
    return error === ROOT_CLOSED
  }
  return false
}

export const validXml = {
  name: 'valid-xml',
  summary: 'The answer is a well-formed XML document; one Markdown code fence around it does not count.',
  group: 'formats',
  details: `Well-formed as XML 1.0 has it: one root element, every tag closed in the right order, attributes quoted and not repeated,
\`&\` and \`<\` escaped. Nothing is validated against a DTD or schema, nothing is fetched, and entities are not expanded: of
entities, only the five of XML and character references are known. Namespace prefixes need no declaration. Text or a
second element beside the root is an error, unless the argument is \`anywhere\`: then one complete element somewhere in the
answer is enough. promptfoo's \`is-xml\` and \`contains-xml\` are \`valid-xml\` and \`valid-xml:anywhere\`. The parser is saxes.`,
  examples: [
    { output: '<city id="1">Paris</city>', score: { value: 1, pass: true } },
    { output: '```xml\n<?xml version="1.0"?>\n<a><b/></a>\n```', score: { value: 1, pass: true } },
    { output: '<a><b></a></b>', score: { value: 0, pass: false } },
    { argument: 'anywhere', output: 'The result: <a>1</a> & more', score: { value: 1, pass: true } },
  ],
  argument: EXTENT_ARGUMENT,
  needsExpected: false,
  promptfooTypes: { 'is-xml': undefined, 'contains-xml': 'anywhere' },
  create: (argument) => {
    const score = readsAnywhere('valid-xml', argument) ? scoreAnywhere : scoreWhole
    return ({ output }) => score(output)
  },
} as const satisfies Scorer
