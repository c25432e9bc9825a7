import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { readConfig } from '../../src/config/read.ts'
import { resolveSettings } from '../../src/config/resolve.ts'
import type { Settings } from '../../src/config/types.ts'
import type { Manifest } from '../../src/journal/types.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { WriteError } from '../../src/lib/errors.ts'
import { openRunFolder, refuseUsedFolder } from '../../src/run/folder.ts'
import type { Prepared } from '../../src/run/prepare.ts'
import { inFolder } from '../lib/folder.ts'
import { refusalOf, thrownBy } from '../lib/thrown.ts'

function settingsOf(flags: Readonly<Record<string, unknown>>): Promise<Settings> {
  const config = readConfig({ dataset: 'qa.csv', ...flags }, undefined)
  return resolveSettings(config, { cwd: '/nowhere', env: {}, flags, sendsNothing: false, scoresOnly: false })
}

const notAskedFor = (): never => {
  throw new Error('not asked for')
}

/** A run of one sample whose staged file holds `text`. */
function prepared(stagedPath: string, text: string, { scorers }: Settings): Prepared {
  writeFileSync(stagedPath, text)
  return {
    dataset: { name: 'qa', file: 'qa.csv', format: 'csv', sha256: null, version: '' },
    prompts: [],
    models: [],
    judges: [],
    hasAssertions: false,
    embeddings: null,
    scoring: { scorers, isExplicit: false },
    sampleAt: notAskedFor,
    whole: { samples: 1, sampleAt: notAskedFor },
    shape: { samples: 1, prompts: 1, models: 1, epochs: 1 },
    promptTokensAtMost: 0,
    order: Uint32Array.of(0),
    stagedPath,
    notes: [],
    close: () => {},
  }
}

async function manifestOf(folder: string, flags: Readonly<Record<string, unknown>>): Promise<Manifest> {
  const settings = await settingsOf({ ...flags, out: 'run' })
  mkdirSync(join(folder, 'run'))
  await openRunFolder(prepared(join(folder, 'staged'), '', settings), settings, {
    cwd: folder,
    clock: systemClock,
    scoring: 'k',
    baselineRuns: null,
  })
  return JSON.parse(readFileSync(join(folder, 'run', 'manifest.json'), 'utf8')) as Manifest
}

test('of two runs in one folder the second is refused and changes nothing', async () => {
  await inFolder({}, async (folder) => {
    const run = join(folder, 'run')
    mkdirSync(run)
    const settings = await settingsOf({ out: 'run' })
    const open = (name: string) =>
      openRunFolder(prepared(join(run, name), name, settings), settings, {
        cwd: folder,
        clock: systemClock,
        scoring: 'k',
        baselineRuns: null,
      })
    await open('.staging-1')
    const manifest = readFileSync(join(run, 'manifest.json'), 'utf8')
    assert.match(await refusalOf(() => open('.staging-2')), /^--out run: another run has just started in this folder\./)
    assert.is(readFileSync(join(run, 'manifest.json'), 'utf8'), manifest)
    assert.is(readFileSync(join(run, 'samples.jsonl'), 'utf8'), '.staging-1')
  })
})

test('a run folder that was removed while the dataset was read is a write error', async () => {
  await inFolder({}, async (folder) => {
    const settings = await settingsOf({ out: 'run' })
    const gone = () =>
      openRunFolder(prepared(join(folder, 'staged'), '', settings), settings, {
        cwd: folder,
        clock: systemClock,
        scoring: 'k',
        baselineRuns: null,
      })
    assert.instance(await thrownBy(gone), WriteError)
  })
})

test('a folder that cannot be made is refused at once, one that can is not made yet', async () => {
  await inFolder({ file: '' }, async (folder) => {
    const wanted = join(folder, 'a', 'b')
    refuseUsedFolder(wanted, 'a/b')
    assert.equal(readdirSync(folder), ['file'])
    assert.match(await refusalOf(() => refuseUsedFolder(join(folder, 'file', 'b'), 'file/b')), /^--out file\/b: /)
    if (!existsSync('/proc')) return
    assert.instance(await thrownBy(() => refuseUsedFolder('/proc/no/such', '/proc/no/such')), WriteError)
  })
})

test('the manifest has the settings under their config keys, as a config file would have them', async () => {
  await inFolder({}, async (folder) => {
    const flags = { id: 'key', where: ['lang=en'], shard: '2/5', timeout: '90s', maxCost: '0.5', param: ['top_p=0.9'] }
    const { settings } = await manifestOf(folder, { ...flags, model: ['m'], simulate: true })
    const { id, where, shard, timeout, trialTimeout, maxCost, param, model } = settings
    assert.equal(
      { id, where, shard, timeout, trialTimeout, maxCost, param, model },
      {
        id: 'key',
        where: ['lang=en'],
        shard: '2/5',
        timeout: '90000ms',
        trialTimeout: '600000ms',
        maxCost: '0.5',
        param: { top_p: 0.9 },
        model: ['m'],
      },
    )
    const asConfig = Object.entries(settings).filter(([key, value]) => value !== null && key !== 'simulator')
    assert.is(readConfig(Object.fromEntries(asConfig), undefined).timeout, 90_000, 'every key is one of the config')
  })
})

test('a key in the query of the base URL does not get into the manifest', async () => {
  await inFolder({}, async (folder) => {
    const manifest = await manifestOf(folder, { baseUrl: 'http://127.0.0.1/v1?api-key=SECRET' })
    assert.equal(manifest.provider, { name: 'custom', baseUrl: 'http://127.0.0.1/v1?api-key' })
    assert.not.match(readFileSync(join(folder, 'run', 'manifest.json'), 'utf8'), 'SECRET')
  })
})

test.run()
