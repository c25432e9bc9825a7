/**
 * docs/scorers.md and docs/scorers/: an index of all scorers and a page for each, from the registry; every example on them is
 * scored now. And docs/parity.md, from what the tests have measured against reference implementations.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createJiti } from 'jiti'
import * as registry from '../dist/score/registry.js'
import { filtersPage } from './filters-page.js'
import { block, code, prose, table } from './markdown.js'

const { inputOf, judgesSaying, scoreExample } = await createJiti(import.meta.url).import('../test/score/examples.ts')
const scorers = Object.values(registry)

/** Sections of the index, in this order. */
const GROUPS = {
  text: 'Text',
  numbers: 'Numbers, choices and labels',
  formats: 'JSON and formats',
  answer: 'How the answer came',
  models: 'Judged by a model',
}

const ASKS = { judge: 'a judge (`--judge`)', embeddings: 'an embedding model (`--embedding-model`)' }

/** Longer examples than this (characters, lines) are shown as lists with blocks. */
const LONGEST_CELL = 70
const MOST_LINES = 4

const INDEX = `# Scorers

\`--scorer name[:argument]\`, repeatable. Where a row has several right answers (\`--expected-separator\`, or a JSON list), matching one of them is
enough. A failed trial has no score, and neither has an answer that a scorer could not judge.

- \`--scorer 'last-line > exact'\` scores a part of the answer: [filters](scorers/filters.md).
- \`--scorer not-includes\`: with \`not-\` in front, any scorer passes what it would fail, with 1 − its score.
- A trial passes when every scorer passes; with \`--combine any\` when one does, with \`--combine weighted:0.7\` when the weighted mean of the scores is at
  least that. [Weights, thresholds and more](scoring.md): weights are set by \`--weight f1=2\`; with weight 0 a score is reported and decides nothing.
- \`--threshold rouge-l=0.4\` says from which score an answer passes a scorer, in place of its own threshold.
- \`--scorer ./polite.ts\` and \`--scorer 'command:python3 score.py'\` are [code of your own](custom-scorers.md).
- Outputs that exist already are scored by a [replay](replay.md), and a run again [with other scorers](rescore.md), without asking a model.

Each name leads to a page with how it is computed and examples. Where there is a reference implementation, it is
[measured against it](parity.md).
`

/** All pages by their path under docs/. */
export async function scorerPages(root, generated) {
  const pages = {
    'scorers.md': `${generated}\n\n${INDEX}\n${index()}\n`,
    'parity.md': parityPage(root),
    'scorers/filters.md': await filtersPage(generated, inputOf, judgesSaying([])),
  }
  for (const scorer of scorers) pages[`scorers/${scorer.name}.md`] = `${generated}\n\n${await scorerPage(scorer, root)}`
  return pages
}

function index() {
  return Object.entries(GROUPS)
    .map(([group, title]) => ({ title, members: scorers.filter((scorer) => groupOf(scorer) === group) }))
    .filter(({ members }) => members.length > 0)
    .map(({ title, members }) => {
      const rows = members
        .toSorted((a, b) => (a.name < b.name ? -1 : 1))
        .map(({ name, summary, argument, needsExpected, asks }) => [
          `[${name}](scorers/${name}.md)`,
          prose(summary),
          argument === null ? '' : prose(argument),
          needsExpected ? 'yes' : '',
          asks === undefined ? '' : ASKS[asks],
        ])
      return `## ${title}\n\n${table(['name', 'what passes', 'argument', 'needs expected', 'asks a model'], rows)}`
    })
    .join('\n\n')
}

function groupOf({ asks, group }) {
  return asks === undefined ? (group ?? 'text') : 'models'
}

async function scorerPage(scorer, root) {
  const { name, summary, details = '', examples = [], metric } = scorer
  return `${[
    `# ${name}`,
    prose(summary),
    facts(scorer).join('\n'),
    details.trim(),
    ...(metric === undefined ? [] : ['## Over a run', figures(metric)]),
    ...(examples.length === 0 ? [] : ['## Examples', await exampleList(scorer, examples)]),
    ...(parityOf(root).some((row) => nameIn(row.scorer) === name)
      ? ['[Measured against its reference](../parity.md).']
      : []),
    '[All scorers](../scorers.md)',
  ].join('\n\n')}\n`
}

function facts(scorer) {
  const { name, argument, needsExpected, asks, callsPerJudge = 1, promptfooTypes = {} } = scorer
  const usage = argument === null ? name : canBeBare(scorer) ? `${name}[:argument]` : `${name}:argument`
  const calls = asks === 'judge' ? `; calls for each answer and judge: ${callsPerJudge}` : ''
  const words = Object.entries(promptfooTypes).map(([word, stands]) => promptfooWord(name, word, stands))
  return [
    `- Use: \`--scorer ${usage}\``,
    `- Argument: ${argument === null ? 'none' : prose(argument)}`,
    `- Needs an expected answer: ${needsExpected ? 'yes' : 'no'}`,
    ...(asks === undefined ? [] : [`- Asks: ${ASKS[asks]}${calls}`]),
    ...(words.length === 0 ? [] : [`- In promptfoo's \`__expected\` columns: ${words.join(', ')}`]),
  ]
}

/** Whether the scorer works without its argument. */
function canBeBare(scorer) {
  try {
    scorer.create(undefined)
    return true
  } catch {
    return false
  }
}

/** A word of promptfoo, with the number that its cell may hold, and what it stands for. */
function promptfooWord(name, word, stands) {
  if (stands === undefined) return code(word)
  const [place, usual] = /\{number(?:=([\d.]+))?\}/.exec(stands) ?? []
  if (place === undefined) return `${code(word)} (${code(`${name}:${stands}`)})`
  const number = usual ?? 'N'
  const written = usual === undefined ? code(`${word}(${number})`) : `${code(word)} or ${code(`${word}(${number})`)}`
  return `${written} (${code(`${name}:${stands.replace(place, number)}`)})`
}

function figures({ figures: meanings }) {
  const rows = Object.entries(meanings).map(([figure, meaning]) => [code(figure), prose(meaning)])
  return table(['figure', 'meaning'], rows)
}

/** A table where everything fits into its cells, else a list with blocks. */
async function exampleList(scorer, examples) {
  const shown = []
  for (const example of examples) shown.push(await scoredExample(scorer, example))
  if (!shown.flat().every(fitsIntoCell)) {
    return shown.map((fields, number) => `### Example ${number + 1}\n\n${fields.map(asItem).join('\n')}`).join('\n\n')
  }
  const heads = [...new Set(shown.flatMap((fields) => fields.map(({ head }) => head)))].toSorted(byPlace)
  const cellOf = (fields, head) => {
    const cells = fields.filter((field) => field.head === head).map(asCell)
    return cells.join(head === 'expected' ? ' or ' : ', ')
  }
  const rows = shown.map((fields) => heads.map((head) => cellOf(fields, head)))
  const legend = shown.flat().some(({ text }) => text.includes('\n')) ? '\n\n⏎ is a line feed.' : ''
  return `${table(heads, rows)}${legend}`
}

function fitsIntoCell({ text }) {
  return text.split('\n').length <= MOST_LINES && Array.from(text).length <= LONGEST_CELL
}

const PLACES = ['argument', 'output', 'expected', 'the judge says', 'similarities', 'score', 'pass', 'reason']

/** Columns and facts of the sample stand between what was expected and what came of it. */
function byPlace(a, b) {
  const place = (head) => (PLACES.includes(head) ? PLACES.indexOf(head) : 2.5)
  return place(a) - place(b)
}

/** What is told of an example, in order; a text is shown as it is, a word is not. */
async function scoredExample(scorer, example) {
  const { argument, output, expected = [], vars = {}, facts: known = {}, judgeSays = [] } = example
  const { value, pass, reason } = await scoreExample(scorer, example)
  const text = (head) => (content) => ({ head, text: content, isText: true })
  const word = (head, content) => ({ head, text: content, isText: false })
  return [
    ...(argument === undefined ? [] : [text('argument')(argument)]),
    text('output')(output),
    ...expected.map(text('expected')),
    ...Object.entries(vars).map(([column, cell]) => text(`column ${column}`)(cell)),
    ...Object.entries(known).map(([fact, content]) => text(fact)(asText(content))),
    ...judgeSays.map(text(scorer.asks === 'embeddings' ? 'similarities' : 'the judge says')),
    word('score', value === null ? '–' : String(Math.round(value * 1000) / 1000)),
    word('pass', pass === null ? 'not scored' : pass ? 'yes' : 'no'),
    text('reason')(reason),
  ]
}

const asText = (content) => (typeof content === 'string' ? content : JSON.stringify(content))

const asCell = ({ text, isText }) => (isText ? code(text) : text)

/** A line of a list, its block set in as far as the list's text. */
function asItem(field) {
  const { head, text, isText } = field
  return isText && text.includes('\n')
    ? `- ${head}:\n\n${block(text).replace(/^(?=.)/gm, '  ')}\n`
    : `- ${head}: ${asCell(field)}`
}

/** Measured deviations: one file per scorer, which its test holds. */
function parityOf(root) {
  const folder = join(root, 'test', 'golden', 'parity')
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .toSorted()
    .flatMap((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')))
}

function parityPage(root) {
  const rows = parityOf(root).map(({ scorer, reference, version, cases, maxDeviation }) => [
    `[${scorer}](scorers/${nameIn(scorer)}.md)`,
    reference,
    version,
    cases.toLocaleString('en-US'),
    maxDeviation === 0 ? '0' : maxDeviation.toExponential(1),
  ])
  return `<!-- Made by \`npm run docs\` from test/golden/parity, which the tests of test/score hold. -->

# Measured against reference implementations

The same cases were given to a reference implementation, and its values were written down with its version (\`test/golden\`, by the scripts of
\`test/golden/make\`). The tests compare each of them with what the scorer gives: the largest deviation, on a scale where full marks are 1,
is this. More than 1e-6 fails; what is around 1e-16 is the last bit of a binary number.

${table(['scorer', 'reference', 'version', 'cases', 'max deviation'], rows)}
`
}

/** Without its argument. */
const nameIn = (label) => label.split(':', 1)[0]
