/** Who is asked when nobody is named? */

/** The model of the default settings, which the simulator always serves. */
export const DEFAULT_MODEL = 'mistralai/mistral-small'
