/**
 * What is in a baseline file? The numbers of one run, or of several pooled, by which later runs are compared: no question, no
 * answer, so that it is small and may be committed.
 *
 * Line 1 is a JSON object: `type` "baseline", `formatVersion`, the facts of the runs, model × prompt by model × prompt the names
 * of the columns, and how many rows follow; its last field is a checksum (lib/checked-line.ts). Every further line is a row, a
 * JSON list: number of the model × prompt, pair key, place in the order of sending, number of the cluster or null, the values in
 * the order of the columns (null: unknown), and the CRC-32 of the text before it. Rows stand in the order of their keys. A file
 * is written whole or not at all; a line that was changed, lost or cut off is refused with its number.
 */
import { crc32 } from 'node:zlib'
import { checkedLine, isIntact } from '../../lib/checked-line.ts'
import { UserError } from '../../lib/errors.ts'
import { key128 } from '../../lib/hash.ts'
import { isObject, parseJson } from '../../lib/json.ts'
import { VERSION } from '../../lib/version.ts'
import { Rows } from '../rows.ts'
import type { Side, SideGroup } from '../types.ts'
import type { BaselineHeader } from './types.ts'

/** Amounts are kept to so many digits; shares and scores exactly, since two of them may be compared for equality. */
const DIGITS = 9
const AMOUNTS = new Set(['cost', 'tokens', 'latency'])

/** A cluster may be named by a whole passage of text: what counts is which rows share it. */
const CLUSTER_DIGITS = 12

/** Length of `,"xxxxxxxx"]`. */
const CHECK_LENGTH = 12

/** The file, a line at a time. */
export function* baselineLines({ facts, groups }: Side): Generator<string> {
  const header: BaselineHeader = {
    type: 'baseline',
    formatVersion: 1,
    assayVersion: VERSION,
    facts,
    groups: groups.map(({ rows, servedBy }) => ({
      model: rows.model,
      prompt: rows.prompt,
      columns: rows.columns,
      clusters: clusterNames(rows),
      servedBy,
    })),
    rows: groups.reduce((sum, { rows }) => sum + rows.size, 0),
  }
  yield checkedLine(header)
  for (const [group, { rows }] of groups.entries()) yield* rowLines(group, rows)
}

function* rowLines(group: number, rows: Rows): Generator<string> {
  const { columns } = rows
  for (const [key, row] of [...rows.keys()].sort(([one], [other]) => (one < other ? -1 : 1))) {
    const values = columns.map((column) => written(column, rows.value(column, row)))
    const body = JSON.stringify([group, key, rows.orderOf(row), rows.clusterOf(row) ?? null, ...values]).slice(0, -1)
    yield `${body}${check(body)}\n`
  }
}

function written(column: string, value: number): number | null {
  if (Number.isNaN(value)) return null
  return AMOUNTS.has(column) ? Number(value.toPrecision(DIGITS)) : value
}

function check(body: string): string {
  return `,"${crc32(body).toString(16).padStart(8, '0')}"]`
}

function clusterNames(rows: Rows): string[] {
  const names: string[] = []
  if (!rows.hasClusters) return names
  for (const [, row] of rows.keys()) {
    const cluster = rows.clusterOf(row)
    if (cluster !== undefined) names[cluster] ??= key128(rows.clusterName(cluster)).slice(0, CLUSTER_DIGITS)
  }
  return names
}

/** Takes the lines of a file one by one. Throws UserError at one that is not as it was written. */
export class BaselineReader {
  /** How messages name the file. */
  readonly #path: string
  #header: BaselineHeader | undefined
  #groups: readonly SideGroup[] = []
  #read = 0

  constructor(path: string) {
    this.#path = path
  }

  /** `text` without its line feed; `number` from 1. */
  read(text: string, number: number): void {
    // Git may have given the file the line ends of another system.
    const line = text.endsWith('\r') ? text.slice(0, -1) : text
    if (this.#header === undefined) this.#begin(line)
    else this.#readRow(line, number, this.#header)
  }

  finish(): Side {
    if (this.#header === undefined) {
      throw new UserError(`${this.#path}: no baseline: the file has no line. ${FIX}`)
    }
    const { facts, rows } = this.#header
    if (this.#read !== rows) {
      throw new UserError(
        `${this.#path}:${this.#read + 2}: the file ends after ${this.#read} of the ${rows} rows that its first line tells of. ${FIX}`,
      )
    }
    return { facts, groups: this.#groups }
  }

  #begin(line: string): void {
    const value = parseJson(line)?.value
    if (!isObject(value) || value['type'] !== 'baseline') {
      throw new UserError(`${this.#path}:1: no baseline: its first line is not that of one. ${FIX}`)
    }
    if (value['formatVersion'] !== 1) {
      throw new UserError(
        `${this.#path}:1: written in format ${String(value['formatVersion'])} by Assay ${String(value['assayVersion'])}; this version ` +
          'reads format 1. Accept or export it anew with this one.',
      )
    }
    if (!isIntact(line)) throw this.#damaged(1)
    const header = value as unknown as BaselineHeader
    this.#header = header
    this.#groups = header.groups.map(({ model, prompt, servedBy }) => ({ rows: new Rows({ model, prompt }), servedBy }))
  }

  #readRow(line: string, number: number, { groups }: BaselineHeader): void {
    const fields = line.slice(-CHECK_LENGTH) === check(line.slice(0, -CHECK_LENGTH)) && parseJson(line)?.value
    if (!Array.isArray(fields)) throw this.#damaged(number)
    const [group, key, order, cluster, ...values] = fields as [number, string, number, number | null, ...unknown[]]
    const place = groups[group]
    const rows = this.#groups[group]?.rows
    // One that stands twice has taken the place of another.
    if (place === undefined || rows === undefined || rows.rowOf(key) !== undefined) throw this.#damaged(number)
    rows.set({
      key,
      order,
      cluster: cluster === null ? null : (place.clusters[cluster] ?? null),
      values: Object.fromEntries(place.columns.map((column, index) => [column, numberOf(values[index])])),
    })
    this.#read += 1
  }

  #damaged(line: number): UserError {
    return new UserError(`${this.#path}:${line}: not as it was written: changed, cut off or damaged. ${FIX}`)
  }
}

const FIX = 'Restore it from a copy, or make it anew with assay baseline.'

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : Number.NaN
}
