import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bleu } from '../../src/score/bleu.ts'
import { chrf } from '../../src/score/chrf.ts'
import type { RunMetric, Scorer } from '../../src/score/types.ts'
import { refusalOf, scoring } from './helpers.ts'
import { assertParity, type Comparison, parityRow, readGolden } from './parity.ts'
import { tallyOf } from './tally.ts'

type Variant = 'bleu:13a' | 'bleu:zh' | 'bleu:char' | 'chrf' | 'chrf++'

interface Corpus {
  readonly score: number
  readonly brevityPenalty?: number
  readonly lengthRatio?: number
  readonly precisions?: readonly number[]
}

interface Golden {
  readonly madeWith: Readonly<Record<string, string>>
  readonly cases: readonly (Readonly<Record<Variant, number>> & {
    readonly output: string
    readonly expected: readonly string[]
  })[]
  readonly corpora: readonly (Readonly<Record<Variant, Corpus>> & { readonly from: number; readonly to: number })[]
}

const golden = readGolden('translation') as Golden

/** What the scorer gives for single answers, and for corpora made of them, beside what sacreBLEU gives. */
function compare(variant: Variant, scorer: Scorer & { metric: RunMetric }, argument: string): Comparison[] {
  const score = scoring(scorer, argument)
  const answers = golden.cases.map(({ output, expected, [variant]: value }) => ({
    actual: score(output, expected).value,
    expected: value,
    of: [output, expected],
  }))
  const corpora = golden.corpora.flatMap(({ from, to, [variant]: corpus }) => {
    const figures = figuresOf(scorer, argument, from, to)
    return figuresIn(corpus).flatMap(([name, value]) => {
      const actual = figures[name === 'score' ? `corpus_${scorer.name}` : name]
      // sacreBLEU has no word for what is not defined but 0.
      return actual === null && value === 0 ? [] : [{ actual: actual ?? null, expected: value, of: [name, from, to] }]
    })
  })
  return [...answers, ...corpora]
}

function figuresIn({ score, brevityPenalty, lengthRatio, precisions }: Corpus): readonly (readonly [string, number])[] {
  return Object.entries({
    score,
    ...(brevityPenalty === undefined ? {} : { brevity_penalty: brevityPenalty }),
    ...(lengthRatio === undefined ? {} : { length_ratio: lengthRatio }),
    ...Object.fromEntries((precisions ?? []).map((value, index) => [`precision_${index + 1}`, value])),
  })
}

/** The run-level figures over a slice of the cases. */
function figuresOf(
  scorer: Scorer & { metric: RunMetric },
  argument: string,
  from: number,
  to: number,
): Readonly<Record<string, number | null>> {
  const score = scoring(scorer, argument)
  const metric = tallyOf(scorer.metric)
  for (const { output, expected } of golden.cases.slice(from, to)) metric.add(score(output, expected).observation ?? [])
  const { n, figures } = metric.finish()
  assert.is(n, to - from)
  assert.equal(Object.keys(figures), Object.keys(scorer.metric.figures))
  return figures
}

const row = (scorer: string): { scorer: string; reference: string; version: string } => ({
  scorer,
  reference: 'sacreBLEU, sentences and corpora',
  version: golden.madeWith.sacrebleu ?? '',
})

test('bleu gives what sacreBLEU gives, with each tokeniser, for answers and for corpora', () => {
  assertParity('bleu', [
    parityRow(row('bleu'), compare('bleu:13a', bleu, '13a')),
    parityRow(row('bleu:zh'), compare('bleu:zh', bleu, 'zh')),
    parityRow(row('bleu:char'), compare('bleu:char', bleu, 'char')),
  ])
})

test('chrf gives what sacreBLEU gives, with and without words, for answers and for corpora', () => {
  assertParity('chrf', [
    parityRow(row('chrf'), compare('chrf', chrf, '0.5')),
    parityRow(row('chrf:++'), compare('chrf++', chrf, '++')),
  ])
})

test('the tokeniser of WMT is the default', () => {
  assert.equal(scoring(bleu)('It is 3.5%.', ['It is 3.5 %.']), scoring(bleu, '13a')('It is 3.5%.', ['It is 3.5 %.']))
})

for (const scorer of [bleu, chrf]) {
  test(`${scorer.name} over no answers has no figures`, () => {
    const { n, figures } = tallyOf(scorer.metric).finish()
    assert.is(n, 0)
    assert.equal(Object.keys(figures), Object.keys(scorer.metric.figures))
    assert.ok(Object.values(figures).every((value) => value === null))
  })

  test(`${scorer.name} never exceeds 1, and its observation survives JSON`, () => {
    const text = 'to be or not to be that is the question '.repeat(7)
    const { value, observation = [] } = scoring(scorer)(text, [text])
    assert.is(value, 1)
    assert.equal(JSON.parse(JSON.stringify(observation)), observation)
  })

  test(`${scorer.name} refuses an argument that it does not know`, () => {
    for (const argument of ['14a', '+', '0.5,++', '2'])
      assert.match(
        refusalOf(() => scorer.create(argument)),
        `--scorer ${scorer.name}:${argument}`,
      )
  })
}

test('several references count together for bleu, the best alone for chrf', () => {
  const [one, other] = ['my cat sat on a rug', 'a cat sat on his mat'] as const
  assert.is(scoring(bleu)('my cat sat on his mat', [one, other]).value, 1)
  const best = Math.max(...[one, other].map((text) => scoring(chrf)('my cat sat on his mat', [text]).value ?? 0))
  assert.is(scoring(chrf)('my cat sat on his mat', [one, other]).value, best)
})

test.run()
