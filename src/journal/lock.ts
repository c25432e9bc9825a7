/**
 * Who writes in this run folder? One process at a time.
 *
 * Every process that wants to write leaves a claim, a file of its own whose name says who it is: `.writer-<pid>-<start>-<place>`,
 * where `<start>` is when that process began, so that a pid which the system has given out again is not mistaken for its first
 * owner, and `<place>` stands for the machine or container in which the pid means anything. Then it looks at the claims of others: those of processes that are gone are removed, and one that lives is a reason to
 * step back. Two that come at the same moment may both step back; two can never both go on.
 */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { errorCode, inRunFolder, UserError, WriteError } from '../lib/errors.ts'
import { key128 } from '../lib/hash.ts'
import { parseJson } from '../lib/json.ts'

const CLAIM = /^\.writer-(\d+)-(\w+)-([0-9a-f]{8})$/

/** What a claim tells beside its name. */
interface Claim {
  /** For people, as the time is. */
  readonly host: string
  /** When it was made, ISO 8601. */
  readonly since: string
}

export interface RunLock {
  release(): void
}

/** Claims the folder for this process. Throws UserError when another process is writing there. */
export function lockRun(dir: string, since: Date): RunLock {
  const own = `.writer-${process.pid}-${startOf(process.pid) ?? 'unknown'}-${placeOfPids()}`
  const path = join(dir, own)
  const release = (): void => rmSync(path, { force: true })
  const claim: Claim = { host: hostname(), since: since.toISOString() }
  try {
    inRunFolder(path, () => writeFileSync(path, JSON.stringify(claim), { flag: 'wx' }))
  } catch (error) {
    if (error instanceof WriteError && errorCode(error.cause) === 'EEXIST') {
      throw new UserError(`${dir}: this very process is writing the run already.`)
    }
    throw error
  }
  try {
    for (const name of readdirSync(dir)) if (name !== own) settleClaim(dir, name)
  } catch (error) {
    release()
    throw error
  }
  return { release }
}

/** Who has a claim on a run folder. */
export interface Writer {
  /** True: it works on the run. False: it was killed while it did. Null: it is on another machine, where nobody here can look. */
  readonly isAlive: boolean | null
  /** The machine, and when the claim was made, ISO 8601; null where the claim does not say. */
  readonly host: string | null
  readonly since: string | null
}

/** The process that writes there, or that did until it was killed; null: the last one has ended well. Changes nothing. */
export function writerOf(dir: string): Writer | null {
  const writers = readdirSync(dir).flatMap((name): Writer[] => {
    const [, pid = '', start = '', place = ''] = CLAIM.exec(name) ?? []
    if (pid === '') return []
    const { host = null, since = null } = readClaim(join(dir, name))
    return [{ isAlive: place === placeOfPids() ? isAlive(Number(pid), start) : null, host, since }]
  })
  return writers.find((one) => one.isAlive === true) ?? writers[0] ?? null
}

/** Throws UserError when a process may be writing there, as `lockRun` does. Changes nothing. */
export function refuseWrittenRun(dir: string): void {
  for (const name of readdirSync(dir)) {
    const claim = claimIn(dir, name)
    if (claim?.isGone === false) throw beingWritten(dir, claim)
  }
}

/** Removes the claim of a process that is gone; throws when the process lives. */
function settleClaim(dir: string, name: string): void {
  const claim = claimIn(dir, name)
  if (claim === null) return
  if (!claim.isGone) throw beingWritten(dir, claim)
  rmSync(join(dir, name), { force: true })
}

interface ForeignClaim {
  readonly isGone: boolean
  /** Who made it, and what may be done about it. */
  readonly who: string
  readonly fix: string
}

function beingWritten(dir: string, { who, fix }: ForeignClaim): UserError {
  return new UserError(`${dir}: another process is writing this run (${who}). ${fix}`)
}

/** What a file says as a claim; null: it is none. */
function claimIn(dir: string, name: string): ForeignClaim | null {
  const [, pid = '', start = '', place = ''] = CLAIM.exec(name) ?? []
  if (pid === '') return null
  const path = join(dir, name)
  const { host, since } = readClaim(path)
  const elsewhere = place !== placeOfPids()
  return {
    isGone: !elsewhere && !isAlive(Number(pid), start),
    who: `process ${pid}${elsewhere ? ` on ${host ?? 'another machine'}` : ''}${since === undefined ? '' : `, since ${since}`}`,
    fix: elsewhere
      ? `If that machine or container no longer works on it, remove ${path}.`
      : 'Wait for its end, or end it, then try again.',
  }
}

/** A claim that was made a moment ago may still be empty, and one may be gone by now. */
function readClaim(path: string): Partial<Claim> {
  try {
    const value = parseJson(readFileSync(path, 'utf8'))?.value
    return value !== null && typeof value === 'object' ? value : {}
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return {}
    throw error
  }
}

/** Whether the very process that made the claim still runs. */
function isAlive(pid: number, start: string): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // It may belong to somebody else, whom we may not signal.
    if (errorCode(error) !== 'EPERM') return false
  }
  const now = startOf(pid)
  return now === undefined || start === 'unknown' || now === start
}

/**
 * When a process began, in whatever unit the system has; undefined where that cannot be told. On Linux ticks since the machine
 * was started, with the mark of that start; elsewhere the words of `ps`.
 */
function startOf(pid: number): string | undefined {
  try {
    if (process.platform === 'win32') return undefined
    if (process.platform !== 'linux')
      return asWord(
        execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'ignore'],
        }),
      )
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8)
    // The name of the program, in brackets, may hold spaces; what counts are the fields after it, of which this is the 20th.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\)\s/s, '')
      .split(' ')
    // A zombie has ended; only its parent has not asked how.
    return fields[0] === 'Z' ? 'ended' : asWord(`${boot}_${fields[19]}`)
  } catch {
    return undefined
  }
}

/** Two processes see each other by their pids when this is equal: one machine, and in it one namespace of pids. */
function placeOfPids(): string {
  return key128(`${hostname()}\n${namespaceOfPids()}`).slice(0, 8)
}

function namespaceOfPids(): string {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return ''
  }
}

function asWord(text: string): string {
  return text.trim().replace(/\W+/g, '_')
}
