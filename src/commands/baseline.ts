/** `assay baseline`: which runs later ones are compared with. */
import { acceptBaseline, exportBaseline, showBaselines } from '../gate/baseline/accept.ts'
import { EXIT, UserError } from '../lib/errors.ts'
import { baselineDetails, baselineList, type BaselineScreen, baselineWritten } from '../report/baseline.ts'
import { jsonFlag, ownFlag } from './flags.ts'
import type { Command } from './types.ts'
import { printableJson } from '../lib/text.ts'

const NAME_FLAG = ownFlag({
  key: 'name',
  about: 'accept: the name to keep it by, for --baseline',
  value: 'name',
  standard: 'main',
})

const OUT_FLAG = ownFlag({
  key: 'out',
  about: 'export: the file to write',
  value: 'file',
})

const JSON_FLAG = jsonFlag('what is kept')

/** More than anybody types, fewer than a list of files by mistake. */
const MOST_RUNS = 100

export const baseline: Command = {
  name: 'baseline',
  about: 'Keep runs to compare later ones with: several are pooled',
  positionals: [
    {
      name: 'action',
      about: 'accept keeps runs under a name, show tells what is kept, export writes it to a file',
      choices: ['accept', 'show', 'export'],
      min: 1,
      max: 1,
    },
    {
      name: 'run',
      about: 'Run folders, their names under results/, latest, kept names or exported files',
      min: 0,
      max: MOST_RUNS,
    },
  ],
  flags: [
    { title: 'baseline', flags: [NAME_FLAG, OUT_FLAG] },
    { title: 'output', flags: [JSON_FLAG] },
  ],
  examples: [
    'assay baseline accept latest',
    'assay baseline accept results/night-1 results/night-2 results/night-3 --name main',
    'assay baseline show',
    'assay baseline export main --out baseline.jsonl',
  ],
  run: async ({ action, run, name, out, json }, { cwd, interrupt: signal, stdout }) => {
    const asked = [run ?? []].flat().map(String)
    refuseMisplaced(String(action), { name, out })
    const screen: BaselineScreen = { color: stdout.isTTY && stdout.hasColors(), columns: stdout.columns || 100 }
    const say = (value: unknown, text: () => string): void => {
      stdout.write(json === true ? printableJson(`${JSON.stringify(value, null, 2)}\n`) : text())
    }
    if (action === 'show') {
      const shown = await showBaselines(asked, { cwd, signal })
      say(shown, () =>
        asked.length === 0 ? baselineList(shown, screen) : shown.map((one) => baselineDetails(one, screen)).join('\n'),
      )
      return EXIT.done
    }
    if (asked.length === 0) {
      throw new UserError(
        `assay baseline ${String(action)}: name the runs, or latest, e.g. assay baseline accept latest.`,
      )
    }
    const written =
      action === 'accept'
        ? await acceptBaseline(asked, typeof name === 'string' ? name : 'main', { cwd, signal })
        : await exportBaseline(asked, requireOut(out), { cwd, signal })
    say(written, () => baselineWritten(written, screen))
    return EXIT.done
  },
}

/** A flag that the action does not look at was meant for another. */
function refuseMisplaced(action: string, { name, out }: { readonly name: unknown; readonly out: unknown }): void {
  if (name !== undefined && action !== 'accept') throw new UserError('--name: only assay baseline accept takes it.')
  if (out !== undefined && action !== 'export') throw new UserError('--out: only assay baseline export takes it.')
}

function requireOut(out: unknown): string {
  if (typeof out === 'string' && out !== '') return out
  throw new UserError('assay baseline export: say where to: --out baseline.jsonl.')
}
