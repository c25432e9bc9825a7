/** report.html: one file that needs nothing else. */
import type { Reporter } from '../types.ts'
import { readBundle } from './bundle.ts'
import { page } from './page.ts'

export const htmlReporter: Reporter = {
  name: 'html',
  about: 'One file for the browser: verdict, figures, charts, and every row',
  file: 'report.html',
  check: () => void readBundle('report/html'),
  render: page,
}
