/**
 * What exactly is in summary.json? One definition of its shape, from which docs/summary.schema.json is made. Names are those of the
 * types that it describes, whose comments say what each field means; a test holds the two equal at compile time.
 */
import { z } from 'zod'

const count = z.int().min(0)
const share = z.number().min(0).max(1)
/** Decimal digits, exact: "0.0000048". */
const usd = z.string().regex(/^-?\d+(\.\d+)?$/)
const named = <T extends z.ZodType>(values: T) => z.record(z.string(), values)
const def = <T extends z.ZodRawShape>(id: string, shape: T) => z.object(shape).meta({ id })

const Estimate = def('Estimate', {
  value: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  n: count,
  units: count.exactOptional(),
  method: z.string(),
})

const MetricTable = def('MetricTable', {
  title: z.string(),
  columns: z.array(z.string()),
  rows: z.array(z.object({ label: z.string(), cells: z.array(z.number().nullable()) })),
})

const MetricReport = def('MetricReport', { n: count, figures: named(Estimate), table: MetricTable.exactOptional() })

const SliceDifference = def('SliceDifference', {
  difference: z.number().min(-1).max(1),
  low: z.number().nullable(),
  high: z.number().nullable(),
  restPassRate: share,
  pAdjusted: share.nullable(),
  slices: count,
  method: z.string(),
  test: z.string(),
})

const Percentiles = def('Percentiles', { p50: Estimate, p95: Estimate, p99: Estimate })

const CorrectedRate = def('CorrectedRate', {
  ...Estimate.shape,
  usesJudge: z.boolean(),
  lambda: share.nullable(),
  missing: z.object({ samples: count, failures: count, passes: count }),
})

const Calibration = def('Calibration', {
  scored: count,
  labelled: count,
  labelledSamples: count,
  labelledUnscored: count,
  judge: Estimate,
  judgeOfLabelled: Estimate,
  human: Estimate,
  confusion: def('Confusion', { bothPass: count, onlyHumanPasses: count, onlyJudgePasses: count, bothFail: count }),
  agreement: Estimate,
  kappa: Estimate,
  alpha: Estimate,
  sensitivity: Estimate,
  specificity: Estimate,
  precision: Estimate,
  negativePredictive: Estimate,
  corrected: CorrectedRate,
})

const errorKind = z.enum([
  'rate_limited',
  'overloaded',
  'provider_error',
  'gateway_timeout',
  'network',
  'timeout',
  'truncated',
  'invalid_response',
  'empty',
  'context_overflow',
  'invalid_request',
  'unauthorized',
  'insufficient_credits',
  'quota_exhausted',
  'blocked',
  'not_found',
  'payload_too_large',
  'redirected',
  'body_too_large',
  'cancelled',
])

const CostEstimates = def('CostEstimates', { perAnswer: Estimate, per1000: Estimate, perCorrect: Estimate })

const GroupSummary = def('GroupSummary', {
  model: z.string(),
  prompt: z.string(),
  slice: z.string(),
  planned: count,
  completed: count,
  failed: count,
  skipped: count,
  scored: count,
  passed: count,
  passRate: Estimate,
  passRateBounds: z.object({ low: share, high: share }),
  scores: named(Estimate),
  unscored: named(z.object({ count, example: z.string() })),
  reduced: named(Estimate),
  reducedScores: named(named(Estimate)),
  metrics: named(MetricReport),
  calibration: Calibration.nullable(),
  differsFromRest: SliceDifference.nullable(),
  failedShare: Estimate,
  truncated: count,
  truncatedShare: Estimate,
  emptyOutputs: count,
  emptyShare: Estimate,
  cachedAnswers: count,
  cacheSavedUsd: usd,
  cacheSavedUnknown: count,
  errorKinds: z.partialRecord(errorKind, count),
  errorExamples: z.partialRecord(errorKind, z.string()),
  costUsd: usd.nullable(),
  retryCostUsd: usd,
  retryCostUnknown: count,
  costUnknown: count,
  costPerCorrectUsd: usd.nullable(),
  costPer1000Usd: usd.nullable(),
  meanCostUsd: CostEstimates,
  judgeCostUsd: usd,
  judgeCostUnknown: count,
  unjudged: count,
  promptTokens: count,
  completionTokens: count,
  reasoningTokens: count,
  cachedTokens: count,
  tokensPerAnswer: z.object({ prompt: Estimate, completion: Estimate, reasoning: Estimate }),
  tokensEstimated: count,
  attempts: count,
  retries: count,
  possiblyBilled: count,
  ttftMs: Percentiles,
  latencyMs: Percentiles,
})

const PaceReport = def('PaceReport', {
  refused: count,
  pauses: count,
  pausedMs: z.number().min(0),
  timeline: z.array(
    def('PacePoint', { atMs: z.number(), concurrency: z.number(), requestsPerMinute: z.number().nullable() }),
  ),
})

const verdict = z.enum(['PASS', 'REGRESSION', 'INCONCLUSIVE'])

const MetricAsked = def('MetricAsked', {
  name: z.string(),
  kind: z.enum(['quality', 'failures', 'amount', 'percentile']),
  margin: z.number(),
})

const MetricVerdict = def('MetricVerdict', {
  pairs: count,
  samples: count,
  clusters: count,
  missingCandidate: count,
  missingBaseline: count,
  missing: count,
  onlyCandidate: count,
  onlyBaseline: count,
  metric: MetricAsked,
  model: z.string(),
  prompt: z.string(),
  against: z.string(),
  verdict,
  baseline: z.number().nullable(),
  candidate: z.number().nullable(),
  difference: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  confidence: share,
  method: z.string(),
  pRegression: share.nullable(),
  pPass: share.nullable(),
  withheld: z.enum(['missing', 'incomplete', 'copies']).nullable(),
  isDropProven: z.boolean(),
  worstCase: z.object({ low: z.number(), high: z.number() }).nullable(),
  minimumDetectable: z.number().nullable(),
  rowsToSettle: z.number().nullable(),
  flags: z.array(z.string()),
})

const side = z.object({ name: z.string(), runIds: z.array(z.string()) })

const GateReport = def('GateReport', {
  formatVersion: z.literal(1),
  verdict,
  candidate: side,
  baseline: side,
  simulated: z.boolean(),
  design: def('GateDesignAsked', {
    metrics: z.array(MetricAsked),
    alpha: share,
    alarmOn: z.enum(['over-margin', 'any-drop']),
    sequential: z.boolean(),
    seed: z.number(),
  }),
  designHash: z.string(),
  metrics: z.array(MetricVerdict),
  saving: def('Saving', {
    rowsUsed: count,
    rowsPlanned: count,
    trialsSaved: count,
    savedUsd: usd.nullable(),
  }).nullable(),
  notes: z.array(z.string()),
})

/** A summary as a run with timings has it. */
export const summarySchema = def('Summary', {
  formatVersion: z.literal(1),
  runId: z.string(),
  simulated: z.boolean(),
  dataset: z.string(),
  provider: z.string(),
  startedAt: z.string(),
  wallMs: z.number().min(0),
  planned: count,
  completed: count,
  failed: count,
  skipped: count,
  cachedAnswers: count,
  cacheSavedUsd: usd,
  costUsd: usd.nullable(),
  retryCostUsd: usd,
  judgeCostUsd: usd,
  judgeCalls: count,
  possiblyBilled: count,
  outputTokensPerSecond: z.number().nullable(),
  pace: PaceReport,
  confidence: share,
  groups: z.array(GroupSummary),
  slices: z.array(GroupSummary),
  gate: GateReport.nullable(),
  notes: z.array(z.string()),
})
