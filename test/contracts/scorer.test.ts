/** What is true of every scorer, whichever it is. */
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import * as registry from '../../src/score/registry.ts'
import { scorerNames } from '../../src/score/index.ts'
import {
  type DocumentedScorer,
  type JudgeQuestion,
  type Judges,
  NotJudged,
  type Score,
  type Scorer,
  type ScorerExample,
} from '../../src/score/types.ts'
import { inputOf, judgesSaying, scoreExample } from '../score/examples.ts'
import { NO_JUDGES, refusalOf } from '../score/helpers.ts'

const scorers: readonly DocumentedScorer[] = Object.values(registry)

/** Strings of all kinds, and some made of what the scorers look for. */
const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc
    .array(
      fc.constantFrom(
        '####',
        '\\boxed{',
        '}',
        '```json\n',
        '```',
        '{',
        '[',
        ']',
        '"',
        ',',
        '-',
        '$',
        '1',
        '2.5',
        '%',
        '/',
        '^',
        'A',
        '(B)',
        'answer is',
        ' ',
        '\n',
        'e9',
        '\ud800',
        'the',
        '<a>',
        '</a>',
        '&amp;',
        'SELECT',
        "'",
        'I cannot',
        'verdict',
        'yes',
        '日本',
      ),
      { maxLength: 20 },
    )
    .map((pieces) => pieces.join('')),
  fc.json(),
)

/** What a server may have said of an answer. */
const facts = fc.record(
  {
    finishReason: fc.option(fc.oneof(fc.constantFrom('stop', 'length', 'tool_calls'), texts)),
    refusal: fc.option(texts),
    toolCalls: fc.array(fc.record({ name: texts, arguments: texts }), { maxLength: 3 }),
    latencyMs: fc.option(fc.double({ min: 0, noNaN: true })),
    ttftMs: fc.option(fc.double({ min: 0, noNaN: true })),
    costUsd: fc.option(fc.constantFrom('0', '0.000001', '12.5')),
    completionTokens: fc.option(fc.nat()),
  },
  { requiredKeys: [] },
)

const judgeReplies = fc.oneof(
  texts,
  fc
    .tuple(texts, fc.constantFrom('A', 'B', 'C', 'yes', 'no', 'true', '0.5', '7', '-1', '1e99'), texts)
    .map(([before, verdict, after]) => `${before}{"verdict": ${JSON.stringify(verdict)}}${after}VERDICT: ${verdict}`),
)

/** What a piece of text becomes when there are 200,000 characters of it. */
const HOSTILE_PIECES = [
  '1,',
  '1 ',
  '9',
  ' ',
  '\n',
  '[',
  '{',
  '{"a":',
  '<a>',
  '<!--',
  '(',
  "'",
  'A ',
  '(A) ',
  '####',
  '\\boxed{',
  '```json\n',
  '\\frac{1}{',
  'e\u0301',
  '1/',
  '-',
  '.',
  'answer: ',
  'SELECT ',
  '日本',
]

for (const scorer of scorers) {
  const { details, examples } = scorer
  const scored = examples.filter(({ score }) => score.value !== null)
  const first = examples[0] ?? { output: '', score: { value: null, pass: null } }

  test(`${scorer.name} is described in the registry`, () => {
    assert.match(scorer.name, /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/)
    assert.match(scorer.summary, /^[A-Z][^\n]*\.$/)
    if (scorer.argument !== null) assert.match(scorer.argument, /[^.\s]$/)
    assert.is(scorerNames().filter((name) => name === scorer.name).length, 1)
    for (const argument of Object.values(scorer.promptfooTypes ?? {})) {
      const filledIn = argument?.replace(
        /\{number(?:=([\d.]+))?\}/,
        (_all, usual: string | undefined) => usual ?? '200',
      )
      assert.type(scorer.create(filledIn), 'function')
    }
  })

  test(`${scorer.name} says how it is computed, and shows answers that pass and answers that fail`, () => {
    assert.match(details, /\S[^]*[.:|`]\s*$/)
    assert.not.match(details, /^#/m, 'its page has headings of its own')
    assert.ok(examples.length >= 2 && examples.length <= 5, `${examples.length} examples`)
    for (const pass of [true, false]) assert.ok(examples.some(({ score }) => score.pass === pass))
  })

  test(`${scorer.name} gives its examples the scores that are stated`, async () => {
    for (const example of examples) {
      const { value, pass, reason } = valid(await scoreExample(scorer, example))
      const { score } = example
      const isSame = value === null || score.value === null ? value === score.value : near(value, score.value)
      assert.ok(isSame && pass === score.pass, `${JSON.stringify(example)}: ${value}, ${pass}: ${reason}`)
    }
  })

  test(`${scorer.name} accepts samples that fit it`, () => {
    for (const { argument, expected = [], vars = {} } of scored)
      assert.is(scorer.checkSample?.({ expected, vars }, argument), undefined)
    if (scorer.needsExpected) for (const { expected = [] } of scored) assert.ok(expected.length > 0)
  })

  test(`${scorer.name} works without an argument, or says which one it needs`, () => {
    if (examples.some(({ argument }) => argument === undefined)) assert.type(scorer.create(undefined), 'function')
    else
      assert.match(
        refusalOf(() => scorer.create(undefined)),
        scorer.name,
      )
  })

  test(`${scorer.name} gives a valid score for any answer, the same each time, and never throws`, async () => {
    const cases = examples.map(({ argument, ...example }) => ({
      example,
      score: scorer.create(argument),
      again: scorer.create(argument),
    }))
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...cases), texts, fc.option(facts), async (chosen, output, known) => {
        const { example, score, again } = chosen
        const input = inputOf({ ...example, output, facts: { ...example.facts, ...known } })
        const one = valid(await score(input, judgesFor(scorer, example)))
        assert.equal(await again(input, judgesFor(scorer, example)), one)
        assert.equal(await score(input, judgesFor(scorer, example)), one)
      }),
    )
  })

  test(`${scorer.name} never throws for any expected answer and column that got past it`, async () => {
    const score = scorer.create(first.argument)
    const columns = Object.keys(first.vars ?? {})
    await fc.assert(
      fc.asyncProperty(texts, fc.array(texts, { maxLength: 3 }), texts, async (output, expected, cell) => {
        const vars = Object.fromEntries(columns.map((column) => [column, cell]))
        valid(await score(inputOf({ ...first, output, expected, vars }), judgesFor(scorer, first)))
      }),
    )
  })

  test(`${scorer.name} judges nothing without the right answers that it needs`, async () => {
    if (!scorer.needsExpected) return
    const { value } = await scorer.create(first.argument)(inputOf({ ...first, expected: [] }), NO_JUDGES)
    assert.is(value, null)
  })

  test(`${scorer.name} is not slowed down by hostile texts of 200,000 characters`, async () => {
    const score = scorer.create(first.argument)
    const started = process.cpuUsage()
    for (const piece of HOSTILE_PIECES) {
      const text = piece.repeat(200_000 / piece.length)
      valid(await score(inputOf({ ...first, output: text }), judgesFor(scorer, first)))
      if (first.expected !== undefined)
        valid(await score(inputOf({ ...first, output: 'Paris', expected: [text] }), judgesFor(scorer, first)))
    }
    // Time of this process alone, so that others cannot disturb it. Most take well under a second; anything quadratic takes
    // minutes.
    assert.ok(process.cpuUsage(started).user / 1e6 < 30)
  })

  if (scorer.asks !== undefined) {
    test(`${scorer.name} gives a valid score whatever its judge says, the same each time`, async () => {
      const score = scorer.create(first.argument)
      await fc.assert(
        fc.asyncProperty(
          fc.infiniteStream(judgeReplies),
          fc.double({ min: -1, max: 1, noNaN: true }),
          async (replies, cosine) => {
            const said: string[] = []
            const judges: Judges = {
              models: ['judge-1', 'judge-2'],
              panel: 'mean',
              ask: async () => {
                const reply = replies.next().value ?? ''
                said.push(reply)
                return reply
              },
              similarities: async (_text, others) => others.map(() => cosine),
            }
            const one = valid(await score(inputOf(first), judges))
            const again = judgesSaying(said)
            const repeated = { ...judges, ask: async (question: JudgeQuestion) => again.ask(question) }
            assert.equal(await score(inputOf(first), repeated), one)
          },
        ),
      )
    })

    test(`${scorer.name} lets an answer that its judge did not give pass through`, async () => {
      const missing = new NotJudged('out of budget')
      const judges: Judges = {
        models: ['judge-1', 'judge-2'],
        panel: 'majority',
        ask: () => Promise.reject(missing),
        similarities: () => Promise.reject(missing),
      }
      const outcome = await Promise.resolve(scorer.create(first.argument)(inputOf(first), judges)).catch(
        (error: unknown) => error,
      )
      assert.is(outcome, missing)
    })
  }
}

/** Scorers that ask nobody are given judges that may not be asked; the others hear the example's judges again and again. */
function judgesFor({ asks }: Scorer, { judgeSays = [] }: Pick<ScorerExample, 'judgeSays'>): Judges {
  if (asks === undefined) return NO_JUDGES
  return {
    ...judgesSaying(Array.from({ length: 20 }).flatMap(() => judgeSays)),
    similarities: async (text, others) => others.map((other) => Math.cos(text.length - other.length)),
  }
}

/** Equal, where one of them is rounded to three decimals. */
function near(value: number, stated: number): boolean {
  return Math.abs(value - stated) <= 0.0005 + 1e-12
}

function valid(score: Score): Score {
  const { value, pass, reason } = score
  assert.ok(value === null || (value >= 0 && value <= 1), `value ${value}`)
  assert.is(pass === null, value === null)
  assert.ok(reason.length > 0 && Array.from(reason).length <= 200, reason)
  assert.not.match(reason, /\p{Cc}/u)
  return score
}

test.run()
