/**
 * Is every kind of bad input told as an error of the user's: exit 2, one paragraph that says where, what and how to mend it,
 * nothing sent, nothing left behind?
 */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { questions } from '../helpers/datasets.ts'
import { says, withServer } from '../helpers/server.ts'
import { type Files, inWorkdir } from '../helpers/workdir.ts'

interface BadInput {
  /** Completes "refuses …". */
  readonly what: string
  /** Beside a good `qa.csv`. */
  readonly files?: Files
  /** Default: those of `asking()`. */
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** True for what is about the endpoint: `args` then say all. Else the recording server is named with --base-url. */
  readonly ownEndpoint?: boolean
  /** What the message has to hold. */
  readonly tells: readonly string[]
}

/** A run of the good dataset with more flags. */
function asking(...flags: readonly string[]): string[] {
  return ['eval', '--dataset', 'qa.csv', ...flags]
}

/** A run of a dataset with this content. */
function dataset(name: string, content: string | Uint8Array): Pick<BadInput, 'files' | 'args'> {
  return { files: { [name]: content }, args: ['eval', '--dataset', name] }
}

const bytes = (...parts: readonly (string | number)[]): Uint8Array =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.of(part))))

const DATASETS: readonly BadInput[] = [
  { what: 'no dataset at all', args: ['eval'], tells: ['--dataset is missing', '--dataset qa.csv'] },
  {
    what: 'a dataset that does not exist',
    args: ['eval', '--dataset', 'qaa.csv'],
    tells: ['--dataset qaa.csv: no such file', 'Did you mean "qa.csv"?'],
  },
  {
    what: 'a folder as dataset',
    files: { 'sets/a.csv': questions(1) },
    args: ['eval', '--dataset', 'sets'],
    tells: ['sets: is a folder, expected a dataset file', 'sets/a.csv'],
  },
  {
    what: 'a file that is no dataset by its name',
    ...dataset('qa.xlsx', 'x'),
    tells: ['qa.xlsx: the name has the extension ".xlsx"', '.csv', '.jsonl'],
  },
  { what: 'an empty file', ...dataset('empty.csv', ''), tells: ['empty.csv: the dataset is empty', 'header'] },
  {
    what: 'a header without rows',
    ...dataset('head.csv', 'question,expected\n'),
    tells: ['head.csv:1: a header without rows'],
  },
  {
    what: 'a row with a field too few',
    ...dataset('r.csv', 'question,expected\nq,a\n"two\nlines"\n'),
    tells: ['r.csv:3: 1 field, the header has 2; no value for "expected"'],
  },
  {
    what: 'a row with a field too many',
    ...dataset('r.csv', 'question,expected\nWhat, then?,a\n'),
    tells: ['r.csv:2: 3 fields, the header has 2', 'double quotes'],
  },
  {
    what: 'a quote that is never closed',
    ...dataset('q.csv', 'question,expected\nq,a\nq,"open\nq,a\n'),
    tells: ['q.csv:3: column "expected"', 'never closed'],
  },
  {
    what: 'two columns of one name',
    ...dataset('h.csv', 'question,expected,question\na,b,c\n'),
    tells: ['h.csv:1: the header has two columns "question" (1 and 3)'],
  },
  {
    what: 'a column without a name',
    ...dataset('h.csv', 'question,,expected\na,b,c\n'),
    tells: ['h.csv:1: column 2 of the header has no name'],
  },
  {
    what: 'semicolons for commas',
    ...dataset('s.csv', 'question;expected\na;b\n'),
    tells: ['s.csv:1: the fields seem to be separated by semicolons'],
  },
  {
    what: 'bytes that are not UTF-8',
    ...dataset('l1.csv', bytes('question,expected\nq,a\ncaf', 0xe9, ',b\n')),
    tells: ['l1.csv:3: byte 25 (E9) is not valid UTF-8', 'iconv'],
  },
  {
    what: 'a NUL byte',
    ...dataset('nul.csv', bytes('question,expected\nq', 0, ',a\n')),
    tells: ['nul.csv:2: a NUL byte at byte 19'],
  },
  {
    what: 'UTF-16',
    ...dataset('u16.csv', Buffer.from('\ufeffquestion,expected\nq,a\n', 'utf16le')),
    tells: ['u16.csv:1: the file is UTF-16', 'iconv'],
  },
  {
    what: 'two rows with one id',
    ...dataset('ids.csv', 'id,question,expected\na,q1,1\nb,q2,2\na,q3,3\n'),
    tells: ['ids.csv:4: column "id": the id "a" is already that of line 2'],
  },
  {
    what: 'a broken line of JSONL',
    ...dataset('b.jsonl', '{"question": "q", "expected": "a"}\n{"question": "q", expected: "a"}\n'),
    tells: ['b.jsonl:2:19: is not valid JSON', 'a key in double quotes'],
  },
  {
    what: 'JSONL whose line is no object',
    ...dataset('b.jsonl', '{"question": "q", "expected": "a"}\n["q"]\n'),
    tells: ['b.jsonl:2: found an array, expected an object'],
  },
  {
    what: 'JSON that is no array',
    ...dataset('o.json', '{"question": "q"}\n'),
    tells: ['o.json:1:1: found "{', 'an array of objects', '.jsonl'],
  },
  {
    what: 'a messages cell that is no JSON',
    ...dataset('m.jsonl', '{"messages": "[{", "expected": "a"}\n'),
    tells: ['m.jsonl:1: column "messages": not valid JSON', '"role"'],
  },
  {
    what: 'a conversation with an unknown role',
    ...dataset('m.jsonl', '{"messages": [{"role": "robot", "content": "hi"}], "expected": "a"}\n'),
    tells: ['m.jsonl:1: column "messages": message 1 has the role "robot"', 'user, assistant'],
  },
  {
    what: 'an expectation that names code',
    ...dataset('p.csv', 'question,__expected\nq,javascript: output.length > 3\n'),
    tells: ['p.csv:2: column "__expected"', 'names code or a file', 'never run'],
  },
  {
    what: 'an expectation that names a file',
    ...dataset('p.csv', 'question,__expected\nq,file://../secret.js\n'),
    tells: ['p.csv:2: column "__expected"', 'names code or a file'],
  },
  {
    what: 'an assertion that only promptfoo has',
    ...dataset('p.csv', 'question,__expected\nq,g-eval: polite\n'),
    tells: ['p.csv:2: column "__expected"', '"g-eval" cannot be used', 'contains'],
  },
  {
    what: 'a row without the answer that the scorer needs',
    ...dataset('e.csv', 'question,expected\nq,a\nq2,\n'),
    tells: ['e.csv:3: there is no expected answer, and the scorer exact compares with one'],
  },
  {
    what: 'a dataset that says nowhere what to ask',
    ...dataset('n.csv', 'frage,expected\nq,a\n'),
    tells: ['n.csv: none of the columns prompt, question, input, messages exists', '--prompt "{{frage}}"'],
  },
  {
    what: 'a prompt longer than the context of the model',
    ...dataset('long.csv', `question,expected\n${'many words '.repeat(20_000)},a\n`),
    tells: ['long.csv:2: the prompt has about', 'more than the 32,000 of mistralai/mistral-small', '--max-tokens'],
  },
]

const config = (text: string): Files => ({ 'eval.config.mjs': text })

const CONFIGS: readonly BadInput[] = [
  {
    what: 'an unknown key',
    files: config('export default { concurency: 3 }'),
    tells: ['eval.config.mjs: concurency: there is no such setting. Did you mean "concurrency"?'],
  },
  {
    what: 'values of the wrong type, all at once',
    files: config('export default { retries: "many", model: 5, stream: "no" }'),
    tells: [
      'eval.config.mjs: retries: expected a whole number from 0 to 100, found "many"',
      'eval.config.mjs: model: expected a text or a list of texts, found 5',
      'eval.config.mjs: stream: expected true or false, found "no"',
    ],
  },
  {
    what: 'a syntax error',
    files: config('export default {\n  model: [}\n'),
    tells: ['eval.config.mjs: cannot be loaded', 'eval.config.mjs:2'],
  },
  {
    what: 'a file that throws',
    files: config('throw new Error("no luck today")'),
    tells: ['eval.config.mjs: cannot be loaded: no luck today'],
  },
  {
    what: 'a file without a default export',
    files: config('export const model = "a/b"'),
    tells: ['eval.config.mjs: expected an object as default export'],
  },
  {
    what: 'a config file that does not exist',
    args: asking('--config', 'mine.ts'),
    tells: ['--config mine.ts: no such file'],
  },
]

const FLAGS: readonly BadInput[] = [
  { what: 'an unknown command', args: ['evla'], tells: ['assay evla: there is no such command. Did you mean "eval"?'] },
  {
    what: 'an unknown flag',
    args: asking('--concurency', '4'),
    tells: ['--concurency: there is no such flag. Did you mean --concurrency?'],
  },
  { what: 'a word that belongs to no flag', args: asking('all'), tells: ['"all" stands alone'] },
  { what: 'a flag without its value', args: asking('--model'), tells: ['model', 'assay eval --help'] },
  {
    what: 'a flag given twice that takes one value',
    args: asking('--seed', '1', '--seed', '2'),
    tells: ['--seed is given 2 times'],
  },
  { what: 'a model given twice', args: asking('-m', 'a/b', '-m', 'a/b'), tells: ['--model a/b is given twice'] },
  {
    what: 'a duration without its unit',
    args: asking('--timeout', '60'),
    tells: ['--timeout: expected a time', 'with its unit', '60s', 'found "60"'],
  },
  {
    what: 'a retry of failures without a run to go on with',
    args: asking('--retry-failed'),
    tells: ['--retry-failed says how to go on with a run, and no --resume names one'],
  },
  {
    what: 'the same prompt twice',
    args: asking('--prompt', 'Q {{question}}', '--prompt', 'Q {{question}}'),
    tells: ['--prompt Q {{question}}: the same prompt is given twice'],
  },
  {
    what: 'a concurrency of zero',
    args: asking('--concurrency', '0'),
    tells: ['--concurrency: expected a whole number from 1 to 2,000, or auto, found "0"'],
  },
  {
    what: 'a share above one',
    args: asking('--fail-under', '80'),
    tells: ['--fail-under: expected a share', 'found "80"'],
  },
  {
    what: 'several wrong flags at once',
    args: asking('--retries', 'x', '--limit', '0'),
    tells: ['--retries:', '--limit:'],
  },
  {
    what: 'an unknown scorer',
    args: asking('--scorer', 'exakt'),
    tells: ['--scorer exakt: there is no scorer "exakt". Did you mean "exact"?', 'numeric'],
  },
  {
    what: 'a scorer with an argument that it cannot read',
    args: asking('--scorer', 'regex:('),
    tells: ['--scorer regex:('],
  },
  {
    what: 'a parameter that has a flag of its own',
    args: asking('--param', 'max_tokens=5'),
    tells: ['--param max_tokens', '--max-tokens'],
  },
  {
    what: 'a condition on a column that does not exist',
    args: asking('--where', 'categry=a'),
    files: { 'qa.csv': 'question,expected,category\nq,a,b\n' },
    tells: ['--where "categry": qa.csv has no such column. Did you mean "category"?'],
  },
  { what: 'a condition without a value', args: asking('--where', 'question'), tells: ['--where: expected key=value'] },
  {
    what: 'a condition that no row meets',
    args: asking('--where', 'expected=nobody'),
    tells: ['qa.csv: no row has expected=nobody'],
  },
  {
    what: 'an offset beyond the last row',
    args: asking('--offset', '99'),
    tells: ['qa.csv: --offset 99 passes over every row'],
  },
  { what: 'a shard that does not exist', args: asking('--shard', '4/3'), tells: ['--shard "4/3": expected k/n'] },
  {
    what: 'placeholders without a column, all at once',
    args: asking('--prompt', '{{questoin}} {{ Answer }} {{question}}'),
    tells: ['names 2 columns', '{{questoin}} (first missing in line 2). Did you mean "question"?', '{{Answer}}'],
  },
  {
    what: 'a prompt file that does not exist',
    args: asking('--prompt', '@ask.txt'),
    tells: ['--prompt @ask.txt: no such file'],
  },
  {
    what: 'an unknown column of right answers',
    args: asking('--expected', 'expcted'),
    tells: ['--expected "expcted": qa.csv has no such column. Did you mean "expected"?'],
  },
  {
    what: 'an unknown column to keep',
    args: asking('--keep', 'topic'),
    tells: ['"topic": qa.csv has no such column', 'question, expected'],
  },
  {
    what: 'a price that is none',
    args: asking('--price', 'a/b=cheap'),
    tells: ['--price a/b=cheap: expected USD per million tokens as in/out', 'a/b=0.2/0.6'],
  },
  { what: 'a negative price', args: asking('--price', 'a/b=-1/2'), tells: ['--price a/b=-1/2: expected USD'] },
  {
    what: 'a budget of nothing',
    args: asking('--max-cost', '0'),
    tells: ['--max-cost: expected an amount in US dollars'],
  },
  {
    what: 'a model without a price under a budget',
    args: asking('--max-cost', '1', '--model', 'my/own'),
    tells: ['no price is known for my/own', 'the budget of $1', '--price my/own=0.2/0.6', '--max-cost none'],
  },
  {
    what: 'a folder for --out that holds something',
    files: { 'old/results.csv': 'x' },
    args: asking('--out', 'old'),
    tells: ['--out old: the folder is not empty'],
  },
]

const KEY = 'sk-or-v1-not-a-real-key'

const ENDPOINTS: readonly BadInput[] = [
  {
    what: 'an unknown provider',
    args: asking('--provider', 'openruter'),
    ownEndpoint: true,
    tells: ['--provider openruter: no such provider. Did you mean "openrouter"?', 'mistral'],
  },
  {
    what: 'a provider without its key',
    args: asking('--provider', 'mistral'),
    ownEndpoint: true,
    tells: ['Provider "mistral" needs an API key', 'MISTRAL_API_KEY', '--simulate'],
  },
  {
    what: 'a named key that is not set',
    args: asking('--api-key-env', 'MY_KEY'),
    tells: ['MY_KEY is not set'],
  },
  {
    what: 'a key over plain http',
    args: asking('--provider', 'openrouter', '--base-url', 'http://models.example/v1'),
    env: { OPENROUTER_API_KEY: KEY },
    ownEndpoint: true,
    tells: ['--base-url http://models.example', 'unencrypted', 'https://'],
  },
  {
    what: 'a base URL that is none',
    args: asking('--base-url', 'models.example/v1'),
    ownEndpoint: true,
    tells: ['--base-url models.example/v1: expected an address such as https://'],
  },
  {
    what: 'the simulator together with a base URL',
    args: asking('--simulate'),
    tells: ['--simulate', '--base-url', 'alone'],
  },
  {
    what: 'CI without a word on who is to answer',
    args: asking(),
    env: { CI: 'true' },
    ownEndpoint: true,
    tells: ['CI is set', 'OPENROUTER_API_KEY', '--simulate'],
  },
  {
    what: 'an unknown key of the simulator',
    args: asking('--simulator', 'tft=5ms'),
    ownEndpoint: true,
    tells: ['--simulator tft=5ms: there is no such key. Did you mean "ttft"?'],
  },
]

for (const { what, files = {}, args = asking(), env = {}, ownEndpoint = false, tells } of [
  ...DATASETS,
  ...CONFIGS,
  ...FLAGS,
  ...ENDPOINTS,
]) {
  test(`refuses ${what}`, async () => {
    await inWorkdir({ 'qa.csv': questions(3), ...files }, async (work) => {
      await withServer(
        () => says('never asked for'),
        async (server) => {
          const before = work.files()
          const endpoint = ownEndpoint ? [] : ['--base-url', server.url]
          const ended = await work.assay([...args, ...endpoint], { env, stdin: '' })
          assert.equal([ended.status, ended.signal], [2, null])
          assert.is(ended.stdout, '')
          assert.match(ended.stderr, /^assay: \S/)
          for (const fragment of tells) assert.ok(ended.stderr.includes(fragment), `the message holds: ${fragment}`)
          assert.not.match(ended.stderr.trimEnd(), /\n\s*\n/, 'one paragraph')
          assert.not.match(ended.stderr, /^ {4}at /m, 'no stack')
          assert.not.ok(ended.stderr.includes(KEY), 'no key')
          assert.is(server.asked.length, 0, 'nothing sent')
          assert.equal(ended.files, before, 'nothing left behind')
        },
      )
    })
  })
}

test.run()
