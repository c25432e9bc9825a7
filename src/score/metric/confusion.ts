/**
 * How well does a classifier tell the labels apart? Definitions as in scikit-learn. The classes are the labels that are
 * expected at least once; predicting anything else costs recall, and is no class that could be averaged over.
 */
import type { MetricReport, MetricTable, RunMetric } from '../types.ts'
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
  create: () => {
    const confusion = new Confusion()
    return {
      add: ([expected, predicted]) => confusion.add(String(expected), String(predicted)),
      finish: () => confusion.report(),
    }
  },
}

/** Counts of pairs of labels, in memory that has a bound. */
class Confusion {
  readonly #rows = new Map<string, Map<string, number>>()
  readonly #predicted = new Map<string, number>()
  #n = 0
  #right = 0
  #isOverfull = false

  add(expected: string, predicted: string): void {
    this.#n += 1
    if (expected === predicted) this.#right += 1
    if (!this.#rows.has(expected) && this.#rows.size >= MAX_EXPECTED) {
      this.#isOverfull = true
      return
    }
    const isKnown = this.#predicted.has(predicted) || this.#predicted.size < MAX_PREDICTED || expected === predicted
    const column = isKnown ? predicted : REST
    const row = this.#rows.get(expected) ?? new Map<string, number>()
    this.#rows.set(expected, row)
    row.set(column, (row.get(column) ?? 0) + 1)
    this.#predicted.set(column, (this.#predicted.get(column) ?? 0) + 1)
  }

  report(): MetricReport {
    const n = this.#n
    const accuracy = share(this.#right, n)
    // Figures over a part of the classes would look like figures over all.
    if (this.#isOverfull) return { n, figures: { ...NO_FIGURES, accuracy } }
    const classes = this.#classes()
    return { n, figures: { accuracy, ...this.#figures(classes) }, table: this.#table(classes) }
  }

  #classes(): readonly Class[] {
    return Array.from(this.#rows.keys())
      .sort()
      .map((label) => {
        const row = this.#rows.get(label)
        let wanted = 0
        for (const count of row?.values() ?? []) wanted += count
        return { label, found: this.#predicted.get(label) ?? 0, wanted, same: row?.get(label) ?? 0 }
      })
  }

  #figures(classes: readonly Class[]): Readonly<Record<string, number | null>> {
    const n = this.#n
    const shares = classes.map(sharesOf)
    const sum = (of: (one: Class, index: number) => number): number =>
      classes.reduce((total, one, index) => total + of(one, index), 0)
    const found = sum((one) => one.found)
    // Of each class: expected × predicted, as chance would have it.
    const chance = sum((one) => one.wanted * one.found)
    const wantedSquares = sum((one) => one.wanted ** 2)
    const predictedSquares = Array.from(this.#predicted.values()).reduce((total, count) => total + count ** 2, 0)
    return {
      balanced_accuracy: share(
        sum((_, index) => shares[index]?.recall ?? 0),
        classes.length,
      ),
      macro_precision: share(
        sum((_, index) => shares[index]?.precision ?? 0),
        classes.length,
      ),
      macro_f1: share(
        sum((_, index) => shares[index]?.f1 ?? 0),
        classes.length,
      ),
      micro_f1: sharesOf({ found, wanted: n, same: this.#right }).f1,
      weighted_f1: share(
        sum((one, index) => one.wanted * (shares[index]?.f1 ?? 0)),
        n,
      ),
      cohen_kappa: share(this.#right * n - chance, n * n - chance),
      mcc: share(this.#right * n - chance, Math.sqrt((n * n - wantedSquares) * (n * n - predictedSquares))),
      without_class: share(n - found, n),
    }
  }

  #table(classes: readonly Class[]): MetricTable {
    const isSmall = classes.length <= MAX_SHOWN
    const labels = isSmall ? classes.map(({ label }) => label) : []
    return {
      title: isSmall ? 'Confusion matrix' : 'Classes',
      columns: [...labels, ...(isSmall ? ['no class'] : []), 'support', 'precision', 'recall', 'F1'],
      rows: classes.map((one) => ({ label: one.label, cells: [...this.#cells(one, labels), ...sharesAsCells(one)] })),
    }
  }

  #cells({ label, wanted }: Class, labels: readonly string[]): readonly number[] {
    const counts = labels.map((column) => this.#rows.get(label)?.get(column) ?? 0)
    return labels.length === 0 ? [] : [...counts, wanted - counts.reduce((total, count) => total + count, 0)]
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
