/** Was it right? The chapter's front: what later chapters may call. */
export { checkSample, trialScorer, type TrialInput, type TrialScorer, type TrialScorerOptions } from './apply.ts'
export { promptfooTypes } from './cell.ts'
export { type Composition, parseCombine, parseThresholds, parseWeights } from './combine.ts'
export { commandScorer, isCommand } from './command.ts'
export { parseFilters } from './filter/parse.ts'
export { behindFilters, findScorer, isScorer, parseScorer, scorerNames } from './parse.ts'
export { checkedUserScorer, entryOf, userScore, type UserScorer } from './user.ts'
