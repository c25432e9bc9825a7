/**
 * Writes the reference pages from the code: docs/config.md, docs/scorers.md and docs/files.md; and docs/failures.md from what
 * the tests have measured. With --check it only says whether they are up to date, for CI.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { flagOf, options } from '../dist/config/options.js'
import { COLUMNS } from '../dist/report/results-csv.js'
import * as scorers from '../dist/score/registry.js'
import { failuresPage } from './failures-page.js'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const GENERATED = '<!-- Made by `npm run docs` from the code. Change the code, not this file. -->'
const cell = (text) => String(text).replaceAll('|', '\\|')
const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n')

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

function scorersPage() {
  const sections = Object.values(scorers).map(({ name, summary, argument, needsExpected }) => {
    const lines = [
      summary,
      '',
      `- Argument: ${argument === null ? 'none' : argument}`,
      `- Needs an expected answer: ${needsExpected ? 'yes' : 'no'}`,
    ]
    return `## ${name}\n\n${lines.join('\n')}`
  })
  return `${GENERATED}

# Scorers

\`--scorer name[:argument]\`, repeatable. A trial passes when every scorer passes. Where a row has several right answers
(\`--expected-separator\`, or a JSON list), matching one of them is enough. A failed trial has no score.

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
| \`summary.csv\` | one line per model, prompt, slice and metric, with interval and n |
| \`summary.json\` | the same numbers for programs |
| \`results.excel.csv\` | with \`--excel\`: results.csv with formulas made harmless, for spreadsheets |

## Columns of results.csv

The last column marks cells that differ between two runs with equal answers; \`--no-timings\` leaves them empty. Unknown is an
empty cell, never 0. After these come a \`score:<label>\` column per scorer and a \`var:<column>\` column per \`--keep\`.

${table(['column', 'meaning', 'depends on events'], rows)}
`
}

const MEASURED = '<!-- Made by `npm run docs` from test/golden/chaos.json, which the tests of test/chaos hold. -->'
const pages = {
  'config.md': configPage(),
  'scorers.md': scorersPage(),
  'files.md': filesPage(),
  'failures.md': failuresPage(root, MEASURED, table),
}
const stale = []
for (const [name, text] of Object.entries(pages)) {
  const path = join(root, 'docs', name)
  if (process.argv.includes('--check')) {
    let current = ''
    try {
      current = readFileSync(path, 'utf8')
    } catch {
      // Absent is as stale as outdated.
    }
    if (current !== text) stale.push(`docs/${name}`)
  } else writeFileSync(path, text)
}
if (stale.length > 0) {
  console.error(`out of date: ${stale.join(', ')}. Run npm run docs.`)
  process.exitCode = 1
}
