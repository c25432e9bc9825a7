/** The verdict at the top of a Markdown report. */
import type { GateReport, VerdictWord } from '../../gate/types.ts'
import type { Summary } from '../../stats/types.ts'
import { plural } from '../../lib/text.ts'
import { integer, percent, percentWithInterval } from '../numbers.ts'
import { verdictLines } from '../verdict.ts'
import { code, prose } from './inert.ts'

/** A symbol for the eye, never without its word. */
const SYMBOLS: Readonly<Record<VerdictWord, string>> = { PASS: '✅', REGRESSION: '❌', INCONCLUSIVE: '⚠️' }

const WORST: readonly VerdictWord[] = ['REGRESSION', 'INCONCLUSIVE', 'PASS']

/** The heading of a run: what was decided about it, else what came out. */
export function headline(
  { gate, groups, dataset, simulated, planned }: Summary,
  { failUnder, isNamed }: { readonly failUnder: number | null; readonly isNamed: boolean },
): string {
  if (gate !== null) return gateHeadline(gate, isNamed)
  const of = `${code(dataset, 60)}${simulated ? ' (simulated)' : ''}`
  const rates = groups.flatMap(({ passRate }) => (passRate.value === null ? [] : [passRate]))
  if (failUnder !== null && rates.length > 0) {
    const below = groups.filter(({ passRate: { value } }) => value === null || value < failUnder).length
    const limit = percent(failUnder)
    if (below > 0)
      return `## ❌ ${of}: pass rate below ${limit}${groups.length > 1 ? ` for ${below} of ${groups.length}` : ''}`
    const scored = groups.reduce((sum, group) => sum + group.scored, 0)
    // What was not asked, or failed, is no part of the rate: nobody may take it for the whole.
    return scored === planned
      ? `## ✅ ${of}: pass rate of at least ${limit}, as asked`
      : `## ⚠️ ${of}: pass rate of at least ${limit} of the ${integer(scored)} of ${plural(planned, 'trial')} that have a score`
  }
  const [only] = rates
  if (only === undefined) return `## ${of}: ${plural(planned, 'trial')}, none scored`
  if (rates.length === 1) return `## ${of}: pass rate ${percentWithInterval(only)}`
  const values = rates.map(({ value }) => value ?? 0)
  return `## ${of}: pass rates from ${percent(Math.min(...values))} to ${percent(Math.max(...values))}`
}

function gateHeadline({ verdict, simulated, candidate, baseline }: GateReport, isNamed: boolean): string {
  const names = isNamed ? `: ${code(candidate.name)} against ${code(baseline.name, 200)}` : ''
  return `## ${SYMBOLS[verdict]} ${verdict}${simulated ? ' (simulated)' : ''}${names}`
}

/** What was proven of each metric, what was saved, what to know beside it: a list with at most so many metrics, the worst first. */
export function verdictBullets(gate: GateReport, most: number): string[] {
  const worstFirst = gate.metrics.toSorted((a, b) => WORST.indexOf(a.verdict) - WORST.indexOf(b.verdict))
  const shown = { ...gate, metrics: worstFirst.slice(0, most) }
  // The first line is the headline.
  const lines = verdictLines(shown).slice(1)
  const left = gate.metrics.length - shown.metrics.length
  return [
    ...lines.map((line) => {
      const text = line.trimStart().replace(/^! /, '⚠️ ')
      const isDetail = line.startsWith('    ')
      return `${isDetail ? '  ' : ''}- ${withSymbol(prose(text))}`
    }),
    ...(left > 0 ? [`- and ${plural(left, 'metric')} more`] : []),
  ]
}

function withSymbol(text: string): string {
  const word = /^(PASS|REGRESSION|INCONCLUSIVE):/.exec(text)?.[1] as VerdictWord | undefined
  return word === undefined ? text : `${SYMBOLS[word]} ${text}`
}

/** All of a verdict alone, as `assay gate` has it. */
export function gateMarkdown(gate: GateReport): string {
  return [gateHeadline(gate, true), '', ...verdictBullets(gate, gate.metrics.length), ''].join('\n')
}

/** Nobody may take simulated numbers for real ones. */
export const SIMULATED_BANNER = [
  '> [!IMPORTANT]',
  '> **SIMULATED**: answers of the built-in simulator, which say nothing about any model.',
]
