/** Can the settings be used, and is the dataset there? */
import { statSync } from 'node:fs'
import { relative } from 'node:path'
import { locateDataset } from '../../dataset/locate.ts'
import { UserError } from '../../lib/errors.ts'
import { bytes } from '../../report/numbers.ts'
import { DATASET_FOLDERS } from '../../run/prepare.ts'
import { failureInWords, ok } from './finding.ts'
import type { Check, Subject } from './types.ts'

export const config: Check = {
  name: 'config',
  run: ({ configFile, problem }) => {
    // Of a config file every problem is a line of its own.
    if (problem !== null) return problem.split('\n').map(failureInWords)
    if (configFile === null) return [ok('no eval.config.ts here: defaults and flags alone (assay init writes one)')]
    return [ok(`${configFile} loads, and every setting in it is known`)]
  },
}

export const dataset: Check = {
  name: 'dataset',
  run: (subject) => {
    if (subject.settings === null) return []
    if (!subject.hasDataset) return [ok('none is named: assay eval --dataset <path>')]
    try {
      const path = datasetPath(subject)
      if (path === null) return [ok('comes over standard input')]
      const { size } = statSync(path)
      return [ok(`${relative(subject.cwd, path)}, ${bytes(size)}; assay plan reads all of it`)]
    } catch (error) {
      if (error instanceof UserError) return [failureInWords(error.message)]
      throw error
    }
  },
}

/** Null for standard input and where none is named. Throws UserError when there is no such file. */
export function datasetPath({ cwd, settings }: Subject): string | null {
  const typed = settings?.dataset.path ?? '-'
  return typed === '-' ? null : locateDataset(typed, cwd, DATASET_FOLDERS)
}
