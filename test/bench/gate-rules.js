/** The rules that nights are judged by: a night → its verdict and the share of rows that it took. The gate's own code, but for OBF. */
import { fixedResult } from '../../dist/gate/fixed.js'
import { SequentialWalk } from '../../dist/gate/sequential.js'
import { meanDifference } from '../../dist/stats/paired/difference.js'
import { tangoStatistic } from '../../dist/stats/paired/tango.js'
import { obfBoundaries } from '../../dist/stats/sequential/group-sequential.js'

const ROWS_PER_LOOK = 50

/** Values of a night as the gate pairs them: nothing is missing and no sample has a second epoch. */
function pairedValues({ baseline, candidate }, isBinary) {
  const samples = candidate.length
  const none = { missingCandidate: 0, missingBaseline: 0, missing: 0, onlyCandidate: 0, onlyBaseline: 0 }
  return { ...none, pairs: samples, samples, clusters: samples, baseline, candidate, clusterOf: null, isBinary }
}

/** Is any drop proven when all rows are in? McNemar's test for pass and fail, else the paired t test. */
export function fixedAlarm(night, { margin, alpha }, isBinary) {
  const metric = { name: 'pass_rate', kind: 'quality', margin }
  const { pRegression } = fixedResult(pairedValues(night, isBinary), metric, { alpha, alarmOn: 'any-drop', label: 'bench' })
  return pRegression < alpha
}

/** The gate that looks after every row, told of the rows one by one as dispatch tells it. */
export function anytime({ baseline, candidate }, { margin, alpha, alarmOn }) {
  const samples = candidate.length
  const metrics = [{ name: 'pass_rate', kind: 'quality', margin }]
  // The rows of a baseline are asked for the value of a row alone.
  const rows = { value: (_column, row) => baseline[row] }
  const places = Int32Array.from({ length: samples }, (_, place) => place)
  const walk = new SequentialWalk({ samples, epochs: 1, clusterOf: null }, rows, places, { metrics, alpha, alarmOn, family: 1 })
  for (let place = 0; place < samples && !walk.isDecided; place++) walk.settle(place, 1, { pass_rate: candidate[place] })
  const [{ process }] = walk.results()
  return { verdict: process.verdict ?? 'INCONCLUSIVE', share: process.units / samples }
}

/** O'Brien-Fleming spending every 50 rows: any drop against "worse by the margin", each at α. */
export function groupSequential(rows, alpha) {
  const looks = Array.from({ length: Math.floor(rows / ROWS_PER_LOOK) }, (_, look) => (look + 1) * ROWS_PER_LOOK)
  const bounds = obfBoundaries(looks.map((look) => look / rows), alpha)
  return ({ baseline, candidate }, margin, isBinary) => {
    const differences = candidate.map((value, row) => value - baseline[row])
    for (const [look, n] of looks.entries()) {
      const { fail, pass } = isBinary ? scoreStatistics(differences, n, margin) : studentStatistics(differences, n, margin)
      if (fail >= bounds[look]) return { verdict: 'REGRESSION', share: n / rows }
      if (pass >= bounds[look]) return { verdict: 'PASS', share: n / rows }
    }
    return { verdict: 'INCONCLUSIVE', share: 1 }
  }
}

function scoreStatistics(differences, n, margin) {
  let [wins, losses] = [0, 0]
  for (let row = 0; row < n; row++) {
    if (differences[row] > 0) wins += 1
    if (differences[row] < 0) losses += 1
  }
  const fail = wins + losses === 0 ? 0 : (losses - wins) / Math.sqrt(wins + losses)
  return { fail, pass: tangoStatistic(wins, losses, n, -margin) }
}

function studentStatistics(differences, n, margin) {
  const { mean, standardError } = meanDifference(differences.subarray(0, n), null)
  return { fail: (0 - mean) / standardError, pass: (mean + margin) / standardError }
}
