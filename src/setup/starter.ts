/** What does a first evaluation need? The texts of its files: small, working, and each line says why it is there. */

/** Where the starter dataset is, relative to the folder. */
export const STARTER_DATASET = 'datasets/first.csv'

/** eval.config.ts of a new folder. `assay eval` runs with it as it stands, without a key and without a network. */
export const STARTER_CONFIG = `import { defineConfig } from 'assay'

// Settings of every run in this folder. A flag of the same name wins for one run: assay eval --max-cost 5
// All settings: assay eval --help
export default defineConfig({
  // Who answers: OpenRouter when its key is set, else the built-in simulator, which is free and needs no network (in CI,
  // ask for it by name: --simulate). Others are 'openai' and 'mistral'; for a server of your own leave this line out and
  // write baseUrl: 'http://127.0.0.1:8000/v1'.
  provider: process.env['OPENROUTER_API_KEY'] ? 'openrouter' : 'simulator',

  // No run costs more than this many US dollars: it stops before. What one would cost, without sending anything: assay plan
  maxCost: 1,

  // The model that is asked; a list compares several: ['mistralai/mistral-small-2603', 'openai/gpt-4o-mini'].
  model: 'mistralai/mistral-small-2603',

  // The questions. Put your own here: a CSV, TSV, JSONL or JSON file with a right answer per row.
  dataset: '${STARTER_DATASET}',

  // What is sent; {{question}} stands for that column. The answer is to be short, since the scorer compares all of it.
  prompt: '{{question}} Answer in as few words as possible, without a full stop.',

  // What is right: the answer equals the column "expected", but for case and punctuation. Others: includes, numeric, …
  scorer: 'exact:ignore-case,ignore-punctuation',

  // Each value of this column gets a pass rate of its own. Leave it out when your dataset has no such column.
  slice: 'category',
})
`

/** The starter dataset: facts that have one short answer and do not change. */
export const STARTER_ROWS = `id,question,expected,category
geo-1,What is the capital of Japan?,Tokyo,geography
geo-2,What is the capital of Egypt?,Cairo,geography
geo-3,On which continent does Brazil lie?,South America,geography
geo-4,Which country has the shape of a boot and Rome as its capital?,Italy,geography
sci-1,What is the chemical symbol for iron?,Fe,science
sci-2,Which planet of the Solar System is known for its bright rings and comes after Jupiter?,Saturn,science
sci-3,How many legs does a spider have? Answer in digits.,8,science
sci-4,At how many degrees Celsius does pure water freeze at normal pressure? Answer in digits.,0,science
lang-1,"What is the French word for ""water""?",eau,language
lang-2,"What is the plural of the English word ""mouse"", the animal?",mice,language
lang-3,"Which letter comes after ""M"" in the English alphabet?",N,language
lang-4,"What is the opposite of the English word ""north""?",south,language
`

/** What of results/ is to be kept by git: the trend over the nights and the runs that later ones are compared with. */
export const IGNORED_LINES: readonly string[] = ['results/*', '!results/history.csv', '!results/baselines/']
