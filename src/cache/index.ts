/** Answers that are kept across runs. */
export { openCache, type CacheOptions, type ResponseCache } from './cache.ts'
export { cacheFolder } from './format.ts'
export { cacheStats, clearCache } from './maintain.ts'
