/** The part of the table of options that says how answers are scored, and who judges them. */
import { option } from './option.ts'
import { writtenScorers } from './written-scorers.ts'
import { flag, oneOf, pairs, share, text, texts, wholeNumber } from './values.ts'

export const scoringOptions = {
  scorer: option({
    group: 'scoring',
    schema: writtenScorers,
    value: 'name[:argument]',
    repeatable: true,
    about:
      'Scorer, also behind filters (last-line > exact); a file of code (./polite.ts); a command (command:python3 score.py)',
    standard: 'exact',
  }),
  weight: option({
    group: 'scoring',
    schema: pairs,
    value: 'scorer=n',
    repeatable: true,
    about: 'Weight of a scorer in the score of a trial; 0: reported, and decides nothing',
    standard: '1',
  }),
  threshold: option({
    group: 'scoring',
    schema: pairs,
    value: 'scorer=share',
    repeatable: true,
    about: 'Score from which an answer passes a scorer, in place of its own',
  }),
  combine: option({
    group: 'scoring',
    schema: text,
    value: 'all|any|weighted[:share]',
    about: 'When a trial passes: all scorers pass, any does, or their weighted mean is at least the share',
    standard: 'all',
  }),
  reducer: option({
    group: 'scoring',
    schema: texts,
    value: 'name',
    repeatable: true,
    about: 'Report also what the epochs of a sample come to: mean, median, mode, max, at-least-k, pass@k, pass^k',
  }),
  failUnder: option({
    group: 'scoring',
    schema: share,
    value: 'share',
    about: 'Exit with 1 when the pass rate of any model is below',
  }),
  human: option({
    group: 'scoring',
    schema: text,
    value: 'column',
    about: "Column with people's verdicts on recorded outputs: the pass rate is reported raw and corrected by them",
  }),

  judge: option({
    group: 'judges',
    schema: texts,
    value: 'slug',
    repeatable: true,
    about: 'Model that judges for the scorers that ask one; several make a panel',
  }),
  judgePanel: option({
    group: 'judges',
    schema: oneOf(['majority', 'mean']),
    value: 'majority|mean',
    about: 'How several judges come to one score',
    standard: 'majority',
  }),
  judgeMaxTokens: option({
    group: 'judges',
    schema: wholeNumber(16, 1e6),
    value: 'n',
    about: 'Longest answer of a judge in tokens, always sent',
    standard: '1024',
  }),
  allowSelfJudge: option({
    group: 'judges',
    schema: flag,
    about: 'A model may judge its own answers: no warning',
  }),
  judgeProvider: option({
    group: 'judges',
    schema: text,
    value: 'name',
    about: 'Endpoint of the judges',
    standard: 'that of the models',
  }),
  judgeBaseUrl: option({
    group: 'judges',
    schema: text,
    value: 'url',
    about: 'Base URL of the endpoint of the judges',
  }),
  judgeApiKeyEnv: option({
    group: 'judges',
    schema: text,
    value: 'name',
    about: "Environment variable that holds the judges' API key",
    standard: "the endpoint's own",
  }),
  embeddingModel: option({
    group: 'judges',
    schema: text,
    value: 'slug',
    about: 'Model that makes the embeddings for the scorer embedding',
  }),
  embeddingProvider: option({
    group: 'judges',
    schema: text,
    value: 'name',
    about: 'Endpoint of the embeddings',
    standard: 'that of the models',
  }),
  embeddingBaseUrl: option({
    group: 'judges',
    schema: text,
    value: 'url',
    about: 'Base URL of the endpoint of the embeddings',
  }),
  embeddingApiKeyEnv: option({
    group: 'judges',
    schema: text,
    value: 'name',
    about: "Environment variable that holds the embeddings' API key",
    standard: "the endpoint's own",
  }),
} as const
