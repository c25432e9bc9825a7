/** docs/accuracy.md: how far the statistics are from their reference values, as the tests of test/stats have measured it. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Every group of reference values: the functions held against it, how many numbers, and the largest deviation. */
export function accuracyPage(root, table) {
  const golden = join(root, 'test', 'golden')
  const { meta, groups } = readJson(join(golden, 'statistics.json'))
  const folder = join(golden, 'accuracy')
  const measured = new Map(
    readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => readJson(join(folder, name)))
      .map((row) => [row.group, row]),
  )
  // In the order of the reference: from the foundations to the charts.
  const found = Object.keys(groups).filter((group) => measured.has(group))
  const missing = Object.keys(groups).filter((group) => !measured.has(group))
  const rows = found.map((group) => {
    const { functions, cases, numbers, maxDeviation } = measured.get(group)
    return [
      `\`${group}\``,
      functions
        .split('; ')
        .map((file) => functionsOf(file))
        .join('; '),
      groups[group].computed_with,
      ...[cases, numbers].map((count) => count.toLocaleString('en-US')),
      maxDeviation === 0 ? '0' : maxDeviation.toExponential(0),
    ]
  })
  const sum = (key) => found.reduce((total, group) => total + measured.get(group)[key], 0).toLocaleString('en-US')
  const versions = Object.entries(meta.computed_with).map(([name, version]) => `${name.replace('_', '-')} ${version}`)
  return `<!-- Made by \`npm run docs\` from test/golden/accuracy, which the tests of test/stats hold. -->

# Measured against reference values

Every statistical method is held against values that another implementation has given for the same input, made once with
${versions.join(', ')}
(\`test/golden/statistics.json\`): ${found.length} groups, ${sum('cases')} cases, ${sum('numbers')} numbers. Where the reference is "own", it is a separate
implementation in Python, and what follows says what that was compared with.

A deviation is the difference over the expected value, or over 0.001 where that is smaller. The largest of a group is given, rounded up; the
tests hold it. The values are written with 12 digits, so that 5e-12 is agreement in every one of them; more than 1e-9 fails where a
group does not state a tolerance of its own. 0 is equal to the last bit: counts, ranks, shares of counts.

Files are in \`src/stats\`, those under \`lib\` in \`src\`.
${missing.length > 0 ? `\nNot compared: ${missing.map((group) => `\`${group}\``).join(', ')}.\n` : ''}
${table(['group', 'functions', 'reference', 'cases', 'numbers', 'max deviation'], rows)}
`
}

/** `wilson.ts: a, b` with the names as code. */
function functionsOf(text) {
  const [file, names] = text.split(': ')
  return `${file}: ${names
    .split(', ')
    .map((name) => `\`${name}\``)
    .join(', ')}`
}

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'))
