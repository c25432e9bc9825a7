/** What a program or a config file may import from `assay`. */
import type { EvalConfig } from './config/options.ts'

export type { EvalConfig } from './config/options.ts'
export { scorer, type ScorerInput, type ScorerVerdict, type UserScorer } from './score/user.ts'

/** Gives a config file its types: `export default defineConfig({ … })`. */
export function defineConfig(config: EvalConfig): EvalConfig {
  return config
}
