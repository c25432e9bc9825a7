/** The script of the pages that `assay view` serves: each works without it, and is quicker or alive with it. */
import { choose } from './choose.ts'
import { filterAtOnce } from './filter.ts'
import { followState } from './follow.ts'
import { drawTrends } from './trends.ts'

document.documentElement.dataset['script'] = 'on'
const { page } = document.body.dataset
if (page === 'runs') {
  const marked = choose()
  const followed = followState(() => `events${location.search}`, marked)
  filterAtOnce(followed)
} else if (page === 'live')
  followState(
    () => `events${location.search}`,
    () => {},
  )
else if (page === 'trends') drawTrends()
