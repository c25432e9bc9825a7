/** Which filters are there? One line each; everything else about a filter is written on its entry. */
export { after, before } from './around.ts'
export { extract } from './extract.ts'
export { lower, upper } from './letters.ts'
export { firstLine, lastLine } from './lines.ts'
export { withoutThinking } from './thinking.ts'
export { boxed, code, json, number } from './values.ts'
