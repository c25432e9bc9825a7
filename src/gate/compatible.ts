/** May these two runs be compared? What differs between them that decides what their numbers mean. */
import { canonicalJson } from '../lib/hash.ts'
import { oneLine, plural } from '../lib/text.ts'
import type { ManifestScoring } from '../journal/types.ts'
import type { Side, SideFacts, SideGroup } from './types.ts'
import { UserError } from '../lib/errors.ts'
import { didYouMean } from '../lib/suggest.ts'

/** One difference, with what it is on either side. */
export interface Mismatch {
  readonly what:
    | 'kind of provider'
    | 'dataset'
    | 'scorers'
    | 'judges'
    | 'embeddings'
    | 'prompts'
    | 'settings'
    | 'provider'
    | 'epochs'
    | 'clusters'
  readonly candidate: string
  readonly baseline: string
}

/** What differs, the worst first. Models are not looked at: that they differ is a question, not a mistake. */
export function mismatches(candidate: SideFacts, baseline: SideFacts): Mismatch[] {
  const differs = (what: Mismatch['what'], of: (facts: SideFacts) => string): Mismatch[] => {
    const [ours, theirs] = [of(candidate), of(baseline)]
    return ours === theirs ? [] : [{ what, candidate: ours, baseline: theirs }]
  }
  return [
    ...differs('kind of provider', ({ simulated }) => (simulated ? 'the built-in simulator' : 'real answers')),
    // One version is one set of questions, whatever the file is called.
    ...(isKnownAndEqual(candidate.dataset.version, baseline.dataset.version) ? [] : differs('dataset', datasetText)),
    ...scoringMismatches(candidate.scoring, baseline.scoring),
    ...differs('judges', ({ judges }) => (judges === null ? 'none' : placeText(judges))),
    ...differs('embeddings', ({ embeddings }) => (embeddings === null ? 'none' : placeText(embeddings))),
    ...differs('prompts', ({ prompts }) => prompts.map(({ name, id }) => `${name} (${id})`).join(', ')),
    ...settingMismatches(candidate.answerSettings, baseline.answerSettings),
    ...differs(
      'provider',
      ({ provider }) => `${provider.name}${provider.name === 'custom' ? ` at ${provider.baseUrl}` : ''}`,
    ),
    ...differs('epochs', ({ epochs }) => String(epochs)),
    ...differs('clusters', ({ clusterColumn }) => (clusterColumn === null ? 'none' : `by ${clusterColumn}`)),
  ]
}

function isKnownAndEqual(ours: string | undefined, theirs: string | undefined): boolean {
  return ours !== undefined && ours === theirs
}

type AnswerSettings = SideFacts['answerSettings']

/** Those that differ, by name; nothing where one side does not know its own. */
function settingMismatches(candidate: AnswerSettings, baseline: AnswerSettings): Mismatch[] {
  if (candidate === undefined || baseline === undefined) return []
  const differing = Object.keys(candidate).filter(
    (key) => canonicalJson(candidate[key]) !== canonicalJson(baseline[key]),
  )
  const told = (settings: NonNullable<AnswerSettings>): string =>
    differing.map((key) => `${key} ${canonicalJson(settings[key] ?? null)}`).join(', ')
  return differing.length === 0 ? [] : [{ what: 'settings', candidate: told(candidate), baseline: told(baseline) }]
}

function datasetText({ dataset: { name, samples, version, sha256 } }: SideFacts): string {
  return `${name}, ${plural(samples, 'sample')}, version ${(version ?? sha256 ?? '').slice(0, 12) || 'unknown'}${version === undefined ? ' (of a run by an older Assay)' : ''}`
}

function placeText({ models, name }: { readonly models: readonly string[]; readonly name: string }): string {
  return `${models.join(', ')} over ${name}`
}

/** Scorers whose code nobody can know are taken at their names; a note says so. */
function scoringMismatches(candidate: ManifestScoring, baseline: ManifestScoring): Mismatch[] {
  if ((candidate.knownKey ?? candidate.key) === (baseline.knownKey ?? baseline.key)) return []
  const [ours, theirs] = [scoringText(candidate), scoringText(baseline)]
  if (ours !== theirs) return [{ what: 'scorers', candidate: ours, baseline: theirs }]
  return [
    { what: 'scorers', candidate: `${ours}, as their code or judge is now`, baseline: `${theirs}, as they were then` },
  ]
}

function scoringText({ scorers, weight, threshold, combine }: ManifestScoring): string {
  const settings = { weight, threshold, combine: combine === 'all' ? undefined : combine }
  const told = Object.entries(settings).filter(([, value]) => value !== undefined && JSON.stringify(value) !== '{}')
  return [scorers.join(', ') || 'none', ...told.map(([name, value]) => `${name} ${JSON.stringify(value)}`)].join('; ')
}

/** Differences that make a gate's verdict say nothing. */
const REFUSED_BY_GATE: ReadonlySet<Mismatch['what']> = new Set([
  'kind of provider',
  'dataset',
  'scorers',
  'judges',
  'embeddings',
])

const FIXES: Readonly<Partial<Record<Mismatch['what'], string>>> = {
  'kind of provider': 'Simulated and real answers say nothing about each other.',
  dataset:
    'A gate needs the same questions on both sides: accept a new baseline, or look at the rows in common with assay compare.',
  scorers: 'Score one of them again as the other was (assay score), or accept a new baseline.',
  judges: 'Judge one of them again as the other was (assay score), or accept a new baseline.',
  embeddings: 'Score one of them again as the other was (assay score), or accept a new baseline.',
}

/** Throws UserError where a verdict would say nothing; returns what a reader has to know beside it. */
export function requireComparable(candidate: SideFacts, baseline: SideFacts): string[] {
  const found = mismatches(candidate, baseline)
  const refused = found.find(({ what }) => REFUSED_BY_GATE.has(what))
  if (refused !== undefined) {
    throw new UserError(
      `--baseline ${oneLine(baseline.name, 120)}: other ${refused.what}. The baseline has ${oneLine(refused.baseline, 300)}; ` +
        `this run has ${oneLine(refused.candidate, 300)}. ${FIXES[refused.what] ?? ''}`,
    )
  }
  return [
    ...found.map(
      ({ what, candidate: ours, baseline: theirs }) =>
        `other ${what}: ${ours}; the baseline had ${theirs}${CONSEQUENCES[what] ?? ''}`,
    ),
    ...(candidate.scoring.codeUnknown ?? []).map(
      (label) => `whether ${label} scores as it did then, nobody can know: it is code outside of Assay's sight`,
    ),
  ]
}

/** What a difference means for the verdict. */
const CONSEQUENCES: Readonly<Partial<Record<Mismatch['what'], string>>> = {
  epochs: '. Only repetitions that both sides have are compared: the others have been paid for nothing here',
  clusters: ". The intervals go by this run's",
}

export interface Place {
  readonly model: string
  readonly prompt: string
}

/**
 * The model × prompt of the baseline that one of the candidate is compared with: by equal names, else the only one that can be
 * meant. Throws UserError where neither tells.
 */
export function groupAgainst(candidate: Place, baseline: Side): SideGroup {
  const { model, prompt } = candidate
  const found = groupLike(candidate, baseline.groups)
  if (found !== undefined) return found
  const names = [...new Set(baseline.groups.map(({ rows }) => rows.model))]
  throw new UserError(
    `--baseline ${oneLine(baseline.facts.name, 120)}: it has no answers of ${oneLine(model, 80)} to prompt ${oneLine(prompt, 60)}.` +
      `${didYouMean(model, names)} Its models are ${oneLine(names.join(', '), 300)}; name one of them with --model, or a baseline of one model.`,
  )
}

/** The group of equal names; else the only one of the model, of the prompt, or at all. */
export function groupLike({ model, prompt }: Place, groups: readonly SideGroup[]): SideGroup | undefined {
  const named = groups.filter(({ rows }) => rows.model === model)
  const exact = named.find(({ rows }) => rows.prompt === prompt)
  const samePrompt = groups.filter(({ rows }) => rows.prompt === prompt)
  return exact ?? only(named) ?? only(samePrompt) ?? only(groups)
}

function only<T>(list: readonly T[]): T | undefined {
  return list.length === 1 ? list[0] : undefined
}
