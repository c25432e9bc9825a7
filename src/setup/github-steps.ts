/** What does a night do, step by step? The shell of the workflow, and what each exit code is called there. */
import type { Line } from './yaml-text.ts'

/** How the program is called. */
export interface Calls {
  readonly assay: string
  /** Further flags of eval, each with a space before it. */
  readonly flags: string
  readonly keyEnv: string | null
}

/** The run folder of a night, and the artifact and folder of what is committed. */
export const OUT = 'results/tonight'
export const KEEP = 'keep'

/** What an exit code is called on the page of a night, and what it means. */
export interface Outcome {
  /** As it stands before a `)` of the shell's `case`. */
  readonly codes: string
  readonly title: string
  readonly what: string
}

/** Every exit code but 0; the last one takes those that nobody expects. */
export const OUTCOMES: readonly Outcome[] = [
  {
    codes: '1',
    title: 'Regression',
    what: 'The answers got worse, or a pass rate is below failUnder. The report says by how much and in which rows.',
  },
  {
    codes: '2',
    title: 'Setup',
    what: 'Bad usage, configuration, dataset or baseline: nothing was asked. The last lines of the log name the place and the fix.',
  },
  {
    codes: '3',
    title: 'Infrastructure',
    what: 'The endpoint failed, which says nothing about the answers. Run the job again when it is back.',
  },
  {
    codes: '4',
    title: 'Budget',
    what: 'MAX_COST was used up before the end, which says nothing about the answers. Raise it, or ask fewer rows.',
  },
  {
    codes: '5',
    title: 'No verdict',
    what: 'Nothing could be compared: no scores, or answers that are copies of those of the baseline.',
  },
  { codes: '74', title: 'Setup', what: 'A file could not be written. The last lines of the log name it.' },
  { codes: '130', title: 'Interrupted', what: 'The run was stopped from outside. What was answered is in the report.' },
  { codes: '*', title: 'Error of Assay', what: 'The program broke off. The last lines of the log say where.' },
]

const REPORTERS = ['html', 'markdown', 'junit', 'github'].map((name) => ` --reporter ${name}`).join('')

/** Asks and judges; the exit code is kept for the last step, so that the report is uploaded first. */
export function evaluateStep(calls: Calls): Line[] {
  return [
    '- name: Evaluate',
    [
      'id: eval',
      ...keyOf(calls),
      'run: |',
      [
        'set -u',
        ...keyCheck(calls),
        ...gateFlags(true),
        'code=0',
        `${calls.assay} eval${calls.flags} --out ${OUT} --seed "$SEED" --max-cost "$MAX_COST" "\${gate[@]}" \\`,
        [`${REPORTERS.trim()} || code=$?`],
        ...rememberCode(),
      ],
    ],
  ]
}

/** Asks one part; the verdict is that of all parts together. */
export function shardStep(calls: Calls, shards: number): Line[] {
  return [
    '- name: Evaluate',
    [
      'id: eval',
      ...keyOf(calls, ['SHARD: ${{ matrix.shard }}']),
      'run: |',
      [
        'set -u',
        ...keyCheck(calls),
        "# The page of the night shows what all shards come to together, not this one's report.",
        "export GITHUB_STEP_SUMMARY=''",
        'code=0',
        `${calls.assay} eval${calls.flags} --out ${OUT} --seed "$SEED" --max-cost "$MAX_COST" --shard "$SHARD/${shards}" || code=$?`,
        ...rememberCode(),
      ],
    ],
  ]
}

/** Puts the shards together and judges what they come to. */
export function mergeSteps({ assay }: Calls): Line[] {
  return [
    '- name: Merge and judge',
    [
      'id: eval',
      'run: |',
      [
        'set -u',
        ...gateFlags(false),
        'code=0',
        `${assay} merge shards/* --out ${OUT} "\${gate[@]}" \\`,
        [`${REPORTERS.trim()} || code=$?`],
        ...rememberCode(),
      ],
    ],
  ]
}

/** Nights that came to a verdict are kept in the history; a night that broke off would only disturb its chart. */
export function keepSteps({ assay }: Calls): Line[] {
  return [
    '- name: Keep the history',
    [
      "if: ${{ steps.eval.outputs.keep == 'true' }}",
      'env:',
      ['CODE: ${{ steps.eval.outputs.code }}'],
      'run: |',
      [
        'set -u',
        `mkdir -p ${KEEP}`,
        `cp results/history.csv ${KEEP}/`,
        'if [ "$NEW_BASELINE" = true ] && [ "$CODE" = 0 ]; then',
        [
          `${assay} baseline accept ${OUT} --name "$BASELINE"`,
          `mkdir ${KEEP}/baselines`,
          `cp "results/baselines/$BASELINE.jsonl" ${KEEP}/baselines/`,
        ],
        'fi',
      ],
    ],
    '- name: Upload what is to be kept',
    [
      "if: ${{ steps.eval.outputs.keep == 'true' }}",
      'uses: actions/upload-artifact@v6',
      'with:',
      [`name: ${KEEP}`, `path: ${KEEP}`, 'if-no-files-found: error', 'overwrite: true', 'retention-days: 7'],
    ],
  ]
}

/** A shard has no verdict: what `failUnder` says of its part counts for the whole alone. */
export function outcomeStep(of: 'whole' | 'shard' = 'whole'): Line[] {
  const outcomes = of === 'shard' ? OUTCOMES.filter(({ codes }) => codes !== '1') : OUTCOMES
  return [
    '- name: Outcome',
    [
      '# Also where what is kept could not be: the verdict is told all the same.',
      "if: ${{ !cancelled() && steps.eval.outputs.code != '' }}",
      'env:',
      ['CODE: ${{ steps.eval.outputs.code }}'],
      'run: |',
      [
        'set -u',
        'case "$CODE" in',
        [
          `${of === 'shard' ? '0 | 1' : '0'}) exit 0 ;;`,
          ...outcomes.flatMap(({ codes, title, what }) => [`${codes}) title='${title}' what='${what}' ;;`]),
        ],
        'esac',
        'echo "::error title=$title::$what Exit code $CODE."',
        'printf \'## %s\\n\\n%s Exit code %s.\\n\' "$title" "$what" "$CODE" >> "$GITHUB_STEP_SUMMARY"',
        'exit "$CODE"',
      ],
    ],
  ]
}

/** The key is in the environment of the one step that asks. */
function keyOf({ keyEnv }: Calls, more: readonly string[] = []): Line[] {
  const variables = [...(keyEnv === null ? [] : [`${keyEnv}: \${{ secrets.${keyEnv} }}`]), ...more]
  return variables.length === 0 ? [] : ['env:', variables]
}

/** GitHub hands on a secret that is not there as an empty text. */
function keyCheck({ keyEnv }: Calls): Line[] {
  if (keyEnv === null) return []
  return [
    `if [ -z "$${keyEnv}" ]; then`,
    [
      `echo "::error title=Setup::The secret ${keyEnv} is not there. Add it under Settings, Secrets and variables, Actions."`,
      'exit 2',
    ],
    'fi',
  ]
}

function gateFlags(canStop: boolean): Line[] {
  return [
    'gate=(--baseline "$BASELINE" --max-drop "$MAX_DROP" --inconclusive fail-on-drop)',
    ...(canStop ? ['if [ "$WHOLE" != true ]; then gate+=(--sequential); fi'] : []),
    'if [ "$NEW_BASELINE" = true ]; then gate=(); fi',
  ]
}

function rememberCode(): Line[] {
  return [
    'echo "code=$code" >> "$GITHUB_OUTPUT"',
    'if [ "$code" = 0 ] || [ "$code" = 1 ]; then echo "keep=true" >> "$GITHUB_OUTPUT"; fi',
  ]
}
