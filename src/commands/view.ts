/** `assay view`: results/ in a browser, for as long as the command runs. */
import { once } from 'node:events'
import { findRun } from '../journal/find-run.ts'
import { EXIT } from '../lib/errors.ts'
import { printable } from '../lib/text.ts'
import { startView } from '../view/serve.ts'
import { openInBrowser } from './browser.ts'
import { ownFlag, PORT_FLAG, portOf } from './flags.ts'
import type { Command } from './types.ts'

const OPEN_FLAG = ownFlag({ key: 'open', about: 'Show it in the browser at once' })

export const view: Command = {
  name: 'view',
  about: 'Show runs, trends and the run that goes on in a browser, on this machine alone',
  positionals: [
    { name: 'run', about: 'run folder, the name of one under results/, or latest: shown first', min: 0, max: 1 },
  ],
  flags: [{ title: 'server', flags: [PORT_FLAG, OPEN_FLAG] }],
  examples: ['assay view --open', 'assay view latest', 'assay view --port 8080'],
  run: async ({ run, port, open }, io) => {
    const server = await startView({
      cwd: io.cwd,
      port: portOf(port),
      run: typeof run === 'string' ? findRun(run, io.cwd, 'assay view') : null,
      clock: io.clock,
      onError: (error) => {
        const trace = error instanceof Error ? error.stack : String(error)
        io.stderr.write(`assay view: an error of ours, not of yours. Please report it:\n${printable(trace ?? '')}\n`)
      },
    })
    try {
      io.stdout.write(`Runs are shown at ${server.url}\nThe link is for you alone. Ctrl-C ends it.\n`)
      if (open === true) await openInBrowser(server.url, io.stderr)
      if (!io.interrupt.aborted) await once(io.interrupt, 'abort')
      io.stderr.write('assay view has stopped.\n')
      return EXIT.done
    } finally {
      await server.close()
    }
  },
}
