/** Under which key does each trial of a run stand in its journal? As its manifest says that it was asked last. */
import { KeyTable } from '../lib/key-table.ts'
import { UserError } from '../lib/errors.ts'
import { isObject } from '../lib/json.ts'
import type { Manifest } from '../journal/types.ts'
import { countTrials, trialAt } from '../plan/trials.ts'
import { findProfile, unconnected } from '../provider/index.ts'
import type { Provider } from '../provider/types.ts'
import { promptsAsAnswered } from './as-answered.ts'
import { prepareTrial, type TrialInputs } from './prepare-trial.ts'
import { openReplay, type ReplaySource } from './replay.ts'
import type { PlannedRows } from './rows.ts'

interface Surroundings {
  readonly cwd: string
  readonly signal: AbortSignal
}

/** Trial index by trial key; null where the manifest tells too little, or the answers that were replayed are gone. */
export async function trialsByKey(
  manifest: Manifest,
  planned: PlannedRows,
  surroundings: Surroundings,
): Promise<KeyTable | null> {
  const inputs = await orNull(() => inputsAsAnswered(manifest, planned, surroundings))
  if (inputs === null) return null
  try {
    const keys = new KeyTable()
    const total = countTrials(planned.shape)
    for (let index = 0; index < total; index++)
      keys.set(prepareTrial(trialAt(index, planned.shape), inputs).trialKey, index)
    return keys
  } finally {
    inputs.replay?.close()
    await inputs.provider.close()
  }
}

interface ClosableInputs extends TrialInputs {
  readonly provider: Provider
}

async function inputsAsAnswered(
  manifest: Manifest,
  { sampleAt, models }: PlannedRows,
  surroundings: Surroundings,
): Promise<ClosableInputs | null> {
  const { settings, seed } = manifest
  const prompts = promptsAsAnswered(manifest)
  const { param, maxTokens, temperature, stream } = settings
  if (prompts === null || typeof maxTokens !== 'number') return null
  const replay = await replayOf(manifest, surroundings)
  return {
    prompts,
    models: models.map(({ slug }) => ({ slug, price: null, contextTokens: null })),
    // The samples of a trial follow each other: each is read once.
    sampleOf: lastRead(({ sampleIndex }) => sampleIndex, sampleAt),
    request: {
      maxTokens,
      temperature: typeof temperature === 'number' ? temperature : null,
      stream: stream !== false,
      params: isObject(param) ? param : {},
    },
    seed,
    provider: providerOf(manifest),
    replay,
  }
}

function lastRead<K, T>(placeOf: (key: K) => number, read: (place: number) => T): (key: K) => T {
  let last: { readonly place: number; readonly value: T } | undefined
  return (key) => {
    const place = placeOf(key)
    if (last?.place !== place) last = { place, value: read(place) }
    return last.value
  }
}

function providerOf({ provider: { name, baseUrl } }: Manifest): Provider {
  const hasAddress = name !== 'simulator' && name !== 'replay'
  return unconnected(findProfile(name), hasAddress ? { baseUrl } : null)
}

async function replayOf(
  { settings: { replayColumn, replayRun } }: Manifest,
  { cwd, signal }: Surroundings,
): Promise<ReplaySource | null> {
  if (typeof replayColumn === 'string') return openReplay({ column: replayColumn }, cwd, signal)
  return typeof replayRun === 'string' ? openReplay({ run: replayRun }, cwd, signal) : null
}

/** A provider of another version, a run that is gone: there are other ways to tell. */
async function orNull<T>(make: () => Promise<T | null>): Promise<T | null> {
  try {
    return await make()
  } catch (error) {
    if (error instanceof UserError) return null
    throw error
  }
}
