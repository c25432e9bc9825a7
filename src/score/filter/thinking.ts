/** The filter that takes off what a model thinks aloud, where the endpoint leaves it in the answer. */
import type { Filter } from './types.ts'

const OPEN = '<think>'
const CLOSE = '</think>'

/**
 * The answer without its thoughts. Some chat templates write the opening tag into the prompt: then the answer begins inside
 * a thought. Thoughts that were cut off run to the end.
 */
function withoutThoughts(text: string): string {
  const kept: string[] = []
  const firstClose = text.indexOf(CLOSE)
  const firstOpen = text.indexOf(OPEN)
  const beginsInside = firstClose >= 0 && (firstOpen < 0 || firstClose < firstOpen)
  let at = beginsInside ? firstClose + CLOSE.length : 0
  for (;;) {
    const open = text.indexOf(OPEN, at)
    if (open < 0) break
    kept.push(text.slice(at, open))
    const close = text.indexOf(CLOSE, open)
    if (close < 0) return kept.join('')
    at = close + CLOSE.length
  }
  return [...kept, text.slice(at)].join('')
}

export const withoutThinking = {
  name: 'without-thinking',
  summary: 'The answer without `<think>…</think>`, also where one of the two tags is missing.',
  argument: null,
  missing: () => 'nothing but thoughts',
  create: () => (text) => withoutThoughts(text).trim(),
} as const satisfies Filter
