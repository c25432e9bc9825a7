/** `assay calibrate`: how far to trust a run's scorers, by what people say of some answers. */
import { EXIT } from '../lib/errors.ts'
import { calibrationScreen } from '../report/calibration.ts'
import { calibrateRun } from '../run/calibrate.ts'
import { jsonFlag, ownFlag } from './flags.ts'
import type { Command } from './types.ts'
import { printableJson } from '../lib/text.ts'

const LABELS_FLAG = ownFlag({
  key: 'labels',
  about: 'File with the labels, such as a copy of results.csv with one more column',
  value: 'file',
  standard: "the run's own dataset",
})

const HUMAN_FLAG = ownFlag({
  key: 'human',
  about: "Column with people's verdicts: true or false, 1 or 0, pass or fail, yes or no; empty: nobody has looked",
  value: 'column',
  standard: "the run's --human, else human",
})

const SCORER_FLAG = ownFlag({
  key: 'scorer',
  about: 'Scorer to look at, as the reports name it',
  repeatable: true,
  value: 'label',
  standard: 'the verdict of all scorers together',
})

const JSON_FLAG = jsonFlag('the figures')

export const calibrate: Command = {
  name: 'calibrate',
  about: "Compare a run's scores with people's labels, and correct the pass rate by them",
  positionals: [{ name: 'run', about: 'run folder, the name of one under results/, or latest', min: 1, max: 1 }],
  flags: [
    { title: 'labels', flags: [LABELS_FLAG, HUMAN_FLAG] },
    { title: 'scoring', flags: [SCORER_FLAG] },
    { title: 'output', flags: [JSON_FLAG] },
  ],
  examples: [
    'assay calibrate latest --labels labelled.csv',
    'assay calibrate results/recorded --human correct --scorer factuality',
  ],
  run: async ({ run, labels, human, scorer, json }, io) => {
    const report = await calibrateRun({
      run: String(run),
      labels: typeof labels === 'string' ? labels : undefined,
      human: typeof human === 'string' ? human : undefined,
      scorers: scorer === undefined ? [] : [...new Set([scorer].flat().map(String))],
      cwd: io.cwd,
      stdin: io.stdin,
      interrupt: io.interrupt,
    })
    if (json === true) io.stdout.write(printableJson(`${JSON.stringify(report, null, 2)}\n`))
    else {
      const color = io.stdout.isTTY && io.stdout.hasColors()
      io.stdout.write(calibrationScreen(report, { color, columns: io.stdout.columns || 100 }))
    }
    return EXIT.done
  },
}
