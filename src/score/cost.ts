/** Did the answer cost little enough? */
import { UserError } from '../lib/errors.ts'
import { formatUsd, parseUsd, type Usd, ZERO_USD } from '../lib/usd.ts'
import { failed, passed, unscored } from './marks.ts'
import type { Scorer } from './types.ts'

function parseLimit(argument: string | undefined): Usd {
  const limit = argument === undefined ? undefined : parseUsd(argument.replace(/^\s*\$/, ''))
  if (limit !== undefined && limit >= ZERO_USD) return limit
  throw new UserError(
    `--scorer cost${argument === undefined ? ' needs a limit' : `:${argument}: "${argument}" is no amount`}. Expected US dollars ` +
      'for one answer, such as cost:0.001.',
  )
}

export const cost = {
  name: 'cost',
  group: 'answer',
  summary: 'The answer cost at most the US dollars of the argument.',
  details: `The cost is \`cost_usd\` of results.csv: that of the attempt that was answered, without earlier attempts. It is compared exactly, as a
decimal. An answer whose cost is not known, for example because the model has no price, is unscored.
promptfoo's \`cost(0.001)\` in a cell is this scorer.`,
  examples: [
    { argument: '0.001', output: 'Paris', facts: { costUsd: '0.001' }, score: { value: 1, pass: true } },
    { argument: '0.001', output: 'Paris', facts: { costUsd: '0.0010000001' }, score: { value: 0, pass: false } },
    { argument: '0.001', output: 'Paris', facts: { costUsd: null }, score: { value: null, pass: null } },
  ],
  argument: 'the most one answer may cost in US dollars, such as 0.001; it cannot be left out',
  needsExpected: false,
  promptfooTypes: { cost: '{number}' },
  create: (argument) => {
    const limit = parseLimit(argument)
    return ({ facts }) => {
      const spent = facts.costUsd === null ? undefined : parseUsd(facts.costUsd)
      if (spent === undefined) return unscored('the cost of this answer is not known')
      const text = `cost $${formatUsd(spent)}, at most $${formatUsd(limit)} asked for`
      return spent <= limit ? passed(text) : failed(text)
    }
  },
} as const satisfies Scorer
