/** A finished run against people's labels: its answers in dataset order, one at a time, each with score and label. */
import { join, relative } from 'node:path'
import type { Sample } from '../dataset/types.ts'
import type { Manifest, ScoreLine } from '../journal/types.ts'
import { errorCode, UserError } from '../lib/errors.ts'
import { isObject, parseJson } from '../lib/json.ts'
import { visitLines } from '../lib/lines.ts'
import { didYouMean } from '../lib/suggest.ts'
import { oneLine, plural } from '../lib/text.ts'
import type { CalibrationReport } from '../report/calibration.ts'
import { findScorer } from '../score/index.ts'
import { CalibrationAccumulator, RaterAgreement } from '../stats/calibration.ts'
import { readScoredAnswers, type ScoredAnswers } from './calibrate-answers.ts'
import {
  type AnswerPlace,
  columnLabels,
  fileLabels,
  type HumanLabels,
  type LabelColumn,
  type LabelFile,
  type RecordedAnswer,
} from './calibrate-labels.ts'
import { notesOf, refuseOtherRun } from './calibrate-notes.ts'
import { SAMPLES_FILE } from '../dataset/spool.ts'
import { findRun, type PreviousRun } from '../journal/find-run.ts'

export interface CalibrateRequest extends Omit<LabelFile, 'path' | 'column'> {
  /** As typed: a run folder, the name of one, or latest. */
  readonly run: string
  /** Column with the labels; undefined: that of the run's --human, else `human`. */
  readonly human: string | undefined
  /** A file with the labels; undefined: they are in the run's dataset. */
  readonly labels: string | undefined
  /** Labels of scorers; none: the verdict of the trial. */
  readonly scorers: readonly string[]
}

const CONFIDENCE = 0.95

/** Throws UserError when there is no such run, column or scorer, and when no scored answer has a label. */
export async function calibrateRun(request: CalibrateRequest): Promise<CalibrationReport> {
  const previous = findRun(request.run, request.cwd, 'calibrate')
  const shape = shapeOf(previous.manifest)
  const labels = await labelsOf(request, previous, shape)
  const see = (answer: RecordedAnswer): void => {
    if (isOf(shape, answer)) labels.see(answer)
  }
  const answers = await readScoredAnswers(previous, see, request.interrupt)
  try {
    const groups = new CalibrationGroups(previous.manifest, shape, request.scorers)
    await visitSamples(previous, request.interrupt, (sample, index) => groups.add(sample, index, labels, answers))
    const tally = labels.finish()
    refuseOtherRun(labels.source, previous.manifest, tally)
    groups.refuseNothing(request, labels.source, tally.unmatched)
    const answersPerSample = shape.prompts.length * shape.models.length * shape.epochs
    return groups.finish(
      labels.source,
      notesOf(previous.manifest, { isFile: request.labels !== undefined, answersPerSample, tally }),
    )
  } finally {
    answers.close()
  }
}

/** What the trials of a run are made of. */
interface Shape {
  readonly prompts: readonly string[]
  readonly models: readonly string[]
  readonly epochs: number
}

function shapeOf({ prompts, settings }: Manifest): Shape {
  const { model, epochs } = settings
  return {
    prompts: prompts.map(({ name }) => name),
    models: Array.isArray(model) ? model.map(String) : [],
    epochs: typeof epochs === 'number' ? epochs : 1,
  }
}

/** Whether the answer belongs to the run as it is now: a resume may have dropped prompts, models and epochs. */
function isOf({ prompts, models, epochs }: Shape, { prompt, model, epoch }: RecordedAnswer): boolean {
  return prompts.includes(prompt) && models.includes(model) && epoch <= epochs
}

async function labelsOf(
  request: CalibrateRequest,
  { dir, manifest }: PreviousRun,
  { prompts, models, epochs }: Shape,
): Promise<HumanLabels> {
  const { labels: path, human, cwd } = request
  const { human: ofRun } = manifest.settings
  if (path === undefined) {
    const asked = human ?? (typeof ofRun === 'string' ? ofRun : undefined)
    const { dataset: typed } = manifest.flags
    return columnLabels(columnNamed(asked), {
      file: oneLine(typeof typed === 'string' ? typed : manifest.dataset.name, 120),
      withoutLabels:
        `${oneLine(request.run, 200)}: the run has no labels. Copy ${relative(cwd, join(dir, 'results.csv'))}, add a column human, ` +
        'write true or false into the rows that people have looked at, and give the copy: --labels labelled.csv.',
    })
  }
  const shape = { prompt: prompts.length, model: models.length, epoch: epochs }
  return fileLabels({ ...request, path, column: columnNamed(human) }, shape)
}

function columnNamed(asked: string | undefined): LabelColumn {
  return { name: asked ?? 'human', isTyped: asked !== undefined }
}

async function visitSamples(
  { dir }: PreviousRun,
  signal: AbortSignal,
  visit: (sample: Sample, index: number) => void,
): Promise<void> {
  const path = join(dir, SAMPLES_FILE)
  const visitLine = (text: string, _offset: number, number: number): void => {
    // The first line is the header.
    if (number === 1) return
    const sample = parseJson(text)?.value
    if (!isObject(sample) || typeof sample['id'] !== 'string' || !isObject(sample['vars'])) {
      throw new UserError(`${path}:${number}: no sample. The file has been changed since the run wrote it.`)
    }
    visit(sample as unknown as Sample, number)
  }
  try {
    await visitLines(path, visitLine, signal)
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
    throw new UserError(`${path}: the file is gone. Restore it from a copy: it holds the samples of the run.`)
  }
}

/** The verdicts of one model × prompt. */
interface Group {
  readonly model: string
  readonly prompt: string
  /** By the label of the scorer asked for; of the trial's verdict when none was. */
  readonly byScorer: ReadonlyMap<string, CalibrationAccumulator>
  readonly raters: RaterAgreement
}

class CalibrationGroups {
  readonly #manifest: Manifest
  readonly #shape: Shape
  readonly #asked: readonly string[]
  readonly #groups: readonly Group[]
  readonly #seenLabels = new Set<string>()
  #scored = 0
  #labelled = 0
  #both = 0

  constructor(manifest: Manifest, shape: Shape, asked: readonly string[]) {
    this.#manifest = manifest
    this.#shape = shape
    this.#asked = asked
    const names = asked.length > 0 ? asked : [countedScorers(manifest).join(' + ') || 'all scorers']
    this.#groups = shape.models.flatMap((model) =>
      shape.prompts.map((prompt) => ({
        model,
        prompt,
        byScorer: new Map(names.map((name) => [name, new CalibrationAccumulator()])),
        raters: new RaterAgreement(),
      })),
    )
  }

  /** All answers to one sample, the epochs of each model × prompt next to each other. */
  add(sample: Sample, index: number, labels: HumanLabels, answers: ScoredAnswers): void {
    for (const group of this.#groups) {
      const { model, prompt } = group
      for (let epoch = 1; epoch <= this.#shape.epochs; epoch++) {
        const place: AnswerPlace = { sample, prompt, model, epoch }
        this.#addAnswer(group, index, labels.of(place), answers.scoreOf(sample, prompt, model, epoch))
      }
    }
  }

  #addAnswer({ byScorer, raters }: Group, index: number, human: boolean | null, score: ScoreLine | undefined): void {
    if (human !== null) this.#labelled += 1
    if (score !== undefined) this.#scored += 1
    if (human !== null && score !== undefined) this.#both += 1
    for (const label of Object.keys(score?.scores ?? {})) this.#seenLabels.add(label)
    for (const [name, accumulator] of byScorer) {
      const verdict = this.#asked.length === 0 ? score?.passed : this.#verdictOf(name, score)
      accumulator.add({ sample: index }, human, verdict ?? null)
    }
    const several = this.#raters()
    if (several.length > 1 && score !== undefined) {
      raters.add(
        index,
        several.map((label) => this.#verdictOf(label, score)),
      )
    }
  }

  /** Scorers whose agreement with each other is of interest. */
  #raters(): readonly string[] {
    return this.#asked.length > 0 ? this.#asked : this.#manifest.scorers
  }

  #verdictOf(label: string, score: ScoreLine | undefined): boolean | null {
    const value = score?.scores[label]
    if (score === undefined || value === undefined || value === null) return null
    const pass = score.passes?.[label]
    if (pass !== undefined) return pass
    if (Object.keys(score.scores).length === 1) return score.passed
    if (value === 0 || value === 1) return value === 1
    throw new UserError(
      `--scorer ${oneLine(label, 60)}: its scores are graded, and this run does not tell which of them pass. ` +
        `Score it again: assay score ${this.#manifest.runId}.`,
    )
  }

  /** Throws UserError when there is nothing to compare. */
  refuseNothing({ run, human, labels }: CalibrateRequest, source: string, unmatched: number): void {
    const known = [...new Set([...this.#manifest.scorers, ...this.#seenLabels])]
    const unknown = this.#asked.find((label) => !known.includes(label))
    if (unknown !== undefined) {
      throw new UserError(
        `--scorer ${oneLine(unknown, 60)}: the run has no such scorer.${didYouMean(unknown, known)} It has ${known.join(', ') || 'none'}.`,
      )
    }
    if (this.#scored === 0) {
      throw new UserError(
        `${oneLine(run, 200)}: no answer of the run has a score, so there is no scorer to look at. Score it: assay score ${this.#manifest.runId} --scorer <name>.`,
      )
    }
    if (this.#labelled === 0 && unmatched === 0) {
      throw new UserError(
        `${source}: no label in it. Write true or false (or pass, fail, yes, no, 1, 0) into the rows that people have looked at.`,
      )
    }
    if (this.#both > 0) return
    const found = plural(this.#labelled + unmatched, 'label')
    throw new UserError(
      `${source}: ${found}, and none belongs to a scored answer of ${this.#manifest.runId}. ` +
        `Check that ${labels === undefined ? `column ${human ?? 'human'}` : labels} is about this run: sample_id, prompt, model and epoch have to be those of its results.csv.`,
    )
  }

  finish(labels: string, notes: readonly string[]): CalibrationReport {
    const { runId, simulated, seed } = this.#manifest
    const options = (...place: string[]) => ({
      confidence: CONFIDENCE,
      label: [seed, 'bootstrap', ...place].join('|'),
    })
    const several = this.#raters()
    const judges = new Set(several.filter(asksJudge))
    return {
      formatVersion: 1,
      runId,
      simulated,
      labels,
      confidence: CONFIDENCE,
      groups: this.#groups.flatMap(({ model, prompt, byScorer }) =>
        [...byScorer].map(([scorer, accumulator]) => ({
          model,
          prompt,
          scorer,
          isJudge: judges.has(scorer),
          calibration: accumulator.finish(
            options(this.#asked.length === 0 ? 'pass' : `score:${scorer}`, model, prompt, ''),
          ),
        })),
      ),
      raters:
        several.length < 2
          ? []
          : this.#groups.map(({ model, prompt, raters }) => ({
              model,
              prompt,
              scorers: several,
              alpha: raters.finish(options('raters', model, prompt, '')),
            })),
      notes,
    }
  }
}

/** Those that decide the verdict: a scorer of weight 0 is only reported. */
function countedScorers({ scorers, settings }: Manifest): readonly string[] {
  const { weight } = settings
  return scorers.filter((label) => !isObject(weight) || weight[label] !== 0)
}

function asksJudge(label: string): boolean {
  // Filters may stand in front of a scorer, an argument behind it.
  return label.split(' > ').some((part) => findScorer(part.split(':', 1)[0] ?? part)?.asks === 'judge')
}
