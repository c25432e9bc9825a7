/** The three things that a check may find. */
import { EXIT, type ExitCode } from '../../lib/errors.ts'
import type { Finding, Place, Subject } from './types.ts'

/** Statuses that speak of the key: it is wrong, not paid for, or not enough. */
export const KEY_STATUSES: readonly number[] = [401, 402, 403]

/** As it should be. */
export function ok(text: string): Finding {
  return { level: 'ok', text, fix: null, exitCode: null }
}

/** A run works, but may surprise. */
export function warning(text: string, fix: string): Finding {
  return { level: 'warning', text, fix, exitCode: null }
}

/** A run would end with the exit code. */
export function failure(text: string, fix: string, exitCode: ExitCode = EXIT.usage): Finding {
  return { level: 'failure', text, fix, exitCode }
}

/** A message of `assay eval`: its first sentence is what is wrong, the rest what to do. */
export function failureInWords(message: string): Finding {
  const [text = '', ...rest] = message.split(/(?<=\.) /)
  return failure(text.replace(/\.$/, ''), rest.join(' ') || 'assay eval --help lists the settings.')
}

/** Who is meant, where more than one endpoint is asked: "judges: ". */
export function roleOf({ role }: Place, { places }: Subject): string {
  return places.length > 1 ? `${role}: ` : ''
}
