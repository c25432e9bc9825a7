/** When do the scores of an earlier session stand for those of this one? */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { readConfig } from '../../src/config/read.ts'
import { resolveSettings } from '../../src/config/resolve.ts'
import { scoringFor, scoringKey } from '../../src/run/defaults.ts'
import { planJudges } from '../../src/run/models.ts'

/** The key of a run with these settings over a dataset with these columns. */
async function keyOf(flags: Readonly<Record<string, unknown>>, columns = ['question', 'expected']): Promise<string> {
  const config = readConfig({ dataset: 'qa.csv', ...flags }, undefined)
  const around = { cwd: '/', env: { PATH: process.env['PATH'] }, flags, sendsNothing: false, scoresOnly: false }
  const settings = await resolveSettings(config, around)
  const scoring = scoringFor(columns, settings)
  const asked = new Set(scoring.scorers.map(({ scorer }) => scorer.asks))
  return scoringKey({ scoring, hasAssertions: true, ...planJudges(settings, asked) }, settings.judging)
}

const TWO = { scorer: ['exact', 'f1'] }

test('the same scorers that count the same have one key, however it is typed', async () => {
  const key = await keyOf(TWO)
  for (const same of [
    TWO,
    { scorer: [' exact', 'f1 '] },
    { ...TWO, combine: 'all' },
    { ...TWO, weight: ['f1=1'] },
    { ...TWO, judge: undefined },
  ]) {
    assert.is(await keyOf(same), key, JSON.stringify(same))
  }
})

test('other scorers, arguments, filters, weights, thresholds and rules have other keys', async () => {
  const keys = await Promise.all(
    [
      {},
      TWO,
      { scorer: ['f1', 'exact'] },
      { scorer: ['exact'] },
      { scorer: ['exact', 'f1:0.7'] },
      { scorer: ['exact', 'not-f1'] },
      { scorer: ['last-line > exact', 'f1'] },
      { ...TWO, weight: ['f1=2'] },
      { ...TWO, weight: ['exact=2'] },
      { ...TWO, threshold: ['f1=0.7'] },
      { ...TWO, combine: 'any' },
      { ...TWO, combine: 'weighted' },
      { ...TWO, combine: 'weighted:0.6' },
    ].map((flags) => keyOf(flags)),
  )
  assert.is(new Set(keys).size, keys.length)
  assert.is.not(await keyOf({}, ['question']), await keyOf({}))
})

test('a scorer that may judge otherwise the next time has another key each time', async () => {
  for (const scorer of [[`command:${process.execPath} x.js`], [{ name: 'mine', score: () => true }]]) {
    assert.is.not(await keyOf({ scorer }), await keyOf({ scorer }))
  }
})

test.run()
