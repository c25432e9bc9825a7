/** A run folder → the rows that comparisons are made of, from its manifest and scores.jsonl alone. */
import { join } from 'node:path'
import { SAMPLES_FILE } from '../dataset/spool.ts'
import type { Sample } from '../dataset/types.ts'
import { SCORES_FILE } from '../journal/format.ts'
import type { FailureLine, Manifest, ManifestScoring, ScoreLine } from '../journal/types.ts'
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
  }
}

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
  const groups = await readGroups(dir, facts, null, signal)
  // Rows that were edited or removed between two sessions have left their scores behind.
  if (groups.every(({ rows }) => rows.size <= facts.planned)) return { facts, groups }
  const asked = await askedKeys(dir, facts, signal)
  return { facts, groups: await readGroups(dir, facts, asked, signal) }
}

async function readGroups(
  dir: string,
  facts: SideFacts,
  asked: KeyTable | null,
  signal: AbortSignal,
): Promise<SideGroup[]> {
  const groups = new Groups(facts, asked)
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
}

/** Collects lines by model × prompt. */
class Groups {
  readonly #facts: SideFacts
  /** Null: all count. */
  readonly #asked: KeyTable | null
  readonly #groups = new Map<string, Group>()
  /** That of the line before: most lines follow one of the same. */
  #last: Group | undefined

  constructor(facts: SideFacts, asked: KeyTable | null) {
    this.#facts = facts
    this.#asked = asked
  }

  /** Lines of other scorings are passed over; failures belong to all. */
  read(text: string, where: string): void {
    const line = parseJson(text)?.value as Partial<ScoreLine & FailureLine> | null | undefined
    if (typeof line?.trial !== 'string') return
    if (!('failed' in line) && line.scoring !== this.#facts.scoring.key) return
    if (typeof line.sample !== 'string' || typeof line.pairKey !== 'string') {
      throw new UserError(
        `${where}: a score without its sample, of a run by an older version. Score the run again with assay score, or begin a new one.`,
      )
    }
    if (this.#asked !== null && this.#asked.get(line.pairKey) === undefined) return
    const group = this.#of(line as ScoreLine)
    group.rows.setLine(line as ScoreLine | FailureLine, this.#facts.seed)
    if (!('failed' in line)) countServed(group.servedBy, line as ScoreLine)
  }

  finish(dir: string): Group[] {
    const groups = [...this.#groups.values()]
    if (groups.length === 0) {
      throw new UserError(
        `${dir}: run ${this.#facts.name} has no scores. Name its scorers with assay score, or begin a run with --scorer.`,
      )
    }
    return groups
  }

  #of({ model, prompt }: ScoreLine): Group {
    const last = this.#last
    if (last !== undefined && last.rows.model === model && last.rows.prompt === prompt) return last
    return (this.#last = this.#named(model, prompt))
  }

  #named(model: string, prompt: string): Group {
    const key = `${model}\0${prompt}`
    let group = this.#groups.get(key)
    if (group === undefined) {
      group = { rows: new Rows({ model, prompt }), servedBy: { models: {}, providers: {} } }
      this.#groups.set(key, group)
    }
    return group
  }
}

function countServed({ models, providers }: Group['servedBy'], { servedModel, servedProvider }: ScoreLine): void {
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
