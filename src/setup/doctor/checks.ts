/** What is looked at, in this order? A new check is an entry here. */
import { dataset, config } from './settings-checks.ts'
import { space, writable } from './disk-checks.ts'
import { clock, key, keyAccepted, reachable } from './endpoint-checks.ts'
import { context, served } from './model-checks.ts'
import { budget, price } from './money-checks.ts'
import { assay, node } from './program-checks.ts'
import { git, proxy, terminal } from './surroundings-checks.ts'
import type { Check } from './types.ts'

export const checks: readonly Check[] = [
  node,
  assay,
  config,
  dataset,
  key,
  proxy,
  reachable,
  keyAccepted,
  clock,
  served,
  context,
  price,
  budget,
  writable,
  space,
  git,
  terminal,
]
