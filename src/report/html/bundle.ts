/** The script and the style of pages, as the build has made them of a folder `browser/`. */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { UserError } from '../../lib/errors.ts'

export interface Bundle {
  readonly script: string
  readonly style: string
}

/**
 * `chapter` is the folder that the pages are of, such as `report/html`. Throws UserError where there was no build, as in a
 * clone without the development dependencies.
 */
export function readBundle(chapter: string): Bundle {
  // From src/ in tests, from dist/ in the program: both are two levels below the folder that holds them.
  const folders = ['../../', '../../../dist/'].map((up) => new URL(`${up}${chapter}/`, import.meta.url))
  const folder = folders.find((one) => existsSync(fileURLToPath(new URL('browser.js', one))))
  if (folder === undefined) {
    throw new UserError(
      'pages for a browser need a script that is made by the build: run npm ci with the development dependencies, or install the package.',
    )
  }
  const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8')
  return { script: read('browser.js'), style: read('browser.css') }
}
