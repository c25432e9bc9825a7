/** Runs whose answers, ids, columns and models want to act on whoever looks at them. */
import { answerTo } from '../helpers/datasets.ts'
import { type Answer, bodyOf, fails, questionOf, says, type Script } from '../helpers/server.ts'

/** Sets a mark that tests look for: it stays unset where no script of the data runs. */
const MARK = 'window.hacked=1'

/** Texts that some page would act on. */
export const HOSTILE: readonly string[] = [
  `<script>${MARK}</script>`,
  `</script><script>${MARK};alert(1)</script>`,
  `<!--<script>${MARK}</script>`,
  `--></noscript></title></style></textarea><img src=x onerror="${MARK}">`,
  `<img src="https://evil.example/i.png" onerror="${MARK}"><svg onload=${MARK}>`,
  `[click](javascript:${MARK}) <a href="javascript:${MARK}">javascript:${MARK}</a>`,
  'https://evil.example/ www.evil.example',
  '<iframe src="https://evil.example"></iframe><link rel=stylesheet href=//evil.example><meta http-equiv=refresh content="0;url=//evil.example">',
  '\u202egnisrever\u202c \u2066isolated\u2069 العربية עברית',
  '👩‍👩‍👧‍👦 🗼 🏳️‍🌈 é ﷽',
  'half \ud800 of a pair \udc00',
  'nothing \0 here \u0007\u001b[2J\u001b[31mred\u001b[0m\u009b1m',
  '=HYPERLINK("https://evil.example","x")',
  '{{constructor.constructor("alert(1)")()}} ${alert(1)} #{7*7}',
  '__proto__',
  '\r\n'.repeat(3),
]

/** A cell of a megabyte, without a place to break it. */
export const LONG = 'x'.repeat(1_000_000)

/** Very many lines. */
export const LINES = 'line\n'.repeat(50_000)

export const MODELS = ['acme/<b>large</b>', 'acme/"small"\'&amp;'] as const

/** A column with a name of markup, whose values are markup. */
export const SLICE = '<i>topic</i>'

/** JSON lines; ids are hostile now and then. */
export function hostileDataset(count: number): string {
  const rows = Array.from({ length: count }, (_, index) => ({
    id: index % 7 === 3 ? `${index} ${hostileAt(index)}` : `q${index}`,
    question: `Question ${index}? ${hostileAt(index)}`,
    expected: `Answer ${index}`,
    [SLICE]: ['<script>', 'plain', '"quoted"'][index % 3],
    note: hostileAt(index + 5),
  }))
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('')
}

function hostileAt(index: number): string {
  return HOSTILE[index % HOSTILE.length] ?? ''
}

/** Answers right, wrong or not at all; `change` shifts which, so that two runs differ. */
export function hostileServer(change: number): Script {
  return (asked) => {
    const question = questionOf(asked)
    const index = Number(/\d+/.exec(question)?.[0])
    return answerAt(index, bodyOf(asked).model === MODELS[0] ? index + change : index, question)
  }
}

function answerAt(index: number, turn: number, question: string): Answer {
  if (index === 11) return says(LONG)
  if (index === 12) return says(LINES)
  if (turn % 40 === 7) return fails(400, `refused ${hostileAt(index)}`)
  const isRight = turn % 3 !== 0
  const usage = { prompt_tokens: 20 + index, completion_tokens: 5 + (index % 50), cost: (index + 1) * 1e-6 }
  const telling = { id: `gen-<u>${index}`, model: '<s>served</s>', provider: 'Evil & Co. <script>', usage }
  const answer = answerTo(/Question \d+\?/.exec(question)?.[0] ?? '')
  return says(isRight ? `${answer} ${hostileAt(index)}` : hostileAt(index), telling)
}
