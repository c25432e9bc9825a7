/** What would have been right? */
import { assertedAnswers, type Sample } from '../dataset/types.ts'

/** In one text; empty where the dataset does not say. A row that asks for scorers of its own has its right answers there. */
export function rightAnswers({ expected, assertions }: Sample): string {
  return (expected.length > 0 ? expected : assertedAnswers(assertions)).join(' | ')
}
