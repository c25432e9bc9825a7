/** The part of the table of options that asks: is this run worse than an earlier one? */
import { option } from './option.ts'
import { flag, oneOf, share, text, texts } from './values.ts'

export const gateOptions = {
  baseline: option({
    group: 'gate',
    schema: texts,
    value: 'run',
    repeatable: true,
    about:
      'Compare with this run: its folder, latest, a name that assay baseline keeps, or an exported file; several are pooled',
  }),
  maxDrop: option({
    group: 'gate',
    schema: share,
    value: 'share',
    about: 'With --baseline: the largest drop that is tolerated; a larger one that is proven is a REGRESSION, exit 1',
  }),
  alpha: option({
    group: 'gate',
    schema: share,
    value: 'share',
    about: 'Error level: at most this share of runs gets a wrong REGRESSION, and at most this share a wrong PASS',
    standard: '0.05',
  }),
  metric: option({
    group: 'gate',
    schema: texts,
    value: 'name[=margin]',
    repeatable: true,
    about:
      'What is compared: pass_rate, score:<label>, failures, cost, tokens, latency_p50 or latency_p95, each with its own margin or that of --max-drop',
    standard: 'pass_rate',
  }),
  alarmOn: option({
    group: 'gate',
    schema: oneOf(['over-margin', 'any-drop']),
    value: 'over-margin|any-drop',
    about: 'REGRESSION when a drop beyond the margin is proven, or when any drop at all is',
    standard: 'over-margin',
  }),
  sequential: option({
    group: 'gate',
    schema: flag,
    about: 'With --baseline: stop sending as soon as the verdict is known; its error levels hold at any stop',
  }),
  reference: option({
    group: 'gate',
    schema: text,
    value: 'model',
    about: 'With assay choose: the model that the others may be worse than by --max-drop',
    standard: 'whichever is best',
  }),
  inconclusive: option({
    group: 'gate',
    schema: oneOf(['pass', 'fail', 'fail-on-drop']),
    value: 'pass|fail|fail-on-drop',
    about: 'What INCONCLUSIVE ends with: 0, 1, or 1 where some drop is proven and 0 with a warning where none is',
    standard: 'an exit code of its own, 5',
  }),
} as const
