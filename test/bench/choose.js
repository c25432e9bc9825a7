/**
 * `npm run bench:choose`: does `assay choose` pick the cheapest good model, and what does it save? 200 runs in process, each with
 * questions and luck of its own: the real rule, fed by the simulator's real oracle. Five models of skill 0.92, 0.91, 0.92, 0.75
 * and 0.60 at prices of 10 : 5 : 1 : 1 : 0.5, margin 0.05, 2,000 rows: the third is the right answer. `--quick` makes 20 runs.
 * Ends with 1 when fewer than 95 % of the picks are right, or when half of the full grid's calls or more are sent.
 */
import { ChooseRule } from '../../dist/gate/choose/rule.js'
import { dispatchOrder, orderKey } from '../../dist/dataset/select.js'
import { createOracle, messageHash } from '../../dist/simulator/oracle.js'
import { completionTokens, promptTokens } from '../../dist/simulator/tokens.js'
import { trialsInOrder } from '../../dist/plan/trials.js'

const quick = process.argv.includes('--quick')
const RUNS = quick ? 20 : 200
const ROWS = 2_000
const RIGHT_SHARE = 0.95
const CALL_SHARE = 0.5
const MODELS = [
  { model: 'maker/large', skill: 0.92, price: 10 },
  { model: 'maker/medium', skill: 0.91, price: 5 },
  { model: 'other/small', skill: 0.92, price: 1 },
  { model: 'other/old', skill: 0.75, price: 1 },
  { model: 'other/tiny', skill: 0.6, price: 0.5 },
]
const RIGHT = 2
/** Trials that dispatch has taken up when an answer settles, at its default concurrency: 2 × 8 + 64. */
const LOOK_AHEAD = 80

const design = {
  contenders: MODELS.map(({ model, price }) => ({ model, prompt: 'prompt', listPriceUsd: 2 * price })),
  reference: null,
  margin: 0.05,
  alpha: 0.05,
  metric: 'pass_rate',
  seed: 0,
}

/** The questions of one run, and the oracle that knows their answers. */
function questionsOf(seed) {
  const oracle = createOracle({ skills: Object.fromEntries(MODELS.map(({ model, skill }) => [model, skill])) })
  const prompts = Array.from({ length: ROWS }, (_, row) => [{ role: 'user', content: `Question ${row} of set ${seed}?` }])
  for (const [row, messages] of prompts.entries()) oracle.register(messageHash(messages), `Answer ${row}`)
  return { oracle, prompts }
}

/** One run from its first trial to its answer. */
function run(seed) {
  const { oracle, prompts } = questionsOf(seed)
  const shape = { samples: ROWS, prompts: 1, models: MODELS.length, epochs: 1 }
  const order = dispatchOrder({ length: ROWS, at: (row) => orderKey(seed, `q${row}`) })
  const rule = new ChooseRule(design, { order, shape })
  const open = []
  let calls = 0
  let over = false
  const settle = (trial) => {
    const { model, price } = MODELS[trial.modelIndex]
    const messages = prompts[trial.sampleIndex]
    const { text, correct } = oracle.answer(model, messages, seed + 1)
    const costUsd = String((price * (promptTokens(messages) + completionTokens(text))) / 1e6)
    over = rule.settled(trial, { passed: correct, scores: {}, costUsd, latencyUs: 1_000 })
  }
  for (const trial of trialsInOrder(order, shape)) {
    if (over) break
    if (!rule.wants(trial)) continue
    calls += 1
    open.push(trial)
    if (open.length >= LOOK_AHEAD) settle(open.shift())
  }
  // What is open when the answer is known was sent all the same.
  for (const trial of open) settle(trial)
  return { pick: rule.chosen, rows: rule.rowsUsed, calls }
}

const started = performance.now()
const runs = Array.from({ length: RUNS }, (_, seed) => run(seed))
const right = runs.filter(({ pick }) => pick === RIGHT).length
const open = runs.filter(({ pick }) => pick === null).length
const meanOf = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length
const callShare = meanOf(runs.map(({ calls }) => calls)) / (ROWS * MODELS.length)
const shown = (share) => `${(share * 100).toFixed(1)} %`
console.log(`${RUNS} runs of ${MODELS.length} models × ${ROWS} rows, margin ${design.margin}, α ${design.alpha}`)
for (const [index, { model, skill, price }] of MODELS.entries()) {
  const picks = runs.filter(({ pick }) => pick === index).length
  console.log(`  ${model.padEnd(14)} skill ${skill.toFixed(2)} price ${String(price).padStart(4)}: picked ${picks}${index === RIGHT ? ' (right)' : ''}`)
}
console.log(`right picks       ${shown(right / RUNS)}   at least ${shown(RIGHT_SHARE)}`)
console.log(`wrong picks       ${shown((RUNS - right - open) / RUNS)}`)
console.log(`no pick           ${shown(open / RUNS)}`)
console.log(`mean share of calls ${shown(callShare)} of the full grid, less than ${shown(CALL_SHARE)}; mean rows used ${Math.round(meanOf(runs.map(({ rows }) => rows)))} of ${ROWS}`)
console.log(`${((performance.now() - started) / 1_000).toFixed(1)} s`)
process.exitCode = right / RUNS >= RIGHT_SHARE && callShare < CALL_SHARE ? 0 : 1
