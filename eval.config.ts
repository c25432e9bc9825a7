import { defineConfig } from 'assay'

export default defineConfig({
  // Who answers: OpenRouter when its key is set, else the built-in simulator (in CI, ask for it by name: --simulate).
  provider: process.env['OPENROUTER_API_KEY'] ? 'openrouter' : 'simulator',

  // A first try with a key in the environment cannot cost more than a dollar.
  maxCost: 1,

  // $0.2 in / $0.6 out per million tokens; `assay plan` shows where each price comes from, `price` overrides it.
  model: 'mistralai/mistral-small',
})
