/** What is each scorer that asks a model about: which texts it shows, what a verdict is worth, which samples it refuses. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { criteria } from '../../../src/score/criteria.ts'
import { embedding } from '../../../src/score/embedding.ts'
import { factuality } from '../../../src/score/factuality.ts'
import { faithfulness } from '../../../src/score/faithfulness.ts'
import { parseScorer, promptfooTypes } from '../../../src/score/index.ts'
import { preference } from '../../../src/score/preference.ts'
import { relevance } from '../../../src/score/relevance.ts'
import { rubric } from '../../../src/score/rubric.ts'
import type { JudgeQuestion, Judges, Score, ScoreInput, Scorer } from '../../../src/score/types.ts'
import { NO_JUDGES, refusalOf, scoreInput } from '../helpers.ts'

const messages = [{ role: 'user', content: 'Why?' }] as const

interface Told {
  readonly score: Score
  readonly asked: readonly JudgeQuestion[]
}

/** Scores with judges that always give these verdicts, in turn. */
async function told(
  scorer: Scorer,
  argument: string | undefined,
  input: Partial<ScoreInput>,
  ...verdicts: readonly (string | number)[]
): Promise<Told> {
  const asked: JudgeQuestion[] = []
  const judges: Judges = {
    ...NO_JUDGES,
    models: ['judge-1'],
    ask: async (question) => JSON.stringify({ reason: 'r', verdict: verdicts[asked.push(question) - 1] ?? '' }),
  }
  return { score: await scorer.create(argument)(scoreInput({ messages, output: 'Because.', ...input }), judges), asked }
}

/** The texts that a question shows, by tag. */
function shownIn(question: JudgeQuestion | undefined): Readonly<Record<string, string>> {
  const content = question?.messages[1]?.content
  const user = typeof content === 'string' ? content : ''
  return Object.fromEntries(
    Array.from(user.matchAll(/^<([a-z0-9-]+)-([0-9a-f]{16})>\n([^]*?)\n<\/\1-\2>$/gm), ([, tag = '', , text = '']) => [
      tag,
      text,
    ]),
  )
}

async function valuesOf(
  scorer: Scorer,
  argument: string | undefined,
  input: Partial<ScoreInput>,
  verdicts: readonly (string | number)[],
) {
  const rows: Record<string, readonly [number | null, boolean | null]> = {}
  for (const verdict of verdicts) {
    const { score } = await told(scorer, argument, input, verdict)
    rows[String(verdict)] = [score.value, score.pass]
  }
  return rows
}

test('rubric: grades from 1 to 5 become shares, and 4 passes', async () => {
  assert.equal(await valuesOf(rubric, 'Short.', {}, [1, 2, 3, 4, 5, 6]), {
    1: [0, false],
    2: [0.25, false],
    3: [0.5, false],
    4: [0.75, true],
    5: [1, true],
    6: [null, null],
  })
})

test('rubric: the judge sees question, rubric and answer; the rubric is the argument, else the expected answers', async () => {
  const typed = await told(rubric, 'Short.', { expected: ['other'] }, 5)
  assert.equal(shownIn(typed.asked[0]), { question: 'Why?', rubric: 'Short.', answer: 'Because.' })
  const ofRow = await told(rubric, undefined, { expected: ['Polite.'] }, 5)
  assert.equal(shownIn(ofRow.asked[0]), { question: 'Why?', rubric: 'Polite.', answer: 'Because.' })
  const ofRows = await told(rubric, undefined, { expected: ['Polite.', ' ', 'Short.'] }, 5)
  assert.equal(shownIn(ofRows.asked[0]), {
    question: 'Why?',
    'rubric-1': 'Polite.',
    'rubric-2': 'Short.',
    answer: 'Because.',
  })
})

test('rubric: a file is read once, and reports show its name alone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-'))
  try {
    const path = join(folder, 'quality.txt')
    writeFileSync(path, '\ufeffShort and {{polite}}.\n')
    const parsed = parseScorer(`rubric:@${path}`)
    assert.is(parsed.label, 'rubric:@quality.txt')
    writeFileSync(path, 'changed')
    const asked: JudgeQuestion[] = []
    const ask = async (question: JudgeQuestion): Promise<string> => {
      asked.push(question)
      return '{"verdict": 5}'
    }
    await parsed.score(scoreInput({ output: 'a' }), { ...NO_JUDGES, models: ['j'], ask })
    assert.is(shownIn(asked[0]).rubric, 'Short and {{polite}}.\n')
    writeFileSync(path, ' \n')
    assert.match(
      refusalOf(() => parseScorer(`rubric:@${path}`)),
      'the file is empty',
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('rubric: a file that cannot be read is refused, and a cell names no file', async () => {
  assert.match(
    refusalOf(() => parseScorer('rubric:@missing.txt')),
    /--scorer rubric:@missing\.txt: cannot read the rubric \(ENOENT/,
  )
  const { asked } = await told(rubric, undefined, { expected: ['@package.json'] }, 5)
  assert.is(shownIn(asked[0]).rubric, '@package.json')
})

test('factuality: five verdicts with the weights of autoevals, passing from 0.5 or the argument', async () => {
  const verdicts = ['equal', 'immaterial-difference', 'superset', 'subset', 'contradicts', 'A']
  assert.equal(await valuesOf(factuality, undefined, { expected: ['x'] }, verdicts), {
    equal: [1, true],
    'immaterial-difference': [1, true],
    superset: [0.6, true],
    subset: [0.4, false],
    contradicts: [0, false],
    A: [null, null],
  })
  assert.equal((await valuesOf(factuality, '0.4', { expected: ['x'] }, ['subset'])).subset, [0.4, true])
  assert.match(
    refusalOf(() => factuality.create('2')),
    'is no threshold',
  )
  const { asked } = await told(factuality, undefined, { expected: ['x', 'y'] }, 'equal')
  assert.equal(shownIn(asked[0]), { question: 'Why?', 'expected-1': 'x', 'expected-2': 'y', answer: 'Because.' })
})

test('criteria: yes or no', async () => {
  assert.equal(await valuesOf(criteria, 'It is short.', {}, ['yes', 'no', 'maybe']), {
    yes: [1, true],
    no: [0, false],
    maybe: [null, null],
  })
  const { asked } = await told(criteria, undefined, { expected: ['It is short.'] }, 'yes')
  assert.equal(shownIn(asked[0]), { question: 'Why?', criterion: 'It is short.', answer: 'Because.' })
})

test('faithfulness: the context is a column, found in any capitals', async () => {
  const vars = { Context: 'The sky.', passages: 'The sea.' }
  assert.equal(await valuesOf(faithfulness, undefined, { vars }, ['supported', 'partly', 'unsupported']), {
    supported: [1, true],
    partly: [0.5, false],
    unsupported: [0, false],
  })
  const byDefault = await told(faithfulness, undefined, { vars }, 'supported')
  assert.equal(shownIn(byDefault.asked[0]), { question: 'Why?', context: 'The sky.', answer: 'Because.' })
  const named = await told(faithfulness, 'passages', { vars }, 'supported')
  assert.is(shownIn(named.asked[0]).context, 'The sea.')
})

test('relevance: the judge sees all that was asked, and no right answer', async () => {
  assert.equal(await valuesOf(relevance, undefined, {}, ['relevant', 'partly', 'irrelevant']), {
    relevant: [1, true],
    partly: [0.5, false],
    irrelevant: [0, false],
  })
  const conversation = [
    { role: 'system', content: 'Be brief.' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Look:' },
        { type: 'image_url', image_url: { url: 'data:,' } },
      ],
    },
    { role: 'assistant', content: null, tool_calls: [] },
  ] as const
  const { asked } = await told(relevance, undefined, { messages: conversation, expected: ['secret'] }, 'relevant')
  assert.equal(shownIn(asked[0]), {
    question: '[system]\nBe brief.\n\n[user]\nLook:\n[image_url]\n\n[assistant]\n',
    answer: 'Because.',
  })
  assert.is(
    (await told(relevance, undefined, { messages: [] }, 'relevant')).score.reason,
    'what was asked is not known',
  )
})

test('preference: both orders are played, and one that is not kept in both is position-dependent', async () => {
  const input = { expected: ['Other.', 'third'] }
  const ROWS: readonly (readonly [first: string, second: string, value: number | null, reason: RegExp])[] = [
    ['first', 'second', 1, /^judge-1: better \(r\)$/],
    ['second', 'first', 0, /^judge-1: worse \(r\)$/],
    ['tie', 'tie', 0.5, /^judge-1: tie \(r\)$/],
    ['first', 'first', 0.5, /position-dependent, first when shown first, first when shown second/],
    ['second', 'second', 0.5, /position-dependent/],
    ['first', 'tie', 0.5, /position-dependent/],
    ['tie', 'first', 0.5, /position-dependent/],
    ['first', 'both', null, /"both" is none of first, second, tie/],
    ['neither', 'second', null, /"neither" is none of/],
  ]
  for (const [first, second, value, reason] of ROWS) {
    const { score, asked } = await told(preference, undefined, input, first, second)
    assert.is(score.value, value, `${first} ${second}`)
    assert.is(score.pass, value === null ? null : value >= 0.5)
    assert.match(score.reason, reason)
    assert.equal(asked.map(shownIn), [
      { question: 'Why?', first: 'Because.', second: 'Other.' },
      { question: 'Why?', first: 'Other.', second: 'Because.' },
    ])
  }
  assert.is(preference.callsPerJudge, 2)
})

test('preference: the other answer may be a column', async () => {
  const { asked } = await told(
    preference,
    'baseline',
    { vars: { baseline: 'Base.' }, expected: ['x'] },
    'first',
    'second',
  )
  assert.is(shownIn(asked[0]).second, 'Base.')
})

const REFUSED: readonly (readonly [
  scorer: Scorer,
  argument: string | undefined,
  sample: Pick<ScoreInput, 'expected' | 'vars'>,
  told: RegExp,
])[] = [
  [rubric, undefined, { expected: [' '], vars: {} }, /no expected answer to use as a rubric/],
  [criteria, undefined, { expected: [], vars: {} }, /no expected answer to use as a criterion/],
  [preference, undefined, { expected: [], vars: {} }, /no expected answer to compare with/],
  [
    preference,
    'basline',
    { expected: ['x'], vars: { q: '1', baseline: 'x' } },
    /no column "basline", and the scorer preference needs its text\. Did you mean "baseline"\? The columns are q, baseline; name one: --scorer preference:column\./,
  ],
  [preference, 'baseline', { expected: ['x'], vars: { baseline: ' ' } }, /the column "baseline" is empty/],
  [faithfulness, undefined, { expected: [], vars: { contxt: 'x' } }, /no column "context".*Did you mean "contxt"\?/],
  [
    faithfulness,
    undefined,
    { expected: [], vars: { context: '' } },
    /the column "context" is empty, and the scorer faithfulness needs its text\. Fill it in/,
  ],
]

for (const [scorer, argument, sample, problem] of REFUSED) {
  test(`${scorer.name}${argument === undefined ? '' : `:${argument}`} refuses ${JSON.stringify(sample)}`, async () => {
    assert.match(scorer.checkSample?.(sample, argument) ?? '', problem)
    assert.is((await told(scorer, argument, sample)).score.value, null)
  })
}

test('samples that fit are accepted', () => {
  const vars = { context: 'x', other: 'y' }
  assert.is(rubric.checkSample({ expected: [], vars }, 'Short.'), undefined)
  assert.is(criteria.checkSample({ expected: ['x'], vars }, undefined), undefined)
  assert.is(preference.checkSample({ expected: [], vars }, 'OTHER'), undefined)
  assert.is(faithfulness.checkSample({ expected: [], vars }, undefined), undefined)
})

/** Judges that only compare. */
function comparing(...cosines: readonly number[]): Judges & { readonly asked: (readonly string[])[] } {
  const asked: (readonly string[])[] = []
  return {
    ...NO_JUDGES,
    asked,
    similarities: async (text, others) => {
      asked.push([text, ...others])
      return cosines
    },
  }
}

test('embedding: the most similar expected answer counts, from 0 to 1', async () => {
  const ROWS: readonly (readonly [
    argument: string | undefined,
    cosines: readonly number[],
    value: number | null,
    pass: boolean | null,
  ])[] = [
    [undefined, [0.75], 0.75, true],
    [undefined, [0.7499], 0.7499, false],
    [undefined, [0.2, 0.9, 0.5], 0.9, true],
    ['0.2', [0.2], 0.2, true],
    [undefined, [-0.4], 0, false],
    [undefined, [1.0000001], 1, true],
    [undefined, [], null, null],
    [undefined, [Number.NaN], null, null],
  ]
  for (const [argument, cosines, value, pass] of ROWS) {
    const score = await embedding.create(argument)(scoreInput({ output: 'a', expected: ['b'] }), comparing(...cosines))
    assert.equal([score.value, score.pass], [value, pass])
  }
})

test('embedding: one call compares with all expected answers; an empty answer needs none', async () => {
  const judges = comparing(0.8, 0.9)
  await embedding.create(undefined)(scoreInput({ output: 'a', expected: ['b', ' ', 'c'] }), judges)
  assert.equal(judges.asked, [['a', 'b', 'c']])
  const empty = await embedding.create(undefined)(scoreInput({ output: ' \n', expected: ['b'] }), NO_JUDGES)
  assert.equal([empty.value, empty.pass], [0, false])
})

test('promptfoo cells mean these scorers, with their expected text and never an argument', () => {
  const types = promptfooTypes()
  const WORDS = {
    'llm-rubric': 'rubric',
    factuality: 'factuality',
    'model-graded-factuality': 'factuality',
    'model-graded-closedqa': 'criteria',
    'context-faithfulness': 'faithfulness',
    'answer-relevance': 'relevance',
    similar: 'embedding',
  }
  for (const [word, scorer] of Object.entries(WORDS)) assert.equal(types.get(word), { scorer, argument: null })
})

test.run()
