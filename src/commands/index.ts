/** What can the user ask for? One line per command; each is loaded only when it is asked for. */
import type { Command } from './types.ts'

export const commands: Readonly<Record<string, () => Promise<Command>>> = {
  eval: async () => (await import('./eval.ts')).evaluate,
  plan: async () => (await import('./plan.ts')).plan,
  score: async () => (await import('./score.ts')).score,
  choose: async () => (await import('./choose.ts')).choose,
  gate: async () => (await import('./gate.ts')).gate,
  calibrate: async () => (await import('./calibrate.ts')).calibrate,
  'calibrate-gate': async () => (await import('./calibrate-gate.ts')).calibrateGateCommand,
  baseline: async () => (await import('./baseline.ts')).baseline,
  history: async () => (await import('./history.ts')).history,
  report: async () => (await import('./report.ts')).report,
  view: async () => (await import('./view.ts')).view,
  merge: async () => (await import('./merge.ts')).merge,
  compare: async () => (await import('./compare.ts')).compare,
  cache: async () => (await import('./cache.ts')).cache,
  init: async () => (await import('./init.ts')).init,
  doctor: async () => (await import('./doctor.ts')).doctor,
  simulate: async () => (await import('./simulate.ts')).simulate,
}
