/** `assay cache`: what is kept of earlier answers, and how to be rid of it. */
import { relative } from 'node:path'
import { cacheFolder, cacheStats, clearCache } from '../cache/index.ts'
import type { CacheStats } from '../cache/types.ts'
import { EXIT } from '../lib/errors.ts'
import { oneLine, plural, printableJson } from '../lib/text.ts'
import { bytes, dollars, integer } from '../report/numbers.ts'
import { framed } from '../report/table.ts'
import { jsonFlag } from './flags.ts'
import type { Command, CommandIo } from './types.ts'

const JSON_FLAG = jsonFlag('the figures')

export const cache: Command = {
  name: 'cache',
  about: 'Show or remove the answers that assay eval --cache keeps for later runs',
  positionals: [
    {
      name: 'action',
      about: 'stats shows how many answers there are, of which models; clear removes them',
      choices: ['stats', 'clear'],
      min: 1,
      max: 1,
    },
  ],
  flags: [{ title: 'output', flags: [JSON_FLAG] }],
  examples: ['assay cache stats', 'assay cache clear'],
  run: async ({ action, json }, io) => {
    const dir = cacheFolder(io.cwd)
    const isClear = action === 'clear'
    const stats = await (isClear ? clearCache(dir, io.interrupt) : cacheStats(dir, io.interrupt))
    if (json === true) io.stdout.write(printableJson(`${JSON.stringify(stats, null, 2)}\n`))
    else io.stdout.write(`${inWords(stats, relative(io.cwd, dir), isClear, io.stdout)}\n`)
    return EXIT.done
  },
}

function inWords(stats: CacheStats, dir: string, isClear: boolean, stdout: CommandIo['stdout']): string {
  const { answers, files, bytes: size, damagedLines, oldest, newest } = stats
  if (files === 0) return `${dir}: nothing is cached. assay eval --cache keeps answers there.`
  const held = `${plural(answers, 'answer')} in ${plural(files, 'file')}, ${bytes(size)}`
  if (isClear) return `${dir}: removed ${held}.`
  return [
    `${dir}: ${held}.`,
    ...(oldest === null || newest === null ? [] : [`Made from ${minute(oldest)} to ${minute(newest)} UTC.`]),
    ...(damagedLines > 0
      ? [`${plural(damagedLines, 'line')} cannot be read and will not be served: damaged, or cut off by a crash.`]
      : []),
    ...(answers > 0 ? [modelTable(stats, stdout.isTTY && stdout.hasColors())] : []),
  ].join('\n')
}

function modelTable({ models }: CacheStats, color: boolean): string {
  const rows = models.map(({ model, answers, costUsd }) => [oneLine(model, 60), integer(answers), dollars(costUsd)])
  return framed(['model', 'answers', 'cost when they were made'], rows, color)
}

/** 2025-01-15T10:00:00.000Z → "2025-01-15 10:00". */
function minute(iso: string): string {
  return oneLine(iso, 30).slice(0, 16).replace('T', ' ')
}
