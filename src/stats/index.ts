/** The statistics as a library: `import { tangoInterval } from 'assay/stats'`. Pure functions; docs/accuracy.md says how exact they are. */
export { randomFrom, type Random } from '../lib/random.ts'

// One model: rates, means, quantiles.
export {
  type ClusteredInterval,
  clusteredRateInterval,
  ClusteredRate,
  type Interval,
  wilsonInterval,
} from './interval.ts'
export { type MeanInterval, meanInterval, RunningMean } from './interval.ts'
export { clopperPearsonHigh, clopperPearsonInterval, clopperPearsonLow, jeffreysInterval } from './exact-interval.ts'
export { type QuantileInterval, quantileInterval } from './quantile.ts'
export { bcaLimits, bootstrap, jackknife, percentileLimits, resampledLimits } from './bootstrap.ts'
export { passAtK, passHatK } from './pass-k.ts'
export { fieller, RatioAccumulator } from './ratio.ts'
export { controlledMean } from './control-variate.ts'
export { neymanAllocation, stratifiedMean } from './stratified.ts'

// Two models, on the same items or on others.
export { meanDifference, type MeanDifference, type PairedDifference, pairedDifference } from './paired/difference.ts'
export { type McNemar, mcnemar } from './paired/mcnemar.ts'
export { tangoInterval, tangoNoninferiority, tangoStatistic } from './paired/tango.ts'
export { newcombePaired } from './paired/newcombe.ts'
export { exactSignFlips, sampledSignFlips, signFlipTest } from './paired/permutation.ts'
export { equivalence, oneSided } from './paired/non-inferiority.ts'
export { type WinTieLoss, winTieLoss } from './paired/win-rate.ts'
export { newcombeUnpaired, welch } from './unpaired.ts'

// Many of them.
export { benjaminiHochberg, eBenjaminiHochberg, holm } from './multiplicity.ts'
export { bradleyTerry, elo } from './bradley-terry.ts'
export { frontier, frontierProbability } from './pareto.ts'

// How many rows?
export {
  designEffect,
  minimumDetectable,
  requiredDiscordant,
  requiredNonInferiority,
  requiredPairs,
  requiredWithEpochs,
} from './power.ts'

// Stopping when the answer is known.
export { type GateDesign, GateProcess, type SequentialVerdict } from './sequential/gate-process.ts'
export { bettingInterval } from './sequential/betting.ts'
export { FullRunProcess } from './sequential/without-replacement.ts'
export {
  boundaryConstant,
  crossingProbability,
  obfBoundaries,
  obfSpending,
  obrienFlemingShape,
  pocockShape,
  pocockSpending,
  spendingBoundaries,
} from './sequential/group-sequential.ts'

// Judges and nights.
export { cohenKappa, krippendorffAlpha } from './agreement.ts'
export { powerTunedMean } from './ppi.ts'
export { averageRunLength, cusum, movingRangeSigma, siegmundRunLength, thresholdForArl } from './cusum.ts'
export { EDetector } from './e-detector.ts'
export { changePoints } from './change-point.ts'
