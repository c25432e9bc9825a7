import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { encodeLine, HEADER } from '../../src/journal/format.ts'
import { scanJournal } from '../../src/journal/scan.ts'
import { scanScores, scoreKey } from '../../src/journal/scan-scores.ts'
import type { JournalLine, RetryingLine } from '../../src/journal/types.ts'
import { key128 } from '../../src/lib/hash.ts'
import { formatUsd } from '../../src/lib/usd.ts'
import { inFolder } from '../lib/folder.ts'
import { refusalOf } from '../lib/thrown.ts'
import { completed, failed, scored } from './records.ts'

const never = new AbortController().signal
const [A, B] = [key128('a'), key128('b')]

const started = (trial: string, attempt: number, reservedUsd: string | null = '0.5'): JournalLine => ({
  type: 'started',
  trial,
  attempt,
  reservedUsd,
})

const retrying = (trial: string, costUsd: string | null, possiblyBilled: boolean): RetryingLine => ({
  type: 'retrying',
  trial,
  attempt: 1,
  errorKind: 'provider_error',
  error: 'down',
  status: 500,
  costUsd,
  possiblyBilled,
  generationId: null,
  waitMs: 1,
})

const journalOf = (lines: readonly JournalLine[]): string => [HEADER, ...lines].map(encodeLine).join('')

async function scanned(lines: readonly JournalLine[], tail = '') {
  return inFolder({ 'journal.jsonl': journalOf(lines) + tail }, (folder) => scanJournal(folder, never))
}

test('an attempt without an end is possibly billed at its reservation, and another start of the trial ends it', async () => {
  const scan = await scanned([started(A, 1), started(A, 2), started(B, 1, '0.25'), retrying(B, '0.1', false)])
  assert.equal(scan.unsettled.get(A), { lostUsd: 10n ** 24n, possiblyBilled: 2, attempts: 2 })
  assert.is(formatUsd(scan.unsettled.get(B)?.lostUsd ?? 0n), '0.1')
  assert.is(scan.unsettled.get(B)?.possiblyBilled, 0)
  assert.is(formatUsd(scan.lostUsd), '1.1')
  assert.is(scan.settledAt.size, 0)
})

test('without a price what was lost is unknown, but counted', async () => {
  const scan = await scanned([started(A, 1, null), retrying(A, null, true), started(A, 2, null)])
  assert.equal(scan.unsettled.get(A), { lostUsd: null, possiblyBilled: 2, attempts: 2 })
})

test('a settled trial has its money from its record alone, and of two records the last', async () => {
  const failure = failed({ trial: A, retryCostUsd: '0.2', possiblyBilled: 1 })
  const answer = completed({ trial: A, costUsd: '0.3', retryCostUsd: '0.25' })
  const once = await scanned([started(A, 1), failure])
  assert.equal([formatUsd(once.spentUsd), formatUsd(once.lostUsd), once.unsettled.size], ['0', '0.2', 0])
  assert.is(once.failedAt.get(A), once.settledAt.get(A))
  const twice = await scanned([started(A, 1), failure, started(A, 2), answer])
  assert.equal([formatUsd(twice.spentUsd), formatUsd(twice.lostUsd), twice.settledAt.size], ['0.3', '0.25', 1])
  assert.is.not(twice.failedAt.get(A), twice.settledAt.get(A))
  // A try that was cut off comes on top of the failure that it was to replace.
  const cutOff = await scanned([started(A, 1), failure, started(A, 2)])
  assert.equal([formatUsd(cutOff.lostUsd), cutOff.unsettled.get(A)?.possiblyBilled], ['0.7', 1])
})

test('a journal cut at any byte loses at most its last record', async () => {
  const lines = [started(A, 1), completed({ trial: A, output: 'naïve ☕\n' }), started(B, 1), completed({ trial: B })]
  const whole = Buffer.from(journalOf(lines))
  const ends = [...whole].flatMap((byte, index) => (byte === 0x0a ? [index + 1] : []))
  await inFolder({}, async (folder) => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length }), async (cut) => {
        writeFileSync(join(folder, 'journal.jsonl'), whole.subarray(0, cut))
        const scan = await scanJournal(folder, never)
        const kept = ends.filter((end) => end <= cut)
        assert.is(scan.bytes, kept.at(-1) ?? 0)
        assert.is(scan.settledAt.size, [2, 4].filter((line) => kept.length > line).length)
      }),
      { numRuns: 300 },
    )
  })
})

test('any byte changed before the last line is an error that names line and byte', async () => {
  const lines = [started(A, 1), completed({ trial: A }), started(B, 1)]
  const whole = Buffer.from(journalOf(lines))
  const lineStarts = [0, ...[...whole].flatMap((byte, index) => (byte === 0x0a ? [index + 1] : []))]
  const lastLine = lineStarts.at(-2) ?? 0
  await inFolder({}, async (folder) => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: lastLine - 2 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, mask) => {
          const changed = Buffer.from(whole)
          changed[at] = (changed[at] ?? 0) ^ mask
          // A line feed made or lost moves the line's end; then the checksum of what is now the line does not hold.
          writeFileSync(join(folder, 'journal.jsonl'), changed)
          const refusal = await refusalOf(() => scanJournal(folder, never))
          assert.match(refusal, /journal\.jsonl:\d+ \(byte \d+\): /)
        },
      ),
      { numRuns: 300 },
    )
    writeFileSync(join(folder, 'journal.jsonl'), whole.subarray(lineStarts[1]))
    assert.match(await refusalOf(() => scanJournal(folder, never)), /journal\.jsonl:1 \(byte 0\): no header/)
  })
})

test('no file is a journal without lines', async () => {
  await inFolder({}, async (folder) => {
    const scan = await scanJournal(folder, never)
    assert.equal([scan.bytes, scan.settledAt.size], [undefined, 0])
    assert.equal((await scanScores(folder, 'these', never)).bytes, undefined)
  })
})

test('a journal of a later format is refused with the fix', async () => {
  const header = { ...HEADER, formatVersion: 2 } as unknown as typeof HEADER
  await inFolder({ 'journal.jsonl': encodeLine(header) }, async (folder) => {
    assert.match(await refusalOf(() => scanJournal(folder, never)), /written in format 2 by another version of Assay/)
  })
})

test('scores are those of these scorers, and lines that make no sense are passed over', async () => {
  const lines = [
    { type: 'scores', formatVersion: 1 },
    scored(1, { trial: A, pass: 1, pairKey: 'p' }),
    scored(1, { trial: B, pass: 1, pairKey: 'p' }),
    'nonsense',
    scored(1, { trial: A, pass: 2, pairKey: 'p', scoring: 'others' }),
  ]
  const text = lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('')
  await inFolder({ 'scores.jsonl': `${text}{"half` }, async (folder) => {
    const these = await scanScores(folder, 'these', never)
    assert.equal([these.pass, these.bytes, these.scoredAt.size], [1, Buffer.byteLength(text), 2])
    assert.is(these.scoredAt.get(scoreKey(A, 'other answers')), undefined)
    const others = await scanScores(folder, 'others', never)
    assert.equal([others.pass, others.scoredAt.size], [2, 1])
    const offset = others.scoredAt.get(scoreKey(A, 'p')) ?? -1
    assert.match(readFileSync(join(folder, 'scores.jsonl')).subarray(offset).toString(), /^\{.*"pass":2/)
    const newOnes = await scanScores(folder, 'new ones', never)
    assert.equal([newOnes.pass, newOnes.scoredAt.size], [3, 0])
  })
})

test('what the budget held back for an estimated answer, and by how much others overran, is told', async () => {
  const scan = await scanned([
    started(A, 1, '0.5'),
    completed({ trial: A, costUsd: '0.2', costSource: 'estimated' }),
    started(B, 1, '0.5'),
    completed({ trial: B, model: 'dear', costUsd: '1', costSource: 'reported' }),
  ])
  assert.equal([formatUsd(scan.spentUsd), formatUsd(scan.lostUsd), scan.costUnknown], ['1.2', '0.3', 0])
  assert.equal([...scan.overrunsPermille], [['dear', 2_001n]])
})

test('trials and attempts without a known cost are counted', async () => {
  const scan = await scanned([started(A, 1, null), completed({ trial: A, costUsd: null }), started(B, 1, null)])
  assert.is(scan.costUnknown, 2)
})

test.run()
