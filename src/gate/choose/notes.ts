/** What has a reader to know of the contenders before acting on the choice? */
import type { ChooseRule } from './rule.ts'

/** Share of the trials of a contender from which a reader is told that they have no score. */
const MANY_MISSING = 0.02

export function choiceNotes(rule: ChooseRule): string[] {
  return rule.design.contenders.flatMap((_one, contender) =>
    [missingNote(contender, rule), costNote(contender, rule)].filter((note) => note !== null),
  )
}

function missingNote(contender: number, rule: ChooseRule): string | null {
  const asked = rule.rowsOf(contender) * rule.trials.epochs
  const missing = missingOf(contender, rule)
  if (missing <= MANY_MISSING * asked) return null
  return (
    `${modelOf(contender, rule)}: ${missing} of ${asked} trials have no score; each counts as the worst that it could be, ` +
    'against accepting and against dropping'
  )
}

function costNote(contender: number, rule: ChooseRule): string | null {
  if (rule.rowsOf(contender) === 0 || !Number.isNaN(rule.costOf(contender))) return null
  const price = rule.design.contenders[contender]?.listPriceUsd ?? null
  return `${modelOf(contender, rule)}: no answer has a known cost; ${price === null ? 'taken for the dearest, since its price is unknown too' : 'all are ranked by their list prices'}`
}

/** Trials without a score among the rows that were used. */
export function missingOf(contender: number, rule: ChooseRule): number {
  let missing = 0
  for (let row = 0; row < rule.rowsOf(contender); row++) missing += rule.trials.missing(row, contender)
  return missing
}

function modelOf(contender: number, { design }: ChooseRule): string {
  return design.contenders[contender]?.model ?? ''
}
