/** What decided the answers of a run? Its manifest says so, whatever config file, prompt files and environment hold by now. */
import type { Manifest } from '../journal/types.ts'
import { UserError } from '../lib/errors.ts'
import { columnPrompt, emptyPrompt, messagesPrompt, textPrompt } from '../prompt/parse.ts'
import { parseTemplate } from '../prompt/template.ts'
import type { PromptTemplate, Template } from '../prompt/types.ts'
import { MESSAGES_IN } from './manifest.ts'
import { DECIDE_ANSWERS, MADE_SAMPLES } from './resume.ts'

/** Settings of which the manifest holds what a flag would. What the simulator was told decides nothing once it has answered. */
const RECORDED = [...DECIDE_ANSWERS.filter((key) => key !== 'simulator'), ...MADE_SAMPLES, 'sample', 'shard', 'epochs']

/** By config key, as if typed. */
export function settingsAsAnswered({ settings, provider, dataset, seed }: Manifest): Record<string, unknown> {
  const recorded = RECORDED.flatMap((key): [string, unknown][] => {
    const value = settings[key]
    return value === null || value === undefined ? [] : [[key, value]]
  })
  const hasAddress = provider.name !== 'simulator' && provider.name !== 'replay'
  const { system } = settings
  return {
    ...Object.fromEntries(recorded),
    // The text itself, where a flag that begins with one at sign would name a file.
    ...(typeof system === 'string' ? { system: system.replace(/^@/, '@@') } : {}),
    dataset: dataset.name,
    provider: provider.name,
    ...(hasAddress ? { baseUrl: provider.baseUrl } : {}),
    seed,
  }
}

/** The prompts of the run; null when one cannot be told from what the manifest holds of it. */
export function promptsAsAnswered({ prompts, settings }: Manifest): PromptTemplate[] | null {
  const { system: source } = settings
  const system = typeof source === 'string' ? parseTemplate(source) : null
  const read = prompts.map((prompt) => promptAsAnswered(prompt, system))
  return read.every((prompt) => prompt !== undefined) ? read : null
}

/** The text alone does not say of which kind a prompt is; its id does. */
function promptAsAnswered(
  { name, id, text }: Manifest['prompts'][number],
  system: Template | null,
): PromptTemplate | undefined {
  const readings = [
    () => textPrompt(name, text, system),
    () => messagesPrompt(name, text, name, system),
    () => columnPrompt(name, text.replace(MESSAGES_IN, ''), system),
    () => emptyPrompt(system),
  ]
  return readings.map(orUndefined).find((prompt) => prompt?.id === id)
}

function orUndefined(read: () => PromptTemplate): PromptTemplate | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof UserError) return undefined
    throw error
  }
}
