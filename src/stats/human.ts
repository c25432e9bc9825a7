/** What did a person say of an output? */

/** As errors name them. */
export const HUMAN_WORDS = 'true or false, pass or fail, yes or no, correct or incorrect, right or wrong, 1 or 0'

const PASS = new Set(['true', 'pass', 'passed', 'yes', 'correct', 'right', '1'])
const FAIL = new Set(['false', 'fail', 'failed', 'no', 'incorrect', 'wrong', '0'])

/** Whether a person let the output pass; null for an empty cell, which is no verdict; undefined for any other word. */
export function parseHuman(cell: string): boolean | null | undefined {
  const word = cell.trim().toLowerCase()
  if (word === '') return null
  if (PASS.has(word)) return true
  return FAIL.has(word) ? false : undefined
}
