/** Which reports are there? One line per format; each is loaded only when it is asked for. */
import type { Reporter } from './types.ts'

export const reporters = {
  html: async () => (await import('./html/html.ts')).htmlReporter,
  markdown: async () => (await import('./markdown.ts')).markdownReporter,
  junit: async () => (await import('./junit.ts')).junitReporter,
  github: async () => (await import('./github.ts')).githubReporter,
  csv: async () => (await import('./results-csv.ts')).csvReporter,
  excel: async () => (await import('./results-csv.ts')).excelReporter,
  summary: async () => (await import('./summary-csv.ts')).summaryReporter,
  json: async () => (await import('./summary-json.ts')).jsonReporter,
} as const satisfies Readonly<Record<string, () => Promise<Reporter>>>

export type ReporterName = keyof typeof reporters

/** In the order in which help and messages list them; at least one, as a schema of words needs it. */
export const reporterNames = Object.keys(reporters) as [ReporterName, ...ReporterName[]]
