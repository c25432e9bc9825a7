/** The results of a run in a folder. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'

/** results.csv of the run in `folder`/run, by column. */
export function resultsOf(folder: string): Record<string, string>[] {
  return parse(readFileSync(join(folder, 'run', 'results.csv')), { columns: true })
}
