/** A run folder → the rows that comparisons are made of, from its manifest and scores.jsonl alone. */
import { join } from 'node:path'
import { SAMPLES_FILE } from '../dataset/spool.ts'
import type { Sample } from '../dataset/types.ts'
import { SCORES_FILE } from '../journal/format.ts'
import type { Manifest, ManifestScoring, ScoreLine, StaleLine, UnscoredLine } from '../journal/types.ts'
import { errorCode, UserError } from '../lib/errors.ts'
import { parseJson } from '../lib/json.ts'
import { KeyTable } from '../lib/key-table.ts'
import { visitLines } from '../lib/lines.ts'
import { pairKey } from '../plan/keys.ts'
import { Rows } from './rows.ts'
import type { ServedBy, Side, SideFacts, SideGroup } from './types.ts'

/** The run as comparisons know it; its last scoring is the one that its reports show. Throws UserError when it has none. */
export function factsOfRun(manifest: Manifest): SideFacts {
  const { runId, startedAt, simulated, provider, dataset, prompts, judges, embeddings, seed, settings } = manifest
  const epochs = Number(settings['epochs'] ?? 1)
  const clusterColumn = settings['cluster']
  return {
    name: runId,
    runIds: [runId],
    ...(manifest.shards === undefined ? {} : { shards: manifest.shards }),
    startedAt,
    simulated,
    provider,
    dataset,
    prompts: prompts.map(({ name, id }) => ({ name, id })),
    scoring: shownScoring(manifest),
    judges,
    embeddings,
    seed,
    epochs,
    planned: dataset.samples * epochs,
    clusterColumn: typeof clusterColumn === 'string' ? clusterColumn : null,
    answerSettings: Object.fromEntries(ANSWER_SETTINGS.map((key) => [key, settings[key] ?? null])),
  }
}

/** Settings that decide what a model answers to the same prompt. */
const ANSWER_SETTINGS = ['maxTokens', 'temperature', 'param', 'system'] as const

function shownScoring({ runId, scorings }: Manifest): ManifestScoring {
  const last = scorings.at(-1)
  if (last?.key !== undefined) return last
  throw new UserError(
    `${runId}: made by a version of Assay that kept too little of a run to compare it by. Score it again with this one: assay score ${runId}.`,
  )
}

/** Reads one run. Throws UserError when it has no scores. */
export async function readSide(dir: string, manifest: Manifest, signal: AbortSignal): Promise<Side> {
  const facts = factsOfRun(manifest)
  // Rows that were edited or removed between two sessions have left their scores behind.
  const isChanged = manifest.resumes.some(({ dropped, rerun }) => dropped + rerun > 0)
  const asked = isChanged ? await askedKeys(dir, facts, signal) : null
  return { facts, groups: await readGroups(dir, manifest, asked, signal) }
}

async function readGroups(
  dir: string,
  manifest: Manifest,
  asked: KeyTable | null,
  signal: AbortSignal,
): Promise<SideGroup[]> {
  const groups = new Groups(manifest, asked)
  const path = join(dir, SCORES_FILE)
  try {
    await visitLines(path, (text, _offset, number) => groups.read(text, `${path}:${number}`), signal)
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
    throw new UserError(`${path}: no such file. A run without scores cannot be compared: score it with assay score.`)
  }
  return groups.finish(dir)
}

/** Pair keys of the samples as the last session has asked them. */
async function askedKeys(dir: string, { epochs }: SideFacts, signal: AbortSignal): Promise<KeyTable> {
  const keys = new KeyTable()
  const visit = (text: string, offset: number): void => {
    if (offset === 0) return
    const sample = JSON.parse(text) as Sample
    for (let epoch = 1; epoch <= epochs; epoch++) keys.set(pairKey(sample, epoch), 1)
  }
  await visitLines(join(dir, SAMPLES_FILE), visit, signal)
  return keys
}

interface Group {
  readonly rows: Rows
  readonly servedBy: { readonly models: Record<string, number>; readonly providers: Record<string, number> }
  readonly answeredIn: Record<string, number>
}

type Line = ScoreLine | UnscoredLine | StaleLine

/** Collects lines by model × prompt of the plan; those of earlier plans, whose names are gone, are passed over. */
class Groups {
  readonly #manifest: Manifest
  readonly #scoring: string | undefined
  /** Null: all count. */
  readonly #asked: KeyTable | null
  readonly #groups: ReadonlyMap<string, Group>
  /** A score was read, or a failure. */
  #isComparable = false
  /** That of the line before: most lines follow one of the same. */
  #last: Group | undefined

  constructor(manifest: Manifest, asked: KeyTable | null) {
    this.#manifest = manifest
    this.#scoring = shownScoring(manifest).key
    this.#asked = asked
    this.#groups = new Map(placesOf(manifest).map((place) => [placeKey(place), newGroup(place)]))
  }

  /** Lines of other scorings are passed over; failures belong to all. */
  read(text: string, where: string): void {
    const line = lineOf(text, where)
    if (line === null || ('scoring' in line && line.scoring !== this.#scoring)) return
    if (this.#asked !== null && this.#asked.get(line.pairKey) === undefined) return
    const group = this.#of(line)
    if (group === undefined) return
    if ('scoring' in line || ('failed' in line && line.failed !== null)) this.#isComparable = true
    if ('stale' in line) group.rows.forget(line.pairKey)
    else group.rows.setLine(line, this.#manifest.seed)
    if ('scoring' in line) countServed(group, line)
  }

  finish(dir: string): SideGroup[] {
    const groups = [...this.#groups.values()].map(({ rows, servedBy, answeredIn }) => ({
      rows: rows.kept(),
      servedBy,
      answeredIn,
    }))
    if (!this.#isComparable) {
      throw new UserError(
        `${dir}: run ${this.#manifest.runId} has no scores. Name its scorers with assay score, or begin a run with --scorer.`,
      )
    }
    return groups
  }

  #of({ model, prompt }: Line): Group | undefined {
    const last = this.#last
    if (last !== undefined && last.rows.model === model && last.rows.prompt === prompt) return last
    return (this.#last = this.#groups.get(placeKey({ model, prompt })))
  }
}

interface Place {
  readonly model: string
  readonly prompt: string
}

/** Every model × prompt of the plan: one without a single score is there as well, with nothing to compare. */
function placesOf({ prompts, settings }: Manifest): Place[] {
  const models = Array.isArray(settings['model']) ? settings['model'].map(String) : []
  return prompts.flatMap(({ name }) => models.map((model) => ({ model, prompt: name })))
}

function placeKey({ model, prompt }: Place): string {
  return `${model}\0${prompt}`
}

function newGroup(place: Place): Group {
  return { rows: new Rows(place), servedBy: { models: {}, providers: {} }, answeredIn: {} }
}

/** Null: the head line. Throws UserError at a line that no version has written, and at one that tells too little. */
function lineOf(text: string, where: string): Line | null {
  const line = parseJson(text)?.value as Partial<ScoreLine & UnscoredLine> | null | undefined
  if (line === null || typeof line !== 'object') throw damaged(where)
  if (typeof line.trial !== 'string') return null
  const { pairKey: key, sample, model, prompt, scores } = line
  if (typeof sample !== 'string' || typeof model !== 'string' || typeof prompt !== 'string') {
    throw new UserError(
      `${where}: a score without its sample, model or prompt, of a run by an older version. Score the run again with assay score, or begin a new one.`,
    )
  }
  if (typeof key !== 'string' || !/^[0-9a-f]{32}$/.test(key)) throw damaged(where)
  if (!('failed' in line) && !('stale' in line) && !areScores(scores)) throw damaged(where)
  return line as Line
}

function areScores(scores: unknown): boolean {
  if (typeof scores !== 'object' || scores === null) return false
  for (const value of Object.values(scores)) {
    if (value !== null && !(typeof value === 'number' && value >= 0 && value <= 1)) return false
  }
  return true
}

function damaged(where: string): UserError {
  return new UserError(
    `${where}: not a line as Assay has written it. Make the scores again with assay score, or begin a new run.`,
  )
}

function countServed(
  { servedBy: { models, providers }, answeredIn }: Group,
  { servedModel, servedProvider, answeredIn: run }: ScoreLine,
): void {
  if (run !== undefined) answeredIn[run] = (answeredIn[run] ?? 0) + 1
  const [model, provider] = [servedModel ?? '', servedProvider ?? '']
  models[model] = (models[model] ?? 0) + 1
  providers[provider] = (providers[provider] ?? 0) + 1
}

/** Adds up what several runs say. */
export function sumServed(all: readonly ServedBy[]): ServedBy {
  const sum = (of: (one: ServedBy) => Readonly<Record<string, number>>): Record<string, number> => {
    const total: Record<string, number> = {}
    for (const one of all) for (const [name, count] of Object.entries(of(one))) total[name] = (total[name] ?? 0) + count
    return total
  }
  return { models: sum(({ models }) => models), providers: sum(({ providers }) => providers) }
}
