/**
 * Can what a model, a dataset or a server says move the cursor or forge a line of any command? The built program runs over hostile
 * text, in a terminal where `script` (util-linux) gives one, and every byte that it shows is looked at.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'csv-stringify/sync'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Answer, bodyOf, fails, says, withServer } from '../helpers/server.ts'
import { CLI, inWorkdir, type Workdir } from '../helpers/workdir.ts'

/** Every kind of thing that a terminal acts on, and lines that pass for ours. Begins with letters, so that none of it leads a line. */
const ACTS = [
  '\u001b[2J\u001b[1;1H\u001b[38;5;123m',
  '\u001b]8;;http://evil.example\u001b\\link\u001b]8;;\u001b\\',
  '\u001b]52;c;cHduZWQ=\u0007\u001bP1$r\u001b\\',
  '\u009b2J\u0090q\u009c\u009d0;title\u0007\u0085',
  '\u202eabc\u202c\u2066d\u2069\u200b\u200e\u061c\ufeff',
  '\b\b\b\u007f\t\u000b\u000c',
].join('')

/** `name` tells where a leak comes from. */
function hostile(name: string): string {
  return `evil-${name}${ACTS}\nPASS: forged by ${name}\r\nexit 0: forged by ${name}\u2028PASS: forged\u2029\rassay: forged`
}

/** The same on one line, for places that take no line break. */
const flat = (name: string): string => hostile(name).replace(/[\r\n]/g, '')

/** What our own code writes to a terminal: colours, and what the progress bar and the counters need. */
const OWN = new RegExp(
  `\u001b(?:${String.raw`\[(?:0|1|2|22|3[0-7]|39|90)m|\[\?(?:25|7)[hl]|\[0?K|\[1G|\[2K|[78]`})`,
  'g',
)

/** What no line may begin with, nor a cell of a table; what our code broke and set in stands under the line that it belongs to. */
const FORGED = /^[ │]{0,8}(?:PASS|exit 0|assay): forged/m

const HAS_TERMINAL = spawnSync('script', ['-qec', 'true', '/dev/null']).status === 0

interface Shown {
  readonly status: number | null
  /** Everything that was written, standard error included, with line feeds as line ends. */
  readonly text: string
}

/** Runs the program in a terminal of 160 columns, else with both outputs read from pipes. */
async function inTerminal(
  work: Workdir,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Shown> {
  if (!HAS_TERMINAL) {
    const { status, stdout, stderr } = await work.assay(args, { env: { ...env, FORCE_COLOR: '1' } })
    return { status, text: stdout + stderr }
  }
  const quoted = [process.execPath, CLI, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ')
  writeFileSync(join(work.path, 'typed.sh'), `stty cols 160 -onlcr\n${quoted}\n`)
  const program = work.launch('script', ['-qec', 'sh typed.sh', '/dev/null'], {
    env: { TERM: 'xterm-256color', ...env },
  })
  program.stdin.end()
  const { status, stdout } = await program.ended
  return { status, text: stdout }
}

/** What got through, of all that was run. */
class Leaks {
  readonly #work: Workdir
  readonly found: string[] = []

  constructor(work: Workdir) {
    this.#work = work
  }

  /** Runs the program and looks at what it shows. */
  async lookFor(
    args: readonly string[],
    exit: number | readonly number[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const { status, text } = await inTerminal(this.#work, args, env)
    const command = args
      .slice(0, 2)
      .map((arg) => JSON.stringify(arg.slice(0, 40)))
      .join(' ')
    if (![exit].flat().includes(status ?? -1))
      this.found.push(`${command} ended with ${status}: ${JSON.stringify(text.slice(-600))}`)
    const ours = text.replace(OWN, '')
    // A carriage return is ours where a counter goes back to the start of its own line.
    const leak = /[^\n\r\P{Cc}]|[\u061c\u200b\u200e\u2028-\u202e\u2066-\u2069\ufeff]|\p{Cs}/u.exec(ours)
    const forged = FORGED.exec(ours.replaceAll('\r', '\n'))
    for (const [what, match] of [
      ['a character', leak],
      ['a line', forged],
    ] as const) {
      if (match === null) continue
      const around = ours.slice(Math.max(0, match.index - 200), match.index + 80)
      this.found.push(`${command} lets ${what} through: ${JSON.stringify(around)}`)
    }
  }
}

const ROWS = ['a', 'b', 'c', 'd'].map((name, index) => ({
  id: `${index}${hostile(`id-${name}`)}`,
  question: `${index}${hostile('question')}`,
  expected: index === 0 ? hostile('expected') : hostile('answer'),
  [flat('column')]: hostile('slice'),
}))

const COLUMN = flat('column')

/** The model answers, judges and fails with hostile text, and the server lists hostile models. */
const script = (asked: Parameters<Parameters<typeof withServer>[0]>[0], place: number): Answer => {
  if (asked.method === 'GET') {
    return (response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ data: [{ id: hostile('listed'), expiration_date: hostile('expires') }] }))
    }
  }
  if (bodyOf(asked).model.includes('failing')) return fails(400, hostile('server-error'))
  const telling = { id: hostile('generation'), model: hostile('served'), provider: hostile('provider') }
  return says(place % 3 === 0 ? `${hostile('answer')}\ud800` : hostile('answer'), { ...telling, finishReason: 'stop' })
}

const MODEL = `model-${flat('model')}`

test('eval, and everything that reads its run, shows hostile text as text', () => {
  const files = {
    [`data-${flat('file')}.csv`.replaceAll('/', '-')]: stringify(ROWS, { header: true }),
    [`prompt-${flat('prompt')}.txt`.replaceAll('/', '-')]: 'Q: {{question}}',
    'labels.csv': '',
  }
  const [dataset = '', prompt = ''] = Object.keys(files)
  return withServer(script, (server) =>
    inWorkdir(files, async (work) => {
      const endpoint = ['--base-url', server.url, '--max-cost', 'none']
      const asked = ['-d', dataset, ...endpoint, '--id', 'id', '--slice', COLUMN, '--keep', COLUMN, '--retries', '0']
      const leaks = new Leaks(work)
      const run = async (out: string, ...more: string[]): Promise<void> => {
        await leaks.lookFor(['eval', ...asked, '--out', `results/${out}`, ...more], [0, 1, 3, 5])
      }
      const [before, after] = [`before-${flat('run')}`, `after-${flat('run')}`].map((name) =>
        name.replaceAll('/', '-'),
      ) as [string, string]
      await run(before, '--prompt', `@${prompt}`, '-m', MODEL, '--cache')
      await run(
        after,
        '--prompt',
        `@${prompt}`,
        '-m',
        MODEL,
        '--baseline',
        `results/${before}`,
        '--max-drop',
        '0.1',
        '--max-failed',
        '1',
      )
      await run('failed', '-m', `failing-${MODEL}`, '-m', MODEL, '--prompt', '{{question}}', '--prompt', `@${prompt}`)
      await leaks.lookFor(['plan', ...asked, '-m', MODEL], 0)
      await leaks.lookFor(['compare', `results/${before}`, `results/${after}`, '--flips', '5'], [0, 1, 5])
      await leaks.lookFor(['compare', `results/${before}`, 'results/failed', '--json'], [0, 1, 2, 5])
      await leaks.lookFor(
        ['gate', `results/${after}`, '--baseline', `results/${before}`, '--max-drop', '0.1'],
        [0, 1, 5],
      )
      await leaks.lookFor(['baseline', 'accept', `results/${before}`, '--name', 'main'], [0, 2])
      await leaks.lookFor(['baseline', 'show'], 0)
      await leaks.lookFor(['baseline', 'export', 'main', '--out', 'kept.jsonl'], [0, 2])
      await leaks.lookFor(['history'], 0)
      await leaks.lookFor(['history', '--json'], 0)
      await leaks.lookFor(['cache', 'stats'], 0)
      await leaks.lookFor(['cache', 'stats', '--json'], 0)
      await leaks.lookFor(['report', `results/${after}`, '--reporter', 'html', '--reporter', 'github'], 0)
      await leaks.lookFor(['doctor', ...endpoint, '-d', dataset, '-m', MODEL], [0, 3])
      await leaks.lookFor(['score', `results/${before}`, '--scorer', 'f1', '--scorer', 'word-count:1'], [0, 1])
      assert.equal(leaks.found, [])
    }),
  )
})

/** Rows of one dataset as CSV. */
const csv = (...rows: readonly Record<string, string>[]): string => stringify([...rows], { header: true })

const AT_ONCE = ['--simulate', '--simulator', 'ttft=0ms', '--simulator', 'token-gap=0ms']

/** Datasets that are refused, each with what is typed after `eval -d <file>`. */
const REFUSED: readonly (readonly [file: string, content: string, ...args: string[]])[] = [
  [
    'twice.csv',
    csv({ id: hostile('id'), question: 'a', expected: 'a' }, { id: hostile('id'), question: 'b', expected: 'b' }),
  ],
  ['fields.csv', `question,expected\n"${hostile('cell')}",a,b,${flat('cell')}\n`],
  ['quote.csv', `question,expected\n"a"${flat('quote')},b\n`],
  ['missing.csv', csv({ [flat('column')]: 'a', question: 'a', expected: 'b' }), '--prompt', '{{nowhere}}'],
  ['numeric.csv', csv({ question: 'a', expected: hostile('number') }), '--scorer', 'numeric'],
  ['regex.csv', csv({ question: 'a', expected: `(${hostile('regex')}` }), '--scorer', 'regex'],
  ['assertion.csv', csv({ question: 'a', __expected: `${flat('assertion')}:${hostile('assertion')}` })],
  ['lines.jsonl', `{"question": "a", "expected": "${flat('line')}\n`],
]

test('what is wrong with a dataset is told without letting it speak', () =>
  inWorkdir(Object.fromEntries(REFUSED.map(([file, content]) => [file, content])), async (work) => {
    const leaks = new Leaks(work)
    for (const [file, , ...args] of REFUSED) {
      await leaks.lookFor(['eval', '-d', file, '--quiet', '--out', `out-${file}`, ...AT_ONCE, ...args], [0, 1, 2])
    }
    work.write(`${flat('neighbour').replaceAll('/', '-')}.csv`, 'question\na\n')
    await leaks.lookFor(['eval', '-d', 'nowhere.csv', ...AT_ONCE], 2)
    assert.equal(leaks.found, [])
  }))

/** Config files that are refused or fail. */
const CONFIGS = [
  `throw new Error(${JSON.stringify(hostile('thrown'))})`,
  `export default { [${JSON.stringify(hostile('key'))}]: 1 }`,
  `export default { model: ${JSON.stringify(hostile('model'))}, scorer: ${JSON.stringify(hostile('scorer'))} }`,
]

test("what a config file or a scorer of one's own says is text", () =>
  inWorkdir({ 'a.csv': csv({ question: 'a', expected: 'a' }) }, async (work) => {
    const leaks = new Leaks(work)
    for (const [index, config] of CONFIGS.entries()) {
      work.write('eval.config.ts', config)
      await leaks.lookFor(['eval', '-d', 'a.csv', '--out', `out-${index}`, ...AT_ONCE], [0, 1, 2, 3])
    }
    await leaks.lookFor(['doctor', '--offline', '-d', 'a.csv', '--simulate'], 2)
    work.remove('eval.config.ts')
    const command = `console.error(${JSON.stringify(hostile('stderr'))}); process.exit(3)`
    work.write('scorer.mjs', command)
    await leaks.lookFor(
      ['eval', '-d', 'a.csv', '--out', 'out-command', '--scorer', 'command:node scorer.mjs', ...AT_ONCE],
      [0, 1, 2, 3],
    )
    assert.equal(leaks.found, [])
  }))

test('labels, judges, choices and run folders of others are text', () =>
  withServer(script, (server) => {
    const rows = ['a', 'b', 'c'].map((name) => ({
      id: name,
      question: `is it ${name}`,
      expected: hostile(`label-${name}`),
      human: hostile('human'),
    }))
    return inWorkdir({ 'a.csv': csv(...rows) }, async (work) => {
      const leaks = new Leaks(work)
      const asked = [
        '-d',
        'a.csv',
        '--base-url',
        server.url,
        '--max-cost',
        'none',
        '--retries',
        '0',
        '--max-failed',
        '1',
      ]
      await leaks.lookFor(['eval', ...asked, '-m', MODEL, '--scorer', 'classification', '--out', 'results/one'], [0, 1])
      await leaks.lookFor(
        [
          'eval',
          ...asked,
          '-m',
          MODEL,
          '--scorer',
          'factuality',
          '--judge',
          `judge-${flat('judge')}`,
          '--out',
          'results/two',
        ],
        [0, 1, 3],
      )
      await leaks.lookFor(['eval', ...asked, '-m', `failing-${MODEL}`, '--out', 'results/three'], [0, 1, 3])
      work.write('eval.config.ts', `export default { price: ${JSON.stringify({ [MODEL]: '1/1', other: '2/2' })} }`)
      await leaks.lookFor(
        ['choose', ...asked, '-m', MODEL, '-m', 'other', '--max-drop', '0.1', '--out', 'results/four'],
        [0, 1, 3, 5],
      )
      work.remove('eval.config.ts')
      writeFileSync(
        join(work.path, 'labels.csv'),
        csv({ sample_id: hostile('id'), [flat('labels')]: hostile('label') }),
      )
      await leaks.lookFor(['calibrate', 'results/one', '--labels', 'labels.csv'], [0, 2])
      await leaks.lookFor(['calibrate', 'results/one', '--labels', 'labels.csv', '--human', flat('labels')], [0, 2])
      await leaks.lookFor(
        ['calibrate', 'results/one', '--labels', 'results/one/results.csv', '--human', 'expected'],
        [0, 2],
      )

      // A folder that somebody else has made: whatever a manifest says, it is data.
      const manifest = JSON.parse(work.read('results/one/manifest.json')) as Record<string, unknown>
      const forged = {
        ...manifest,
        runId: hostile('run-id'),
        startedAt: hostile('started'),
        assayVersion: hostile('version'),
        scorers: [hostile('scorer')],
        flags: { model: [hostile('kept')], scorer: [`./${hostile('code')}.ts`] },
        dataset: { ...(manifest['dataset'] as object), name: hostile('name') },
        provider: { name: hostile('provider'), baseUrl: `http://127.0.0.1/${hostile('url')}` },
        prompts: [{ name: hostile('prompt'), id: 'x', text: hostile('text') }],
      }
      for (const [name, text] of [
        ['forged', JSON.stringify(forged)],
        ['future', JSON.stringify({ ...forged, formatVersion: hostile('format') })],
      ] as const) {
        for (const file of readdirSync(join(work.path, 'results/one')))
          work.write(`results/${name}/${file}`, file === 'manifest.json' ? text : work.read(`results/one/${file}`))
        const any = [0, 1, 2, 3, 5, 70]
        await leaks.lookFor(['compare', `results/${name}`, 'results/one'], any)
        await leaks.lookFor(['gate', 'results/one', '--baseline', `results/${name}`, '--max-drop', '0.1'], any)
        await leaks.lookFor(['eval', '--resume', `results/${name}`, '--base-url', server.url], any)
        await leaks.lookFor(['report', `results/${name}`], any)
      }
      work.write('results/one/journal.jsonl', `${work.read('results/one/journal.jsonl')}${flat('journal')}\n{}\n`)
      await leaks.lookFor(['compare', 'results/two', 'results/one'], [0, 1, 2, 5])
      const history = work.read('results/history.csv')
      work.write('results/history.csv', `${history}${hostile('history')},"${hostile('cell')}"\n`)
      await leaks.lookFor(['history'], [0, 2])
      renameSync(join(work.path, 'results/two'), join(work.path, `results/${flat('folder').replaceAll('/', '-')}`))
      await leaks.lookFor(['compare', 'results/tow', 'results/one'], 2)
      await leaks.lookFor(['baseline', 'show', 'nowhere'], [0, 2])
      assert.equal(leaks.found, [])
    })
  }))

test.run()
