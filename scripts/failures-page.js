/** docs/failures.md: what a run makes of a server that misbehaves, from what the tests of test/chaos have measured. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What the tables are about, and what their columns mean. */
const INTRODUCTION = `# When the endpoint fails

What a whole run makes of a server that misbehaves. Every line is one way to do so, played by a server on loopback to the built
program; every cell is what came out, and \`test/chaos/\` holds it. A third of nine questions are hit, if the line says nothing else; where
all is answered in the end, a group is played in one run. The tests see to it that the other questions are answered at their first attempt
(unless a failure ends the run), that every question has its one line in \`results.csv\`, that the journal is valid, and that neither a
stack trace nor the key shows up anywhere.

- **once**: the server heals after the first attempt of a question. \`answered\`, or the \`error_kind\` of the trial.
- **for ever**: it does not, and \`--retries\` is 1. Empty: not played, since nothing new would show. \`skipped_stopped\` is a trial that was
  left open: \`--resume\` asks it.
- **attempts**: HTTP tries of a trial that was hit. – means that it depends on the moment.
- **wait**: before the second attempt. \`told\` is what the server asked for (and up to 100 ms, so that a crowd does not return as one), \`own\`
  is ours: half a second, one second after a 429, two when the server is overloaded, ±25 %.
- **exit**: exit code of the run. A third of the trials is more than \`--max-failed\`, so a failure that stays is a 3.
- **possibly billed**: attempts of a trial that the reports call possibly billed, once and for ever. Their worst cost is in \`retry_cost_usd\`
  and stays counted against \`--max-cost\`.
- **in vain**: the same by the server's own count: attempts that it answered or worked on though no answer of them counts. Where it exceeds
  what is possibly billed, the server has told the cost, which is in \`retry_cost_usd\` for certain.

What Assay does: a refusal costs nothing; whatever reached the server and was not refused may have been billed. Failures that may pass are
tried again, and the server's word on whether and when comes first. A wrong key, an empty balance, an unknown model and a redirect end the run.
An answer is cut at 32 MiB, an error page at 1 MiB: of the gigabytes below at most 48 MiB were sent, and the program needed at most 400 MiB of
memory. Usage that nobody can mean (negative, fractional, text, above a billion tokens) is as good as none: tokens are then estimated and
marked. A message shows what the server said in one line, without the key.
`

/** Where the cells of a column all say what goes without saying, the column is left out. */
const COLUMNS = [
  { name: 'once', cell: ({ heals }) => end(heals), usual: [''] },
  { name: 'attempts', cell: ({ heals }) => count(heals?.attempts), usual: [''] },
  { name: 'wait', cell: ({ heals }) => heals?.wait ?? '', usual: [''] },
  { name: 'exit', cell: ({ heals }) => count(heals?.exitCode), usual: [''] },
  { name: 'for ever', cell: ({ goesOn }) => end(goesOn), usual: [''] },
  { name: 'attempts', cell: ({ goesOn }) => count(goesOn?.attempts), usual: ['', '–'] },
  { name: 'exit', cell: ({ goesOn }) => count(goesOn?.exitCode), usual: [''] },
  { name: 'possibly billed', cell: (line) => both(line, 'possiblyBilled'), usual: ['0', '0, 0', '–', '–, –'] },
  { name: 'in vain', cell: (line) => both(line, 'inVain'), usual: ['0', '0, 0', '–', '–, –'] },
  { name: 'tokens', cell: ({ heals }) => heals?.tokens ?? '', usual: ['reported', ''] },
  { name: 'cost', cell: ({ heals }) => heals?.cost ?? '', usual: ['computed', ''] },
]

/** What became of a trial; empty where it was not played. */
function end(outcome) {
  if (outcome === undefined) return ''
  return outcome.trial === 'answered' ? outcome.trial : `\`${outcome.trial}\``
}

/** Null depends on the moment; undefined was not played. */
function count(value) {
  return value === null ? '–' : String(value ?? '')
}

function both({ heals, goesOn }, key) {
  return [heals, goesOn].flatMap((outcome) => (outcome === undefined ? [] : [count(outcome[key])])).join(', ')
}

/** The page; `table` makes a Markdown table of a head and rows. */
export function failuresPage(root, generated, table) {
  const groups = JSON.parse(readFileSync(join(root, 'test', 'golden', 'chaos.json'), 'utf8'))
  const sections = Object.entries(groups).map(([group, lines]) => {
    const columns = COLUMNS.filter(({ cell, usual }) => lines.some((line) => !usual.includes(cell(line))))
    const head = ['the server', ...columns.map(({ name }) => name)]
    const rows = lines.map((line) => [line.server, ...columns.map(({ cell }) => cell(line))])
    return `## ${group}\n\n${table(head, rows)}`
  })
  return `${generated}\n\n${INTRODUCTION}\n${sections.join('\n\n')}\n`
}
