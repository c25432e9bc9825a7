import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { toolCall } from '../../src/score/tool-call.ts'
import { hasArguments, matchedInAnyOrder, matchedInOrder, madeCall } from '../../src/score/structure/tool-calls.ts'
import type { Score } from '../../src/score/types.ts'
import { refusalOf, scoreInput } from './helpers.ts'

type Made = readonly (readonly [name: string, args: string])[]

function scoreOf(argument: string | undefined, made: Made, expected: string, output = ''): Score {
  const toolCalls = made.map(([name, args]) => ({ name, arguments: args }))
  return toolCall.create(argument)(scoreInput({ output, expected: [expected], facts: { toolCalls } }))
}

const WEATHER = '{"name": "weather", "arguments": {"city": "Paris", "days": 2}}'
const TWO = '[{"name": "a", "arguments": {"x": 1}}, {"name": "b", "arguments": {}}]'

const CASES: readonly (readonly [argument: string | undefined, made: Made, expected: string, value: number])[] = [
  [undefined, [['weather', '{"days": 2.0, "city": "Paris"}']], WEATHER, 1],
  [undefined, [['weather', '{"days": "2", "city": "Paris"}']], WEATHER, 0],
  [undefined, [['weather', '{"city": "Paris"}']], WEATHER, 0],
  [undefined, [['weather', '{"city": "Paris", "days": 2, "unit": "C"}']], WEATHER, 0],
  ['subset', [['weather', '{"city": "Paris", "days": 2, "unit": "C"}']], WEATHER, 1],
  ['subset', [['weather', '{"city": "Paris"}']], WEATHER, 0],
  ['names', [['weather', '{"city": "Rome"}']], WEATHER, 1],
  ['names', [['weather', '{"city": ']], WEATHER, 1],
  [undefined, [['weather', '{"city": ']], WEATHER, 0],
  [undefined, [['weather', '[]']], '{"name": "weather"}', 0],
  [undefined, [['Weather', '{"city": "Paris", "days": 2}']], WEATHER, 0],
  [undefined, [], WEATHER, 0],
  [undefined, [], '[]', 1],
  [undefined, [['a', '{}']], '[]', 0],
  [
    undefined,
    [
      ['b', ''],
      ['a', '{"x":1}'],
    ],
    TWO,
    1,
  ],
  [
    'ordered',
    [
      ['b', ''],
      ['a', '{"x":1}'],
    ],
    TWO,
    0.5,
  ],
  [
    'ordered',
    [
      ['a', '{"x":1}'],
      ['b', '{}'],
    ],
    TWO,
    1,
  ],
  [undefined, [['a', '{"x":1}']], TWO, 2 / 3],
  [
    undefined,
    [
      ['a', '{"x":1}'],
      ['b', '{}'],
      ['c', '{}'],
    ],
    TWO,
    4 / 5,
  ],
  [
    undefined,
    [
      ['a', '{"x":1}'],
      ['a', '{"x":1}'],
    ],
    TWO,
    0.5,
  ],
  [undefined, [['w', '{"q": 1}']], '{"type": "function", "function": {"name": "w", "arguments": "{\\"q\\": 1}"}}', 1],
  [undefined, [['w', '{"q": 1}']], '[{"function": {"name": "w", "arguments": {"q": 1}}}]', 1],
  [
    'names,ordered',
    [
      ['b', ''],
      ['a', ''],
    ],
    TWO,
    0.5,
  ],
]

for (const [argument, made, expected, value] of CASES) {
  test(`tool-call${argument === undefined ? '' : `:${argument}`} gives ${JSON.stringify(made)} ${value.toFixed(2)} for ${expected}`, () => {
    const score = scoreOf(argument, made, expected)
    assert.is(score.value, value)
    assert.is(score.pass, value === 1)
  })
}

test('a call that is only written down is a miss that says so', () => {
  assert.match(scoreOf(undefined, [], WEATHER, WEATHER).reason, 'written as text, not made')
  assert.match(scoreOf(undefined, [], WEATHER, `Sure:\n\`\`\`json\n${WEATHER}\n\`\`\``).reason, 'written as text')
  assert.is(scoreOf(undefined, [], WEATHER, WEATHER).value, 0)
  assert.match(scoreOf(undefined, [], WEATHER, 'It is sunny.').reason, 'no tool was called')
})

test('arguments that are no JSON are named', () => {
  assert.match(scoreOf(undefined, [['weather', '{"city"']], WEATHER).reason, 'the arguments of "weather" are no JSON')
})

test('of several expected answers the best counts', () => {
  const facts = { toolCalls: [{ name: 'b', arguments: '{}' }] }
  const score = toolCall.create(undefined)
  assert.is(score(scoreInput({ expected: [WEATHER, '{"name": "b"}'], facts })).value, 1)
  assert.is(score(scoreInput({ expected: [WEATHER, TWO], facts })).value, 2 / 3)
})

test('with subset, a call is left to the expected one that needs it', () => {
  const expected = '[{"name": "f"}, {"name": "f", "arguments": {"x": 1}}]'
  assert.is(
    scoreOf(
      'subset',
      [
        ['f', '{"x": 1}'],
        ['f', '{"y": 1}'],
      ],
      expected,
    ).value,
    1,
  )
  assert.is(
    scoreOf(
      'subset',
      [
        ['f', '{"y": 1}'],
        ['f', '{"x": 1}'],
      ],
      expected,
    ).value,
    1,
  )
})

const calls = fc.array(
  fc
    .tuple(fc.constantFrom('f', 'g'), fc.subarray(['x', 'y', 'z']))
    .map(([name, keys]) =>
      madeCall({ name, arguments: JSON.stringify(Object.fromEntries(keys.map((key) => [key, 1]))) }),
    ),
  { maxLength: 5 },
)

test('the matching is the largest there is, and that in order is never larger', () => {
  const largest = (
    made: readonly number[],
    wanted: number,
    matches: (made: number, wanted: number) => boolean,
  ): number =>
    wanted === 0
      ? 0
      : Math.max(
          largest(made, wanted - 1, matches),
          ...made
            .filter((call) => matches(call, wanted - 1))
            .map(
              (call) =>
                1 +
                largest(
                  made.filter((other) => other !== call),
                  wanted - 1,
                  matches,
                ),
            ),
        )
  fc.assert(
    fc.property(calls, calls, (made, wanted) => {
      const matches = (call: number, other: number): boolean => {
        const [one, two] = [made[call], wanted[other]]
        return one !== undefined && two !== undefined && hasArguments(one, two)
      }
      const found = matchedInAnyOrder(made, wanted, hasArguments)
      assert.is(found, largest(Array.from(made.keys()), wanted.length, matches))
      assert.ok(matchedInOrder(made, wanted, hasArguments) <= found)
      assert.is(matchedInOrder(made, made, hasArguments), made.length)
    }),
  )
})

test('refuses words that it does not know, and two that contradict each other', () => {
  assert.match(
    refusalOf(() => toolCall.create('orderd')),
    'Did you mean "ordered"',
  )
  assert.match(
    refusalOf(() => toolCall.create('names,subset')),
    'Leave out one of the two',
  )
})

test('refuses a sample whose expected answer describes no calls, and does not judge what is nested too deeply', () => {
  const deep = `{"name": "a", "arguments": {"x": ${'['.repeat(50_000)}${']'.repeat(50_000)}}}`
  for (const bad of ['weather', '{}', '[1]', '{"name": 1}', '{"name": "a", "arguments": "x"}', deep])
    assert.match(toolCall.checkSample({ expected: [bad], vars: {} }) ?? '', 'describes no tool calls')
  for (const good of [WEATHER, TWO, '[]', '{"name": "a"}'])
    assert.is(toolCall.checkSample({ expected: [good], vars: {} }), undefined)
  assert.is(scoreOf(undefined, [['a', JSON.stringify({}).replace('{}', deep)]], WEATHER).value, null)
})

test.run()
