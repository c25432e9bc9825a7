/** `assay plan`: what would be asked, and what it would cost. Sends nothing. */
import type { Settings } from '../config/types.ts'
import type { PowerPlan } from '../gate/power/types.ts'
import { EXIT } from '../lib/errors.ts'
import { oneLine, plural, printableJson } from '../lib/text.ts'
import { formatUsd, ZERO_USD } from '../lib/usd.ts'
import { dollars, integer } from '../report/numbers.ts'
import { powerText } from '../report/power.ts'
import { sideBySide } from '../report/table.ts'
import { estimate, type ModelEstimate } from '../run/estimate.ts'
import { plannedPower } from '../run/plan-power.ts'
import { prepare } from '../run/prepare.ts'
import { survey } from '../run/survey.ts'
import { CONFIG_FLAG, planFlags } from './flags.ts'
import { settingsFrom } from './settings.ts'
import type { Command, CommandIo } from './types.ts'

export const plan: Command = {
  name: 'plan',
  about: 'Show rows, tokens, cost and power of a run without sending anything',
  flags: [...planFlags(), { title: 'config', flags: [CONFIG_FLAG] }],
  examples: [
    'assay plan --dataset qa.csv',
    'assay plan --dataset qa.csv --model openai/gpt-4o-mini --epochs 3',
    'assay plan --dataset qa.csv --max-drop 0.05 --baseline results/before',
  ],
  run: async (typed, io) => {
    const settings = await settingsFrom(typed, io, { sendsNothing: true, scored: null })
    const prepared = await prepare(settings, { ...io, stagingParent: null })
    try {
      await survey(prepared, settings, null, io)
      const estimates = await estimate(prepared, settings, io)
      const power = await plannedPower(prepared, settings, io)
      if (settings.json) {
        const planned = estimates.map((estimated) => asJson(estimated, power.get(estimated.model) ?? []))
        io.stdout.write(printableJson(`${JSON.stringify(planned, null, 2)}\n`))
        return EXIT.done
      }
      const { samples, prompts, models, epochs } = prepared.shape
      io.stdout.write(
        `${oneLine(prepared.dataset.file)}: ${plural(samples, 'sample')} × ${plural(prompts, 'prompt')} × ${plural(models, 'model')} × ` +
          `${plural(epochs, 'epoch')}. Nothing is sent.\n${table(estimates, io.stdout)}\n${explanation(estimates, settings)}\n` +
          powerText(power, {
            alarmOn: settings.gate.alarmOn,
            hasClusters: settings.dataset.clusterColumn !== null,
            columns: io.stdout.columns || 100,
          }),
      )
      return EXIT.done
    } finally {
      prepared.close()
    }
  },
}

function table(estimates: readonly ModelEstimate[], stdout: CommandIo['stdout']): string {
  const entries = estimates.map(({ model, trials, promptTokens, completionTokensAtMost, promptsUsd, atMostUsd }) => ({
    head: oneLine(model, 48),
    figures: {
      trials: integer(trials),
      'tokens in': `about ${integer(promptTokens)}`,
      'tokens out': `at most ${integer(completionTokensAtMost)}`,
      'cost of the prompts': money(promptsUsd),
      'cost at most': money(atMostUsd),
    },
  }))
  return sideBySide(entries, { columns: stdout.columns || 100, color: stdout.isTTY && stdout.hasColors() }).join('\n')
}

function explanation(estimates: readonly ModelEstimate[], { endpoint, maxCostUsd }: Settings): string {
  const atMostUsd = estimates.reduce((sum, estimated) => sum + (estimated.atMostUsd ?? ZERO_USD), ZERO_USD)
  return [
    ...estimates.map(({ model, price, tokensMethod }) => `${oneLine(model, 60)}: ${price}; tokens: ${tokensMethod}`),
    ...(maxCostUsd !== null && atMostUsd > maxCostUsd
      ? [
          `The budget of ${money(maxCostUsd)} (maxCost) may end the run early: in the worst case it costs ${money(atMostUsd)}.`,
        ]
      : []),
    `The cost lies between the two: the second is every answer at --max-tokens ${integer(endpoint.maxTokens)}, with prompts counted in bytes. Retries come on top.`,
  ].join('\n')
}

function money(usd: bigint | null): string {
  return dollars(usd === null ? null : formatUsd(usd))
}

/** `power` is empty for judges. */
function asJson({ promptsUsd, atMostUsd, ...estimated }: ModelEstimate, power: readonly PowerPlan[]): unknown {
  return {
    ...estimated,
    promptsUsd: promptsUsd === null ? null : formatUsd(promptsUsd),
    atMostUsd: atMostUsd === null ? null : formatUsd(atMostUsd),
    power,
  }
}
