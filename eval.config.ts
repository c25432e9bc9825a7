import { defineConfig } from 'assay'

export default defineConfig({
  // Who answers: OpenRouter when its key is set, else the built-in simulator (in CI, ask for it by name: --simulate).
  provider: process.env['OPENROUTER_API_KEY'] ? 'openrouter' : 'simulator',

  // A first try with a key in the environment cannot cost more than a dollar.
  maxCost: 1,

  model: 'mistralai/mistral-small',
  // USD per million tokens in/out. A model without a line here has the price of the built-in list.
  price: { 'mistralai/mistral-small': '0.2/0.6' },
})
