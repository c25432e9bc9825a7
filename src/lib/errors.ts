/** Which kinds of failure end the process, and with which exit code. */

/** Exit codes of every command, in the order of precedence when several apply (first wins). */
export const EXIT = {
  interrupted: 130,
  internal: 70,
  cannotWrite: 74,
  usage: 2,
  endpointFailed: 3,
  budget: 4,
  thresholdMissed: 1,
  inconclusive: 5,
  done: 0,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** The exit code that wins when several apply. */
export function worstExit(codes: readonly ExitCode[]): ExitCode {
  const order: readonly ExitCode[] = Object.values(EXIT)
  return order.find((code) => codes.includes(code)) ?? EXIT.done
}

/**
 * Something only the user can mend: bad usage, config or dataset. The message says where, what was found, what was
 * expected and the fix; it is printed without a stack. Nothing has been sent when one is thrown.
 */
export class UserError extends Error {
  override readonly name = 'UserError'

  /** Several lines are a list: what a message quotes makes no line of its own. */
  constructor(message: string | readonly string[], options?: ErrorOptions) {
    super([message].flat().map(onOneLine).join('\n'), options)
  }
}

/** A file of ours could not be written (disk full, read-only folder). Ends with exit code 74. */
export class WriteError extends Error {
  override readonly name = 'WriteError'

  /** The path that it names may hold anything. */
  constructor(message: string, options?: ErrorOptions) {
    super(onOneLine(message), options)
  }
}

/** Line breaks of every kind become spaces. */
function onOneLine(text: string): string {
  return text.replace(/[\n\r\v\f\u0085\u2028\u2029]+/g, ' ')
}

/** Error codes of Node that mean the file system refused, whoever called. */
const WRITE_REFUSED = new Set([
  'ENOSPC',
  'EROFS',
  'EDQUOT',
  'EFBIG',
  'EIO',
  'EACCES',
  'EPERM',
  'EEXIST',
  'ENOTDIR',
  'EISDIR',
  'ENAMETOOLONG',
  'EBUSY',
  'EMFILE',
  'ENFILE',
])

/** Runs a file operation; a refusal by the file system becomes a WriteError that names the path. */
export function writing<T>(path: string, operation: () => T): T {
  try {
    return operation()
  } catch (error) {
    throw asWriteError(path, error)
  }
}

/** The same for a file in the run folder, which was there a moment ago: when it is not, somebody has removed it. */
export function inRunFolder<T>(path: string, operation: () => T): T {
  try {
    return writing(path, operation)
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
    throw new WriteError(`${path}: the file or its folder is gone. A run needs its folder to stay where it is.`, {
      cause: error,
    })
  }
}

/** The same error, as a WriteError when it is a refusal by the file system. */
export function asWriteError(path: string, error: unknown): unknown {
  const code = errorCode(error)
  if (code === undefined || !WRITE_REFUSED.has(code)) return error
  const fix =
    code === 'EMFILE' || code === 'ENFILE'
      ? 'Too many files are open: raise the limit (ulimit -n) or lower --concurrency.'
      : 'Free space or choose another folder with --out.'
  return new WriteError(`${path}: cannot write (${code}). ${fix}`, { cause: error })
}

/** Node's `code` of a system error, e.g. ENOENT. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** The text of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
