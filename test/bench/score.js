/**
 * How many answers a second do the scorers score? A table, or JSON for test/bench/self.js with `--json`; `--quick` measures for
 * a shorter time. Each row is the median of interleaved rounds beside a plain loop over the same answers, so that a slow machine
 * can be told from a slow program. The exit code is 1 below half of a floor: what is missing above that may be noise.
 */
import { exact } from '../../dist/score/exact.js'
import { rougeL } from '../../dist/score/rouge-l.js'

const quick = process.argv.includes('--quick')
const rounds = quick ? 3 : 9
const roundMs = quick ? 100 : 400

/** The same numbers in each run, 0 up to 1. */
let state = 1
function random() {
  state = (state * 1_103_515_245 + 12_345) % 2 ** 31
  return state / 2 ** 31
}

const facts = { finishReason: null, refusal: null, toolCalls: [], latencyMs: null, ttftMs: null, costUsd: null, completionTokens: null }
const inputOf = (output, expected) => ({ output, expected: [expected], vars: {}, messages: [], facts })

/** Short answers, all different, half of them right. */
function shortAnswers(count) {
  return Array.from({ length: count }, (_, index) => {
    const expected = `answer ${Math.floor(random() * 1e6)}`
    return index % 2 === 0 ? inputOf(`answer ${expected.slice(7)}`, expected) : inputOf(`other ${index}`, expected)
  })
}

/** Texts of 1,000 words, of which three in ten are not those expected. */
function longAnswers(count) {
  const words = Array.from({ length: 3_000 }, (_, index) => `w${index.toString(36)}`)
  const word = () => words[Math.floor(random() ** 2 * words.length)]
  return Array.from({ length: count }, () => {
    const expected = Array.from({ length: 1_000 }, word)
    return inputOf(expected.map((one) => (random() < 0.3 ? word() : one)).join(' '), expected.join(' '))
  })
}

/** The textbook's table, row by row, of the same words. */
function tableLength({ output, expected }) {
  const [one, other] = [output.toLowerCase().match(/[a-z0-9]+/g), expected[0].toLowerCase().match(/[a-z0-9]+/g)]
  let row = new Uint32Array(other.length + 1)
  for (const token of one) {
    const next = new Uint32Array(other.length + 1)
    for (let place = 1; place <= other.length; place += 1) {
      next[place] = token === other[place - 1] ? row[place - 1] + 1 : Math.max(row[place], next[place - 1])
    }
    row = next
  }
  return row[other.length]
}

/** Calls a second over the inputs, again and again for one round. */
function rate(inputs, call) {
  const startMs = performance.now()
  let calls = 0
  let elapsedMs = 0
  let sum = 0
  while (elapsedMs < roundMs) {
    for (const input of inputs) sum += call(input)
    calls += inputs.length
    elapsedMs = performance.now() - startMs
  }
  // The sum is looked at so that no call can be left out as useless.
  if (Number.isNaN(sum)) throw new Error('a score is no number')
  return (calls / elapsedMs) * 1_000
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]

function measure(what, floor, inputs, score, plainName, plain) {
  const measured = Array.from({ length: rounds + 1 }, () => ({
    ours: rate(inputs, (input) => {
      const { value, reason } = score(input)
      return value + reason.length
    }),
    plain: rate(inputs, plain),
  })).slice(1)
  return {
    what,
    floor,
    perSecond: median(measured.map((round) => round.ours)),
    plainName,
    plainPerSecond: median(measured.map((round) => round.plain)),
    ratio: median(measured.map((round) => round.ours / round.plain)),
  }
}

const rows = [
  measure('exact, short answers, half of them right', 1_000_000, shortAnswers(20_000), exact.create(), 'plain ===', ({ output, expected }) =>
    output === expected[0] ? 1 : 0,
  ),
  measure('rouge-l, 1,000 words against 1,000', 1_000, longAnswers(20), rougeL.create(), 'plain table', tableLength),
]

if (process.argv.includes('--json')) console.log(JSON.stringify(rows))
else {
  const count = (value) => Math.round(value).toLocaleString('en-US')
  console.log(`${'scorings per second'.padEnd(42)} ${'ours'.padStart(12)} ${'floor'.padStart(12)} ${'plain loop'.padStart(24)} ${'ratio'.padStart(8)}`)
  for (const { what, perSecond, floor, plainName, plainPerSecond, ratio } of rows) {
    const plain = `${plainName} ${count(plainPerSecond)}`
    console.log(`${what.padEnd(42)} ${count(perSecond).padStart(12)} ${count(floor).padStart(12)} ${plain.padStart(24)} ${ratio.toFixed(3).padStart(8)}`)
  }
  if (rows.some(({ perSecond, floor }) => perSecond < floor / 2)) {
    console.error('below half of a floor')
    process.exitCode = 1
  }
}
