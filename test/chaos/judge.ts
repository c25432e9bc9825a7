/** What has to hold for every run, whatever the server did; and what came of the scripts that were played. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { RetryingLine, TrialRecord } from '../../src/journal/types.ts'
import { type Charges, NO_CHARGES } from '../helpers/chaos-server.ts'
import { answerTo } from '../helpers/datasets.ts'
import type { Ended, RunFolder, Workdir } from '../helpers/workdir.ts'
import type { Outcome, Script } from './script.ts'

/** A key that must be found nowhere. */
export const KEY = 'x-chaos-key-0123456789'

/** The run folder of every script. */
export const OUT = 'run'

export interface Played {
  readonly work: Workdir
  readonly ended: Ended
  readonly questions: readonly string[]
  /** Which script hits a question. */
  readonly hits: ReadonlyMap<string, Script>
  /** What an honest server would charge, by question. */
  readonly bill: ReadonlyMap<string, Charges>
}

/** One line of results.csv with what the journal says of it. */
interface Trial {
  readonly question: string
  readonly row: Readonly<Record<string, string>>
  readonly retries: readonly RetryingLine[]
  /** Undefined when it did not settle. */
  readonly record: TrialRecord | undefined
  readonly charges: Charges
}

/** Throws what does not hold; gives the outcome of every script. */
export function judge({ work, ended, questions, hits, bill }: Played): ReadonlyMap<Script, Outcome> {
  assert.is(ended.signal, null, 'the program ends by itself')
  assertClean(work, ended)
  const run = work.runAt(OUT)
  const trials = trialsOf(run, bill)
  assert.equal(
    trials.map(({ question }) => question),
    questions,
    'every question has one line, in order',
  )
  const endsRun = [...hits.values()].some((script) => script.endsRun)
  const outcomes = new Map<Script, Outcome>()
  for (const trial of trials) {
    const script = hits.get(trial.question)
    assertMoney(trial)
    if (script === undefined) {
      assertSpared(trial, endsRun)
      continue
    }
    assertHit(trial, script)
    const outcome = outcomeOf(trial, script, ended.status)
    assert.equal(outcome, outcomes.get(script) ?? outcome, 'every question that a script hits fares the same')
    outcomes.set(script, outcome)
  }
  assertTotals(run, trials)
  return outcomes
}

/** No stack trace, and the key is in no file and in no output. */
function assertClean(work: Workdir, { stdout, stderr, files }: Ended): void {
  assert.not.match(stderr, /^\s+at .*:\d+/m, 'no stack trace')
  assert.not.match(stderr, /warning/i)
  const contents = files.map((file) => [file, readFileSync(join(work.path, file), 'latin1')] as const)
  for (const [place, content] of [['standard output', stdout], ['standard error', stderr], ...contents] as const) {
    assert.not.ok(content.includes(KEY), `the key is in ${place}`)
  }
}

/** Reading the journal checks every line of it. */
function trialsOf(run: RunFolder, bill: ReadonlyMap<string, Charges>): Trial[] {
  const journal = run.journal()
  const records = journal.filter((line): line is TrialRecord => line.type === 'settled')
  const retries = journal.filter((line): line is RetryingLine => line.type === 'retrying')
  return run.results().map((row) => {
    const ofRow = records.filter(({ sample }) => sample === row['sample_id'])
    assert.ok(ofRow.length <= 1, `${row['sample_id']} is settled once`)
    const [record] = ofRow
    const question = `Question ${row['sample_id']?.slice(1)}?`
    return {
      question,
      row,
      record,
      retries: retries.filter(({ trial }) => trial === record?.trial),
      charges: bill.get(question) ?? NO_CHARGES,
    }
  })
}

function assertHit({ question, row, record }: Trial, script: Script): void {
  if (row['status'] === 'completed') {
    const given = record?.attempts === 1 ? (script.gives ?? answerTo(question)) : answerTo(question)
    assert.is(row['output'], given)
    assert.is(row['pass'], String(given === answerTo(question)))
    return
  }
  if (script.endsRun && row['status'] === 'skipped_stopped') return
  assert.is(row['status'], 'failed')
  assert.equal([row['pass'], row['score'], row['cost_usd']], ['', '', ''], 'a failure is not a wrong answer')
  assert.match(row['error'] ?? '', script.says ?? /./)
  assert.not.match(row['error'] ?? '', /[\n\r]/)
}

function assertSpared({ question, row, charges }: Trial, endsRun: boolean): void {
  if (endsRun && row['status'] === 'skipped_stopped') return
  assert.equal([row['status'], row['output'], row['pass']], ['completed', answerTo(question), 'true'])
  assert.is(row['attempts'], '1')
  assert.equal(charges, { ...NO_CHARGES, answered: 1 }, `${question} is paid once`)
}

/** What the server worked on in vain is in the row's money, and a count of it in the record. */
function assertMoney({ question, row, record, charges }: Trial): void {
  if (record === undefined) return
  const inVain = inVainOf(row, charges)
  if (inVain > 0) assert.is.not(row['retry_cost_usd'], '0', `${question} was paid for ${inVain} attempts in vain`)
  assert.ok(record.possiblyBilled <= record.attempts)
}

/** Attempts that an honest server would charge though no answer of them counts. */
function inVainOf(row: Trial['row'], charges: Charges): number {
  return charges.answered + charges['worked on'] - (row['status'] === 'completed' ? 1 : 0)
}

function assertTotals(run: RunFolder, trials: readonly Trial[]): void {
  const summary = run.summary()
  const counted = (status: string): number => trials.filter(({ row }) => row['status'] === status).length
  assert.equal(
    [summary.planned, summary.completed, summary.failed, summary.skipped],
    [trials.length, counted('completed'), counted('failed'), counted('skipped_stopped')],
  )
  const costKnown = run
    .journal()
    .filter((line) => line.type === 'retrying' && !line.possiblyBilled && line.costUsd !== '0').length
  const paidTwice = trials.reduce((sum, { charges }) => {
    return sum + Math.max(0, charges.answered + charges['worked on'] - 1)
  }, 0)
  const told = summary.possiblyBilled + costKnown
  assert.ok(paidTwice <= told, `paid twice ${paidTwice} times, ${told} reported`)
}

function outcomeOf({ row, record, retries, charges }: Trial, script: Script, exitCode: number | null): Outcome {
  const vary = script.attemptsVary === true
  return {
    trial: row['status'] === 'completed' ? 'answered' : row['error_kind'] || `${row['status']}`,
    attempts: vary ? null : Number(row['attempts']),
    wait: vary ? null : waitOf(retries[0], script),
    possiblyBilled: vary ? null : (record?.possiblyBilled ?? null),
    inVain: vary ? null : inVainOf(row, charges),
    tokens: row['tokens_source'] ?? '',
    cost: row['cost_source'] ?? '',
    exitCode,
  }
}

/** A random part of at most 100 ms comes on top of what the server asks for. */
const ON_TOP_MS = 101
/** All that our own first waits can be, jitter included. */
const OWN_WAITS_MS = [375, 2_500] as const

function waitOf(retry: RetryingLine | undefined, { hintMs }: Script): Outcome['wait'] {
  if (retry === undefined) return null
  const isWithin = ([low, high]: readonly [number, number]): boolean => retry.waitMs >= low && retry.waitMs <= high
  if (hintMs !== undefined && isWithin([hintMs[0], hintMs[1] + ON_TOP_MS])) return 'told'
  assert.ok(isWithin(OWN_WAITS_MS), `a wait of ${retry.waitMs} ms is nobody's`)
  return 'own'
}
