/** What are nights drawn from? The answers to each sample, and how much they differ: as measured, or as assumed. */
import { columnOf } from '../metrics.ts'
import type { Rows } from '../rows.ts'
import type { MetricAsked } from '../types.ts'
import { type Answers, answersOf, keepSamples, meanAnswer } from './answers.ts'
import { ASSUMED_DISCORDANCE, assumedNoise, measuredNoise } from './noise.ts'
import type { Noise } from './types.ts'

/** What nights are drawn from, higher being better. */
export interface AnswerPool {
  readonly answers: Answers
  readonly mean: number
  readonly noise: Noise
  /** Null: measured, answers of one sample differ. */
  readonly replaced: number | null
  /** Samples left out, since they were asked once where others were asked more often. */
  readonly left: number
}

/** Answers of one model × prompt in each run; null where none has a value. `discordance` is assumed where nothing tells. */
export function poolOf(
  runs: readonly Rows[],
  metric: MetricAsked,
  { discordance, runIds }: { readonly discordance: number | undefined; readonly runIds: readonly string[] },
): AnswerPool | null {
  const all = answersOf(runs, (rows, row) => {
    const value = rows.value(columnOf(metric), row)
    return isRise(metric) ? 1 - value : value
  })
  const several = keepSamples(all, (askings) => askings >= 2)
  const measured = measuredNoise(several, runIds)
  const answers = measured === null ? all : several
  const mean = meanAnswer(answers)
  if (mean === null) return null
  const left = all.samples.length - answers.samples.length
  if (measured !== null) return { answers, mean, noise: measured, replaced: null, left }
  const most = chanceToDiffer(answers)
  const noise = assumedNoise(Math.min(discordance ?? ASSUMED_DISCORDANCE, most))
  return { answers, mean, noise, replaced: most === 0 ? 0 : noise.discordance / most, left }
}

/** Lower is better: it is turned round, so that a rise of failures is a drop of what did not fail. */
export function isRise({ kind }: MetricAsked): boolean {
  return kind === 'failures'
}

/** Mean squared difference of the answers to two samples drawn at random: for pass and fail the chance that they differ. */
function chanceToDiffer({ samples }: Answers): number {
  let [sum, squares, count] = [0, 0, 0]
  for (const value of samples.flat(2)) {
    if (Number.isNaN(value)) continue
    sum += value
    squares += value * value
    count += 1
  }
  return count === 0 ? 0 : Math.max(0, 2 * (squares / count - (sum / count) ** 2))
}
