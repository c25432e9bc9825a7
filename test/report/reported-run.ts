/** A run as reports see it, with whatever can happen to a trial and with texts that want to act: what every format is tested with. */
import type { Sample } from '../../src/dataset/types.ts'
import type { ComparedMetric, ComparisonReport, Flip } from '../../src/gate/compare/types.ts'
import type { GateReport, MetricVerdict } from '../../src/gate/types.ts'
import type { Manifest } from '../../src/journal/types.ts'
import type { ReportedRun, ResultRow } from '../../src/report/types.ts'
import { sliceDifferences } from '../../src/stats/slice-difference.ts'
import { GroupAccumulator } from '../../src/stats/summarize.ts'
import type { GroupSummary, Summary } from '../../src/stats/types.ts'
import { completed, failed, scored } from '../journal/records.ts'

export const SMALL = 'mistralai/mistral-small'
/** A name that is a mention, a link and a cell of its own wherever it is not escaped. */
export const HOSTILE_MODEL = 'acme/@large|[x](http://evil.example)'
const PROMPT = 'question'

/** Texts that some reader of a report would act on, each with what it is aimed at. */
export const HOSTILE: Readonly<Record<string, string>> = {
  html: '<script>alert(1)</script><img src=x onerror=alert(1)><a href="javascript:alert(1)">x</a></details>',
  markdown:
    '| a | b |\n|---|---|\n\n# heading\n```\n[link](http://evil.example) ![i](https://evil.example/i.png) **bold** <!-- ',
  mention: '@octocat and @org/team, see #1, GH-2, acme/repo#3, https://evil.example, www.evil.example, a@evil.example',
  workflow: 'x\n::error::forged\n  ::set-output name=a::b\r\n##[error]forged\n::add-mask::a',
  terminal: '\u001b[2J\u001b]8;;http://evil.example\u0007link\u001b]8;;\u0007\u0000\u009b31m',
  xml: ']]></failure><testcase name="forged"/>&amp;\u0001\ud800\ufffe',
  formula: '=HYPERLINK("http://evil.example","x")',
  direction: '\u202eabc\u2066def\u2069 🗼 العربية',
  backticks: '`` ` ```` `x`',
  math: 'costs $x$ and $$\\frac{1}{0}$$',
}

const sampleOf = (id: string, line: number, question: string, expected: readonly string[], topic: string): Sample => ({
  id,
  line,
  vars: { question, topic },
  expected,
  assertions: [],
  metadata: {},
  prefix: '',
  suffix: '',
})

const SAMPLES: readonly Sample[] = [
  sampleOf('q1', 2, 'Capital of France?', ['Paris'], 'geo'),
  ...Object.entries(HOSTILE).map(([name, text], index) =>
    sampleOf(index === 0 ? '<b>id|1' : name, index + 3, text, [text, 'plain'], index % 2 === 0 ? 'geo' : '<i>|`text'),
  ),
  sampleOf('long', 40, 'Count to ten thousand.', ['x'.repeat(5_000)], 'geo'),
  sampleOf('q3 東京', 41, 'Где?', ['東京 🗼'], 'geo'),
]

type Outcome = Pick<ResultRow, 'status' | 'record' | 'score'>

const answered = (output: string, value: number | null, reason: string): Outcome => ({
  status: 'completed',
  record: completed({ output }),
  score: scored(value, {
    reason,
    scores: { exact: value, 'rubric:polite': value === null ? null : (1 + value) / 4 },
    ...(value === null ? {} : { score: (1 + 3 * value) / 4 }),
    judgeCostUsd: '0.0001',
  }),
})

/** What became of the question at a position, by model. */
function outcomeOf(position: number, sample: Sample, isSmall: boolean): Outcome {
  const text = sample.vars['question'] ?? ''
  if (!isSmall && position === 1) {
    const error = `the provider answered 502: ${HOSTILE['html']}\n::error::forged`
    return {
      status: 'failed',
      record: failed({ model: HOSTILE_MODEL, error, output: 'He s', retryCostUsd: '0.002', possiblyBilled: 6 }),
      score: undefined,
    }
  }
  if (!isSmall && position === 2)
    return { status: 'failed', record: failed({ errorKind: 'timeout', error: 'no answer in 60s' }), score: undefined }
  if (!isSmall && position === 3) return { status: 'skipped_budget', record: undefined, score: undefined }
  if (!isSmall && position === 4) return answered(text, null, `the judge gave no verdict: ${text}`)
  if (position === 0 || position === SAMPLES.length - 1) return answered(sample.expected[0] ?? '', 1, 'equal')
  if (sample.id === 'long') return answered(`${'y'.repeat(20_000)} end`, 0, 'too long')
  return answered(text, 0, `the judge says: "${text}" is rude`)
}

/** In dataset order: sample, then model. */
export const ROWS: readonly ResultRow[] = SAMPLES.flatMap((sample, position) =>
  [SMALL, HOSTILE_MODEL].map((model) => rowOf(sample, model, outcomeOf(position, sample, model === SMALL))),
)

function rowOf(sample: Sample, model: string, outcome: Outcome): ResultRow {
  return { sample, epoch: 1, prompt: PROMPT, model, simulated: true, ...outcome }
}

function accumulatorOf(model: string, slice: string, rows: readonly ResultRow[]): GroupAccumulator {
  const group = new GroupAccumulator({ model, prompt: PROMPT, slice }, 0.95)
  const own = rows.filter((row) => row.model === model)
  for (const [index, { record, score }] of own.entries()) group.add(index, record, score)
  return group
}

const TOPICS = ['geo', '<i>|`text']

function slices(): GroupSummary[] {
  const groups = TOPICS.map((topic) =>
    [SMALL, HOSTILE_MODEL].map((model) =>
      accumulatorOf(
        model,
        `topic=${topic}`,
        ROWS.filter(({ sample }) => sample.vars['topic'] === topic),
      ),
    ),
  )
  return groups.flatMap((both, topic) =>
    both.map((group, model) => {
      const inTurn = groups.flatMap((of) => of[model]?.passes ?? [])
      const difference = sliceDifferences(inTurn, 0.95)[topic]
      const finished = group.finish(difference)
      // Few rows prove no difference; a report has to show one.
      return model === 0 && topic === 1 && finished.differsFromRest !== null
        ? { ...finished, differsFromRest: { ...finished.differsFromRest, pAdjusted: 0.004 } }
        : finished
    }),
  )
}

const NO_PAIRS = {
  pairs: 12,
  samples: 12,
  clusters: 12,
  missingCandidate: 1,
  missingBaseline: 0,
  missing: 1,
  onlyCandidate: 0,
  onlyBaseline: 0,
}

const WORSE: MetricVerdict = {
  ...NO_PAIRS,
  metric: { name: 'pass_rate', kind: 'quality', margin: 0.05 },
  model: HOSTILE_MODEL,
  prompt: PROMPT,
  against: '',
  verdict: 'REGRESSION',
  baseline: 0.9,
  candidate: 0.4,
  difference: -0.5,
  low: -0.8,
  high: -0.2,
  confidence: 0.9,
  method: 'tango',
  pRegression: 0.003,
  pPass: 0.99,
  withheld: null,
  isDropProven: true,
  worstCase: null,
  minimumDetectable: 0.3,
  rowsToSettle: null,
  flags: [`1 value missing; see ${HOSTILE['mention']}`],
}

export const GATE: GateReport = {
  formatVersion: 1,
  verdict: 'REGRESSION',
  candidate: { name: '20250116T100000Z-qa-abc123', runIds: ['20250116T100000Z-qa-abc123'] },
  baseline: { name: 'nightly', runIds: ['20250115T100000Z-qa-def456'] },
  simulated: true,
  design: {
    metrics: [WORSE.metric, { name: 'cost', kind: 'amount', margin: 0.1 }],
    alpha: 0.05,
    alarmOn: 'over-margin',
    sequential: true,
    seed: 7,
  },
  designHash: '0123456789abcdef',
  metrics: [
    WORSE,
    {
      ...WORSE,
      metric: { name: 'cost', kind: 'amount', margin: 0.1 },
      model: SMALL,
      verdict: 'PASS',
      baseline: 0.000_004_8,
      candidate: 0.000_004_8,
      difference: 0,
      low: -0.02,
      high: 0.02,
      method: 't',
      isDropProven: false,
      minimumDetectable: null,
      flags: [],
    },
  ],
  saving: { rowsUsed: 13, rowsPlanned: 40, trialsSaved: 54, savedUsd: '0.0012' },
  notes: [`the upstream differs: ${HOSTILE['mention']}`],
}

const COMPARED: ComparedMetric = {
  ...NO_PAIRS,
  name: 'pass_rate',
  kind: 'quality',
  unit: 'share',
  baseline: 0.9,
  candidate: 0.4,
  difference: -0.5,
  low: -0.8,
  high: -0.2,
  method: 'tango',
  ratio: null,
  pValue: 0.002,
  test: 'mcnemar mid-p',
  adjustedPValue: 0.002,
  isProven: true,
  higher: 0,
  equal: 6,
  lower: 6,
  net: -0.5,
  higherShare: { estimate: 0, low: 0, high: 0.39, method: 'wilson' },
  minimumDetectable: 0.3,
  worstCase: null,
  flags: [],
}

const side = { model: HOSTILE_MODEL, prompt: PROMPT, isTruncated: false, reason: 'equal' }

const FLIPS: readonly Flip[] = SAMPLES.slice(5, 12).map((sample, index) => ({
  went: index % 4 === 3 ? 'right' : 'wrong',
  sample: sample.id,
  epoch: 1,
  candidate: {
    ...side,
    run: GATE.candidate.name,
    output: sample.vars['question'] ?? '',
    reason: sample.expected[0] ?? '',
  },
  baseline: { ...side, run: GATE.baseline.runIds[0] ?? '', output: 'plain' },
  expected: sample.expected,
}))

export const COMPARISON: ComparisonReport = {
  formatVersion: 1,
  simulated: true,
  confidence: 0.95,
  baseline: { run: GATE.baseline.runIds[0] ?? '', startedAt: '2025-01-15T10:00:00.000Z', dataset: 'qa', samples: 13 },
  candidates: [{ run: GATE.candidate.name, startedAt: '2025-01-16T10:00:00.000Z', dataset: 'qa', samples: 13 }],
  pairs: [
    {
      candidate: { run: GATE.candidate.name, model: HOSTILE_MODEL, prompt: PROMPT },
      baseline: { run: GATE.baseline.runIds[0] ?? '', model: HOSTILE_MODEL, prompt: PROMPT },
      trials: { both: 13, onlyCandidate: 0, onlyBaseline: 0 },
      metrics: [COMPARED],
      slices: [],
      sameAsPassRate: ['exact'],
      servedBy: { candidate: { models: {}, providers: {} }, baseline: { models: {}, providers: {} } },
      flips: { metric: 'pass_rate', wrong: 6, right: 1, listed: FLIPS },
      notes: [`another upstream: ${HOSTILE['mention']}`],
    },
  ],
  adjusted: { quality: { method: 'holm', comparisons: 1 }, slices: { method: 'holm', comparisons: 0 } },
  notes: [],
}

const GROUPS = [SMALL, HOSTILE_MODEL].map((model) => accumulatorOf(model, '', ROWS).finish())
const countOf = (of: (group: GroupSummary) => number): number => GROUPS.reduce((sum, group) => sum + of(group), 0)

const SUMMARY: Summary = {
  formatVersion: 1,
  runId: GATE.candidate.name,
  simulated: true,
  dataset: 'qa',
  provider: 'simulator',
  startedAt: '2025-01-16T10:00:00.000Z',
  wallMs: 12_346,
  planned: countOf(({ planned }) => planned),
  completed: countOf(({ completed: count }) => count),
  failed: countOf(({ failed: count }) => count),
  skipped: countOf(({ skipped }) => skipped),
  cachedAnswers: 0,
  cacheSavedUsd: '0',
  costUsd: '0.0001104',
  retryCostUsd: '0.002',
  judgeCostUsd: '0.0023',
  judgeCalls: 23,
  possiblyBilled: 6,
  outputTokensPerSecond: 4.212,
  pace: {
    refused: 3,
    pauses: 1,
    pausedMs: 1_500,
    timeline: [
      { atMs: 0, concurrency: 8, requestsPerMinute: null },
      { atMs: 2_000, concurrency: 7, requestsPerMinute: 2_850 },
    ],
  },
  confidence: 0.95,
  groups: GROUPS,
  slices: slices(),
  gate: GATE,
  notes: [`${HOSTILE_MODEL}: 1 of 11 answers without a score by rubric:polite, e.g.: ${HOSTILE['html']}`, 'plain note'],
}

const MANIFEST: Manifest = {
  formatVersion: 1,
  runId: GATE.candidate.name,
  startedAt: '2025-01-16T10:00:00.000Z',
  assayVersion: '0.1.0',
  nodeVersion: 'v20.20.0',
  gitCommit: '0123456789abcdef0123456789abcdef01234567',
  simulated: true,
  settings: { model: [SMALL, HOSTILE_MODEL], epochs: 1, failUnder: 0.8, slice: ['topic'] },
  dataset: { name: 'qa', format: 'csv', sha256: 'ab'.repeat(32), samples: SAMPLES.length, version: 'cd'.repeat(32) },
  prompts: [{ name: PROMPT, id: '0123456789ab', text: '{{question}}' }],
  provider: { name: 'simulator', baseUrl: 'simulator' },
  judges: { models: ['openai/gpt-4o-mini'], name: 'simulator', baseUrl: 'simulator' },
  embeddings: null,
  prices: [],
  scorers: ['exact', 'rubric:polite'],
  trials: ROWS.length,
  seed: 7,
  flags: { dataset: 'datasets/qa.csv', model: [SMALL, HOSTILE_MODEL] },
  baselineRuns: GATE.baseline.runIds,
  resumes: [],
  scorings: [],
}

/** With a gate, a comparison with flips, slices, failures, judges' reasons; and with what a test wants different. */
export function reportedRun(changes: Partial<ReportedRun> = {}): ReportedRun {
  return {
    summary: SUMMARY,
    manifest: MANIFEST,
    comparison: COMPARISON,
    scoreLabels: ['exact', 'rubric:polite'],
    keep: ['topic'],
    timings: true,
    rows: () => ROWS,
    messagesOf: ({ sample }) => [{ role: 'user', content: sample.vars['question'] ?? '' }],
    ...changes,
  }
}
