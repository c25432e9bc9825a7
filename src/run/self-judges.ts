/** Does a model judge its own answers? Models favour what they wrote themselves, so nobody may miss it. */
import type { Settings } from '../config/types.ts'

/** A warning for each such judge; none with --allow-self-judge. */
export function selfJudges({
  models,
  judging,
}: Pick<Settings, 'models'> & { readonly judging: Pick<Settings['judging'], 'models' | 'allowSelf'> }): string[] {
  if (judging.allowSelf) return []
  const judged = new Set(models.map(baseName))
  return judging.models
    .filter((judge) => judged.has(baseName(judge)))
    .map(
      (judge) =>
        `${judge} judges its own answers, and models favour what they wrote: name another --judge, or accept it with --allow-self-judge`,
    )
}

/** `openai/gpt-4o:free` and `gpt-4o` are one model, asked over two endpoints. */
function baseName(slug: string): string {
  return (slug.split('/').at(-1) ?? slug).replace(/:.*$/s, '').toLowerCase()
}
