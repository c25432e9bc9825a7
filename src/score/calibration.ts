/** Does the model know what it knows? */
import { UserError } from '../lib/errors.ts'
import { choice } from './choice.ts'
import { exact } from './exact.ts'
import { f1 } from './f1.ts'
import { includes } from './includes.ts'
import { oneLine } from '../lib/text.ts'
import { formatShare, unscored } from './marks.ts'
import { reliabilityMetric } from './metric/reliability.ts'
import { numeric } from './numeric.ts'
import { statedConfidence } from './structure/stated-confidence.ts'
import type { Score, ScoreFunction, ScoreInput, Scorer } from './types.ts'

/** Scorers that may say whether the answer is right: those that judge at once and ask nobody. */
const INNER: ReadonlyMap<string, Scorer> = new Map(
  [exact, includes, numeric, choice, f1].map((inner) => [inner.name, inner]),
)

/** The scorer behind the colon, with its own argument behind the next one. */
function innerOf(argument: string | undefined): { readonly scorer: Scorer; readonly argument: string | undefined } {
  const [name = '', ...rest] = (argument ?? exact.name).split(':')
  const scorer = INNER.get(name.trim())
  if (scorer !== undefined) return { scorer, argument: rest.length === 0 ? undefined : rest.join(':') }
  throw new UserError(
    `--scorer calibration:${argument}: "${name}" cannot say whether an answer is right. Expected one of the scorers that ask no ` +
      `model: ${Array.from(INNER.keys()).join(', ')}; for example calibration:${numeric.name}:1%.`,
  )
}

function scoreStated(input: ScoreInput, judge: (answer: string) => ReturnType<ScoreFunction>): Score {
  const stated = statedConfidence(input.output)
  if (stated === undefined) return unscored('the answer states no probability')
  const { probability, answer } = stated
  const inner = judge(answer)
  if ('then' in inner) return unscored('the inner scorer gave no score at once')
  if (inner.pass === null) return inner
  const right = inner.pass ? 1 : 0
  return {
    value: 1 - (probability - right) ** 2,
    pass: inner.pass,
    reason: oneLine(`${inner.pass ? 'right' : 'wrong'} with confidence ${formatShare(probability)}: ${inner.reason}`),
    observation: [probability, right],
  }
}

export const calibration = {
  name: 'calibration',
  group: 'numbers',
  summary:
    'The answer without its stated probability is right; the run gets Brier score, calibration error and a reliability table.',
  details: `For prompts that ask the model how sure it is. The last stated probability counts: \`Confidence: 85%\`, \`probability 0.7\`, \`8/10 certainty\`,
\`90% sure\`, or a JSON member \`confidence\`, \`probability\` or \`certainty\`. A number above 1 without a unit is a percentage. The statement is
taken off, and the rest is scored by the scorer of the argument (\`exact\` unless given); of a JSON answer, the rest is its member \`answer\`,
\`label\`, \`result\` or the like, or the only member that is left.

The value is 1 − (p − right)², right being 1 or 0: 1 minus the Brier score of one answer. An answer passes when it is right, whatever its
probability; one without a probability is unscored.

Over a run: Brier score, expected and maximum calibration error, mean confidence, accuracy, overconfidence, and a reliability table. The
bins are 10 of equal width, (lo, hi] as in Guo et al. 2017, "On Calibration of Modern Neural Networks"; 0 is in the first one, which in their
code is in none. Tested against scikit-learn's \`brier_score_loss\` and a numpy version of their code. Calibration error depends on the number of
bins, and with few answers it is too high even for a perfect model: compare runs with as many answers.`,
  examples: [
    { output: 'Paris\nConfidence: 80%', expected: ['Paris'], score: { value: 0.96, pass: true } },
    { output: 'Lyon (probability 0.9)', expected: ['Paris'], score: { value: 0.19, pass: false } },
    {
      argument: 'numeric:1%',
      output: '{"answer": 42, "confidence": 1}',
      expected: ['42.1'],
      score: { value: 1, pass: true },
    },
    { output: 'Paris', expected: ['Paris'], score: { value: null, pass: null } },
  ],
  argument: `the scorer that says whether the answer is right, with its own argument: one of ${Array.from(INNER.keys()).join(', ')}; exact unless given`,
  needsExpected: true,
  metric: reliabilityMetric,
  create: (argument) => {
    const inner = innerOf(argument)
    const score = inner.scorer.create(inner.argument)
    return (input, judges) => scoreStated(input, (output) => score({ ...input, output }, judges))
  },
  checkSample: (sample, argument) => {
    const inner = innerOf(argument)
    return inner.scorer.checkSample?.(sample, inner.argument)
  },
} as const satisfies Scorer
