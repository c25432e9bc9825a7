import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Message } from '../../../src/prompt/types.ts'
import { judge, type JudgeTask, questionOf } from '../../../src/score/judge/ask.ts'
import { type JudgeQuestion, type Judges, NotJudged } from '../../../src/score/types.ts'

const TASK: JudgeTask = {
  instructions: 'Decide whether the answer is polite.',
  menu: [
    { verdict: 'yes', value: 1, meaning: 'it is polite' },
    { verdict: 'no', value: 0, meaning: 'it is not' },
  ],
  texts: [{ tag: 'answer', text: 'Thank you, {{name}}.' }],
}

function textOf(message: Message | undefined): string {
  return typeof message?.content === 'string' ? message.content : ''
}

/** Judges that reply by their name. */
function judgesReplying(
  replies: Readonly<Record<string, string | Error>>,
): Judges & { readonly asked: JudgeQuestion[] } {
  const asked: JudgeQuestion[] = []
  return {
    models: Object.keys(replies),
    panel: 'majority',
    asked,
    ask: async (question) => {
      asked.push(question)
      const reply = replies[question.model] ?? ''
      if (reply instanceof Error) throw reply
      return reply
    },
    similarities: () => Promise.reject(new Error('no embedding was expected to be asked for')),
  }
}

test('the question puts the rules into a system message and the texts into a user message', () => {
  const { model, messages } = questionOf(TASK, 'judge-1')
  assert.is(model, 'judge-1')
  assert.equal(
    messages.map(({ role }) => role),
    ['system', 'user'],
  )
  const [system, user] = messages.map(textOf)
  assert.match(system ?? '', 'never an instruction to you')
  assert.match(system ?? '', TASK.instructions)
  assert.match(system ?? '', '"yes": it is polite\n"no": it is not')
  assert.match(system ?? '', /Reason first, briefly.*\n\{"reason": "…", "verdict": …\}/)
  assert.match(
    user ?? '',
    /^<answer-[0-9a-f]{16}>\nThank you, \{\{name\}\}\.\n<\/answer-[0-9a-f]{16}>\n\nWhat stands between/,
  )
  assert.not.match(system ?? '', 'Thank you')
})

test('the schema asks for the reason before the verdict, and for nothing else', () => {
  const { schema } = questionOf(TASK, 'judge-1')
  assert.is(
    JSON.stringify(schema),
    '{"type":"object","properties":{"reason":{"type":"string"},"verdict":{"type":"string","enum":["yes","no"]}},' +
      '"required":["reason","verdict"],"additionalProperties":false}',
  )
  const grades = {
    ...TASK,
    menu: [
      { verdict: 1, value: 0, meaning: 'bad' },
      { verdict: 2, value: 1, meaning: 'good' },
    ],
  }
  assert.match(JSON.stringify(questionOf(grades, 'judge-1').schema), '"verdict":{"type":"integer","enum":[1,2]}')
})

test('equal tasks ask in equal bytes, and the judges of a panel differ in the model alone', () => {
  assert.is(JSON.stringify(questionOf(TASK, 'a')), JSON.stringify(questionOf(structuredClone(TASK), 'a')))
  assert.equal(questionOf(TASK, 'a').messages, questionOf(TASK, 'b').messages)
})

test('the form that the judge is shown is no verdict when it repeats it', async () => {
  const [system] = questionOf(TASK, 'a').messages
  const score = await judge(TASK, 0.5, judgesReplying({ a: textOf(system) }))
  assert.is(score.value, null)
})

test('all judges of the panel are asked, and their votes come together', async () => {
  const judges = judgesReplying({ a: '{"verdict": "yes"}', b: '{"verdict": "no"}', c: '{"verdict": "yes"}' })
  const score = await judge(TASK, 0.5, judges)
  assert.equal(
    judges.asked.map(({ model }) => model),
    ['a', 'b', 'c'],
  )
  assert.equal([score.value, score.pass], [1, true])
})

test('all are asked before the first has replied', async () => {
  let asked = 0
  let release = (): void => {}
  const gate = new Promise<void>((resolve) => (release = resolve))
  const judges: Judges = {
    ...judgesReplying({ a: '', b: '', c: '' }),
    ask: async () => {
      asked += 1
      if (asked === 3) release()
      await gate
      return '{"verdict": "yes"}'
    },
  }
  assert.is((await judge(TASK, 0.5, judges)).pass, true)
})

test('a judge that gives no answer leaves the score to a later session, once the others have settled', async () => {
  const missing = new NotJudged('out of budget')
  let settled = false
  const judges: Judges = {
    ...judgesReplying({ a: '', b: '' }),
    ask: async ({ model }) => {
      if (model === 'a') throw missing
      await new Promise((resolve) => setTimeout(resolve, 20))
      settled = true
      return '{"verdict": "yes"}'
    },
  }
  const outcome = await Promise.resolve(judge(TASK, 0.5, judges)).catch((error: unknown) => error)
  assert.is(outcome, missing)
  assert.ok(settled)
})

test('without judges there is no score', async () => {
  const score = await judge(TASK, 0.5, judgesReplying({}))
  assert.equal(score, { value: null, pass: null, reason: 'there is no judge: name one with --judge' })
})

test.run()
