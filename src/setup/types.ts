/** How does one begin, and what is missing? Files to be made, and what is found of one's surroundings. */

/** One file that a first evaluation needs, compared with what is there. */
export interface StarterFile {
  /** Relative to the folder, with forward slashes. */
  readonly path: string
  /** `write`: there is none; `append`: it lacks lines; `keep`: it stays as it is. */
  readonly action: 'write' | 'append' | 'keep'
  /** The whole file, or what is put at its end; empty when it is kept. */
  readonly content: string
  /** What it is for, or what one should know of the one that is there. */
  readonly about: string
}

/** CI services that a nightly workflow can be written for. */
export const CI_SERVICES = ['github'] as const

export type CiService = (typeof CI_SERVICES)[number]
