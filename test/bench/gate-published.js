/** What is to come out: the tables of statistics.md 11.7 and 11.9, line by line. Shares of runs, and mean shares of rows used. */

/** Repetitions behind each published line. */
export const REPETITIONS = { first: 4_000, forms: 2_000 }

const first = (drop, mcnemar, t, anytime, rows, obf, obfRows) => ({ drop, fixed: { mcnemar, t }, anytime: { ...verdicts(anytime), rows }, obf: { regression: obf[0], pass: obf[1], rows: obfRows } })
const verdicts = ([regression, pass, inconclusive]) => ({ regression, pass, inconclusive })

/** 11.7: 1,000 rows, margin 0.05, α 0.05 per direction, REGRESSION on any drop. */
export const FIRST_TABLE = [
  first(0, 0.049, 0.05, [0.043, 0.917, 0.04], 0.363, [0.034, 0.967], 0.509),
  first(0.01, 0.195, 0.195, [0.117, 0.766, 0.117], 0.465, [0.144, 0.856], 0.592),
  first(0.02, 0.477, 0.477, [0.276, 0.506, 0.218], 0.557, [0.368, 0.632], 0.659),
  first(0.03, 0.745, 0.745, [0.515, 0.261, 0.223], 0.564, [0.652, 0.346], 0.662),
  first(0.05, 0.977, 0.977, [0.894, 0.04, 0.067], 0.421, [0.956, 0.043], 0.543),
  first(0.08, 1, 1, [0.997, 0.003, 0.001], 0.233, [0.999, 0.001], 0.378),
  first(0.12, 1, 1, [1, 0, 0], 0.148, [1, 0], 0.278),
]

const other = (setting, drop, fixed, anytime, rows, obf, obfRows) => ({ ...setting, drop, fixed: { t: fixed }, anytime: { ...verdicts(anytime), rows }, obf: { regression: obf[0], pass: obf[1], rows: obfRows } })
const pooled = { name: 'baseline of 5 runs', rows: 1_000, margin: 0.05, baselineRuns: 5 }
const small = { name: 'small suite', rows: 300, margin: 0.1, baselineRuns: 1 }

/** 11.7, other settings, but for the five-level scores, whose distribution is not given. */
export const OTHER_SETTINGS = [
  other(pooled, 0, 0.048, [0.036, 0.962, 0.002], 0.233, [0.017, 0.984], 0.39),
  other(pooled, 0.02, 0.609, [0.33, 0.602, 0.069], 0.402, [0.315, 0.685], 0.545),
  other(pooled, 0.05, 0.997, [0.948, 0.045, 0.007], 0.287, [0.97, 0.03], 0.458),
  other(small, 0, 0.046, [0.034, 0.934, 0.032], 0.335, [0.032, 0.969], 0.545),
  other(small, 0.05, 0.634, [0.375, 0.369, 0.257], 0.581, [0.518, 0.482], 0.714),
  other(small, 0.1, 0.98, [0.889, 0.038, 0.072], 0.425, [0.967, 0.033], 0.602),
]

const form = (rows, margin, drop, any, anyRows, over, overRows) => ({ rows, margin, drop, anyDrop: { ...verdicts(any), rows: anyRows }, overMargin: { ...verdicts(over), rows: overRows } })

/** 11.9: both forms in the same nights. */
export const FORMS_TABLE = [
  form(1_000, 0.05, 0, [0.042, 0.922, 0.036], 0.357, [0.001, 0.949, 0.051], 0.375),
  form(1_000, 0.05, 0.02, [0.28, 0.511, 0.209], 0.559, [0.001, 0.534, 0.465], 0.697),
  form(1_000, 0.05, 0.05, [0.904, 0.034, 0.062], 0.411, [0.044, 0.054, 0.901], 0.936),
  form(1_000, 0.05, 0.08, [0.998, 0.002, 0.001], 0.235, [0.482, 0.002, 0.516], 0.754),
  form(1_000, 0.05, 0.1, [1, 0.001, 0], 0.181, [0.884, 0.001, 0.115], 0.492),
  form(1_000, 0.05, 0.15, [1, 0, 0], 0.119, [1, 0, 0], 0.196),
  form(300, 0.1, 0, [0.041, 0.935, 0.025], 0.336, [0, 0.944, 0.056], 0.366),
  form(300, 0.1, 0.1, [0.892, 0.042, 0.066], 0.426, [0.038, 0.044, 0.917], 0.946),
  form(300, 0.1, 0.2, [1, 0.001, 0], 0.189, [0.855, 0, 0.145], 0.508),
  form(300, 0.1, 0.25, [1, 0, 0], 0.148, [0.994, 0, 0.006], 0.299),
]
