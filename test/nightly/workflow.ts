/** What is a workflow file made of? Read with a list of the keys that the runner knows: any other is an error. */
import { parse } from 'yaml'
import { z } from 'zod'

const texts = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String))

const step = z
  .strictObject({
    name: z.string().optional(),
    id: z.string().optional(),
    if: z.string().optional(),
    uses: z.string().optional(),
    with: texts.default({}),
    env: texts.default({}),
    // An expression inside a script is how text from outside becomes code.
    run: z
      .string()
      .refine((script) => !script.includes('${{'), 'an expression in a script: hand it over in env')
      .optional(),
    'continue-on-error': z.boolean().default(false),
  })
  .refine(({ uses, run }) => (uses === undefined) !== (run === undefined), 'either uses or run')

const permissions = z.strictObject({ contents: z.enum(['read', 'write']) })

const job = z.strictObject({
  name: z.string(),
  'runs-on': z.literal('ubuntu-latest'),
  'timeout-minutes': z.number().max(60),
  needs: z.string().optional(),
  if: z.string().optional(),
  permissions: permissions.optional(),
  outputs: texts.default({}),
  env: texts.default({}),
  strategy: z
    .strictObject({ 'fail-fast': z.literal(false), matrix: z.strictObject({ shard: z.array(z.number()).nonempty() }) })
    .optional(),
  steps: z.array(step).nonempty(),
})

const input = z.strictObject({
  description: z.string(),
  type: z.enum(['boolean', 'string']),
  default: z.union([z.boolean(), z.string()]),
})

const workflow = z.strictObject({
  name: z.string(),
  on: z.strictObject({
    schedule: z.array(z.strictObject({ cron: z.string() })).optional(),
    workflow_dispatch: z.strictObject({ inputs: z.record(z.string(), input) }),
  }),
  permissions,
  concurrency: z.strictObject({ group: z.string(), 'cancel-in-progress': z.literal(false) }),
  defaults: z.strictObject({ run: z.strictObject({ shell: z.literal('bash') }) }),
  env: texts,
  jobs: z.record(z.string(), job),
})

export type Workflow = z.output<typeof workflow>
export type Job = Workflow['jobs'][string]
export type Step = Job['steps'][number]

/** Throws at a file that has anything in it which the runner would not act upon. */
export function readWorkflow(text: string): Workflow {
  return workflow.parse(parse(text))
}
