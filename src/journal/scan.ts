/** What has happened in this run so far? The journal and the scores of an earlier session, read once from the start. */
import { join } from 'node:path'
import { errorCode, UserError } from '../lib/errors.ts'
import { KeyTable } from '../lib/key-table.ts'
import { LineFile } from '../lib/line-file.ts'
import { visitLines } from '../lib/lines.ts'
import { parseUsd, type Usd, ZERO_USD } from '../lib/usd.ts'
import { decodeLine, HEADER, JOURNAL_FILE } from './format.ts'
import { type JudgeCosts, NO_JUDGE_COSTS, withJudgeRecord } from './judge-costs.ts'
import type { JournalLine, JudgeRecord, RetryingLine, StartedLine, TrialRecord } from './types.ts'

/** Attempts of a trial that came to nothing, from whichever session. */
export interface Losses {
  /** What they billed or may have billed; null when one may have been billed and there is no price to tell how much. */
  readonly lostUsd: Usd | null
  /** How many of them may have been billed. */
  readonly possiblyBilled: number
  readonly attempts: number
}

export const NO_LOSSES: Losses = { lostUsd: ZERO_USD, possiblyBilled: 0, attempts: 0 }

export interface JournalScan {
  /** By trial key: where its last settled line starts. */
  readonly settledAt: KeyTable
  /** The same for settled failures: a trial has failed when both places are equal. */
  readonly failedAt: KeyTable
  /** Of trials that have not settled since, by trial key. An attempt that was cut off counts as possibly billed. */
  readonly unsettled: Map<string, Losses>
  /** By key of the call: where the answer of a judge stands. */
  readonly judgedAt: KeyTable
  /** Known cost of all settled trials and judge calls. */
  readonly spentUsd: Usd
  /** The part of that for judges and embeddings. */
  readonly judges: JudgeCosts
  /** What all other attempts billed or may have billed, as far as it is known, and answers beyond their estimated cost. */
  readonly lostUsd: Usd
  /** Settled trials and attempts whose cost nobody knows: the two sums leave them out. */
  readonly costUnknown: number
  /** By model: the most that an answer has cost, in thousandths of what had been reserved for it; where that is above 1,000. */
  readonly overrunsPermille: ReadonlyMap<string, bigint>
  /** Length of the valid part in bytes; undefined when there is no file. */
  readonly bytes: number | undefined
}

/** Throws UserError that names line and byte when anything but the last line is damaged. */
export async function scanJournal(dir: string, signal: AbortSignal): Promise<JournalScan> {
  const path = join(dir, JOURNAL_FILE)
  const scan = new Scan(path)
  try {
    const bytes = await visitLines(path, (text, offset, number) => scan.visit(text, offset, number), signal)
    return scan.result(bytes)
  } catch (error) {
    // The run ended before it could make the file.
    if (errorCode(error) === 'ENOENT') return scan.result(undefined)
    throw error
  } finally {
    scan.close()
  }
}

class Scan {
  readonly #path: string
  readonly #settledAt = new KeyTable()
  readonly #failedAt = new KeyTable()
  readonly #judgedAt = new KeyTable()
  #judges = NO_JUDGE_COSTS
  readonly #open = new Map<string, OpenTrial>()
  #spentUsd = ZERO_USD
  #lostUsd = ZERO_USD
  #costUnknown = 0
  readonly #overrunsPermille = new Map<string, bigint>()
  #earlierLines: LineFile | undefined

  constructor(path: string) {
    this.#path = path
  }

  visit(text: string, offset: number, number: number): void {
    const place = `${this.#path}:${number} (byte ${offset})`
    const line = decodeLine(text, place)
    if ((number === 1) !== (line.type === 'journal')) {
      throw new UserError(
        `${place}: ${number === 1 ? 'no header' : 'a second header'}. A journal has one, its first line.`,
      )
    }
    if (line.type === 'journal') this.#checkFormat(line)
    else this.#take(line, offset)
  }

  #checkFormat({ formatVersion }: { readonly formatVersion: number }): void {
    if (formatVersion === HEADER.formatVersion) return
    throw new UserError(
      `${this.#path}: written in format ${formatVersion} by another version of Assay; this one reads format ` +
        `${HEADER.formatVersion}. Go on with the version that began the run (manifest.json names it).`,
    )
  }

  #take(line: JournalLine, offset: number): void {
    if (line.type === 'settled') this.#settle(line, offset)
    else if (line.type === 'judged') this.#judge(line, offset)
    else if (line.type === 'started') this.#openTrial(line).start(line)
    else this.#openTrial(line).fail(line)
  }

  #openTrial({ trial }: StartedLine | RetryingLine): OpenTrial {
    let open = this.#open.get(trial)
    if (open === undefined) this.#open.set(trial, (open = new OpenTrial()))
    return open
  }

  /** The record holds what all attempts of the trial came to, those of earlier sessions included. */
  #settle(record: TrialRecord, offset: number): void {
    this.#compare(record, this.#open.get(record.trial)?.reservedUsd ?? null)
    this.#open.delete(record.trial)
    const earlier = this.#settledAt.get(record.trial)
    if (earlier !== undefined) this.#count(this.#recordAt(earlier), -1n)
    this.#count(record, 1n)
    this.#settledAt.set(record.trial, offset)
    if (record.status === 'failed') this.#failedAt.set(record.trial, offset)
  }

  /** A call is answered once: it is never asked again. */
  #judge(record: JudgeRecord, offset: number): void {
    this.#compare(record, this.#open.get(record.trial)?.reservedUsd ?? null)
    this.#open.delete(record.trial)
    this.#judgedAt.set(record.trial, offset)
    this.#judges = withJudgeRecord(this.#judges, record)
    this.#spentUsd += usdOf(record.costUsd)
    this.#lostUsd += usdOf(record.retryCostUsd)
    if (record.costUsd === null || record.retryCostUsd === null) this.#costUnknown += 1
  }

  #count({ status, costUsd, retryCostUsd }: TrialRecord, sign: 1n | -1n): void {
    this.#spentUsd += sign * usdOf(costUsd)
    this.#lostUsd += sign * usdOf(retryCostUsd)
    if ((status === 'completed' && costUsd === null) || retryCostUsd === null) this.#costUnknown += Number(sign)
  }

  /** An answer against what had been set aside for it, as the budget of that session did (plan/budget.ts). */
  #compare({ model, costUsd, costSource }: TrialRecord | JudgeRecord, reservedUsd: Usd | null): void {
    const cost = usdOf(costUsd)
    if (reservedUsd === null || reservedUsd === ZERO_USD) return
    if (costSource === 'estimated' && cost < reservedUsd) this.#lostUsd += reservedUsd - cost
    const permille = (cost * 1_000n) / reservedUsd + 1n
    if (cost > reservedUsd && permille > (this.#overrunsPermille.get(model) ?? 0n))
      this.#overrunsPermille.set(model, permille)
  }

  #recordAt(offset: number): TrialRecord {
    this.#earlierLines ??= new LineFile(this.#path)
    return decodeLine(this.#earlierLines.lineAt(offset), `${this.#path} (byte ${offset})`) as TrialRecord
  }

  result(bytes: number | undefined): JournalScan {
    const unsettled = new Map([...this.#open].map(([trial, open]) => [trial, open.losses()]))
    let lostUsd = this.#lostUsd
    let costUnknown = this.#costUnknown
    for (const losses of unsettled.values()) {
      lostUsd += losses.lostUsd ?? ZERO_USD
      if (losses.lostUsd === null) costUnknown += 1
    }
    return {
      settledAt: this.#settledAt,
      failedAt: this.#failedAt,
      judgedAt: this.#judgedAt,
      judges: this.#judges,
      unsettled,
      spentUsd: this.#spentUsd,
      lostUsd,
      costUnknown,
      overrunsPermille: this.#overrunsPermille,
      bytes,
    }
  }

  close(): void {
    this.#earlierLines?.close()
  }
}

/** A trial between its first attempt and its record. */
class OpenTrial {
  #lostUsd: Usd | null = ZERO_USD
  #possiblyBilled = 0
  #attempts = 0
  /** The attempt that was started last, when nothing is known of its end. */
  #inFlight: StartedLine | undefined

  /** Set aside for the attempt in flight; null when there is none, or no price. */
  get reservedUsd(): Usd | null {
    const reservedUsd = this.#inFlight?.reservedUsd ?? null
    return reservedUsd === null ? null : usdOf(reservedUsd)
  }

  /** Attempts of one trial follow each other: whatever was in flight before has been cut off with its session. */
  start(line: StartedLine): void {
    this.#cutOff()
    this.#inFlight = line
    this.#attempts += 1
  }

  fail({ costUsd, possiblyBilled }: RetryingLine): void {
    this.#inFlight = undefined
    this.#lose(costUsd)
    if (possiblyBilled) this.#possiblyBilled += 1
  }

  losses(): Losses {
    this.#cutOff()
    return { lostUsd: this.#lostUsd, possiblyBilled: this.#possiblyBilled, attempts: this.#attempts }
  }

  #cutOff(): void {
    if (this.#inFlight === undefined) return
    this.#lose(this.#inFlight.reservedUsd)
    this.#possiblyBilled += 1
    this.#inFlight = undefined
  }

  #lose(usd: string | null): void {
    this.#lostUsd = this.#lostUsd === null || usd === null ? null : this.#lostUsd + usdOf(usd)
  }
}

function usdOf(text: string | null): Usd {
  return parseUsd(text ?? '0') ?? ZERO_USD
}
