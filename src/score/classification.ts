/** Did the model choose the right label? */
import { failed, NO_EXPECTED, passed, quote, quoteAny, unscored } from './marks.ts'
import { confusionMetric } from './metric/confusion.ts'
import { listedLabel, looseLabel, MAX_LABELS, NO_LABEL, normaliseLabel, parseLabels } from './structure/labels.ts'
import type { Score, Scorer } from './types.ts'

type Labels = ReadonlyMap<string, string> | undefined

function labelsOf(argument: string | undefined): Labels {
  return argument === undefined ? undefined : parseLabels('classification', argument)
}

/** A right answer that is none of the labels. */
function unlisted(expected: readonly string[], labels: Labels): string | undefined {
  return expected.find((text) => {
    const form = normaliseLabel(text)
    return form === '' || (labels !== undefined && !labels.has(form))
  })
}

function scoreLabel(output: string, expected: readonly string[], labels: Labels): Score {
  if (expected.length === 0) return NO_EXPECTED
  const bad = unlisted(expected, labels)
  if (bad !== undefined) return unscored(`the expected answer ${quote(bad)} is none of the labels`)
  const forms = expected.map(normaliseLabel)
  const found = labels === undefined ? looseLabel(output) : listedLabel(output, labels)
  const wanted = forms.includes(found) ? found : (forms[0] ?? '')
  const shown = (form: string): string => labels?.get(form) ?? form
  const score = reasoned(found, wanted, expected, shown(found))
  return { ...score, observation: [shown(wanted), shown(found)] }
}

function reasoned(found: string, wanted: string, expected: readonly string[], shown: string): Score {
  if (found === wanted) return passed(`labelled ${quote(shown)}`)
  if (found === NO_LABEL) return failed(`no single label in the answer, expected ${quoteAny(expected)}`)
  return failed(`labelled ${quote(shown)}, expected ${quoteAny(expected)}`)
}

export const classification = {
  name: 'classification',
  group: 'numbers',
  summary: 'The answer gives the expected label, and the run gets a confusion matrix, macro-F1 and the like.',
  details: `With the labels listed, \`classification:positive,negative,neutral\`, the label of an answer is

1. the whole answer when it is a label;
2. else the one label on the line behind the last \`label:\`, \`answer:\`, \`class:\` or \`category:\` (\`=\` and "is" do as well);
3. else the one label that the answer mentions at all, however often.

An answer that mentions several labels, or one only as "not positive", gives \`(none)\`. Case, punctuation and white space do not count: \`Not_relevant\`
is \`not relevant\`, and the longest label is looked for first. Without a list, the label is what stands behind the marker of step 2, else the
whole answer, when it has at most 40 characters; so list the labels where models talk.

Over a run, with each answer's expected and predicted label: accuracy, balanced accuracy, macro precision, macro-, micro- and weighted F1, Cohen's
kappa, the Matthews correlation coefficient, and a table with the confusion matrix (rows are expected, columns predicted), support, precision, recall
and F1 of each class. The classes are the labels that are expected at least once: scikit-learn's figures with \`labels=sorted(set(y_true))\` and
\`zero_division=0\`, from which they are tested to differ by less than 1e-12. Kappa and MCC are empty where scikit-learn gives NaN or its
placeholder 0, because one side has one label only. At most 200 classes are told apart, with more there is only the accuracy; the matrix is
shown up to 30.`,
  examples: [
    {
      argument: 'positive,negative',
      output: 'I would call this review **Positive**.',
      expected: ['positive'],
      score: { value: 1, pass: true },
    },
    {
      argument: 'relevant,not relevant',
      output: 'Label: Not_Relevant',
      expected: ['relevant'],
      score: { value: 0, pass: false },
    },
    {
      argument: 'positive,negative',
      output: 'It is positive in parts and negative in others.',
      expected: ['positive'],
      score: { value: 0, pass: false },
    },
    { output: '{"label": "Spam"}', expected: ['spam'], score: { value: 1, pass: true } },
  ],
  argument: `comma list of the labels, 2 to ${MAX_LABELS}; without it a short answer is its own label`,
  needsExpected: true,
  metric: confusionMetric,
  create: (argument) => {
    const labels = labelsOf(argument)
    return ({ output, expected }) => scoreLabel(output, expected, labels)
  },
  checkSample: ({ expected }, argument) => {
    const bad = unlisted(expected, labelsOf(argument))
    return bad === undefined
      ? undefined
      : `the expected answer ${quote(bad)} is none of the labels${argument === undefined ? '' : ` ${quote(argument)}`}. Correct the cell, or add the label to classification:…`
  },
} as const satisfies Scorer
