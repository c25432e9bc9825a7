/** Does the detector meet the reference, and does it leave a stable level alone for as long as it promises? */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { randomFrom } from '../../src/lib/random.ts'
import { EDetector } from '../../src/stats/e-detector.ts'
import { goldenGroup } from './golden.ts'

interface DetectorInput {
  readonly x: readonly number[]
  readonly m: number
  readonly lambda: number
  readonly alpha: number
}
interface DetectorFigures {
  readonly cusum_sr: readonly (readonly [number, number])[]
  readonly cusum_alarm: number | null
  readonly sr_alarm: number | null
}

const golden = goldenGroup<DetectorInput, DetectorFigures>('e_detector', 'e-detector.ts: EDetector')

for (const { name, in: input, out } of golden.cases) {
  test(`the detector on ${name} goes through the golden values and alarms when they do`, () => {
    const detector = new EDetector({ tolerated: input.m, bets: [input.lambda], alpha: input.alpha })
    let [cusumAlarm, sumAlarm]: (number | null)[] = [null, null]
    for (const [index, value] of input.x.entries()) {
      detector.add(value)
      golden.close(detector.cusum, out.cusum_sr[index]?.[0] ?? null, `e-CUSUM ${index + 1}`)
      golden.close(detector.shiryaevRoberts, out.cusum_sr[index]?.[1] ?? null, `e-SR ${index + 1}`)
      if (detector.isCusumAlarm) cusumAlarm ??= index + 1
      if (detector.isShiryaevRobertsAlarm) sumAlarm ??= index + 1
    }
    assert.equal([cusumAlarm, sumAlarm], [out.cusum_alarm, out.sr_alarm])
  })
}

/** Mean number of values until the alarm, over seeded runs that are cut off at `most`. */
function meanRunLength(passRate: number, most: number): number {
  const random = randomFrom(`e-detector|${passRate}`)
  const runs = 200
  let values = 0
  for (let run = 0; run < runs; run++) {
    const detector = new EDetector({ tolerated: 0.85, bets: [0.5, 1, 2], alpha: 0.01 })
    for (let value = 1; value <= most && !detector.isShiryaevRobertsAlarm; value++) {
      detector.add(random.uniform() < passRate ? 1 : 0)
      values += 1
    }
  }
  return values / runs
}

test('a level that is just tolerated is left alone for 1/α values on average, a drop by 0.3 is found in a fraction of that', () => {
  assert.ok(meanRunLength(0.85, 1_000) >= 100)
  assert.ok(meanRunLength(0.55, 1_000) < 50, `${meanRunLength(0.55, 1_000)}`)
})

test('a bet that could lose more than there is, or none at all, is refused', () => {
  for (const bets of [[], [0], [6.7]]) {
    assert.throws(() => new EDetector({ tolerated: 0.85, bets, alpha: 0.05 }), /no bets on a mean below 0.85/)
  }
})

golden.finish()
test.run()
