/** What does a reader have to know of this session before acting on its numbers? */
import { plural } from '../lib/text.ts'
import { formatUsd, ZERO_USD } from '../lib/usd.ts'
import type { Session } from './session.ts'
import type { Asked } from './verdict.ts'

/** What a reader has to know of a run that was gone on with. */
export function resumeNotes({ resumed, dropped: { lostUsd } }: Session): string[] {
  if (resumed === null) return []
  const { dropped, quarantined } = resumed
  return [
    ...(dropped > 0 || (lostUsd !== null && lostUsd > ZERO_USD)
      ? [
          `answers to earlier wordings, and to what is not asked for any more, stay in the journal: $${formatUsd(lostUsd ?? ZERO_USD)} of the total`,
        ]
      : []),
    ...(quarantined > 0
      ? [`${plural(quarantined, 'trial')} failed in the same way three times in a row and were not asked again`]
      : []),
  ]
}

/** What a reader has to know of a run with a budget. */
export function budgetNotes({ overruns, tally }: Asked): string[] {
  const skipped = tally.skippedByBudget
  return [
    ...(overruns > 0
      ? [
          `${plural(overruns, 'answer')} cost more than had been reserved (hidden prompt or dearer provider); reservations were raised`,
        ]
      : []),
    ...(skipped > 0 && tally.estimated > 0
      ? [
          `${plural(tally.estimated, 'answer')} came without a word on tokens or cost: of the budget each took all that had been set aside for it`,
        ]
      : []),
    // The cheaper ones still fitted when the dearer ones no longer did.
    ...(skipped > 0 && tally.settled > 0
      ? [`${plural(skipped, 'trial')} did not fit the budget, dearer ones first: those asked are no fair sample`]
      : []),
  ]
}

/** What a reader has to know where judges were asked. */
export function judgeNotes({ judges: { failed, skippedByBudget, costs } }: Asked): string[] {
  return [
    ...(failed > 0
      ? [`${plural(failed, 'judge call')} failed: the scores that need them are empty, and a resume asks again`]
      : []),
    ...(skippedByBudget > 0
      ? [`${plural(skippedByBudget, 'judge call')} did not fit the budget: the scores that need them are empty`]
      : []),
    ...(costs.costUnknown > 0
      ? [`unknown cost of ${plural(costs.costUnknown, 'judge call')} (no report, no price)`]
      : []),
  ]
}
