/**
 * Writes the reference pages from the code: docs/config.md, docs/files.md, docs/summary.schema.json, docs/scorers.md and a page for
 * each scorer; and docs/failures.md, docs/parity.md and docs/accuracy.md from what the tests have measured; and the nightly workflows of this
 * repository. With --check it only says whether they are up to date. Either way it looks whether every relative link of the
 * docs leads somewhere.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { flagOf, options } from '../dist/config/options.js'
import { HISTORY_COLUMNS } from '../dist/gate/history/columns.js'
import { COLUMNS } from '../dist/report/results-csv.js'
import { githubWorkflow } from '../dist/setup/github-workflow.js'
import { accuracyPage } from './accuracy-page.js'
import { failuresPage } from './failures-page.js'
import { brokenLinks, pagesOf } from './links.js'
import { table } from './markdown.js'
import { scorerPages } from './scorer-pages.js'
import { summarySchemaText } from './summary-schema.js'
import { verdictPage } from './verdict-page.js'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const GENERATED = '<!-- Made by `npm run docs` from the code. Change the code, not this file. -->'

function configPage() {
  const groups = new Map()
  for (const [key, option] of Object.entries(options))
    groups.set(option.group, [...(groups.get(option.group) ?? []), [key, option]])
  const sections = [...groups].map(([group, entries]) => {
    const rows = entries.map(([key, { about, value, alias, repeatable, standard, negated }]) => [
      `\`--${negated ? 'no-' : ''}${flagOf(key)}${value === undefined ? '' : ` <${value}>`}\`${alias ? ` \`-${alias}\`` : ''}`,
      `\`${key}\``,
      `${about}${repeatable ? ' (repeatable; a list in the config file)' : ''}`,
      negated ? 'on' : (standard ?? ''),
    ])
    return `## ${group[0].toUpperCase()}${group.slice(1)}\n\n${table(['flag', 'key', 'what it sets', 'default'], rows)}`
  })
  return `${GENERATED}

# Configuration

Every setting is a flag of \`assay eval\` and a key of \`eval.config.ts\`. Flags override the file, the file overrides the
defaults; a repeatable flag replaces the file's list. Times carry their unit (\`500ms\`, \`60s\`, \`5m\`), shares are \`0.05\` or \`5%\`.
A key that exists nowhere is an error that says what was meant. \`--config <file>\` reads another file than \`eval.config.ts\`; it is a flag alone.

${sections.join('\n\n')}
`
}

function filesPage() {
  const rows = COLUMNS.map(({ name, meaning, depends }) => [
    `\`${name}\``,
    meaning,
    depends === 'on events' ? 'yes' : '',
  ])
  return `${GENERATED}

# Files of a run

\`results/<run-id>/\` holds one run:

| file | what |
| --- | --- |
| \`manifest.json\` | settings as used, hashes, prices with source and date, versions, seed; written before the first request |
| \`samples.jsonl\` | the validated dataset |
| \`journal.jsonl\` | what happened, a line before each attempt and one after it, with checksums; the format is told at the top of \`src/journal/format.ts\` |
| \`scores.jsonl\` | one line per scored trial |
| \`results.csv\` | one line per trial, in dataset order |
| \`summary.csv\` | one line per model, prompt, slice and metric, with n, interval and method ([what they mean](scoring.md#how-sure-a-number-is)) |
| \`summary.json\` | the same numbers for programs, as [summary.schema.json](summary.schema.json) has them |
| \`report.html\` | with \`--reporter html\`: [a page for the browser](report-html.md) that needs nothing else |
| \`report.md\`, \`junit.xml\` | with \`--reporter markdown\`, \`--reporter junit\`: [for pull requests and CI](reports.md) |
| \`results.excel.csv\` | with \`--excel\`: results.csv with formulas made harmless, for spreadsheets |

## Columns of results.csv

The last column marks cells that differ between two runs with equal answers; \`--no-timings\` leaves them empty. Unknown is an
empty cell, never 0. After these come a \`score:<label>\` column per scorer and a \`var:<column>\` column per \`--keep\`.

${table(['column', 'meaning', 'depends on events'], rows)}

# Files of all runs

| file | what |
| --- | --- |
| \`results/history.csv\` | one line per run, prompt, model and metric: [history](history.md) |
| \`results/baselines/<name>.jsonl\` | runs that later ones are compared with: [baselines](baseline.md) |
| \`results/.cache/\` | answers of earlier runs: [cache](cache.md) |

## Columns of history.csv

New columns go at the end. Unknown is an empty cell, never 0.

${table(
  ['column', 'meaning'],
  HISTORY_COLUMNS.map(({ name, meaning }) => [`\`${name}\``, meaning]),
)}
`
}

/** A workflow of this repository, whose nights ask the simulator. */
function workflow(own) {
  const calls = { assay: 'npm run --silent assay --', flags: '--dataset qa.csv --simulate', keyEnv: null }
  return `# Made by \`npm run docs\` from src/setup/github-workflow.ts.\n${githubWorkflow({ ...calls, ...own })}`
}

const MEASURED = '<!-- Made by `npm run docs` from test/golden/chaos.json, which the tests of test/chaos hold. -->'
const pages = {
  '../.github/workflows/nightly.yml': workflow({}),
  '../.github/workflows/nightly-shards.yml': workflow({ name: 'Nightly evaluation in shards', shards: 4, nights: [] }),
  'config.md': configPage(),
  'files.md': filesPage(),
  'failures.md': failuresPage(root, MEASURED, table),
  'accuracy.md': accuracyPage(root, table),
  'verdict.md': verdictPage(),
  'summary.schema.json': summarySchemaText(root),
  ...(await scorerPages(root, GENERATED)),
}

const docs = join(root, 'docs')
const isCheck = process.argv.includes('--check')
const problems = []

/** Undefined for a page that is not there. */
function currentText(name) {
  try {
    return readFileSync(join(docs, name), 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}

mkdirSync(join(docs, 'scorers'), { recursive: true })
for (const [name, text] of Object.entries(pages)) {
  const current = currentText(name)
  if (current === text) continue
  if (isCheck) problems.push(`docs/${name} is ${current === undefined ? 'missing' : 'out of date'}: run npm run docs`)
  else writeFileSync(join(docs, name), text)
}
// Whatever else is under docs/scorers was the page of a scorer that is gone.
for (const file of readdirSync(join(docs, 'scorers'))) {
  const name = `scorers/${file}`
  if (name in pages) continue
  if (isCheck) problems.push(`docs/${name} is the page of no scorer: run npm run docs`)
  else rmSync(join(docs, name))
}
problems.push(...brokenLinks(root, pagesOf(root)).map((link) => `${link} leads nowhere`))
if (problems.length > 0) {
  console.error(problems.join('\n'))
  process.exitCode = 1
}
