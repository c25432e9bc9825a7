/** docs/verdict.md: how to read a verdict. Every sentence shown is printed by the gate itself, from rows made here. */
import { judge } from '../dist/gate/gate.js'
import { Rows } from '../dist/gate/rows.js'
import { verdictLines } from '../dist/report/verdict.js'

const FACTS = {
  simulated: false,
  provider: { name: 'openrouter', baseUrl: '' },
  dataset: { name: 'qa', format: 'csv', sha256: null, samples: 0, version: 'v1' },
  prompts: [{ name: 'question', id: 'p' }],
  scoring: { pass: 1, at: '', key: 'k', scorers: ['exact'], judges: [] },
  judges: null,
  embeddings: null,
  seed: 0,
  epochs: 1,
  clusterColumn: null,
}

/** A run of one model whose row i comes to `valuesOf(i)`; undefined: it was never asked. */
function side(name, count, valuesOf) {
  const rows = new Rows({ model: 'mistralai/mistral-small', prompt: 'question' })
  for (let row = 0; row < count; row++) {
    const values = valuesOf(row)
    if (values !== undefined) rows.set({ key: keyOf(row), order: row / count, cluster: null, values })
  }
  const runIds = name === 'nightly' ? ['1', '2', '3', '4', '5'] : [name]
  return {
    facts: { ...FACTS, name, runIds, startedAt: '2026-01-01T00:00:00.000Z', planned: count },
    groups: [{ rows, servedBy: { models: {}, providers: {} } }],
  }
}

function keyOf(row) {
  return row.toString(16).padStart(32, '0')
}

/** The verdict on `count` rows of which the baseline fails one in ten, `wrong(i)` says what the new run fails. */
function printed(count, wrong, changes = {}, asked = count) {
  const design = {
    metrics: [{ name: 'pass_rate', kind: 'quality', margin: 0.05 }],
    alpha: 0.05,
    alarmOn: 'over-margin',
    sequential: false,
    seed: 0,
    ...changes,
  }
  const baseline = side('nightly', count, (row) => ({ pass_rate: row % 10 === 0 ? 0 : 1, failures: 0, cost: 0.001 }))
  const candidate = side('tonight', count, (row) =>
    row < asked ? { pass_rate: wrong(row) ? 0 : 1, failures: 0, cost: 0.001 } : undefined,
  )
  const planned = {
    samples: count,
    epochs: 1,
    clusterOf: null,
    rowsOf: (sides) => sides.map((one) => Int32Array.from({ length: count }, (_, row) => one.rowOf(keyOf(row)) ?? -1)),
  }
  return judge({ candidate, baseline, design, planned })
}

/** What stands on the screen below the name of the run. */
function quoted(report, pick = (lines) => lines.slice(1, 2)) {
  return ['```', ...pick(verdictLines(report)).map((line) => line.trim()), '```'].join('\n')
}

export function verdictPage() {
  const same = printed(1_000, (row) => row % 10 === 0 || row % 125 === 1)
  const worse = printed(1_000, (row) => row % 10 === 0 || row % 8 === 1)
  const between = printed(1_000, (row) => row % 10 === 0 || row % 23 === 1)
  const few = printed(60, (row) => row % 10 === 0 || row === 7)
  const small = printed(1_000, (row) => row % 10 === 0 || row % 60 === 1)
  const anyDrop = printed(1_000, (row) => row % 10 === 0 || row % 60 === 1, { alarmOn: 'any-drop' })
  const early = printed(1_000, (row) => row % 10 === 0, { sequential: true }, 97)
  return `<!-- Made by \`npm run docs\`: the sentences shown are printed by the gate itself. -->

# How to read a verdict

You have changed a prompt, a model or a setting, or a provider has changed something under you. You ask the same questions
again and want to know: **is it worse?**

\`\`\`
assay eval --dataset qa.csv --baseline nightly --max-drop 0.05
\`\`\`

\`--baseline\` names the run to compare with, \`--max-drop\` how much worse you would still put up with: here five points of
the pass rate. That number is yours to choose: it is a decision about your product and not about statistics.

## Why not just look at the two numbers?

Ask a model the same 1,000 questions twice and it will answer some of them differently: right the first time, wrong the second, and the other
way round. The pass rate moves by a point or two though nothing has changed. A rule such as "alarm when it falls by more than one
point" therefore rings on about every fifth night on which nothing is wrong (measured, see [the gate's own tests](calibrate-gate.md)), and people stop listening.

Assay compares the answers row by row and says one of three things.

## PASS: not worse by as much as you said

${quoted(same)}

The new run may be better or a little worse; a drop of five points or more is ruled out. The brackets are the
differences that fit what was seen: all of them are above −5. If the truth were a drop of five points or more, a
sentence like this would appear in at most 5 % of runs (\`--alpha\`). The exit code is 0.

A small drop may hide in a PASS, and where one is proven the sentence says so, as it does here. If you do not want that, choose a smaller \`--max-drop\`, and ask more questions.

## REGRESSION: worse by more than you said

${quoted(worse)}

Even the most favourable difference that fits what was seen is beyond five points. When the true drop is within your margin, this appears in at
most 5 % of runs. The exit code is 1. \`assay compare\` lists the answers that went wrong, with both of them.

## INCONCLUSIVE: it cannot be told from these rows

${quoted(between)}

The brackets reach across −5: the drop may be smaller or larger than your margin. This is not a pass. The exit code is 5, which a job can
treat as it likes: \`--inconclusive pass\`, \`fail\`, or \`fail-on-drop\` for 1 where some drop is proven and else 0 with a warning, as in the
[nightly job](nightly.md). The sentence goes on with what to do:

- **Is any drop proven?** Here one is: the question is only whether it is more than five points. Look at the rows.
- **How many rows would settle it?** If the difference is what it looks like. "So near the margin that no number of rows would settle it" means
  what it says: choose another margin, or live with not knowing.
- **What could have been seen?** The true drop that would be a REGRESSION on four runs in five with this many rows. If you cannot put up with that, the dataset is too small for the question.

With few rows nearly everything is INCONCLUSIVE:

${quoted(few)}

\`assay plan --max-drop 0.05\` tells beforehand how many rows a margin needs; \`assay calibrate-gate\` tells it for your own data.

## The sharper form: any drop at all

A drop of one or two points is tolerated above. With \`--alarm-on any-drop\` it is not: REGRESSION then means that *some* drop is
proven, however small. On the same rows, first without and then with it:

${quoted(small)}

${quoted(anyDrop)}

When nothing has dropped it appears in at most 5 % of runs. The sentence names the form, so that one can tell which question was answered.

## Stopping when the answer is known

With \`--sequential\` the gate looks after every row and stops the run as soon as it has its verdict:

${quoted(early, (lines) => lines.slice(1, 3))}

Looking again and again at an ordinary test until it says what one hopes is how false alarms are made. These numbers are made in another way (e-processes): they hold
whenever one stops, which makes the brackets wider. The order of the rows is fixed before the first answer, so that fast answers do not
decide. Rows that were on their way when the verdict fell are in the reports, and not in the verdict.

A run that was stopped early is no baseline for others, and [the history](history.md) does not chart it: let one night a week run to its end.
Which rules stop a run is fixed before its first answer: \`--resume\` goes on with the same margin and the same baseline, or not at all.

## What else stands there

| words | meaning |
| --- | --- |
| \`1,000 pairs\` | rows that both runs have a score for; only these are compared |
| \`90 %\` | how often brackets made in this way hold the true difference; one error level (5 %) on each side |
| \`tango\`, \`paired t\`, \`e-process\` … | how they were made; the [measured accuracy](accuracy.md) of each |
| \`50 values missing\` | answers that failed: above 2 % PASS has to hold even if all of them were wrong |
| \`over all 4 comparisons\` | several metrics or models: the more one looks at, the more would ring by chance; REGRESSION is corrected for that, PASS takes all of them |
| \`the baseline is 1 run\` | its own luck is in every comparison: pool five or more with [\`assay baseline accept\`](baseline.md) |
| \`other served models\` | somebody else answered than at the time of the baseline |

## What the gate refuses

Other questions than the baseline's, other scorers or judges, simulated answers against real ones, nothing in common, a missing
baseline: an error with exit code 2 before anything is asked, never a PASS. Where every answer fails or none can be scored
there is no verdict, whatever \`--inconclusive\` says.

Good numbers are not enough either: a run that was broken off before all its rows were asked is INCONCLUSIVE (unless it is looked at row by row),
since whoever stops when it looks well would always pass; so is a run whose answers are copies of the baseline's own, from the cache or a replay.

## Beyond the pass rate

\`--metric\` may be given several times, each with a margin of its own:

\`\`\`
assay gate latest --baseline nightly --metric pass_rate=0.02 --metric failures=1% --metric cost=10% --metric latency_p95=20%
\`\`\`

| metric | its margin |
| --- | --- |
| \`pass_rate\` | points of the share that passes |
| \`score:<label>\` | points of a scorer's mean, for graded scores |
| \`failures\` | points of the share of trials that failed |
| \`cost\`, \`tokens\` | rise of the mean per answer, as a share of the baseline's |
| \`latency_p50\`, \`latency_p95\` | rise of the percentile, as a share of the baseline's |

\`--sequential\` takes those with values between 0 and 1: the first three. Percentiles need two runs of one epoch each, and at least ten rows
beyond them: 200 for the 95th.
`
}
