/** `assay simulate`: serves the simulator alone, for other clients to talk to. */
import { once } from 'node:events'
import { resolveSettings } from '../config/resolve.ts'
import { simulatorOptions } from '../config/simulator.ts'
import { readConfig } from '../config/read.ts'
import { EXIT } from '../lib/errors.ts'
import { plural } from '../lib/text.ts'
import { answersOf, everyPrompt } from '../run/answers.ts'
import { prepare } from '../run/prepare.ts'
import { messageHash } from '../simulator/oracle.ts'
import { startSimulator } from '../simulator/server.ts'
import type { Simulator } from '../simulator/types.ts'
import { PORT_FLAG, portOf, settingFlags } from './flags.ts'
import type { Command, CommandIo } from './types.ts'

export const simulate: Command = {
  name: 'simulate',
  about: 'Serve the simulator on 127.0.0.1; with a dataset it knows the answers',
  flags: [
    { title: 'server', flags: [PORT_FLAG] },
    ...settingFlags(['dataset', 'format', 'id', 'expected', 'expectedSeparator', 'prompt', 'system', 'simulator']),
  ],
  examples: ['assay simulate --port 8787', 'assay simulate --port 8787 --dataset qa.csv --simulator fail-rate=10%'],
  run: async ({ port, ...typed }, io) => {
    const config = readConfig(typed, undefined)
    const simulator = await startSimulator({
      ...simulatorOptions(config.simulator ?? [], new Map()),
      port: portOf(port),
    })
    try {
      const known = config.dataset === undefined ? 0 : await teach(simulator, typed, io)
      const answers =
        config.dataset === undefined ? 'no dataset: it makes answers up' : `it knows ${plural(known, 'prompt')}`
      io.stdout.write(`SIMULATED endpoint at ${simulator.url} (${answers}). Ctrl-C ends it.\n`)
      if (!io.interrupt.aborted) await once(io.interrupt, 'abort')
      const { requests, billedUsd } = simulator.stats()
      io.stderr.write(`${plural(requests, 'request')} answered; a real provider would have billed $${billedUsd}.\n`)
      return EXIT.done
    } finally {
      await simulator.close()
    }
  },
}

/** Registers the answers of a dataset under the prompts that `eval` would send for it; returns how many prompts have one. */
async function teach(simulator: Simulator, typed: Readonly<Record<string, unknown>>, io: CommandIo): Promise<number> {
  const settings = await resolveSettings(readConfig({ ...typed, simulate: true }, undefined), {
    cwd: io.cwd,
    env: {},
    flags: typed,
    sendsNothing: true,
    scoresOnly: false,
  })
  const prepared = await prepare(settings, { ...io, stagingParent: null })
  try {
    const known = new Set<string>()
    for await (const { sample, messages } of everyPrompt(prepared, io)) {
      const answers = answersOf(sample)
      if (answers.length === 0) continue
      const hash = messageHash(messages)
      simulator.oracle.register(hash, answers)
      known.add(hash)
    }
    return known.size
  } finally {
    prepared.close()
  }
}
