/** Which lines does a .gitignore lack, so that runs stay out of git and their trend does not? */
import { IGNORED_LINES } from './starter.ts'

/** A folder that is ignored as a whole keeps nothing in it, whatever a later line says. */
const WHOLE_FOLDER = new Set(['results', 'results/', 'results/**', '**/results', '**/results/', '**/results/**'])

export interface GitignoreChange {
  /** Put at the end of the file; empty when nothing is missing. */
  readonly appended: string
  /** Results are ignored with all that is in them: the trend and the baselines cannot be committed. */
  readonly ignoresAll: boolean
}

/** `content` of the file that is there; null: there is none. */
export function gitignoreChange(content: string | null): GitignoreChange {
  const text = content ?? ''
  const lines = text.split('\n').map((line) => line.trim().replace(/^(!?)\/(?=results)/, '$1'))
  if (lines.some((line) => WHOLE_FOLDER.has(line))) return { appended: '', ignoresAll: true }
  const [first = '', ...exceptions] = IGNORED_LINES
  const ignoredAt = lines.lastIndexOf(first)
  // The last line that fits decides: exceptions have to come after what they are exceptions of.
  const missing = ignoredAt < 0 ? IGNORED_LINES : exceptions.filter((line) => lines.lastIndexOf(line) < ignoredAt)
  if (missing.length === 0) return { appended: '', ignoresAll: false }
  const end = text.includes('\r\n') ? '\r\n' : '\n'
  const gap = text === '' || text.endsWith('\n') ? '' : end
  return { appended: gap + missing.map((line) => line + end).join(''), ignoresAll: false }
}
