/** Which model × prompt is compared with which, and what they are called. */
import type { Rows } from './rows.ts'
import type { MetricAsked, MetricVerdict, SideGroup } from './types.ts'

/** A model × prompt of the candidate, and the one that it is compared with. */
export interface Matched {
  readonly group: SideGroup
  readonly baseline: SideGroup
}

/** Where a verdict belongs. */
export function placeOf(
  metric: MetricAsked,
  { candidate, baseline }: { readonly candidate: Rows; readonly baseline: Rows },
): Pick<MetricVerdict, 'metric' | 'model' | 'prompt' | 'against'> {
  return { metric, model: candidate.model, prompt: candidate.prompt, against: againstText(candidate, baseline) }
}

/** Empty where model and prompt have the same names. */
function againstText(candidate: Rows, baseline: Rows): string {
  return [
    ...(candidate.model === baseline.model ? [] : [baseline.model]),
    ...(candidate.prompt === baseline.prompt ? [] : [`prompt ${baseline.prompt}`]),
  ].join(', ')
}
