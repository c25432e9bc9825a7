/**
 * `npm run bench:gate`: does the gate keep its word? Thousands of nights whose true drop is known, through the gate's own code,
 * next to the figures of statistics.md 11.7 and 11.9; then nights of the simulator against itself, in process and through the
 * whole program. `--quick` takes fewer nights, with the tolerances that follow; `--cli n` says how many go through the program.
 * Ends with 1 when a figure is further from the published one than counting explains, or a promised error level is exceeded.
 */
import { nightInProcess, nightsThroughProgram, ROWS } from './gate-aa.js'
import { FIRST_TABLE, FORMS_TABLE, OTHER_SETTINGS, REPETITIONS } from './gate-published.js'
import { promisedAtMost, Scoreboard, Tally } from './gate-check.js'
import { nightsOf } from './gate-nights.js'
import { anytime, fixedAlarm, groupSequential } from './gate-rules.js'

const quick = process.argv.includes('--quick')
const cliAt = process.argv.indexOf('--cli')
const cliNights = cliAt < 0 ? (quick ? 2 : 20) : Number(process.argv[cliAt + 1])
const aaNights = quick ? 100 : 400
const ALPHA = 0.05
/** Of the rows, in the mean over A/A nights. */
const MOST_ROWS_USED = 0.45
const board = new Scoreboard()

/** Nights of one line; each rule sees the same ones. */
function* nights(line, repetitions, table) {
  const night = nightsOf(line, `bench|${table}|${line.rows}|${line.margin}|${line.baselineRuns ?? 1}|${line.drop}`)
  for (let repetition = 0; repetition < repetitions; repetition++) yield night()
}

/** A line of 11.7: fixed tests, the sequential gate alarmed by any drop, and O'Brien-Fleming. */
function anyDropLine(line, repetitions) {
  const { rows, margin, baselineRuns = 1 } = line
  const isBinary = baselineRuns === 1
  const [sequential, obf] = [new Tally(), new Tally()]
  const alarms = Object.fromEntries(Object.keys(line.fixed).map((test) => [test, 0]))
  const judgeByLooks = groupSequential(rows, ALPHA)
  for (const night of nights(line, repetitions, '11.7')) {
    for (const test of Object.keys(line.fixed)) {
      if (fixedAlarm(night, { margin, alpha: ALPHA }, test === 'mcnemar')) alarms[test] += 1 / repetitions
    }
    sequential.add(anytime(night, { margin, alpha: ALPHA, alarmOn: 'any-drop' }))
    obf.add(judgeByLooks(night, margin, isBinary))
  }
  console.log(`${line.name === undefined ? '' : `${line.name}, `}${rows} rows, margin ${margin}, true drop ${line.drop}`)
  const counts = { publishedRepetitions: REPETITIONS.first, repetitions }
  board.compare('fixed', alarms, line.fixed, counts)
  board.compare('anytime', sequential.shares, line.anytime, counts)
  board.compare('OBF', obf.shares, line.obf, counts)
  promiseFixed(line, alarms, repetitions)
  promiseAnyDrop(line, sequential.shares, repetitions)
}

function promiseFixed({ drop }, alarms, repetitions) {
  if (drop > 0) return
  for (const [test, share] of Object.entries(alarms)) board.promise(`fixed ${test}: REGRESSION of an unchanged model`, share, promisedAtMost(ALPHA, repetitions))
}

function promiseAnyDrop({ drop, margin }, { regression, pass }, repetitions) {
  if (drop === 0) board.promise('any-drop: REGRESSION of an unchanged model', regression, promisedAtMost(ALPHA, repetitions))
  if (drop >= margin) board.promise('any-drop: PASS at a drop of the margin or more', pass, promisedAtMost(ALPHA, repetitions))
}

/** A line of 11.9: both forms of the sequential gate in the same nights. */
function formsLine(line, repetitions) {
  const { rows, margin, drop } = line
  const [anyDrop, overMargin] = [new Tally(), new Tally()]
  for (const night of nights(line, repetitions, '11.9')) {
    anyDrop.add(anytime(night, { margin, alpha: ALPHA, alarmOn: 'any-drop' }))
    overMargin.add(anytime(night, { margin, alpha: ALPHA, alarmOn: 'over-margin' }))
  }
  console.log(`${rows} rows, margin ${margin}, true drop ${drop}`)
  const counts = { publishedRepetitions: REPETITIONS.forms, repetitions }
  board.compare('any-drop', anyDrop.shares, line.anyDrop, counts)
  board.compare('over-margin', overMargin.shares, line.overMargin, counts)
  const { regression, pass } = overMargin.shares
  promiseAnyDrop(line, anyDrop.shares, repetitions)
  if (drop <= margin) board.promise('over-margin: REGRESSION at a drop within the margin', regression, promisedAtMost(ALPHA, repetitions))
  if (drop >= margin) board.promise('over-margin: PASS at a drop of the margin or more', pass, promisedAtMost(ALPHA, repetitions))
}

/** Nothing has changed: false alarms are rare, and most rows are never asked. */
function promiseUnchanged(tally, count) {
  const { regression, pass, inconclusive, rows } = tally.shares
  console.log(`  PASS ${pass.toFixed(3)}, INCONCLUSIVE ${inconclusive.toFixed(3)}`)
  board.promise('REGRESSION', regression, promisedAtMost(ALPHA, count))
  board.promise('mean share of rows used', rows, MOST_ROWS_USED)
}

async function* numbered(items) {
  let number = 0
  for await (const item of items) yield [number++, item]
}

const scale = quick ? 0.1 : 1
console.log('\n11.7, REGRESSION on any drop')
for (const line of FIRST_TABLE) anyDropLine({ rows: 1_000, margin: 0.05, ...line }, REPETITIONS.first * scale)
console.log('\n11.7, other settings')
for (const line of OTHER_SETTINGS) anyDropLine(line, REPETITIONS.first * scale)
console.log('\n11.9, both forms')
for (const line of FORMS_TABLE) formsLine(line, REPETITIONS.forms * scale)

console.log(`\nA/A: ${aaNights} nights of ${ROWS} rows at skill 0.90, margin 0.1, in process`)
const inProcess = new Tally()
for (let night = 0; night < aaNights; night++) inProcess.add(nightInProcess(night, ALPHA))
promiseUnchanged(inProcess, aaNights)

if (cliNights > 0) {
  console.log(`\nA/A: the first ${cliNights} of these nights through the whole program`)
  const throughProgram = new Tally()
  let [sent, others] = [0, 0]
  for await (const [night, end] of numbered(nightsThroughProgram(cliNights, ALPHA))) {
    const expected = nightInProcess(night, ALPHA)
    if (end.verdict !== expected.verdict || end.share !== expected.share) others += 1
    throughProgram.add(end)
    sent += end.sent / cliNights
  }
  promiseUnchanged(throughProgram, cliNights)
  console.log(`  mean share of rows sent, with those in flight at the stop: ${sent.toFixed(4)}`)
  board.promise('nights that end otherwise than in process', others, 0)
}

console.log(`\n${board.figures} figures, ${board.off} off; promises broken: ${board.broken}`)
process.exitCode = board.off + board.broken === 0 ? 0 : 1
