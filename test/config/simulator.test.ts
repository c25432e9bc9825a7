import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { simulatorOptions } from '../../src/config/simulator.ts'
import type { SimulatorOptions } from '../../src/simulator/types.ts'
import { refusalOf } from '../lib/thrown.ts'

function optionsOf(...pairs: readonly (readonly [string, unknown])[]): Omit<SimulatorOptions, 'prices'> {
  const { prices: _prices, ...options } = simulatorOptions(pairs, new Map())
  return options
}

test('without a key the simulator is as it is, with the prices of the catalogue', () => {
  assert.equal(optionsOf(), { latency: {}, skills: {} })
  assert.equal(simulatorOptions([], new Map()).prices?.['mistralai/mistral-small'], {
    prompt: '0.0000002',
    completion: '0.0000006',
  })
})

test('every key sets what it says', () => {
  assert.equal(
    optionsOf(
      ['ttft', '50ms'],
      ['token-gap', '0ms'],
      ['sigma', 0],
      ['fail-rate', '5%'],
      ['requests-per-second', '20'],
      ['max-in-flight', 4],
      ['skill', 'mistralai/mistral-small:0.8'],
      ['skill', 'acme/new:free:50%'],
      ['script', 'ok, 429,hang-up'],
    ),
    {
      latency: { ttftMs: 50, tokenGapMs: 0, sigma: 0 },
      skills: { 'mistralai/mistral-small': 0.8, 'acme/new:free': 0.5 },
      failRate: 0.05,
      rateLimit: { requestsPerSecond: 20 },
      maxInFlight: 4,
      script: ['ok', '429', 'hang-up'],
    },
  )
})

for (const [key, value, message] of [
  ['tfft', '50ms', /^--simulator tfft=50ms: there is no such key\. Did you mean "ttft"\? Keys: ttft, /],
  ['toString', '1', /^--simulator toString=1: there is no such key\./],
  ['ttft', '50', /^--simulator ttft=50: expected a time with its unit/],
  ['fail-rate', '105%', /^--simulator fail-rate=105%: expected a share/],
  ['requests-per-second', '0', /^--simulator requests-per-second=0: expected a positive number/],
  ['max-in-flight', 'many', /^--simulator max-in-flight=many: expected a positive number/],
  ['sigma', '', /^--simulator sigma=: expected a positive number/],
  ['skill', '0.8', /^--simulator skill=0\.8: expected model:share/],
  ['skill', 'm:2', /^--simulator skill=m:2: expected a share/],
  [
    'script',
    'ok,hangup',
    /^--simulator script=ok,hangup: "hangup" is no step of a script\..*Did you mean "hang-up"\?$/,
  ],
] as const) {
  test(`${key}=${value} is refused`, async () => {
    assert.match(await refusalOf(() => optionsOf([key, value])), message)
  })
}

test.run()
