/** Which endpoints are known? A new one is a file and a line here. */
export { custom } from './custom.ts'
export { mistral } from './mistral.ts'
export { openai } from './openai.ts'
export { openrouter } from './openrouter.ts'
export { replay } from './replay.ts'
export { simulator } from './simulator.ts'
