/** Was it right? The chapter's front: what later chapters may call. */
export { checkSample, trialScorer, type TrialInput, type TrialScorer, type TrialScorerOptions } from './apply.ts'
export { findScorer, parseScorer, promptfooTypes, scorerNames } from './parse.ts'
