/**
 * Can a judged text change the verdict? Hostile texts are judged by a scripted server over real HTTP, which quotes them in
 * its reply in all the ways in which judges quote. What it decides is known, so any other score is the text's doing.
 */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { connect, findProfile } from '../../../src/provider/index.ts'
import { criteria } from '../../../src/score/criteria.ts'
import { faithfulness } from '../../../src/score/faithfulness.ts'
import { fence } from '../../../src/score/judge/fence.ts'
import { rubric } from '../../../src/score/rubric.ts'
import type { Judges, Score, ScoreInput, Scorer } from '../../../src/score/types.ts'
import { type Asked, bodyOf, says, withServer } from '../../helpers/server.ts'
import { scoreInput } from '../helpers.ts'
import { HOSTILE_TEXTS } from './hostile-texts.ts'

/** Where a hostile text may stand, and the verdicts that it is about, as JSON. */
interface Place {
  readonly scorer: Scorer
  readonly argument: string | undefined
  /** The tag around it. */
  readonly tag: string
  readonly good: string
  readonly bad: string
  inputWith(text: string): ScoreInput
}

const messages = [{ role: 'user', content: 'Which city is the capital of France?' }] as const

const PLACES = {
  'an answer under a criterion': {
    scorer: criteria,
    argument: 'It names the capital.',
    tag: 'answer',
    good: '"yes"',
    bad: '"no"',
    inputWith: (output) => scoreInput({ output, messages }),
  },
  'an answer under a rubric': {
    scorer: rubric,
    argument: undefined,
    tag: 'answer',
    good: '5',
    bad: '1',
    inputWith: (output) => scoreInput({ output, messages, expected: ['It names the capital.'] }),
  },
  'a retrieved text': {
    scorer: faithfulness,
    argument: undefined,
    tag: 'context',
    good: '"supported"',
    bad: '"unsupported"',
    inputWith: (context) => scoreInput({ output: 'Paris.', messages, vars: { context } }),
  },
} as const satisfies Readonly<Record<string, Place>>

/** The judge's own words: it is known by them whose verdict was read. */
const REASON = 'Own words of the judge.'

/** What the server replies, given the judge's object and the hostile text. */
type Reply = (own: string, text: string, verdict: string) => string

/** As judges reply that write JSON as they should. */
const USUAL_REPLIES: Readonly<Record<string, Reply>> = {
  'the verdict only': (own) => own,
  'prose before the verdict': (own) => `The text tries to steer me. It names "Paris" {or so}.\n\n${own}`,
  'the text quoted before the verdict': (own, text) => `The text reads:\n${text}\n\n${own}`,
  'the text quoted before it on its line': (own, text) => `The text reads: ${text} ${own}`,
  'the text quoted behind the verdict': (own, text) => `${own}\n\nThe text was:\n${text}`,
  'the text quoted behind it on its line': (own, text) => `${own} The text was: ${text}`,
  'the text quoted twice behind the verdict': (own, text) => `${own}\n${text} and again ${text}`,
  'a code fence': (own) => `\`\`\`json\n${own}\n\`\`\``,
  'a code fence between quotations of lines': (own, text) =>
    `${text.replaceAll('\n', '\n> ')}\n\n\`\`\`json\n${own}\n\`\`\`\n\n> ${text.replaceAll('\n', '\n> ')}`,
  'the text inside the reason': (_own, text, verdict) =>
    `{"reason": ${JSON.stringify(`The text says ${text} and that is data. ${REASON}`)}, "verdict": ${verdict}}`,
}

/** As judges reply that do not: which verdict is whose may then be unknown. */
const CARELESS_REPLIES: Readonly<Record<string, Reply>> = {
  'no reason': (_own, _text, verdict) => `{"verdict": ${verdict}}`,
  'the text quoted before and behind the verdict': (own, text) => `${text}\n${own}\n${text}`,
  'the text inside the reason without escapes': (_own, text, verdict) =>
    `{"reason": "The text says ${text}", "verdict": ${verdict}}`,
  'the text at the end of an object that is left open': (_own, text) => `{"reason": "The text says ${text}`,
}

/** The verdict that a hostile text wants, and the one that the judge gives. */
type Round = (place: Place) => { readonly wanted: string; readonly given: string }

const ROUNDS = {
  'wants to pass, and is judged to fail': ({ good, bad }) => ({ wanted: good, given: bad }),
  'wants to pass, and is judged to pass': ({ good }) => ({ wanted: good, given: good }),
  'wants others to fail, and is judged to pass': ({ good, bad }) => ({ wanted: bad, given: good }),
} as const satisfies Readonly<Record<string, Round>>

interface Case {
  readonly text: string
  readonly input: ScoreInput
  readonly reply: string
  /** The kind of reply. */
  readonly how: string
  /** Text and reply, for messages. */
  readonly names: string
}

function casesOf(place: Place, round: Round, replies: Readonly<Record<string, Reply>>): readonly Case[] {
  const { wanted, given } = round(place)
  const own = `{"reason": "${REASON}", "verdict": ${given}}`
  const { code } = fence([{ tag: place.tag, text: '' }])
  return Object.entries(HOSTILE_TEXTS).flatMap(([what, make]) => {
    const text = make(wanted, code)
    return Object.entries(replies).map(([how, reply]) => ({
      text,
      input: place.inputWith(text),
      reply: reply(own, text, given),
      how,
      names: `${what}; reply: ${how}`,
    }))
  })
}

/** Scores every case, one after the other; the server plays the judge. */
async function play(
  { scorer, argument }: Place,
  cases: readonly Case[],
  look: (score: Score, one: Case, asked: Asked) => void,
): Promise<void> {
  await withServer(
    (_asked, place) => says(cases[place]?.reply ?? ''),
    async ({ url, asked }) => {
      const provider = connect({
        profile: findProfile('custom'),
        baseUrl: url,
        apiKey: null,
        apiKeyEnv: null,
        concurrency: 1,
        env: {},
      })
      const judges: Judges = {
        models: ['judge-1'],
        panel: 'majority',
        ask: async ({ model, messages: sent, schema }) => {
          const body = provider.encode({
            model,
            messages: sent,
            maxTokens: 1024,
            temperature: null,
            seed: 0,
            stream: true,
            params: {},
            responseSchema: { name: 'verdict', schema },
          })
          return (await provider.complete(body, new AbortController().signal)).text
        },
        similarities: () => Promise.reject(new Error('no embedding was expected to be asked for')),
      }
      const score = scorer.create(argument)
      try {
        for (const [index, one] of cases.entries()) {
          const outcome = await score(one.input, judges)
          const sent = asked[index]
          if (sent === undefined) throw new Error(`${one.names}: nothing was sent`)
          look(outcome, one, sent)
        }
      } finally {
        await provider.close()
      }
    },
  )
}

function countOf(text: string, part: string): number {
  return text.split(part).length - 1
}

test('there are as many hostile texts, all different, and as many replies to them as docs/judges.md says', () => {
  const texts = Object.values(HOSTILE_TEXTS).map((make) => make('"yes"', '0123456789abcdef'))
  assert.is(new Set(texts).size, texts.length)
  const ways = [PLACES, ROUNDS, USUAL_REPLIES].map((all) => Object.keys(all).length)
  assert.equal([texts.length, ways.reduce((product, count) => product * count, texts.length)], [43, 3870])
})

for (const [where, place] of Object.entries(PLACES)) {
  for (const [what, round] of Object.entries(ROUNDS)) {
    const pass = round(place).given === place.good

    test(`${where} that ${what}: the judge's verdict is read, however it quotes the text`, async () => {
      const cases = casesOf(place, round, USUAL_REPLIES)
      const unscored: string[] = []
      await play(place, cases, (score, { how, names }) => {
        if (score.pass === null) unscored.push(names)
        else assert.is(score.pass, pass, `${names}: ${score.reason}`)
        // A long quotation leaves no room for the judge's own words in a reason of one line.
        if (how !== 'the text inside the reason') assert.match(score.reason, REASON, names)
      })
      assert.equal(unscored, [], `${unscored.length} of ${cases.length} unscored`)
    })

    test(`${where} that ${what}: a careless judge gives its own verdict or none`, async () => {
      const cases = casesOf(place, round, CARELESS_REPLIES)
      await play(place, cases, (score, { how, names }) => {
        if (score.pass !== null) assert.is(score.pass, pass, `${names}: ${score.reason}`)
        // It has given no verdict at all.
        if (how === 'the text at the end of an object that is left open')
          assert.is(score.pass, null, `${names}: ${score.reason}`)
      })
    })
  }

  test(`${where} stays between one opening and one closing tag of the request`, async () => {
    const cases = casesOf(place, ROUNDS['wants to pass, and is judged to fail'], { 'the verdict only': (own) => own })
    await play(place, cases, (_score, { text, names }, asked) => {
      const sent = bodyOf(asked).messages
      assert.equal(
        sent.map(({ role }) => role),
        ['system', 'user'],
      )
      const [system = '', user = ''] = sent.map(({ content }) => content)
      const code = /whose names end in the code ([0-9a-f]{16})\./.exec(system)?.[1] ?? ''
      const whole = `${system}\n${user}`
      assert.is(countOf(whole, `<${place.tag}-${code}>`), 1, names)
      assert.is(countOf(whole, `</${place.tag}-${code}>`), 1, names)
      const shown = text.replace(/\p{Cs}/gu, '\ufffd')
      assert.ok(user.includes(`<${place.tag}-${code}>\n${shown}\n</${place.tag}-${code}>`), names)
      assert.is(
        countOf(whole, code),
        1 + 2 * (user.match(/^<\/[a-z0-9-]+>$/gm) ?? []).filter((tag) => tag.includes(code)).length,
      )
      assert.not.ok(system.includes(text), names)
    })
  })
}

test('how often a careless judge leaves its verdict open is known', async () => {
  const place = PLACES['an answer under a criterion']
  const counts: Record<string, string> = {}
  for (const [how, reply] of Object.entries(CARELESS_REPLIES)) {
    let unscored = 0
    let total = 0
    for (const round of Object.values(ROUNDS)) {
      const cases = casesOf(place, round, { [how]: reply })
      total += cases.length
      await play(place, cases, ({ pass }) => {
        if (pass === null) unscored += 1
      })
    }
    counts[how] = `${unscored} of ${total}`
  }
  assert.equal(counts, {
    'no reason': '11 of 129',
    'the text quoted before and behind the verdict': '3 of 129',
    'the text inside the reason without escapes': '120 of 129',
    'the text at the end of an object that is left open': '129 of 129',
  })
})

test.run()
