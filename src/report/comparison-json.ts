/** comparison.json, and what `assay compare --json` prints: the report as it is. Format version 1. */
import type { ComparisonReport } from '../gate/compare/types.ts'

export function comparisonJson(report: ComparisonReport): string {
  return `${JSON.stringify(report, null, 2)}\n`
}
