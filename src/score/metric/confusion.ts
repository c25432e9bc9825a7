/**
 * How well does a classifier tell the labels apart? Definitions as in scikit-learn. The classes are the labels that are
 * expected at least once; predicting anything else costs recall, and is no class that could be averaged over.
 */
import type { MetricSums, MetricTable, Observation, RunMetric } from '../types.ts'
import { type Counts, share, sharesOf } from './shares.ts'

/** Labels that are told apart; further ones are counted together. */
const MAX_EXPECTED = 200
const MAX_PREDICTED = 1_000

/** Classes up to which the confusion matrix is shown. */
const MAX_SHOWN = 30

const REST = '(other)'

/** The figures of a classification over a run; an observation is the expected and the predicted label. */
export const confusionMetric: RunMetric = {
  figures: {
    accuracy: 'share of the answers with the expected label',
    balanced_accuracy: 'mean recall of the classes',
    macro_precision: 'mean precision of the classes; 0 for a class that is never predicted',
    macro_f1: 'mean F1 of the classes',
    micro_f1: 'F1 with the answers of all classes in one pot; an answer that gives no class is missed but not wrong',
    weighted_f1: 'mean F1 of the classes, weighted by their answers',
    cohen_kappa: 'agreement with the expected labels beyond chance (Cohen 1960)',
    mcc: 'Matthews correlation coefficient, for several classes (Gorodkin 2004)',
    without_class: 'share of the answers whose label is none of the classes',
  },
  shares: ['accuracy', 'without_class'],
  create: () => new Confusion(),
}

/** Places of the answers that are expected to be one label too many, right and wrong: nothing else is known of them. */
const RIGHT_BEYOND = 0
const WRONG_BEYOND = 1
const FIRST_PAIR = 2

/** Counts of pairs of labels; how many pairs are told apart has a bound. */
class Confusion implements MetricSums {
  readonly #labels: string[] = []
  readonly #numberOf = new Map<string, number>()
  /** Labels of each pair, by number, in the order of their places. */
  readonly #pairs: (readonly [expected: number, predicted: number])[] = []
  /** Place of a pair, by expected and predicted label. */
  readonly #places = new Map<string, Map<string, number>>()
  readonly #predicted = new Set<string>()
  /** Numbers of the labels that any answer was expected to have. */
  readonly #expected = new Set<number>()
  #isOverfull = false

  termsOf([expectedLabel, predictedLabel]: Observation): readonly number[] {
    const [expected, predicted] = [String(expectedLabel), String(predictedLabel)]
    if (!this.#places.has(expected) && this.#places.size >= MAX_EXPECTED) {
      this.#isOverfull = true
      return [expected === predicted ? RIGHT_BEYOND : WRONG_BEYOND, 1]
    }
    const isKnown = this.#predicted.has(predicted) || this.#predicted.size < MAX_PREDICTED || expected === predicted
    return [this.#placeOf(expected, isKnown ? predicted : REST), 1]
  }

  figuresOf(sums: ArrayLike<number>): Readonly<Record<string, number | null>> {
    const counts = this.#count(sums)
    const accuracy = share(counts.right, counts.n)
    // Figures over a part of the classes would look like figures over all.
    return this.#isOverfull ? { ...NO_FIGURES, accuracy } : { accuracy, ...figuresOf(counts) }
  }

  tableOf(sums: ArrayLike<number>): MetricTable | undefined {
    if (this.#isOverfull) return undefined
    const { classes } = this.#count(sums)
    const isSmall = classes.length <= MAX_SHOWN
    const labels = isSmall ? classes.map(({ label }) => label) : []
    return {
      title: isSmall ? 'Confusion matrix' : 'Classes',
      columns: [...labels, ...(isSmall ? ['no class'] : []), 'support', 'precision', 'recall', 'F1'],
      rows: classes.map((one) => ({
        label: one.label,
        cells: [...this.#cells(one, labels, sums), ...sharesAsCells(one)],
      })),
    }
  }

  #placeOf(expected: string, predicted: string): number {
    let row = this.#places.get(expected)
    if (row === undefined) this.#places.set(expected, (row = new Map()))
    let place = row.get(predicted)
    if (place === undefined) {
      place = FIRST_PAIR + this.#pairs.push([this.#number(expected), this.#number(predicted)]) - 1
      this.#expected.add(this.#number(expected))
      row.set(predicted, place)
      this.#predicted.add(predicted)
    }
    return place
  }

  #number(label: string): number {
    let number = this.#numberOf.get(label)
    if (number === undefined) this.#numberOf.set(label, (number = this.#labels.push(label) - 1))
    return number
  }

  /** What the pairs come to by label. */
  #count(sums: ArrayLike<number>): LabelCounts {
    const [wanted, found, same] = [0, 1, 2].map(() => new Float64Array(this.#labels.length))
    const beyond = (sums[RIGHT_BEYOND] ?? 0) + (sums[WRONG_BEYOND] ?? 0)
    let [n, right, withClass] = [beyond, sums[RIGHT_BEYOND] ?? 0, 0]
    for (const [index, [expected, predicted]] of this.#pairs.entries()) {
      const count = sums[FIRST_PAIR + index] ?? 0
      n += count
      increase(wanted, expected, count)
      increase(found, predicted, count)
      if (this.#expected.has(predicted)) withClass += count
      if (expected !== predicted) continue
      right += count
      increase(same, expected, count)
    }
    const classes = this.#labels
      .map((label, at) => ({ label, wanted: wanted?.[at] ?? 0, found: found?.[at] ?? 0, same: same?.[at] ?? 0 }))
      .filter((one) => one.wanted > 0)
      .sort((a, b) => (a.label < b.label ? -1 : 1))
    return { n, right, withClass, classes, predicted: found ?? new Float64Array() }
  }

  #cells({ label, wanted }: Class, labels: readonly string[], sums: ArrayLike<number>): readonly number[] {
    const row = this.#places.get(label)
    const counts = labels.map((column) => sums[row?.get(column) ?? -1] ?? 0)
    return labels.length === 0 ? [] : [...counts, wanted - counts.reduce((total, count) => total + count, 0)]
  }
}

function increase(counts: Float64Array | undefined, at: number, by: number): void {
  if (counts !== undefined) counts[at] = (counts[at] ?? 0) + by
}

/** Answers by label. */
interface LabelCounts {
  readonly n: number
  readonly right: number
  /** Answers whose label is a class of the run, whether or not it is one of these answers. */
  readonly withClass: number
  /** The labels that are expected at least once, by name. */
  readonly classes: readonly Class[]
  /** How often each label is predicted. */
  readonly predicted: Float64Array
}

function figuresOf({ n, right, withClass, classes, predicted }: LabelCounts): Readonly<Record<string, number | null>> {
  const shares = classes.map(sharesOf)
  const sum = (of: (one: Class, index: number) => number): number =>
    classes.reduce((total, one, index) => total + of(one, index), 0)
  const found = sum((one) => one.found)
  // Of each class: expected × predicted, as chance would have it.
  const chance = sum((one) => one.wanted * one.found)
  const wantedSquares = sum((one) => one.wanted ** 2)
  const predictedSquares = predicted.reduce((total, count) => total + count ** 2, 0)
  const meanOf = (of: (index: number) => number | null | undefined): number | null =>
    share(
      sum((_, index) => of(index) ?? 0),
      classes.length,
    )
  return {
    balanced_accuracy: meanOf((index) => shares[index]?.recall),
    macro_precision: meanOf((index) => shares[index]?.precision),
    macro_f1: meanOf((index) => shares[index]?.f1),
    micro_f1: sharesOf({ found, wanted: n, same: right }).f1,
    weighted_f1: share(
      sum((one, index) => one.wanted * (shares[index]?.f1 ?? 0)),
      n,
    ),
    cohen_kappa: share(right * n - chance, n * n - chance),
    mcc: share(right * n - chance, Math.sqrt((n * n - wantedSquares) * (n * n - predictedSquares))),
    without_class: share(n - withClass, n),
  }
}

interface Class extends Counts {
  readonly label: string
}

function sharesAsCells(one: Class): readonly (number | null)[] {
  const { precision, recall, f1 } = sharesOf(one)
  return [one.wanted, precision, recall, f1]
}

const NO_FIGURES: Readonly<Record<string, null>> = Object.fromEntries(
  Object.keys(confusionMetric.figures).map((name) => [name, null]),
)
