/** Are expressions of a workflow read as GitHub reads them, and is an unknown one an error? */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { evaluate, fill, holds, type Value } from './expression.ts'

const NAMES: Readonly<Record<string, Value>> = {
  'steps.eval.outputs.code': '4',
  'inputs.seed': '',
  'inputs.new-baseline': true,
  'github.run_number': 17,
}

const scope = {
  lookup: (path: readonly string[]): Value => {
    const value = NAMES[path.join('.')]
    if (value === undefined) throw new Error(`unknown name: ${path.join('.')}`)
    return value
  },
  state: { failed: false },
}
const failed = { ...scope, state: { failed: true } }

test('operators bind as in GitHub: not before equal, equal before and, and before or', () => {
  const cases: readonly (readonly [string, Value])[] = [
    ['inputs.seed || github.run_number', 17],
    ["steps.eval.outputs.code == '4' && 'four' || 'other'", 'four'],
    ["!inputs.seed && !(steps.eval.outputs.code != '4')", true],
    ["'a' || 'b' && ''", 'a'],
    ["'It''s' == 'IT''S'", true],
    ['true == 1', true],
    ["null == ''", true],
    ["github.run_number == '17'", true],
  ]
  for (const [source, value] of cases) assert.is(evaluate(source, scope), value, source)
})

test('a condition means that all went well, unless it asks for the state', () => {
  for (const condition of [undefined, '${{ inputs.new-baseline }}', 'success()']) {
    assert.is(holds(condition, scope), true)
    assert.is(holds(condition, failed), false)
  }
  for (const condition of ['${{ always() }}', 'failure()', '${{ !cancelled() && inputs.new-baseline }}']) {
    assert.is(holds(condition, failed), true)
  }
  assert.is(holds('failure()', scope), false)
})

test('expressions in a text are replaced; nothing is the empty text', () => {
  assert.is(fill("night ${{ github.run_number }}: '${{ inputs.seed }}'", scope), "night 17: ''")
})

test('what is not known is an error', () => {
  for (const source of ['github.token', 'contains(inputs.seed, 1)', 'steps.*.outputs', '1 +', '(true', 'true false']) {
    assert.throws(() => evaluate(source, scope), undefined, source)
  }
})

test.run()
