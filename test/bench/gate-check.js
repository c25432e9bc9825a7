/** Is what was measured what was published, within the error of counting? */

/** Published figures have three decimals: 0.000 stands for less than 0.0005. */
const ROUNDING = 0.0005

/** 3 standard errors of the difference of two shares over so many repetitions each, and the rounding of the published one. */
export function tolerance(published, publishedRepetitions, repetitions) {
  const p = Math.min(1 - ROUNDING, Math.max(ROUNDING, published))
  return 3 * Math.sqrt(p * (1 - p) * (1 / publishedRepetitions + 1 / repetitions)) + ROUNDING
}

/** A share that is promised to be at most `limit`, with 3 standard errors for counting it. */
export function promisedAtMost(limit, repetitions) {
  return limit + 3 * Math.sqrt((limit * (1 - limit)) / repetitions)
}

/** Counts verdicts and rows of one rule over nights. */
export class Tally {
  #nights = 0
  #rows = 0
  #counts = { REGRESSION: 0, PASS: 0, INCONCLUSIVE: 0 }

  add({ verdict, share }) {
    this.#nights += 1
    this.#rows += share
    this.#counts[verdict] += 1
  }

  get shares() {
    const { REGRESSION, PASS, INCONCLUSIVE } = this.#counts
    return { regression: REGRESSION / this.#nights, pass: PASS / this.#nights, inconclusive: INCONCLUSIVE / this.#nights, rows: this.#rows / this.#nights }
  }
}

/** Prints figures and promises line by line, and knows how many did not hold. */
export class Scoreboard {
  figures = 0
  off = 0
  broken = 0

  /** "0.043 (0.041 ±0.014 OK)" for each name. */
  compare(title, measured, published, { publishedRepetitions, repetitions }) {
    const cells = Object.entries(published).map(([name, expected]) => {
      const allowed = tolerance(expected, publishedRepetitions, repetitions)
      const isOff = Math.abs(measured[name] - expected) > allowed
      this.figures += 1
      if (isOff) this.off += 1
      return `${name} ${measured[name].toFixed(3)} (${expected.toFixed(3)} ±${allowed.toFixed(3)} ${isOff ? 'OFF' : 'OK'})`
    })
    console.log(`  ${title.padEnd(13)}${cells.join('  ')}`)
  }

  /** What has to hold whatever the tables say. */
  promise(title, measured, limit, unit = '') {
    const isBroken = !(measured <= limit)
    if (isBroken) this.broken += 1
    console.log(`  ${title}: ${measured.toFixed(4)}${unit}, at most ${limit.toFixed(4)} ${isBroken ? 'BROKEN' : 'OK'}`)
  }
}
