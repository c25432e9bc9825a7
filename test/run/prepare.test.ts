import { Readable } from 'node:stream'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { readConfig } from '../../src/config/read.ts'
import { resolveSettings } from '../../src/config/resolve.ts'
import { type Prepared, prepare } from '../../src/run/prepare.ts'
import { inFolder } from '../lib/folder.ts'
import { refusalOf } from '../lib/thrown.ts'

const ROWS = 100

/** Prepares a dataset of a hundred rows and closes it again. */
async function preparing<T>(flags: Readonly<Record<string, unknown>>, use: (prepared: Prepared) => T): Promise<T> {
  const lines = Array.from({ length: ROWS }, (_, row) => `q${row},Question ${row}?\n`)
  return inFolder({ 'qa.csv': `id,question\n${lines.join('')}` }, async (folder) => {
    const config = readConfig({ dataset: 'qa.csv', ...flags }, undefined)
    const settings = await resolveSettings(config, {
      cwd: folder,
      env: {},
      flags: {},
      sendsNothing: false,
      scoresOnly: false,
    })
    const stdin = Readable.from([])
    const interrupt = new AbortController().signal
    const prepared = await prepare(settings, {
      cwd: folder,
      stdin,
      interrupt,
      stagingParent: folder,
      onLeave: () => {},
    })
    try {
      return use(prepared)
    } finally {
      prepared.close()
    }
  })
}

/** Ids in the order in which they are sent. */
function idsSent({ order, sampleAt }: Prepared): string[] {
  return Array.from(order, (position) => sampleAt(position).id)
}

test('a part of the rows is sent in the order of the whole, and numbered in that of the dataset', async () => {
  const all = await preparing({}, idsSent)
  assert.is(new Set(all).size, ROWS)
  assert.equal(await preparing({ sample: 20 }, idsSent), all.slice(0, 20))
  assert.equal(
    await preparing({ shard: '2/3' }, idsSent),
    all.filter((_id, place) => place % 3 === 1),
  )
  const inOrder = await preparing({ sample: 20 }, ({ order, sampleAt }) =>
    Array.from(order.toSorted(), (position) => Number(sampleAt(position).id.slice(1))),
  )
  assert.equal(
    inOrder,
    inOrder.toSorted((a, b) => a - b),
  )
})

test('more trials than 32 bits can number are refused with their factors', async () => {
  const model = Array.from({ length: 100 }, (_, index) => `m${index}`)
  const prompt = Array.from({ length: 43 }, (_, index) => `${index} {{question}}`)
  assert.is(
    await refusalOf(() => preparing({ model, prompt, epochs: 10_000 }, idsSent)),
    '100 samples × 43 prompts × 100 models × 10,000 epochs make 4,300,000,000 trials, more than the 4,294,967,295 of one run. ' +
      'Take fewer rows (--limit, --sample, --shard) or fewer --epochs.',
  )
})

test.run()
